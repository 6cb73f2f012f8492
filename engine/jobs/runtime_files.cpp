#include "engine/jobs/runtime_files.h"

#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "embedded/awsglue_context_py.h"
#include "embedded/awsglue_init_py.h"
#include "embedded/awsglue_job_py.h"
#include "embedded/awsglue_utils_py.h"
#include "embedded/pawl_ml_runtime_py.h"
#include "embedded/pawl_ml_serving_py.h"
#include "embedded/pawl_xgboost_py.h"
#include "embedded/sitecustomize_py.h"
#include "engine/files/files.h"

namespace pawl::engine {
namespace {

struct RuntimeFile {
  const char* path;
  const std::string_view* text;
};

const std::array kFiles{
    RuntimeFile{"pawl_ml_runtime.py", &embedded::pawl_ml_runtime_py},
    RuntimeFile{"pawl_ml_serving.py", &embedded::pawl_ml_serving_py},
    RuntimeFile{"pawl_xgboost.py", &embedded::pawl_xgboost_py},
    RuntimeFile{"site/awsglue/__init__.py", &embedded::awsglue_init_py},
    RuntimeFile{"site/awsglue/context.py", &embedded::awsglue_context_py},
    RuntimeFile{"site/awsglue/job.py", &embedded::awsglue_job_py},
    RuntimeFile{"site/awsglue/utils.py", &embedded::awsglue_utils_py},
    RuntimeFile{"site/sitecustomize.py", &embedded::sitecustomize_py},
};

// FNV-1a over names and contents: it tells versions apart and need not withstand anybody.
std::string version() {
  std::uint64_t hash = 14695981039346656037ULL;
  const auto add = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    hash *= 1099511628211ULL;
  };
  for (const auto& file : kFiles) {
    add(file.path);
    add(*file.text);
  }
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(hash));
  return text.data();
}

}  // namespace

std::string runtime_folder(const std::string& data_folder) {
  namespace fs = std::filesystem;
  const std::string folder = fs::absolute(data_folder).lexically_normal() / "runtime" / version();
  if (fs::exists(folder)) return folder;
  const std::string temporary = folder + ".new-" + std::to_string(::getpid());
  for (const auto& file : kFiles) {
    const std::string path = temporary + "/" + file.path;
    make_folders(fs::path(path).parent_path());
    replace_file(path, *file.text);
  }
  std::error_code error;
  fs::rename(temporary, folder, error);
  if (error) {
    fs::remove_all(temporary);
    if (!fs::exists(folder)) throw std::system_error(error, "cannot create " + folder);
  }
  sync_folder(fs::path(folder).parent_path());
  return folder;
}

}  // namespace pawl::engine

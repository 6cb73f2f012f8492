#include "engine/aws/service_models.h"

#include <spdlog/spdlog.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <stdexcept>

#include "engine/aws/sdk_names.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kModelBytesMax = 64U << 20;

std::string read_gzip(const std::string& file) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> in(gzopen(file.c_str(), "rb"), gzclose);
  if (!in) throw std::runtime_error(file + " cannot be opened");
  std::string text;
  std::array<char, 65536> part{};
  for (;;) {
    const int read = gzread(in.get(), part.data(), part.size());
    if (read < 0) throw std::runtime_error(file + " is no whole gzip file");
    if (read == 0) return text;
    text.append(part.data(), static_cast<std::size_t>(read));
    if (text.size() > kModelBytesMax) throw std::runtime_error(file + " is too large for a model");
  }
}

std::string read_whole(const std::string& file) {
  if (file.ends_with(".gz")) return read_gzip(file);
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file + " cannot be opened");
  return {std::istreambuf_iterator<char>(in), {}};
}

std::optional<std::string> with_or_without_gzip(const fs::path& file) {
  std::error_code ignored;
  if (fs::is_regular_file(file, ignored)) return file.string();
  const std::string packed = file.string() + ".gz";
  if (fs::is_regular_file(packed, ignored)) return packed;
  return std::nullopt;
}

// The newest version that has a model: they are dates.
std::optional<std::string> newest_model(const fs::path& service) {
  std::vector<fs::path> versions;
  std::error_code unreadable;
  for (fs::directory_iterator it(service, unreadable), end; !unreadable && it != end;
       it.increment(unreadable))
    versions.push_back(it->path());
  std::sort(versions.rbegin(), versions.rend());
  for (const fs::path& version : versions) {
    if (auto file = with_or_without_gzip(version / "service-2.json")) return file;
  }
  return std::nullopt;
}

// "serviceId" without parsing: it is near the beginning of a model, in its metadata.
std::string service_id_in(const std::string& file) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> in(gzopen(file.c_str(), "rb"), gzclose);
  if (!in) return {};
  std::string head(8192, '\0');
  const int read = gzread(in.get(), head.data(), static_cast<unsigned>(head.size()));
  head.resize(read > 0 ? static_cast<std::size_t>(read) : 0);
  constexpr std::string_view kMember = "\"serviceId\"";
  const std::size_t at = head.find(kMember);
  if (at == std::string::npos) return {};
  const std::size_t open = head.find('"', head.find(':', at));
  if (open == std::string::npos) return {};
  return head.substr(open + 1, head.find('"', open + 1) - open - 1);
}

std::string lower_case(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

void add_python_folders(const fs::path& root, std::vector<std::string>& folders) {
  std::vector<std::string> found;
  std::error_code unreadable;
  for (fs::directory_iterator it(root, unreadable), end; !unreadable && it != end;
       it.increment(unreadable)) {
    if (!it->path().filename().string().starts_with("python3")) continue;
    for (const char* packages : {"dist-packages", "site-packages"})
      found.push_back((it->path() / packages / "botocore/data").string());
  }
  std::sort(found.rbegin(), found.rend());
  folders.insert(folders.end(), found.begin(), found.end());
}

void add_words(const std::string& text, std::vector<std::string>& out) {
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t end = std::min(text.find(':', begin), text.size());
    if (end > begin) out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
}

}  // namespace

std::vector<std::string> model_folders(const std::string& configured) {
  std::vector<std::string> folders;
  add_words(configured, folders);
  add_python_folders("/usr/local/lib", folders);
  folders.emplace_back(
      "/usr/lib/python3/dist-packages/botocore/data");  // Debian's python3-botocore
  folders.emplace_back("/usr/local/aws-cli/v2/current/dist/awscli/botocore/data");  // AWS's CLI
  return folders;
}

void ServiceModels::index() {
  if (indexed_) return;
  indexed_ = true;
  for (const std::string& folder : folders_) {
    std::error_code unreadable;
    for (fs::directory_iterator it(folder, unreadable), end; !unreadable && it != end;
         it.increment(unreadable)) {
      const auto file = newest_model(it->path());
      if (!file) continue;
      const std::string sdk_name = lower_case(sdk_service_name(service_id_in(*file)));
      if (sdk_name.empty()) continue;
      files_.emplace(sdk_name, *file);
    }
  }
}

std::shared_ptr<const ServiceModel> ServiceModels::kept(const std::string& file) {
  for (auto entry = kept_.begin(); entry != kept_.end(); ++entry) {
    if (entry->first != file) continue;
    kept_.splice(kept_.begin(), kept_, entry);
    return entry->second;
  }
  return nullptr;
}

std::shared_ptr<const ServiceModel> ServiceModels::find(const std::string& sdk_service) {
  const std::lock_guard lock(mutex_);
  index();
  const auto found = files_.find(sdk_service);
  if (found == files_.end()) return nullptr;
  const std::string& file = found->second;
  if (auto known = kept(file)) return known;
  std::shared_ptr<const ServiceModel> model;
  try {
    model = read_service_model(read_whole(file));
  } catch (const std::runtime_error& error) {
    throw std::runtime_error(file + ": " + error.what());
  }
  kept_.emplace_front(file, model);
  if (kept_.size() > kKept) kept_.pop_back();
  return model;
}

const AwsEndpoints& ServiceModels::endpoints() {
  const std::lock_guard lock(mutex_);
  if (endpoints_) return *endpoints_;
  for (const std::string& folder : folders_) {
    const auto file = with_or_without_gzip(fs::path(folder) / "endpoints.json");
    if (!file) continue;
    try {
      endpoints_ = std::make_unique<const AwsEndpoints>(AwsEndpoints::of(read_whole(*file)));
      return *endpoints_;
    } catch (const std::exception& error) {
      spdlog::warn("{} is not used: {}", *file, error.what());
    }
  }
  endpoints_ = std::make_unique<const AwsEndpoints>();
  return *endpoints_;
}

std::string ServiceModels::searched() const {
  std::string text;
  for (std::size_t i = 0; i < folders_.size(); ++i) {
    if (i > 0) text += i + 1 == folders_.size() ? " and " : ", ";
    text += folders_[i];
  }
  return text;
}

}  // namespace pawl::engine

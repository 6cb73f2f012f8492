#include "engine/jobs/catalogue.h"

#include <array>

#include "asl/json.h"
#include "engine/files/files.h"

namespace pawl::engine {
namespace {

using asl::Json;
using Driver = ImageRuntime::Driver;

struct BuiltIn {
  const char* pattern;
  Driver driver;
  const char* refusal;
};

constexpr const char* kNoAlgorithm = "this built-in algorithm has no local form";
constexpr const char* kNoSpark = "Spark is not part of pawl";

constexpr std::array kBuiltIn{
    BuiltIn{"sagemaker-xgboost", Driver::kXgboost, ""},
    BuiltIn{"xgboost:1", Driver::kXgboost, ""},
    BuiltIn{"xgboost:latest", Driver::kXgboost, ""},
    BuiltIn{"sagemaker-scikit-learn", Driver::kPython, ""},
    BuiltIn{"tensorflow-training", Driver::kPython, ""},
    BuiltIn{"tensorflow-inference", Driver::kPython, ""},
    BuiltIn{"sagemaker-tensorflow*", Driver::kPython, ""},
    BuiltIn{"pytorch-*", Driver::kPython, ""},
    BuiltIn{"mxnet-*", Driver::kPython, ""},
    BuiltIn{"huggingface-*", Driver::kPython, ""},
    BuiltIn{"python", Driver::kPython, ""},
    // Not images, but the kinds of Glue's jobs (JobCommand.Name): a row can give each an
    // interpreter.
    BuiltIn{"pythonshell", Driver::kPython, ""},
    BuiltIn{"glueetl", Driver::kPython, ""},
    BuiltIn{"linear-learner", Driver::kPython, kNoAlgorithm},
    BuiltIn{"kmeans", Driver::kPython, kNoAlgorithm},
    BuiltIn{"pca", Driver::kPython, kNoAlgorithm},
    BuiltIn{"knn", Driver::kPython, kNoAlgorithm},
    BuiltIn{"sagemaker-spark-processing", Driver::kPython, kNoSpark},
};

bool glob(std::string_view pattern, std::string_view text) {
  std::size_t at = 0;
  std::size_t in = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (in < text.size()) {
    if (at < pattern.size() && pattern[at] == '*') {
      star = at++;
      retry = in;
    } else if (at < pattern.size() && pattern[at] == text[in]) {
      ++at;
      ++in;
    } else if (star != std::string_view::npos) {
      at = star + 1;
      in = ++retry;
    } else {
      return false;
    }
  }
  while (at < pattern.size() && pattern[at] == '*') ++at;
  return at == pattern.size();
}

// "host/repository", "tag". A digest counts as a tag.
struct ImageName {
  std::string repository;  // with the registry
  std::string short_name;  // without it
  std::string tag;
};

ImageName parse_image(const std::string& image) {
  ImageName name;
  const auto slash = image.rfind('/');
  auto mark = image.find('@');
  if (mark == std::string::npos) mark = image.find(':', slash == std::string::npos ? 0 : slash);
  name.repository = image.substr(0, mark);
  name.tag = mark == std::string::npos ? "" : image.substr(mark + 1);
  const auto first = name.repository.find('/');
  const std::string host = name.repository.substr(0, first == std::string::npos ? 0 : first);
  const bool is_registry = host.find_first_of(".:") != std::string::npos || host == "localhost";
  name.short_name = is_registry ? name.repository.substr(first + 1) : name.repository;
  return name;
}

bool matches(const std::string& pattern, const ImageName& image) {
  const ImageName wanted = parse_image(pattern);
  if (!wanted.tag.empty() && !glob(wanted.tag, image.tag.empty() ? "latest" : image.tag))
    return false;
  return glob(wanted.repository, image.repository) || glob(wanted.repository, image.short_name) ||
         glob(wanted.repository, "any/" + image.short_name);
}

std::vector<std::string> command_of(const Json& row, const char* key) {
  return row.contains(key) ? row.at(key).get<std::vector<std::string>>()
                           : std::vector<std::string>{};
}

}  // namespace

Catalogue Catalogue::load(const std::string& user_file, const std::string& python) {
  Catalogue catalogue;
  catalogue.user_file_ = user_file;
  std::size_t number = 0;
  try {
    const auto text = read_file(user_file);
    const Json rows = Json::parse(text.value_or("[]"));
    if (!rows.is_array()) throw std::runtime_error("it must be an array of rows");
    for (const Json& row : rows) {
      ++number;
      Row added{row.at("image").get<std::string>(), {}, ""};
      if (row.contains("python")) {
        added.runtime.python = row.at("python").get<std::string>();
        for (const auto& built_in : kBuiltIn)
          if (matches(built_in.pattern, parse_image(added.pattern)))
            added.runtime.driver = built_in.driver;
      } else {
        added.runtime.driver = Driver::kCommand;
        added.runtime.train = command_of(row, "train");
        added.runtime.serve = command_of(row, "serve");
        added.runtime.process = command_of(row, "process");
        if (added.runtime.train.empty() && added.runtime.serve.empty() &&
            added.runtime.process.empty())
          throw std::runtime_error("it names neither python nor train, serve or process");
      }
      catalogue.rows_.push_back(std::move(added));
    }
  } catch (const std::exception& error) {
    throw std::runtime_error(user_file + ", row " + std::to_string(number) + ": " + error.what());
  }
  for (const auto& built_in : kBuiltIn)
    catalogue.rows_.push_back(
        {built_in.pattern, {built_in.driver, python, {}, {}, {}}, built_in.refusal});
  return catalogue;
}

ImageRuntime Catalogue::find(const std::string& image) const {
  const ImageName name = parse_image(image);
  std::string tried;
  std::string refusal;
  for (const Row& row : rows_) {
    if (matches(row.pattern, name)) {
      if (row.refusal.empty()) return row.runtime;
      refusal = " (" + row.refusal + ")";
      break;
    }
    tried += (tried.empty() ? "" : ", ") + row.pattern;
  }
  const Json example{{"image", name.short_name + ":*"}, {"python", "/usr/bin/python3"}};
  throw NoImageRuntime("ClientError: no local runtime for image " + image + refusal +
                       "; rows tried: " + tried + "; to map it add to " + user_file_ + ": " +
                       example.dump());
}

}  // namespace pawl::engine

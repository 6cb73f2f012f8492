// Which local program stands in for a container image.
#pragma once

#include <stdexcept>
#include <string>
#include <vector>

namespace pawl::engine {

// What runs in place of an image.
struct ImageRuntime {
  enum class Driver {
    kPython,   // script mode: the user's code under our wrapper
    kXgboost,  // the built-in XGBoost algorithm; script mode when a program is given
    kCommand,  // commands of the catalogue's row
  } driver = Driver::kPython;
  std::string python;              // interpreter of kPython and kXgboost
  std::vector<std::string> train;  // of kCommand; empty: this image cannot do it
  std::vector<std::string> serve;
  std::vector<std::string> process;
};

// what() is fit for a FailureReason: "ClientError: no local runtime for image ...", with the rows
// tried and the line to add.
struct NoImageRuntime : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Rows of image patterns, the user's before the built-in ones; the first that matches counts. A
// pattern is a repository with an optional tag, "*" stands for anything; registry (account, region)
// and a missing tag do not matter.
//
// The user's file is a JSON array of rows, each with "image" and either "python" (an interpreter
// for our wrapper) or the commands "train", "serve", "process":
//   [{"image": "*/tensorflow-training:*", "python": "/opt/venv/bin/python"},
//    {"image": "my/image:*", "train": ["/opt/t", "train"], "serve": ["/opt/t", "serve"]}]
class Catalogue {
 public:
  // A missing file is one without rows. Throws std::runtime_error naming file and row for a faulty
  // one.
  static Catalogue load(const std::string& user_file,
                        const std::string& python = "/usr/bin/python3");

  // Throws NoImageRuntime.
  ImageRuntime find(const std::string& image) const;

 private:
  struct Row {
    std::string pattern;
    ImageRuntime runtime;
    std::string refusal;  // why a known image has no runtime
  };
  std::string user_file_;
  std::vector<Row> rows_;
};

}  // namespace pawl::engine

// Where the log of a server goes: its standard error, or a file that is rotated when it is large;
// as text, or as one JSON object a line.
#pragma once

#include <memory>

#include "engine/server/config.h"

namespace pawl::engine {

// The log of the whole process. One thread constructs and reloads; any thread may log meanwhile.
class Logging {
 public:
  // Throws std::runtime_error when the file cannot be written.
  explicit Logging(const Config& config);
  // Level, format and file as `config` says now; a file is opened anew, wherever the old one was
  // moved to. When it cannot be, all stays as it was, and the log says so.
  void reload(const Config& config);

 private:
  class Output;
  std::shared_ptr<Output> output_;
};

}  // namespace pawl::engine

// Who waits for the end of what: callbacks by name, each called once.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "asl/json.h"

namespace pawl::engine {

// Thread-safe.
class Completions {
 public:
  using Callback = std::function<void(const asl::Json& document)>;

  void add(const std::string& name, Callback callback);
  // Calls and forgets those who wait for `name`. Calling it again calls nobody twice.
  void complete(const std::string& name, const asl::Json& document);

 private:
  std::mutex mutex_;
  std::map<std::string, std::vector<Callback>> waiting_;
};

}  // namespace pawl::engine

#include "engine/ml/completions.h"

#include <utility>

namespace pawl::engine {

void Completions::add(const std::string& name, Callback callback) {
  const std::lock_guard lock(mutex_);
  waiting_[name].push_back(std::move(callback));
}

void Completions::complete(const std::string& name, const asl::Json& document) {
  std::vector<Callback> callbacks;
  {
    const std::lock_guard lock(mutex_);
    const auto found = waiting_.find(name);
    if (found == waiting_.end()) return;
    callbacks = std::move(found->second);
    waiting_.erase(found);
  }
  for (const Callback& callback : callbacks) callback(document);
}

}  // namespace pawl::engine

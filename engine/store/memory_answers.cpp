#include "engine/store/memory_answers.h"

#include <algorithm>
#include <vector>

namespace pawl::engine {

std::optional<KeyedRequest> MemoryAnswers::reserve(const KeyedRequest& request,
                                                   asl::Timestamp expired_before,
                                                   std::int64_t bytes_max) {
  const std::lock_guard lock(mutex_);
  remove_expired(request.key, expired_before);
  const auto found = requests_.find(request.key);
  if (found != requests_.end()) return found->second;
  if (bytes_locked() >= bytes_max) return std::nullopt;
  requests_.emplace(request.key, request);
  return request;
}

void MemoryAnswers::keep(const std::string& key,
                         const std::string& seed,
                         const KeptAnswer& answer) {
  const std::lock_guard lock(mutex_);
  const auto found = requests_.find(key);
  if (found != requests_.end() && found->second.seed == seed) found->second.answer = answer;
}

std::int64_t MemoryAnswers::bytes() {
  const std::lock_guard lock(mutex_);
  return bytes_locked();
}

// The one of this key, and the oldest few.
void MemoryAnswers::remove_expired(const std::string& key, asl::Timestamp expired_before) {
  std::vector<std::pair<asl::Timestamp, std::string>> expired;
  for (const auto& [name, request] : requests_) {
    if (request.reserved_at < expired_before) expired.emplace_back(request.reserved_at, name);
  }
  std::sort(expired.begin(), expired.end());
  int removed = 0;
  for (const auto& [at, name] : expired) {
    if (name == key || removed++ < kRemovedAtOnce) requests_.erase(name);
  }
}

std::int64_t MemoryAnswers::bytes_locked() const {
  std::size_t bytes = 0;
  for (const auto& [name, request] : requests_) {
    bytes += name.size() + request.fingerprint.size() + request.seed.size();
    if (request.answer) bytes += request.answer->headers.size() + request.answer->body.size();
  }
  return static_cast<std::int64_t>(bytes);
}

}  // namespace pawl::engine

// Answers in memory.
#pragma once

#include <map>
#include <mutex>

#include "engine/store/answers.h"

namespace pawl::engine {

class MemoryAnswers final : public Answers {
 public:
  std::optional<KeyedRequest> reserve(const KeyedRequest& request,
                                      asl::Timestamp expired_before,
                                      std::int64_t bytes_max) override;
  void keep(const std::string& key, const std::string& seed, const KeptAnswer& answer) override;
  std::int64_t bytes() override;

 private:
  void remove_expired(const std::string& key, asl::Timestamp expired_before);
  std::int64_t bytes_locked() const;

  std::mutex mutex_;
  std::map<std::string, KeyedRequest> requests_;
};

}  // namespace pawl::engine

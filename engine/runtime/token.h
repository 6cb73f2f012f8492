// Task tokens: they name one wait of one execution, and only this installation can make them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/store/journal.h"

namespace pawl::engine {

class Tokens {
 public:
  // A new secret for Store::setting().
  static std::string make_key();

  explicit Tokens(std::string key) : key_(std::move(key)) {}

  struct Work {
    ExecutionKey execution = 0;
    states::WorkId work = 0;
  };
  // base64url of execution, work and their HMAC-SHA256: 64 characters, the same every time.
  std::string mint(const Work& work) const;
  // nullopt: not one of ours.
  std::optional<Work> read(std::string_view token) const;

 private:
  std::string key_;
};

}  // namespace pawl::engine

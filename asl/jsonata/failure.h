// Errors by code, with the texts of the reference.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "asl/jsonata/value.h"

namespace pawl::asl::jsonata {

enum class Bound : std::uint8_t { kNone, kDepth, kTime, kMemory };

// Thrown while parsing and evaluating; Program turns it into an answer.
struct Failure {
  std::string code;
  std::optional<std::size_t> position{};
  std::string token{};
  std::optional<Value> value{};
  std::optional<Value> value2{};
  std::size_t index = 0;
  std::string text{};  // the whole message where the code has none
  Bound bound = Bound::kNone;
};

[[noreturn]] void fail(std::string code);
[[noreturn]] void fail_with(std::string code, Value value);
[[noreturn]] void fail_at(std::string code, std::size_t position, std::string token = {});
[[noreturn]] void fail_bound(Bound bound);

std::string message_of(const Failure& failure);

}  // namespace pawl::asl::jsonata

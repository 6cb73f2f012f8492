// The intrinsic functions: a table from "States.Array" to the function and how many arguments it
// takes. [spec] https://states-language.net/spec.html#appendix-b
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "asl/entropy.h"
#include "asl/json.h"
#include "asl/path.h"

namespace pawl::asl {

// What is wrong with a call, in words that follow "The function '...' had the following error: ".
struct IntrinsicFault {
  std::string message;
};
using IntrinsicResult = std::variant<Json, IntrinsicFault>;

// The arguments of one call, already evaluated. Those that a path selected still stand in their
// document.
class IntrinsicArguments {
 public:
  explicit IntrinsicArguments(Entropy* entropy) : entropy_(entropy) {}
  void push_back(Selection value) { values_.push_back(std::move(value)); }

  std::size_t size() const { return values_.size(); }
  // REQUIRES: at < size(), which the table's arity ensures.
  const Json& operator[](std::size_t at) const { return values_[at].value(); }
  Entropy* entropy() const { return entropy_; }

 private:
  std::vector<Selection> values_;
  Entropy* entropy_;
};

struct Intrinsic {
  static constexpr std::size_t kAnyCount = static_cast<std::size_t>(-1);

  std::string_view name;
  std::size_t arguments_min;
  std::size_t arguments_max;
  IntrinsicResult (*call)(const IntrinsicArguments& arguments);
};

// Sorted by name.
std::span<const Intrinsic> intrinsics();
const Intrinsic* find_intrinsic(std::string_view name);

// A call with its count of arguments checked.
IntrinsicResult call_intrinsic(const Intrinsic& intrinsic, const IntrinsicArguments& arguments);

}  // namespace pawl::asl

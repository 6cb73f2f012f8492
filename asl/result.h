// Result<T>: a value, or the error a state fails with.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace pawl::asl {

// [spec] "Any state can report errors": a name that Retry and Catch match, and a human-readable
// cause. A cause can be absent, and is then absent everywhere (a Fail state without Cause,
// States.Timeout).
struct StateError {
  std::optional<std::string> name;
  std::optional<std::string> cause;
  // The field whose evaluation failed, as AWS writes it ("Output/a/b[0]"); JSONata only, reported
  // by EvaluationFailed.
  std::optional<std::string> location = std::nullopt;

  friend bool operator==(const StateError&, const StateError&) = default;
};

template <class T>
class [[nodiscard]] Result {
 public:
  Result(T value)
      : outcome_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
  Result(StateError error) : outcome_(std::in_place_index<1>, std::move(error)) {}  // NOLINT

  explicit operator bool() const { return outcome_.index() == 0; }
  const T& operator*() const& { return std::get<0>(outcome_); }
  T& operator*() & { return std::get<0>(outcome_); }
  T&& operator*() && { return std::get<0>(std::move(outcome_)); }
  const T* operator->() const { return &std::get<0>(outcome_); }
  T* operator->() { return &std::get<0>(outcome_); }
  const StateError& error() const& { return std::get<1>(outcome_); }
  StateError&& error() && { return std::get<1>(std::move(outcome_)); }

 private:
  std::variant<T, StateError> outcome_;
};

}  // namespace pawl::asl

// JSONata: expressions that are compiled once and evaluated often.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "asl/entropy.h"
#include "asl/json.h"
#include "asl/jsonata/references.h"
#include "asl/timestamp.h"

namespace pawl::asl::jsonata {

enum class Mode : std::uint8_t {
  kPlain,  // JSONata as its reference implements it, and what Step Functions adds
  kAws,    // as Step Functions has it: no $eval; $partition, $range, $hash, $random, $uuid, $parse
};

struct SyntaxError {
  std::string code;  // "S0202"
  std::string message;
  std::size_t position = 0;
  std::string token;
};

struct EvaluationError {
  std::string code;  // "T2001"; "U1001" past a bound
  std::string message;
  std::size_t position = 0;
  std::string token;
  bool is_bound = false;  // a bound on depth, time or memory was reached
};

struct Limits {
  // [pawl] What a plain evaluation may do when nobody says otherwise.
  static constexpr int kDepthMax = 1000;
  static constexpr std::uint64_t kStepsMax = 50'000'000;
  static constexpr std::size_t kBytesMax = 256U << 20;
  static constexpr std::size_t kMemoryMax = 1U << 30;
  // [pawl] How many steps stand for a millisecond. Counting instead of reading a clock makes the
  // bound on time repeatable: the same expression on the same input always ends the same way.
  static constexpr std::uint64_t kStepsPerMs = 4000;

  int depth = kDepthMax;            // one level for every nested node of the expression
  std::uint64_t steps = kStepsMax;  // nodes evaluated, and items handled by a function
  std::size_t bytes = kBytesMax;    // of one value: 8 a number, 1 a character

  std::size_t memory = kMemoryMax;  // of all values that live at the same time

  // [aws] 100 levels, one second, near 7 MB for a value. [pawl] What all of them may take.
  static Limits aws() {
    return {.depth = 100, .steps = 1000 * kStepsPerMs, .bytes = 6'990'256, .memory = 128U << 20};
  }
};

// What an evaluation reads. The documents have to live as long as the call.
struct Input {
  const Json* root = nullptr;  // null: undefined
  // The value of the variable `name` (without $), or null when there is none.
  std::function<const Json*(std::string_view name)> variable{};
  Entropy* entropy = nullptr;  // for $random, $shuffle and $uuid; without one they draw zeros
  Timestamp now{};
  Limits limits{};
  Mode mode = Mode::kPlain;
};

// Undefined, or a value; a function has no JSON and says so.
struct Result {
  std::optional<Json> value;
  bool is_function = false;
};

// Immutable and thread-safe; copying one copies a pointer.
class Program {
 public:
  static std::variant<Program, SyntaxError> parse(std::string_view text);

  std::variant<Result, EvaluationError> evaluate(const Input& input) const;
  std::vector<Reference> references() const;

  struct Compiled;

 private:
  explicit Program(std::shared_ptr<const Compiled> compiled);
  std::shared_ptr<const Compiled> compiled_;
};

}  // namespace pawl::asl::jsonata

// Walks a syntax tree. One Evaluator serves one evaluation.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/jsonata/ast.h"
#include "asl/jsonata/failure.h"
#include "asl/jsonata/function.h"
#include "asl/jsonata/jsonata.h"
#include "asl/jsonata/value.h"

namespace pawl::asl::jsonata {

// The variables of one scope. Owned by the Evaluator: a function that refers to its scope, and a
// scope that holds the function, would otherwise keep each other alive.
struct Variable {
  std::uint64_t hash;
  std::string_view name;  // of a tree, or kept by the Evaluator
  Value value;
};
struct Environment {
  Environment* parent = nullptr;
  std::vector<Variable> variables;
  bool is_captured = false;  // some function refers to it: not to be used again

  void bind(std::string_view name, std::uint64_t hash, Value value);
};

class Evaluator {
 public:
  explicit Evaluator(const Input& input);
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;
  ~Evaluator();

  Value run(const Node& tree);
  Value evaluate(const Node& node, const Value& input, Environment& environment);

  // Calls `function` and makes the calls in tail position that it leaves.
  Value apply(const Value& function, Arguments arguments, const Value& context);
  // As higher-order functions call: with as many of the arguments as the function takes.
  Value apply_some(const Value& function, std::initializer_list<const Value*> arguments);

  // Accounts for `steps` of work; fails with U1001 when there are none left.
  void charge(std::size_t steps = 1) {
    steps_ += steps;
    if (steps_ > input_.limits.steps) fail_bound(Bound::kTime);
  }
  void check_bytes(std::size_t bytes) const {
    if (bytes > input_.limits.bytes) fail_bound(Bound::kMemory);
  }
  const Input& input() const { return input_; }
  bool is_aws() const { return input_.mode == Mode::kAws; }
  double unit_interval();
  std::uint64_t random_bits();
  Value evaluate_text(const std::string& text, const Value& context);

 private:
  class Frame;
  friend class Frame;
  class DepthGuard;

  Value evaluate_by_type(const Node& node, const Value& input, Environment& environment);
  static Value finish_sequence(const Node& node, Value result);
  bool truth_of(const Node& node, const Value& input, Environment& environment);
  Value variable(const Node& node, const Value& input, const Environment& environment);
  Value nest(const Node& node,
             const Value& input,
             Environment& environment,
             bool applies_predicates);

  // evaluator_path.cpp
  Value evaluate_path(const Node& node, const Value& input, Environment& environment);
  Value evaluate_rest(const Node& path, std::size_t first, Value current, Environment& environment);
  Value walk_names(const Node& path, const Value& input, const Environment& environment);
  Value evaluate_step(const Node& step, const Value& input, Environment& environment, bool is_last);
  Value evaluate_tuple_step(const Node& step,
                            const Value& input,
                            const std::optional<Value>& tuples,
                            Environment& environment);
  void extend_tuple(const Node& step, const Value& tuple, const Value& result, Array& out) const;
  Value evaluate_stages(const Node& step, Value input, Environment& environment);
  Value evaluate_filter(const Node& predicate, const Value& input, Environment& environment);
  Value evaluate_sort(const Node& step, const Value& input, Environment& environment);
  static bool sorts_after(const Node& step, const Value* left, const Value* right);
  Value evaluate_group(const Node& group, const Value& input, Environment& environment);
  Value evaluate_object(const Node& object, const Value& input, Environment& environment);
  Value merge_tuples(const std::vector<Value>& tuples);
  Value evaluate_wildcard(const Value& input);
  Value evaluate_descendants(const Value& input);

  // evaluator.cpp
  Value evaluate_binary(const Node& node, const Value& input, Environment& environment);
  Value evaluate_range(const Value& left, const Value& right);
  Value evaluate_array(const Node& node, const Value& input, Environment& environment);
  Value evaluate_block(const Node& node, const Value& input, Environment& environment);
  Value evaluate_condition(const Node& node, const Value& input, Environment& environment);
  Value lookup(std::string_view name, std::uint64_t hash, const Environment& environment);
  Value lookup_free(std::string_view name, std::uint64_t hash);

  // evaluator_call.cpp
  Value evaluate_call(const Node& node,
                      const Value& input,
                      Environment& environment,
                      const Value* first_argument = nullptr);
  Value evaluate_partial(const Node& node, const Value& input, Environment& environment);
  Value evaluate_apply(const Node& node, const Value& input, Environment& environment);
  Value make_lambda(const Node& node, const Value& input, Environment& environment);
  Value apply_once(const Value& function, Arguments arguments, const Value& context);
  Value call_lambda(const Lambda& lambda, Arguments arguments, const Value& context);
  Value transform(const Transform& transform, const Value& document);
  void transform_match(const Transform& transform, const Value& match, std::uint64_t number);

  void charge_for(const Arguments& arguments);
  std::string_view kept_name(const std::string& name) { return *names_.insert(name).first; }
  Environment& new_environment(Environment& parent);
  void release(Environment& environment);
  static void capture(Environment& environment);

  const Input& input_;
  Value root_;
  Environment base_;
  std::vector<std::unique_ptr<Environment>> environments_;
  std::vector<Environment*> free_;
  std::vector<Variable> free_variables_;  // the caller's and the functions built in, as asked for
  std::set<std::string> names_;
  std::vector<NodePtr> trees_;  // of $eval
  Meter outer_;
  int depth_ = 0;
  int tail_depth_ = 0;  // the depth at which a call in tail position runs
  std::uint64_t steps_ = 0;
  std::uint64_t transforms_ = 0;
};

// What runs in an environment of its own, given back at the end.
class Evaluator::Frame {
 public:
  Frame(Evaluator& evaluator, Environment& parent)
      : evaluator_(evaluator), environment_(evaluator.new_environment(parent)) {}
  // With the variables of a tuple.
  Frame(Evaluator& evaluator, Environment& parent, const Value& tuple) : Frame(evaluator, parent) {
    for (const auto& [name, value] : tuple.object().members) {
      environment_.bind(evaluator.kept_name(name), hash_of_name(name), value);
    }
  }
  Frame(const Frame&) = delete;
  Frame& operator=(const Frame&) = delete;
  ~Frame() { evaluator_.release(environment_); }
  Environment& operator*() { return environment_; }

 private:
  Evaluator& evaluator_;
  Environment& environment_;
};

// [pawl] How many of them count as one step where they are just copied.
inline constexpr std::size_t kItemsCopiedPerStep = 32;
inline constexpr std::size_t kBytesCopiedPerStep = 256;

// The value as a sequence's items: an array's own, else the value alone.
Value as_array(const Value& value);
Value append_values(const Value& left, const Value& right);

}  // namespace pawl::asl::jsonata

// The parts of the model: scopes, and how each kind of state ends in one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/simulation/model.h"

namespace pawl::simulation {

enum class How : std::uint8_t { kSucceeded, kFailed, kFatal, kNever };

struct ScopeEnd {
  How how = How::kSucceeded;
  Instant at;
  Json output;
  ModelError error;
  bool missed_heartbeat = false;  // of a task in it
};

// A run of a graph: the whole, a branch, an iteration.
struct ModelScope {
  const Case* simulated = nullptr;
  std::string place;  // "/0/2"
  ModelVariables variables;
  std::optional<Json> item;  // of the innermost Map around
  std::size_t item_index = 0;
  // Of the state it is in.
  std::string state;
  Json input;
  bool jsonata = false;

  ModelScope inside(std::size_t number) const;
  ModelReading reading(const Json& input_read) const;
};

class Model {
 public:
  explicit Model(const Case& simulated) : simulated_(simulated), calendar_(simulated) {}
  ScopeEnd run();

 private:
  struct Left {
    Json output;
    ModelVariables assigned;
    std::optional<std::string> next;  // nullopt: the scope ends
  };
  // One try of a state. `left` when it succeeded.
  struct Try {
    How how = How::kSucceeded;
    Instant at;
    Left left;
    ModelError error;
    bool missed_heartbeat = false;
    bool is_inner = false;  // the failure of a child
  };
  struct Iteration {
    std::size_t index = 0;
    ScopeEnd end;
    bool is_selector = false;
  };
  struct Iterations {
    const Json& state;
    ModelScope& scope;
    const Json& effective;
    Json items;
    std::vector<Iteration> running;
    std::size_t started = 0;
  };

  // model_states.cpp
  ScopeEnd graph_ends(const Json& graph, ModelScope& scope, const Json& input, Instant at);
  Try state_ends(const Json& state, ModelScope& scope, Instant at);
  Try tried(const Json& state, ModelScope& scope, Instant at);
  Try done(const Json& state, ModelScope& scope, Instant at);
  Try chosen(const Json& state, ModelScope& scope, const Json& effective, Instant at);
  Try waited(const Json& state, ModelScope& scope, const Json& effective, Instant at);
  Try called(const Json& state, ModelScope& scope, const Json& effective, Instant at);
  Try with_children(const Json& state, ModelScope& scope, const Json& effective, Instant at);
  Try failed_by_itself(const Json& state, ModelScope& scope, Instant at);
  static bool takes(const Json& handler, const Try& end);
  Left caught(const Json& catcher, ModelScope& scope, const ModelError& error);
  Try result_taken(
      const Json& state, const ModelScope& scope, const Json& result, bool has_result, Instant at);

  // model.cpp
  ScopeEnd branches_end(const Json& state, ModelScope& scope, const Json& given, Instant at);
  ScopeEnd iterations_end(const Json& state, ModelScope& scope, const Json& effective, Instant at);
  void start_next(Iterations& todo, Instant at);
  void expect_no_tie(const Iterations& todo, const ScopeEnd& bad) const;
  static bool bears_failures(const Json& state);
  static bool is_too_many(const Json& state, std::int64_t failed, std::int64_t total);
  static Json items_of(const Json& state, const ModelScope& scope, const Json& effective);
  std::int64_t concurrency_of(const Json& state,
                              const ModelScope& scope,
                              const Json& effective) const;

  const Case& simulated_;
  const Calendar calendar_;
  int visits_ = 0;
};

}  // namespace pawl::simulation

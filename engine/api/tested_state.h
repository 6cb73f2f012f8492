// The state that TestState is asked about, and the Context Object that it sees.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "asl/definition.h"
#include "asl/timestamp.h"
#include "engine/api/arn.h"

namespace pawl::engine {

struct TestedState {
  std::shared_ptr<const asl::StateMachine> machine;
  std::string name;

  const asl::State& state() const { return machine->state(name); }
};

// Of the definition of a state, or with a name of a whole machine. Throws InvalidDefinition, or
// ValidationException when the machine has no such state.
TestedState tested_state(const std::string& definition, const std::optional<std::string>& name);

// A Context Object as a test sees it when none is given.
struct TestContext {
  const ArnConfig& arns;
  const asl::State& state;
  const asl::Json& input;
  std::optional<std::string> role_arn;
  int retry_count = 0;
  asl::Timestamp now{};
};
asl::Json default_context(const TestContext& what);

// The Context Object that a request gives. Throws ValidationException for one that AWS refuses.
asl::Json given_context(const std::string& text, const asl::State& state);

}  // namespace pawl::engine

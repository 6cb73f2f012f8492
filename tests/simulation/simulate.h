// One case from its beginning to a verdict.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "asl/definition.h"
#include "tests/simulation/case.h"
#include "tests/simulation/model.h"
#include "tests/simulation/world.h"

namespace pawl::simulation {

struct Verdict {
  std::vector<std::string> complaints;  // empty: all is well
  Run run;
  Prediction prediction;
};

// The machine, or nullptr and what is wrong with the definition.
std::shared_ptr<const asl::StateMachine> machine_of(const Case& simulated, std::string* problem);

Verdict simulate(const Case& simulated);

// Adds what a run came to that was not predicted.
void compare(const Prediction& predicted, const Run& run, std::vector<std::string>& complaints);

// The smallest case that was found to be at fault as `failing` is.
Case shrunk(const Case& failing);
Case shrunk(const Case& failing, const std::function<bool(const Case&)>& fails);

// What a failure prints.
std::string report(const Case& failing, const Verdict& verdict);

}  // namespace pawl::simulation

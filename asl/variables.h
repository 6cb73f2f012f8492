// Which variables the states of a machine read: DescribeStateMachine's variableReferences.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "asl/definition.h"

namespace pawl::asl {

// By state name; the variables' names without $, sorted, each once. States that read none are left
// out.
std::map<std::string, std::vector<std::string>> variables_read(const StateMachine& machine);

}  // namespace pawl::asl

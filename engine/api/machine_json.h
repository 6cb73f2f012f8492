// State machines as the actions read and show them.
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/api/api.h"

namespace pawl::engine {

std::string to_text(asl::MachineType type);  // "STANDARD"
asl::MachineType machine_type_of(const std::string& text);

// Throws InvalidDefinition with every finding.
void check_definition(const std::string& definition, asl::MachineType type);
// Throws InvalidArn unless it looks like an ARN. [pawl] Nothing else of IAM is checked.
void check_role_arn(const std::string& role_arn);
ServiceError state_machine_deleting(const std::string& arn);

// Whether the request does not ask for METADATA_ONLY.
bool has_data(const asl::Json& request);
// What DescribeStateMachine and DescribeStateMachineForExecution have in common: name, definition,
// role, configuration, revision, variableReferences; without what includedData METADATA_ONLY leaves
// out.
asl::Json machine_body(Api& api, const MachineRow& row, const asl::Json& request);

}  // namespace pawl::engine

// Resources as the REST API shows them: times in RFC 3339, payloads as JSON values.
#pragma once

#include "asl/json.h"
#include "engine/api/api.h"
#include "engine/store/catalog.h"
#include "engine/store/journal.h"
#include "states/steps.h"

namespace pawl::engine {

// As the member "error".
void add_error(asl::Json& body, const asl::StateError& error);
asl::Json machine_view(const MachineRow& row, bool with_definition);
std::string execution_path(const ExecutionRow& row);
asl::Json execution_summary(const ExecutionRow& row);
asl::Json execution_view(Api& api, const ExecutionRow& row);
asl::Json step_view(const states::StepRecord& step);
// REQUIRES: a public fact.
asl::Json event_view(const states::Event& event, const ExecutionRow& row);

// Reads the whole history.
std::vector<states::StepRecord> steps_of_execution(Api& api, const ExecutionRow& row);

}  // namespace pawl::engine

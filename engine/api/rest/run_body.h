// What people say of a run, as requests give it.
#pragma once

#include "engine/api/rest/rest.h"
#include "engine/runs/runs.h"

namespace pawl::engine::rest {

// A run that a client begins, or that it did before. Throws Problem: of a member that cannot be
// taken, of an execution that is not there.
Run run_of_body(const RestCall& call, const asl::Json& body);
// What a change makes of it: members that the body names take the place of those that are there.
// One that ends does so now, unless the body says when.
Run changed_run(const RestCall& call, const Run& run, const asl::Json& body);

}  // namespace pawl::engine::rest

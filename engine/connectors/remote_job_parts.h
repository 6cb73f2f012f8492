// What the rows of remote jobs are made of.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include "engine/connectors/remote_jobs.h"

namespace pawl::engine {

// The member at this path, or null.
const asl::Json& at_path(const asl::Json& value, std::initializer_list<const char*> path);
asl::Json first_of(const asl::Json& list);
// Null when one of them is missing: then there is nothing to ask for.
asl::Json request_with(std::initializer_list<std::pair<const char*, asl::Json>> members);
// kRunning while the status is none of them.
JobState state_by(const asl::Json& status,
                  std::string_view success,
                  std::initializer_list<std::string_view> failures);

// The answer is the result.
asl::Json whole_answer(const asl::Json& polled);
// A job that is stopped by the request that polls it.
asl::Json same_request(const asl::Json& poll_request, const std::string& reason);

}  // namespace pawl::engine

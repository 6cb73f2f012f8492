// What the log service's actions read from their requests, and what they refuse.
#pragma once

#include <cstdint>
#include <string>

#include "asl/json.h"
#include "engine/http/service_error.h"
#include "engine/logs/log_files.h"

namespace pawl::engine::logs {

// A member of the request, or what it is when it is absent.
std::string string_of(const asl::Json& request, const char* name);
std::int64_t number_of(const asl::Json& request, const char* name, std::int64_t absent);
bool flag_of(const asl::Json& request, const char* name, bool absent);

ServiceError invalid(const std::string& message);  // InvalidParameterException
ServiceError missing(const char* what);            // "group", "stream"
ServiceError exists(const char* what);

// The name in the ARN of a group, or the text itself.
std::string group_named_by(const std::string& identifier);
// The group that the request names by its name or its ARN. Throws when there is none.
std::string require_group(const LogFiles& files, const asl::Json& request);
std::string require_stream(const LogFiles& files,
                           const std::string& group,
                           const asl::Json& request);

// What is given out to be sent back: opaque, and refused when it was changed or given out for
// something else. `purpose` says what for: the action and what it is about.
std::string seal_token(const std::string& purpose, const asl::Json& content);
// Throws InvalidParameterException.
asl::Json open_token(const std::string& purpose, const std::string& token);

}  // namespace pawl::engine::logs

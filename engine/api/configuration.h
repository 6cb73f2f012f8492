// Logging, tracing and encryption of machines and activities: read from a request with every
// default filled in, kept in the catalogue, shown by the Describe actions.
#pragma once

#include <map>
#include <string>

#include "asl/json.h"
#include "engine/api/api.h"

namespace pawl::engine {

// "arn:aws:logs:us-east-1:123456789012:log-group:/aws/states/orders:*" -> "/aws/states/orders"
std::string log_group_of(const std::string& arn);
// Throws InvalidLoggingConfiguration when executions are to be logged to a group that is not there.
void check_log_group(Api& api, const asl::Json& logging_configuration);

// Throw InvalidLoggingConfiguration, InvalidEncryptionConfiguration.
asl::Json logging_configuration_of(const asl::Json& sent);     // null: OFF
asl::Json tracing_configuration_of(const asl::Json& sent);     // null: not enabled
asl::Json encryption_configuration_of(const asl::Json& sent);  // null: AWS_OWNED_KEY

// All three of a request that has them as members, or not.
asl::Json configuration_of(const asl::Json& request);

// A later tag of the same key wins. Throws TooManyTags.
std::map<std::string, std::string> tags_of(const asl::Json& list, const std::string& arn);
void check_tag_count(const std::map<std::string, std::string>& tags, const std::string& arn);

}  // namespace pawl::engine

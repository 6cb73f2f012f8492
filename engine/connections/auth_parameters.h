// AuthParameters of connections: what is taken, what an update changes, what may be shown.
// [aws] https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnection.html
#pragma once

#include <optional>
#include <string>

#include "asl/json.h"
#include "engine/http/aws_shape.h"

namespace pawl::engine {

// Of CreateConnection, or of UpdateConnection, in which no member is required.
Shape auth_parameters_shape(bool all_required);

// What `shape` knows of `value`, without nulls: nothing else is kept, and nothing else is shown.
asl::Json known_part(const Shape& shape, const asl::Json& value);

// `given` over `stored`. A parameter without a value keeps the one that its key has: that is how
// DescribeConnection shows what is secret.
asl::Json updated_auth(const asl::Json& stored, const asl::Json& given);

// Why these are not the parameters of such a connection; nothing when they are.
std::optional<std::string> auth_fault(const std::string& type, const asl::Json& auth);
// Takes out the parameters of the other types.
asl::Json auth_of_type(const std::string& type, const asl::Json& auth);

// Without passwords, keys and the values that are said to be secret.
asl::Json without_secrets(const asl::Json& value);

}  // namespace pawl::engine

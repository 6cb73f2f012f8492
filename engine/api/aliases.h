// Aliases as the actions read and show them.
#pragma once

#include <string>
#include <vector>

#include "engine/api/api.h"
#include "engine/http/aws_shape.h"

namespace pawl::engine {

namespace shapes {
Shape alias_name();
Shape routing_configuration();
}  // namespace shapes

struct AliasName {
  std::string machine_arn;
  std::string name;
};
// Throws InvalidArn unless the ARN is one of an alias.
AliasName parse_alias_arn(const std::string& arn);

// The machine that the versions of a routingConfiguration belong to, and what it says of them.
struct Routing {
  std::string machine_arn;
  std::vector<AliasRow::Route> routes;
};
// Throws ValidationException unless it names one or two versions of one machine, with weights that
// add up to 100.
Routing routing_of(const asl::Json& configuration);
asl::Json routing_json(const AliasRow& row);

ServiceError resource_does_not_exist();

}  // namespace pawl::engine

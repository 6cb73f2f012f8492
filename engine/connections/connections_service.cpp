#include "engine/connections/auth_parameters.h"
#include "engine/connections/connections.h"

namespace pawl::engine {
namespace {

using asl::Json;

Shape connection_name() { return shapes::text().length(1, 64).matching(R"([\.\-_A-Za-z0-9]+)"); }

Shape named() { return shapes::structure({shapes::required("Name", connection_name())}); }

// Of CreateConnection, and of UpdateConnection, which requires the name only.
Shape connection_shape(bool is_new) {
  const auto member = [is_new](const char* name, Shape shape) {
    return is_new ? shapes::required(name, std::move(shape))
                  : shapes::optional(name, std::move(shape));
  };
  return shapes::structure(
      {shapes::required("Name", connection_name()),
       shapes::optional("Description", shapes::text().at_most(512)),
       member("AuthorizationType",
              shapes::text().one_of({"BASIC", "OAUTH_CLIENT_CREDENTIALS", "API_KEY"})),
       member("AuthParameters", auth_parameters_shape(is_new)),
       shapes::optional("InvocationConnectivityParameters", shapes::any()),
       shapes::optional("KmsKeyIdentifier",
                        shapes::text().at_most(2048).matching(R"(^[a-zA-Z0-9_\-/:]*$)"))});
}

Shape listing() {
  return shapes::structure({shapes::optional("NamePrefix", connection_name()),
                            shapes::optional("ConnectionState",
                                             shapes::text().one_of({"CREATING",
                                                                    "UPDATING",
                                                                    "DELETING",
                                                                    "AUTHORIZED",
                                                                    "DEAUTHORIZED",
                                                                    "AUTHORIZING",
                                                                    "DEAUTHORIZING",
                                                                    "ACTIVE",
                                                                    "FAILED_CONNECTIVITY"})),
                            shapes::optional("NextToken", shapes::text().length(1, 2048)),
                            shapes::optional("Limit", shapes::integer().range(1, 100))});
}

std::vector<std::string> other_actions() {
  return {"ActivateEventSource",
          "CancelReplay",
          "CreateApiDestination",
          "CreateArchive",
          "CreateEndpoint",
          "CreateEventBus",
          "CreatePartnerEventSource",
          "DeactivateEventSource",
          "DeleteApiDestination",
          "DeleteArchive",
          "DeleteEndpoint",
          "DeleteEventBus",
          "DeletePartnerEventSource",
          "DeleteRule",
          "DescribeApiDestination",
          "DescribeArchive",
          "DescribeEndpoint",
          "DescribeEventBus",
          "DescribeEventSource",
          "DescribePartnerEventSource",
          "DescribeReplay",
          "DescribeRule",
          "DisableRule",
          "EnableRule",
          "ListApiDestinations",
          "ListArchives",
          "ListEndpoints",
          "ListEventBuses",
          "ListEventSources",
          "ListPartnerEventSourceAccounts",
          "ListPartnerEventSources",
          "ListReplays",
          "ListRuleNamesByTarget",
          "ListRules",
          "ListTagsForResource",
          "ListTargetsByRule",
          "PutEvents",
          "PutPartnerEvents",
          "PutPermission",
          "PutRule",
          "PutTargets",
          "RemovePermission",
          "RemoveTargets",
          "StartReplay",
          "TagResource",
          "TestEventPattern",
          "UntagResource",
          "UpdateApiDestination",
          "UpdateArchive",
          "UpdateEndpoint",
          "UpdateEventBus"};
}

}  // namespace

JsonService make_connections_service(Connections& connections) {
  const auto action = [&connections](const char* name,
                                     Scope scope,
                                     Shape shape,
                                     Json (Connections::*run)(const Json&)) {
    return Action{name, scope, std::move(shape), direct([&connections, run](const Json& request) {
                    return (connections.*run)(request);
                  })};
  };
  JsonServiceOptions options{
      .target_prefix = "AWSEvents.", .version = "1.1", .unavailable = other_actions()};
  options.failure = [](const std::exception& error) {
    return ServiceError{"InternalException", error.what(), 500};
  };
  return JsonService(
      std::move(options),
      {action("CreateConnection", Scope::kAdmin, connection_shape(true), &Connections::create),
       action("DeauthorizeConnection", Scope::kAdmin, named(), &Connections::deauthorize),
       action("DeleteConnection", Scope::kAdmin, named(), &Connections::remove),
       action("DescribeConnection", Scope::kRead, named(), &Connections::describe),
       action("ListConnections", Scope::kRead, listing(), &Connections::list),
       action("UpdateConnection", Scope::kAdmin, connection_shape(false), &Connections::update)});
}

}  // namespace pawl::engine

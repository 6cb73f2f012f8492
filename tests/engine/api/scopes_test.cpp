// What each action and route wants its caller to be allowed. That each has a scope the compiler
// sees to; that it is a sensible one, this.
#include "engine/api/actions.h"
#include "engine/api/rest/rest.h"
#include "tests/engine/api/api_fixture.h"

namespace pawl::engine {
namespace {

class Scopes : public ApiTest {
 protected:
  Api api_{ApiDependencies{
               engine_, *store_, clock_, activities_, alarms_, connectors_, sink_, map_runs_},
           ApiConfig{}};
};

bool only_looks(const std::string& action) {
  for (const char* verb : {"Describe", "List", "GetExecutionHistory", "Validate"}) {
    if (action.starts_with(verb)) return true;
  }
  return false;
}

TEST_F(Scopes, ActionsThatOnlyLookAreForReadersAndNoOthersAre) {
  for (const Action& action : step_functions_actions(api_)) {
    EXPECT_EQ(action.scope == Scope::kRead, only_looks(action.name)) << action.name;
    EXPECT_NE(action.scope, Scope::kOpen) << action.name;
  }
}

TEST_F(Scopes, WhatBringsOrChangesADefinitionIsForAdmins) {
  for (const Action& action : step_functions_actions(api_)) {
    const bool changes = action.name.starts_with("Create") || action.name.starts_with("Update") ||
                         action.name.starts_with("Delete") || action.name.starts_with("Publish") ||
                         action.name == "TestState";
    EXPECT_TRUE(!changes || action.scope == Scope::kAdmin) << action.name;
  }
}

TEST_F(Scopes, ResourcesAreReadWithGetAndChangedWithTheRest) {
  for (const RestRoute& route : rest_routes()) {
    const std::string shown = std::string(route.method) + " " + route.pattern;
    const std::string method = route.method;
    const bool looks = method == "GET" || method == "HEAD" || shown == "POST /asl:validate" ||
                       shown == "POST /asl:graph" || shown == "POST /executions:inspect";
    EXPECT_EQ(route.scope == Scope::kRead, looks) << shown;
    EXPECT_NE(route.scope, Scope::kOpen) << shown;
  }
}

TEST_F(Scopes, AreFoundFromTheHeadOfARequest) {
  HttpRequest request;
  request.method = "POST";
  request.path = request.target = "/api/v1/executions/m:one:stop";
  Access access = service_->access(request);
  EXPECT_EQ(access.scope, Scope::kRun);
  EXPECT_EQ(access.action, "POST /executions/{}:stop");
  request.path = "/api/v1/nothing";
  EXPECT_EQ(service_->access(request).scope, Scope::kRead);
  request.path = "/";
  request.headers.set("X-Amz-Target", "AWSStepFunctions.DeleteStateMachine");
  access = service_->access(request);
  EXPECT_EQ(access.scope, Scope::kAdmin);
  EXPECT_EQ(access.action, "states:DeleteStateMachine");
  EXPECT_EQ(access.service, "states");
  EXPECT_EQ(access.dialect, Dialect::kAwsJson);
  HttpRequest health;
  health.method = "GET";
  health.path = health.target = "/healthz";
  EXPECT_EQ(service_->access(health).scope, Scope::kOpen);
  health.path = health.target = "/metrics";
  EXPECT_EQ(service_->access(health).scope, Scope::kRead);
}

TEST_F(Scopes, AForkWithAnotherDefinitionNeedsMoreThanOneWithout) {
  const std::string machine = create_machine("m");
  succeed(start(machine, "one"));
  HttpRequest request;
  request.method = "POST";
  request.path = request.target = "/api/v1/executions/m:one:fork";
  request.caller = {"token:ci", Scope::kRun};
  request.body = std::string(R"({"state":"A","definition":)") + kDefinition + "}";
  const HttpResponse refused = send(request);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(json(refused).at("detail"), "A fork with another definition needs the scope admin");
}

}  // namespace
}  // namespace pawl::engine

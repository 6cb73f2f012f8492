// The OpenAPI document and the routes say the same. What the answers say is held against it by
// tests/end_to_end/rest_contract_test.cpp.
#include <set>

#include "engine/api/rest/openapi/operation.h"
#include "tests/engine/api/rest_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class OpenApi : public RestFixture {
 protected:
  const Json document_ = openapi_document("1");

  // Every value of a member of this name, anywhere.
  void collect(const Json& value, const std::string& name, std::set<std::string>& found) const {
    if (value.is_object() && value.contains(name) && value.at(name).is_string()) {
      found.insert(value.at(name).get<std::string>());
    }
    for (const Json& each : value) {
      if (each.is_structured()) collect(each, name, found);
    }
  }
};

TEST_F(OpenApi, EveryRouteIsDescribedAndEveryDescriptionHasItsRoute) {
  std::set<std::string> described;
  for (const RestRoute& route : rest_routes()) {
    const Operation* operation = operation_of(route);
    ASSERT_NE(operation, nullptr) << route.method << " " << route.pattern << " is not described";
    described.insert(operation->id);
    EXPECT_FALSE(operation->summary.empty()) << operation->id;
    EXPECT_FALSE(operation->answers.empty()) << operation->id;
  }
  std::set<std::string> all;
  for (const Operation& operation : rest_operations()) {
    EXPECT_TRUE(all.insert(operation.id).second) << operation.id << " is the id of two operations";
  }
  EXPECT_EQ(described, all);
}

TEST_F(OpenApi, EveryReferenceLeadsSomewhereAndEveryComponentIsReferredTo) {
  std::set<std::string> used;
  collect(document_, "$ref", used);
  std::set<std::string> there;
  for (const auto& [kind, components] : document_.at("components").items()) {
    if (kind == "securitySchemes") continue;  // operations name them without a reference
    for (const auto& [name, component] : components.items()) {
      there.insert("#/components/" + kind + "/" + name);
    }
  }
  EXPECT_EQ(used, there);
}

TEST_F(OpenApi, TheDocumentIsServed) {
  const HttpResponse response = rest("GET", "/openapi.json");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
  const Json served = json(response);
  EXPECT_EQ(served["openapi"], "3.1.0");
  EXPECT_EQ(served["paths"], document_["paths"]);
  EXPECT_EQ(served["info"]["version"], "0.1.0");
}

TEST_F(OpenApi, APostSaysThatItTakesAnIdempotencyKeyAndWhatItThenMayAnswer) {
  for (const auto& [path, methods] : document_.at("paths").items()) {
    if (!methods.contains("post")) continue;
    const Json& post = methods.at("post");
    std::set<std::string> parameters;
    collect(post.at("parameters"), "$ref", parameters);
    EXPECT_TRUE(parameters.contains("#/components/parameters/Idempotency-Key")) << path;
    for (const char* status : {"400", "409", "422", "503"}) {
      EXPECT_TRUE(post.at("responses").contains(status)) << path << " " << status;
    }
  }
}

TEST_F(OpenApi, EveryOperationSaysWhomItRefusesAndWhatHeadersThenCome) {
  const auto headers_of = [](const Json& responses, const char* status) {
    std::set<std::string> names;
    for (const auto& [name, header] : responses.at(status).at("headers").items()) {
      names.insert(name);
    }
    return names;
  };
  for (const RestRoute& route : rest_routes()) {
    const Operation* operation = operation_of(route);
    ASSERT_NE(operation, nullptr);
    std::string method = route.method;
    for (char& c : method) c = static_cast<char>(std::tolower(c));
    const Json& shown = document_.at("paths").at(operation->path).at(method);
    EXPECT_EQ(shown.at("security").at(0).at("token").at(0), to_string(route.scope));
    const Json& responses = shown.at("responses");
    EXPECT_TRUE(headers_of(responses, "401").contains("WWW-Authenticate")) << operation->id;
    EXPECT_TRUE(headers_of(responses, "403").contains("WWW-Authenticate")) << operation->id;
    EXPECT_TRUE(headers_of(responses, "503").contains("Retry-After")) << operation->id;
    EXPECT_EQ(headers_of(responses, "429"),
              (std::set<std::string>{"RateLimit-Limit",
                                     "RateLimit-Remaining",
                                     "RateLimit-Reset",
                                     "Retry-After",
                                     "X-Request-Id"}))
        << operation->id;
  }
}

TEST_F(OpenApi, EveryFaultOfABodyIsNamedAtOnce) {
  const HttpResponse response =
      rest("POST", "/state-machines", R"({"name":5,"tags":{"a/b":1},"definition":[],"more":1})");
  EXPECT_EQ(response.status, 400);
  std::set<std::string> pointers;
  collect(json(response)["errors"], "pointer", pointers);
  EXPECT_EQ(pointers, (std::set<std::string>{"/name", "/tags/a~1b", "/definition", "/more"}));
}

TEST_F(OpenApi, LengthsRangesAndListsOfBodiesAreChecked) {
  create_machine("M");
  const auto refused = [&](const std::string& body, const std::string& pointer) {
    expect_problem(rest("POST", "/state-machines/M/aliases", body), 400, pointer);
  };
  refused(R"({"name":"","routes":[{"version":1}]})", "/name");
  refused(R"({"name":"a","routes":[]})", "/routes");
  refused(R"({"name":"a","routes":[{"version":1},{"version":2},{"version":3}]})", "/routes");
  refused(R"({"name":"a","routes":[{"version":0}]})", "/routes/0/version");
  refused(R"({"name":"a","routes":[{"version":1,"weight":101}]})", "/routes/0/weight");
  refused(R"({"name":"a","routes":[{"weight":100}]})", "/routes/0/version");
  refused(R"({"name":"a","routes":[{"version":1.5}]})", "/routes/0/version");
  // 80 characters, not bytes.
  std::string umlauts;
  for (int i = 0; i < 81; ++i) umlauts += "\xc3\xa4";
  refused(asl::to_text({{"name", umlauts}, {"routes", Json::parse(R"([{"version":1}])")}}),
          "/name");
}

}  // namespace
}  // namespace pawl::engine

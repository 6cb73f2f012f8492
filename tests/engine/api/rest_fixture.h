// What tests of the REST API share.
#pragma once

#include "tests/engine/api/api_fixture.h"

namespace pawl::engine {

class RestFixture : public ApiTest {
 protected:
  static Headers header(const char* name, const std::string& value) {
    Headers headers;
    headers.set(name, value);
    return headers;
  }
  // A body that holds a definition as a JSON value.
  static std::string machine_body(const char* definition = kDefinition) {
    return asl::to_text({{"name", "M"}, {"definition", asl::Json::parse(definition)}});
  }
  void expect_problem(const HttpResponse& response, int status, const std::string& pointer = "") {
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.headers.get("content-type"), "application/problem+json");
    const asl::Json problem = json(response);
    EXPECT_EQ(problem["status"], status);
    EXPECT_TRUE(problem["type"].get<std::string>().starts_with("/docs/problems/"));
    if (pointer.empty()) return;
    ASSERT_EQ(problem["errors"].size(), 1U) << response.body;
    EXPECT_EQ(problem["errors"][0]["pointer"], pointer);
  }
};

}  // namespace pawl::engine

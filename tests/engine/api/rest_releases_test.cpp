// Versions, aliases and tags of state machines by the REST API, and conditions on them.
#include <thread>

#include "tests/engine/api/rest_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class RestReleases : public RestFixture {
 protected:
  RestReleases() { rest("POST", "/state-machines", machine_body()); }
  std::string tag_of(const std::string& path) {
    return std::string(rest("GET", path).headers.get("ETag"));
  }
  HttpResponse route_to(int version, Headers headers = {}) {
    return rest("PUT",
                "/state-machines/M/aliases/prod",
                R"({"routes":[{"version":)" + std::to_string(version) + "}]}",
                std::move(headers));
  }
  // Version 1 is kDefinition, version 2 kOther.
  void publish_two() {
    rest("POST", "/state-machines/M/versions");
    rest("PUT", "/state-machines/M", machine_body(kOther));
    rest("POST", "/state-machines/M/versions");
  }
};

TEST_F(RestReleases, AVersionKeepsItsDefinition) {
  const HttpResponse made =
      rest("POST", "/state-machines/M/versions", R"({"description":"first"})");
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("Location"), "/api/v1/state-machines/M/versions/1");
  rest("PUT", "/state-machines/M", machine_body(kOther));
  const Json shown = json(rest("GET", "/state-machines/M/versions/1"));
  EXPECT_EQ(shown["definition"], Json::parse(kDefinition));
  EXPECT_EQ(shown["description"], "first");
  EXPECT_EQ(json(rest("POST", "/state-machines/M/versions"))["version"], 2);
  const Json list = json(rest("GET", "/state-machines/M/versions"));
  ASSERT_EQ(list["items"].size(), 2U);
  EXPECT_EQ(list["items"][0]["version"], 2);
  expect_problem(rest("GET", "/state-machines/M/versions/3"), 404);
  expect_problem(rest("GET", "/state-machines/M/versions/one"), 404);
  expect_problem(rest("POST", "/state-machines/X/versions"), 404);
}

TEST_F(RestReleases, AnAliasIsMadeMovedAndRemoved) {
  publish_two();
  const HttpResponse made = route_to(1);
  EXPECT_EQ(made.status, 201) << made.body;
  EXPECT_EQ(made.headers.get("Location"), "/api/v1/state-machines/M/aliases/prod");
  EXPECT_EQ(json(made)["routes"], Json::parse(R"([{"version":1,"weight":100}])"));
  EXPECT_EQ(route_to(2).status, 200);
  EXPECT_EQ(json(rest("GET", "/state-machines/M/aliases/prod"))["routes"][0]["version"], 2);
  expect_problem(rest("DELETE", "/state-machines/M/versions/2"), 409);
  EXPECT_EQ(rest("DELETE", "/state-machines/M/versions/1").status, 204);
  expect_problem(route_to(1), 404);
  EXPECT_EQ(rest("DELETE", "/state-machines/M/aliases/prod").status, 204);
  expect_problem(rest("DELETE", "/state-machines/M/aliases/prod"), 404);
}

TEST_F(RestReleases, AnExecutionIsStartedByAliasAndByVersion) {
  publish_two();
  route_to(1);
  for (const std::string qualifier : {"prod", "2"}) {
    const HttpResponse started =
        rest("POST", "/state-machines/M:" + qualifier + "/executions", "{}");
    EXPECT_EQ(started.status, 202) << started.body;
    const auto row = store_->journal().find(json(started)["arn"].get<std::string>());
    const auto revision = store_->catalog().find_revision(row->what.machine_revision);
    EXPECT_EQ(revision->definition == kDefinition, qualifier == "prod");
  }
}

TEST_F(RestReleases, IfMatchGuardsWhatSomebodyElseHasChanged) {
  publish_two();
  route_to(1);
  const std::string alias = tag_of("/state-machines/M/aliases/prod");
  const std::string machine = tag_of("/state-machines/M");
  clock_.now_ms += 1;
  EXPECT_EQ(route_to(2, header("If-Match", alias)).status, 200);
  expect_problem(route_to(1, header("If-Match", alias)), 412);
  expect_problem(rest("DELETE", "/state-machines/M/aliases/prod", "", header("If-Match", alias)),
                 412);
  rest("PUT", "/state-machines/M", machine_body());
  expect_problem(rest("DELETE", "/state-machines/M", "", header("If-Match", machine)), 412);
  EXPECT_EQ(rest("DELETE",
                 "/state-machines/M",
                 "",
                 header("If-Match", "\"x\", " + tag_of("/state-machines/M")))
                .status,
            204);
}

TEST_F(RestReleases, IfNoneMatchWithAStarMakesOnlyWhatIsNotThere) {
  publish_two();
  EXPECT_EQ(route_to(1, header("If-None-Match", "*")).status, 201);
  expect_problem(route_to(2, header("If-None-Match", "*")), 412);
  expect_problem(rest("PUT", "/state-machines/M", machine_body(), header("If-None-Match", "*")),
                 412);
  expect_problem(
      rest("PUT", "/state-machines/N", machine_body(), header("If-Match", "*")), 400, "/name");
  const std::string body = asl::to_text({{"definition", Json::parse(kDefinition)}});
  expect_problem(rest("PUT", "/state-machines/N", body, header("If-Match", "*")), 412);
}

TEST_F(RestReleases, OfManyWhoChangeTheSameRevisionAtOnceOneSucceeds) {
  const std::string etag = tag_of("/state-machines/M");
  std::atomic<int> changed = 0;
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&, i] {
      const std::string definition =
          R"({"Comment":")" + std::to_string(i) +
          R"(","StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})";
      const HttpResponse response = rest(
          "PUT", "/state-machines/M", machine_body(definition.c_str()), header("If-Match", etag));
      if (response.status == 200) ++changed;
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(changed, 1);
}

TEST_F(RestReleases, TagsAreReplacedAsAWhole) {
  EXPECT_EQ(rest("PUT", "/state-machines/M/tags", R"({"a":"1","b":"2"})").status, 200);
  EXPECT_EQ(rest("PUT", "/state-machines/M/tags", R"({"b":"3"})").status, 200);
  EXPECT_EQ(json(rest("GET", "/state-machines/M/tags")), Json::parse(R"({"b":"3"})"));
  EXPECT_EQ(
      ok("ListTagsForResource", {{"resourceArn", std::string(kPrefix) + "stateMachine:M"}})["tags"],
      Json::parse(R"([{"key":"b","value":"3"}])"));
  expect_problem(
      rest("PUT", "/state-machines/M/tags", asl::to_text({{std::string(129, 'k'), "v"}})), 400);
  Json many = Json::object();
  for (int i = 0; i < 51; ++i) many["k" + std::to_string(i)] = "v";
  expect_problem(rest("PUT", "/state-machines/M/tags", asl::to_text(many)), 400);
}

}  // namespace
}  // namespace pawl::engine

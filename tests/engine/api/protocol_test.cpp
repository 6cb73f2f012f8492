// Whatever a client sends, it gets one of AWS's errors and harms nothing.
#include <random>

#include "engine/api/actions.h"
#include "tests/engine/api/api_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class Protocol : public ApiTest {
 protected:
  // A request that has every member of the shape, each well typed.
  static Json filled(const Shape& shape) {
    switch (shape.type) {
      case Shape::Type::kString:
        return shape.values.empty() ? Json("x") : Json(shape.values.front());
      case Shape::Type::kInteger:
      case Shape::Type::kLong:
      case Shape::Type::kNumber:
      case Shape::Type::kTimestamp:
        return shape.min.value_or(1);
      case Shape::Type::kBoolean:
        return true;
      case Shape::Type::kList:
        return Json::array({filled(*shape.element)});
      case Shape::Type::kMap:
        return {{"k", filled(*shape.element)}};
      case Shape::Type::kStructure: {
        Json object = Json::object();
        for (const Member& member : shape.members) object[member.name] = filled(member.shape);
        return object;
      }
      case Shape::Type::kAny:
        return nullptr;
    }
    return nullptr;
  }

  void expect_no_harm(const std::string& action, const std::string& body) {
    const HttpResponse response = act(action, body);
    EXPECT_LT(response.status, 500) << action << " " << body << " -> " << response.body;
    EXPECT_NO_THROW(Json::parse(response.body)) << action << " " << body;
    if (response.status == 400) {
      EXPECT_FALSE(response.headers.get("x-amzn-errortype").empty()) << action << " " << body;
    }
  }
};

std::vector<Json> wrong_values() {
  Json deep = Json::array();
  for (int i = 0; i < 200; ++i) deep = Json::array({deep});
  return {5,
          -1,
          1.5,
          1e300,
          9223372036854775807LL,
          true,
          nullptr,
          "",
          "x",
          std::string(5000, 'y'),
          std::string("\0\x01", 2),
          Json::array(),
          Json::array({1, "a", nullptr, Json::object()}),
          Json::object(),
          Json({{"a", Json({{"b", nullptr}})}}),
          deep};
}

TEST_F(Protocol, NoWrongValueOfAnyMemberOfAnyActionIsOurFault) {
  Api api({engine_, *store_, clock_, activities_, alarms_, connectors_, sink_, map_runs_}, {});
  for (const Action& action : step_functions_actions(api)) {
    const Json good = filled(action.request);
    expect_no_harm(action.name, asl::to_text(good));
    for (const Member& member : action.request.members) {
      for (const Json& value : wrong_values()) {
        Json request = good;
        request[member.name] = value;
        expect_no_harm(action.name, asl::to_text(request));
      }
      Json request = good;
      request.erase(member.name);
      expect_no_harm(action.name, asl::to_text(request));
    }
  }
}

TEST_F(Protocol, NoBodyOfAnyActionIsOurFault) {
  Api api({engine_, *store_, clock_, activities_, alarms_, connectors_, sink_, map_runs_}, {});
  for (const Action& action : step_functions_actions(api)) {
    for (const std::string& body : {std::string(),
                                    std::string("[]"),
                                    std::string("null"),
                                    std::string("\"\xff\""),
                                    std::string("{\"a\":"),
                                    std::string(5'000, '{'),
                                    std::string(50'000, '['),
                                    std::string("{\"\\ud800\":1}"),
                                    std::string(3, '\0')}) {
      expect_no_harm(action.name, body);
    }
  }
}

TEST_F(Protocol, RandomBytesAreRefused) {
  std::mt19937 random(7);  // NOLINT: the same bytes every time
  for (int i = 0; i < 500; ++i) {
    std::string body(random() % 64, '\0');
    for (char& c : body) c = static_cast<char>(random());
    expect_no_harm("StartExecution", body);
  }
}

TEST_F(Protocol, ActionsAreSortedAndAllOfTheService) {
  Api api({engine_, *store_, clock_, activities_, alarms_, connectors_, sink_, map_runs_}, {});
  std::vector<std::string> names;
  for (const Action& action : step_functions_actions(api)) names.push_back(action.name);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 37U);
}

TEST_F(Protocol, SeveralMissingMembersAreNamedAtOnce) {
  EXPECT_EQ(error("CreateStateMachine", Json::object()),
            "ValidationException: 3 validation errors detected: Value null at 'name' failed to "
            "satisfy constraint: Member must not be null; Value null at 'definition' failed to "
            "satisfy constraint: Member must not be null; Value null at 'roleArn' failed to "
            "satisfy constraint: Member must not be null");
}

TEST_F(Protocol, HealthAndReadinessAndMetrics) {
  const auto get = [&](const char* path) {
    HttpRequest request;
    request.method = "GET";
    request.path = request.target = path;
    return send(std::move(request));
  };
  EXPECT_EQ(get("/healthz").status, 200);
  EXPECT_EQ(get("/readyz").status, 200);
  engine_.ready.ready = false;
  engine_.ready.problem = "recovering";
  const HttpResponse busy = get("/readyz");
  EXPECT_EQ(busy.status, 503);
  EXPECT_EQ(json(busy)["checks"]["recovery"]["problem"], "recovering");
  succeed(start(create_machine("M"), "one"));
  const std::string page = get("/metrics").body;
  EXPECT_NE(page.find("pawl_ready 0\n"), std::string::npos);
  EXPECT_NE(page.find("# TYPE pawl_executions_started_total counter\n"
                      "pawl_executions_started_total{state_machine=\"M\"} 1\n"),
            std::string::npos);
  EXPECT_NE(
      page.find("pawl_executions_completed_total{state_machine=\"M\",status=\"SUCCEEDED\"} 1\n"),
      std::string::npos);
  EXPECT_NE(page.find("\npawl_sse_clients 0\n"), std::string::npos);
  EXPECT_NE(page.find("\npawl_recovery_duration_seconds "), std::string::npos);
  EXPECT_NE(page.find("pawl_state_transitions_total{type=\"Pass\"} 1\n"), std::string::npos);
  EXPECT_NE(page.find("# TYPE pawl_journal_fsync_seconds summary\n"), std::string::npos);
  EXPECT_NE(page.find("\npawl_journal_fsync_seconds_count "), std::string::npos);
  EXPECT_NE(page.find("\npawl_journal_writes_total "), std::string::npos);
  EXPECT_NE(page.find("\npawl_executions_running 0\n"), std::string::npos);
  EXPECT_NE(page.find("# TYPE pawl_execution_duration_seconds histogram\n"), std::string::npos);
  EXPECT_NE(page.find("pawl_execution_duration_seconds_bucket{le=\"0.01\"} 1\n"),
            std::string::npos);
  EXPECT_NE(page.find("pawl_execution_duration_seconds_bucket{le=\"+Inf\"} 1\n"
                      "pawl_execution_duration_seconds_sum 0.000000\n"
                      "pawl_execution_duration_seconds_count 1\n"),
            std::string::npos)
      << page;
}

}  // namespace
}  // namespace pawl::engine

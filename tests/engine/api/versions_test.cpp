#include "engine/api/versions.h"

#include "tests/engine/api/api_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class Versions : public ApiTest {
 protected:
  Json creation() const {
    return {{"name", "Orders"}, {"definition", kDefinition}, {"roleArn", kRole}};
  }
  std::string publish() {
    return ok("PublishStateMachineVersion", {{"stateMachineArn", arn_}})
        .at("stateMachineVersionArn")
        .get<std::string>();
  }
  // Versions 1 (kDefinition) and 2 (kOther).
  void make_two() {
    ok("CreateStateMachine", creation());
    publish();
    ok("UpdateStateMachine",
       {{"stateMachineArn", arn_}, {"definition", kOther}, {"publish", true}});
  }
  Json alias(const std::string& name, const Json& routes) const {
    Json routing = Json::array();
    for (const auto& [number, weight] : routes.items()) {
      routing.push_back({{"stateMachineVersionArn", arn_ + ":" + number}, {"weight", weight}});
    }
    return {{"name", name}, {"routingConfiguration", routing}};
  }

  const std::string arn_ = std::string(kPrefix) + "stateMachine:Orders";
};

TEST_F(Versions, CreationPublishesTheFirstWhenAsked) {
  Json request = creation();
  request["versionDescription"] = "first";
  EXPECT_EQ(error("CreateStateMachine", request),
            "ValidationException: Version description can only be set when publish is true");
  request["publish"] = true;
  EXPECT_EQ(ok("CreateStateMachine", request)["stateMachineVersionArn"], arn_ + ":1");
  EXPECT_EQ(ok("CreateStateMachine", request)["stateMachineVersionArn"], arn_ + ":1");
  const std::string exists =
      "StateMachineAlreadyExists: State Machine Already Exists: '" + arn_ + "'";
  request["versionDescription"] = "other";
  EXPECT_EQ(error("CreateStateMachine", request), exists);
  EXPECT_EQ(error("CreateStateMachine", creation()), exists);
  const Json shown = ok("DescribeStateMachine", {{"stateMachineArn", arn_ + ":1"}});
  EXPECT_EQ(shown["stateMachineArn"], arn_ + ":1");
  EXPECT_EQ(shown["name"], "Orders");
  EXPECT_EQ(shown["description"], "first");
  EXPECT_FALSE(ok("DescribeStateMachine", {{"stateMachineArn", arn_}}).contains("description"));
}

TEST_F(Versions, CreationThatPublishesIsTheSameRequestAgainHoweverLongItTook) {
  clock_.tick_ms = 7;
  Json request = creation();
  request["publish"] = true;
  ok("CreateStateMachine", request);
  EXPECT_EQ(ok("CreateStateMachine", request)["stateMachineVersionArn"], arn_ + ":1");
}

TEST_F(Versions, AliasesOfAMachineThatIsBeingDeletedStayAsTheyAre) {
  make_two();
  ok("CreateStateMachineAlias", alias("prod", {{"1", 100}}));
  start(arn_, "running");
  ok("DeleteStateMachine", {{"stateMachineArn", arn_}});
  const std::string deleting = "StateMachineDeleting: State Machine is Deleting: '" + arn_ + "'";
  EXPECT_EQ(error("UpdateStateMachineAlias",
                  {{"stateMachineAliasArn", arn_ + ":prod"}, {"description", "d"}}),
            deleting);
  EXPECT_EQ(error("ListStateMachineAliases", {{"stateMachineArn", arn_}}), deleting);
}

TEST_F(Versions, AVersionKeepsItsDefinition) {
  make_two();
  EXPECT_EQ(ok("DescribeStateMachine", {{"stateMachineArn", arn_ + ":1"}})["definition"],
            kDefinition);
  EXPECT_EQ(ok("DescribeStateMachine", {{"stateMachineArn", arn_ + ":2"}})["definition"], kOther);
  EXPECT_EQ(error("DescribeStateMachine", {{"stateMachineArn", arn_ + ":3"}}),
            "StateMachineDoesNotExist: State Machine Does Not Exist: '" + arn_ + ":3'");
  EXPECT_EQ(error("UpdateStateMachine", {{"stateMachineArn", arn_ + ":1"}, {"roleArn", kRole}}),
            "StateMachineDoesNotExist: State Machine Does Not Exist: '" + arn_ + ":1'");
}

TEST_F(Versions, PublishingIsIdempotentPerRevision) {
  ok("CreateStateMachine", creation());
  EXPECT_EQ(publish(), arn_ + ":1");
  EXPECT_EQ(publish(), arn_ + ":1");
  const Json request = {{"stateMachineArn", arn_}, {"definition", kDefinition}, {"publish", true}};
  const Json unchanged = ok("UpdateStateMachine", request);
  EXPECT_EQ(unchanged["stateMachineVersionArn"], arn_ + ":1");
  EXPECT_FALSE(unchanged.contains("revisionId"));
}

TEST_F(Versions, ARevisionThatIsNotCurrentIsAConflict) {
  ok("CreateStateMachine", creation());
  ok("PublishStateMachineVersion", {{"stateMachineArn", arn_}, {"revisionId", "INITIAL"}});
  const std::string revision =
      ok("UpdateStateMachine", {{"stateMachineArn", arn_}, {"definition", kOther}})["revisionId"];
  EXPECT_EQ(
      error("PublishStateMachineVersion", {{"stateMachineArn", arn_}, {"revisionId", "INITIAL"}}),
      "ConflictException: Failed to publish the State Machine version for revision INITIAL. The "
      "current State Machine revision is " +
          revision + ".");
  ok("PublishStateMachineVersion", {{"stateMachineArn", arn_}, {"revisionId", revision}});
}

TEST_F(Versions, AreListedNewestFirstInPagesAndDeletedTwice) {
  make_two();
  const Json page = ok("ListStateMachineVersions", {{"stateMachineArn", arn_}, {"maxResults", 1}});
  EXPECT_EQ(page["stateMachineVersions"][0]["stateMachineVersionArn"], arn_ + ":2");
  const Json rest =
      ok("ListStateMachineVersions", {{"stateMachineArn", arn_}, {"nextToken", page["nextToken"]}});
  EXPECT_EQ(rest["stateMachineVersions"][0]["stateMachineVersionArn"], arn_ + ":1");
  EXPECT_FALSE(rest.contains("nextToken"));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(ok("DeleteStateMachineVersion", {{"stateMachineVersionArn", arn_ + ":2"}}),
              Json::object());
  }
  EXPECT_EQ(publish(), arn_ + ":3");
  EXPECT_EQ(error("ListStateMachineVersions", {{"stateMachineArn", arn_ + "x"}}),
            "InvalidArn: Invalid Arn: '" + arn_ + "x'");
}

TEST_F(Versions, AnAliasIsCreatedOnceUpdatedAndDeleted) {
  make_two();
  Json request = alias("prod", {{"1", 100}});
  request["description"] = "d";
  EXPECT_EQ(ok("CreateStateMachineAlias", request)["stateMachineAliasArn"], arn_ + ":prod");
  ok("CreateStateMachineAlias", request);
  EXPECT_TRUE(error("CreateStateMachineAlias", alias("prod", {{"1", 100}}))
                  .starts_with("ConflictException: Failed to create alias because an alias with "
                               "the same name and a different"));
  EXPECT_EQ(error("DeleteStateMachineVersion", {{"stateMachineVersionArn", arn_ + ":1"}}),
            "ConflictException: Version to be deleted must not be referenced by an alias. Current "
            "list of aliases referencing this version: [prod]");
  clock_.now_ms += 1'000;
  request = alias("", {{"1", 50}, {"2", 50}});
  request["stateMachineAliasArn"] = arn_ + ":prod";
  ok("UpdateStateMachineAlias", request);
  const Json shown = ok("DescribeStateMachineAlias", {{"stateMachineAliasArn", arn_ + ":prod"}});
  EXPECT_EQ(shown["routingConfiguration"], request["routingConfiguration"]);
  EXPECT_EQ(shown["description"], "d");
  EXPECT_EQ(shown["creationDate"], 1'700'000'000.0);
  EXPECT_EQ(shown["updateDate"], 1'700'000'001.0);
  for (int i = 0; i < 2; ++i) {
    ok("DeleteStateMachineAlias", {{"stateMachineAliasArn", arn_ + ":prod"}});
  }
  EXPECT_EQ(error("DescribeStateMachineAlias", {{"stateMachineAliasArn", arn_ + ":prod"}}),
            "ResourceNotFound: Request references a resource that does not exist.");
  EXPECT_EQ(error("UpdateStateMachineAlias", request),
            "ResourceNotFound: Request references a resource that does not exist.");
}

TEST_F(Versions, ARoutingConfigurationIsChecked) {
  make_two();
  const auto fault = [&](const Json& routes) {
    return error("CreateStateMachineAlias", alias("prod", routes));
  };
  EXPECT_EQ(fault({{"1", 50}, {"2", 40}}),
            "ValidationException: Sum of routing configuration weights must equal 100. Received: "
            "[50, 40]");
  EXPECT_EQ(fault({{"7", 100}}),
            "ResourceNotFound: Request references a resource that does not exist.");
  EXPECT_EQ(fault({{"prod", 100}}),
            "ValidationException: Routing configuration must contain state machine version ARNs. "
            "Received: [" +
                arn_ + ":prod]");
  EXPECT_TRUE(error("CreateStateMachineAlias", alias("12", {{"1", 100}}))
                  .ends_with("Member must satisfy regular expression pattern: "
                             "^(?=.*[a-zA-Z_\\-\\.])[a-zA-Z0-9_\\-\\.]+$"));
  EXPECT_TRUE(error("UpdateStateMachineAlias", {{"stateMachineAliasArn", arn_ + ":prod"}})
                  .starts_with("ValidationException: "));
  EXPECT_EQ(error("DeleteStateMachineAlias", {{"stateMachineAliasArn", arn_}}),
            "InvalidArn: Invalid Arn: '" + arn_ + "'");
}

TEST_F(Versions, AliasesAreListedOldestFirstByMachineOrVersion) {
  make_two();
  for (const char* name : {"c", "a", "b"}) {
    ok("CreateStateMachineAlias", alias(name, {{name == std::string("a") ? "2" : "1", 100}}));
  }
  const Json page = ok("ListStateMachineAliases", {{"stateMachineArn", arn_}, {"maxResults", 2}});
  ASSERT_EQ(page["stateMachineAliases"].size(), 2U);
  EXPECT_EQ(page["stateMachineAliases"][0]["stateMachineAliasArn"], arn_ + ":c");
  EXPECT_EQ(page["stateMachineAliases"][1]["stateMachineAliasArn"], arn_ + ":a");
  const Json rest =
      ok("ListStateMachineAliases", {{"stateMachineArn", arn_}, {"nextToken", page["nextToken"]}});
  EXPECT_EQ(rest["stateMachineAliases"][0]["stateMachineAliasArn"], arn_ + ":b");
  EXPECT_EQ(ok("ListStateMachineAliases", {{"stateMachineArn", arn_ + ":2"}})["stateMachineAliases"]
                .size(),
            1U);
}

TEST_F(Versions, AStartByVersionOrAliasIsRecordedAndListed) {
  make_two();
  ok("CreateStateMachineAlias", alias("prod", {{"1", 100}}));
  const std::string plain = start(arn_, "plain");
  const std::string by_version = start(arn_ + ":2", "by-version");
  const std::string by_alias = start(arn_ + ":prod", "by-alias");
  EXPECT_FALSE(
      ok("DescribeExecution", {{"executionArn", plain}}).contains("stateMachineVersionArn"));
  Json shown = ok("DescribeExecution", {{"executionArn", by_version}});
  EXPECT_EQ(shown["stateMachineArn"], arn_);
  EXPECT_EQ(shown["stateMachineVersionArn"], arn_ + ":2");
  EXPECT_FALSE(shown.contains("stateMachineAliasArn"));
  shown = ok("DescribeExecution", {{"executionArn", by_alias}});
  EXPECT_EQ(shown["stateMachineVersionArn"], arn_ + ":1");
  EXPECT_EQ(shown["stateMachineAliasArn"], arn_ + ":prod");
  EXPECT_EQ(ok("DescribeStateMachineForExecution", {{"executionArn", by_alias}})["definition"],
            kDefinition);
  const auto listed = [&](const std::string& arn) {
    return ok("ListExecutions", {{"stateMachineArn", arn}})["executions"].size();
  };
  EXPECT_EQ(listed(arn_), 3U);
  EXPECT_EQ(listed(arn_ + ":2"), 1U);
  EXPECT_EQ(listed(arn_ + ":1"), 1U);
  EXPECT_EQ(listed(arn_ + ":prod"), 1U);
  EXPECT_EQ(error("StartExecution", {{"stateMachineArn", arn_ + ":nobody"}}),
            "StateMachineDoesNotExist: State Machine Does Not Exist: '" + arn_ + ":nobody'");
}

TEST(VersionOfDraw, EveryVersionGetsItsShareOfAHundredDraws) {
  AliasRow alias;
  alias.routes = {{7, 30}, {9, 70}};
  int first = 0;
  for (int draw = 0; draw < 100; ++draw) first += version_of_draw(alias, draw) == 7 ? 1 : 0;
  EXPECT_EQ(first, 30);
  alias.routes = {{7, 0}, {9, 100}};
  EXPECT_EQ(version_of_draw(alias, 0), 9);
}

}  // namespace
}  // namespace pawl::engine

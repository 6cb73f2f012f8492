#include "tests/engine/api/api_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class Machines : public ApiTest {
 protected:
  Json creation() const {
    return {{"name", "Orders"}, {"definition", kDefinition}, {"roleArn", kRole}};
  }
  const std::string arn_ = std::string(kPrefix) + "stateMachine:Orders";
};

TEST_F(Machines, ACreatedMachineIsDescribedWithEveryDefault) {
  const Json created = ok("CreateStateMachine", creation());
  EXPECT_EQ(created["stateMachineArn"], arn_);
  EXPECT_EQ(created["creationDate"], 1'700'000'000.0);
  const Json shown = ok("DescribeStateMachine", {{"stateMachineArn", arn_}});
  EXPECT_EQ(shown["name"], "Orders");
  EXPECT_EQ(shown["status"], "ACTIVE");
  EXPECT_EQ(shown["type"], "STANDARD");
  EXPECT_EQ(shown["definition"], kDefinition);
  EXPECT_EQ(shown["roleArn"], kRole);
  EXPECT_EQ(shown["loggingConfiguration"],
            Json::parse(R"({"level":"OFF","includeExecutionData":false})"));
  EXPECT_EQ(shown["tracingConfiguration"], Json::parse(R"({"enabled":false})"));
  EXPECT_EQ(shown["encryptionConfiguration"], Json::parse(R"({"type":"AWS_OWNED_KEY"})"));
  EXPECT_FALSE(shown.contains("revisionId"));
}

TEST_F(Machines, TheVariablesThatStatesReadAreListed) {
  Json request = creation();
  request["definition"] =
      R"({"StartAt":"A","States":{"A":{"Type":"Pass","Assign":{"x":1},"Next":"B"},)"
      R"("B":{"Type":"Pass","InputPath":"$x","End":true}}})";
  ok("CreateStateMachine", request);
  Json shown = ok("DescribeStateMachine", {{"stateMachineArn", arn_}});
  EXPECT_EQ(shown["variableReferences"], Json::parse(R"({"B":["x"]})"));
  shown =
      ok("DescribeStateMachine", {{"stateMachineArn", arn_}, {"includedData", "METADATA_ONLY"}});
  EXPECT_FALSE(shown.contains("variableReferences"));
}

TEST_F(Machines, AStandardMachineIsNotStartedSynchronously) {
  ok("CreateStateMachine", creation());
  EXPECT_EQ(error("StartSyncExecution", {{"stateMachineArn", arn_}}),
            "StateMachineTypeNotSupported: This operation is not supported by this type of state "
            "machine");
}

TEST_F(Machines, MetadataOnlyShowsAnEmptyDefinition) {
  ok("CreateStateMachine", creation());
  EXPECT_EQ(
      ok("DescribeStateMachine", {{"stateMachineArn", arn_}, {"includedData", "METADATA_ONLY"}})
          .at("definition"),
      "{}");
}

TEST_F(Machines, ThePartThatADistributedMapRunsIsDescribedByItsLabel) {
  Json request = creation();
  const std::string part =
      R"({"ProcessorConfig":{"Mode":"DISTRIBUTED","ExecutionType":"STANDARD"},)"
      R"("StartAt":"P","States":{"P":{"Type":"Pass","End":true}}})";
  request["definition"] = R"({"StartAt":"M","States":{"M":{"Type":"Map","Label":"lab","End":true,)"
                          R"("ItemProcessor":)" +
                          part + "}}}";
  ok("CreateStateMachine", request);
  const std::string labelled =
      arn_.substr(0, arn_.rfind(':') + 1) + text_of(request, "name") + "/lab";
  const Json shown = ok("DescribeStateMachine", {{"stateMachineArn", labelled}});
  EXPECT_EQ(shown["stateMachineArn"], labelled);
  EXPECT_EQ(shown["name"], text_of(request, "name") + "/lab");
  EXPECT_EQ(shown["label"], "lab");
  EXPECT_EQ(Json::parse(shown["definition"].get<std::string>()), Json::parse(part));
  EXPECT_EQ(error("DescribeStateMachine", {{"stateMachineArn", arn_ + "/other"}}),
            "StateMachineDoesNotExist: State Machine Does Not Exist: '" + arn_ + "/other'");
  const std::string refused =
      "ValidationException: Labeled state machine ARNs are not supported by this operation";
  EXPECT_EQ(error("StartExecution", {{"stateMachineArn", labelled}}), refused);
  EXPECT_EQ(error("UpdateStateMachine", {{"stateMachineArn", labelled}, {"roleArn", kRole}}),
            refused);
}

TEST_F(Machines, NamesHaveNoCharactersThatAreNone) {
  for (const char* name : {"a\xef\xbf\xbe", "a\xef\xbf\xbf", "a\xf4\x8f\xbf\xbf"}) {
    Json request = creation();
    request["name"] = name;
    EXPECT_EQ(error("CreateStateMachine", request).substr(0, 12), "InvalidName:");
  }
}

TEST_F(Machines, TheSameRequestAgainAnswersTheFirstMachine) {
  ok("CreateStateMachine", creation());
  clock_.now_ms += 5'000;
  Json again = creation();
  again["roleArn"] = "arn:aws:iam::123456789012:role/other";
  again["tags"] = Json::parse(R"([{"key":"a","value":"b"}])");
  EXPECT_EQ(ok("CreateStateMachine", again)["creationDate"], 1'700'000'000.0);
  EXPECT_EQ(ok("DescribeStateMachine", {{"stateMachineArn", arn_}})["roleArn"], kRole);
  EXPECT_EQ(ok("ListTagsForResource", {{"resourceArn", arn_}})["tags"], Json::array());
}

TEST_F(Machines, AnotherDefinitionOfTheSameNameAlreadyExists) {
  ok("CreateStateMachine", creation());
  Json other = creation();
  other["definition"] = std::string(kDefinition) + " ";  // the text is compared
  EXPECT_EQ(error("CreateStateMachine", other),
            "StateMachineAlreadyExists: State Machine Already Exists: '" + arn_ + "'");
  other = creation();
  other["type"] = "EXPRESS";
  EXPECT_EQ(error("CreateStateMachine", other),
            "StateMachineAlreadyExists: State Machine Already Exists: '" + arn_ + "'");
}

TEST_F(Machines, ABadDefinitionIsRefusedWithItsFindings) {
  Json bad = creation();
  bad["definition"] = R"({"StartAt":"A"})";
  EXPECT_EQ(error("CreateStateMachine", bad),
            "InvalidDefinition: Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These "
            "fields are required: [States] at /'");
}

TEST_F(Machines, NamesAreCheckedAsAwsDoes) {
  for (const char* name : {"a b", "a\"b", "a:b", "a/b", "a\x7f", "a\nb", "a`b", "a|b"}) {
    Json request = creation();
    request["name"] = name;
    EXPECT_EQ(error("CreateStateMachine", request),
              std::string("InvalidName: Invalid Name: '") + name + "'");
  }
  Json request = creation();
  request["name"] = "テスト.a_b-c!(d)";
  ok("CreateStateMachine", request);
}

TEST_F(Machines, LoggingNeedsExactlyOneLogGroup) {
  const auto fault = [&](const char* logging) {
    Json request = creation();
    request["loggingConfiguration"] = Json::parse(logging);
    return error("CreateStateMachine", request);
  };
  const std::string prefix = "InvalidLoggingConfiguration: Invalid Logging Configuration: ";
  EXPECT_EQ(fault(R"({"level":"ALL"})"), prefix + "Must specify exactly one Log Destination.");
  EXPECT_EQ(fault(R"({"level":"ALL","destinations":[{}]})"),
            prefix + "Must set valid CloudWatch Log Group ARN.");
  EXPECT_EQ(fault(R"({"level":"ALL","destinations":[{"cloudWatchLogsLogGroup":
              {"logGroupArn":"arn:aws:s3:::b"}}]})"),
            prefix + "Provided ARN is not CloudWatch Logs Log Group ARN.");
  EXPECT_EQ(fault(R"({"level":"ALL","destinations":[{"cloudWatchLogsLogGroup":
              {"logGroupArn":"arn:aws:logs:us-east-1:1:log-group:g"}}]})"),
            prefix + "Log Group ARN must be provided with '*' qualifier.");
  sink_.missing_group = "g";
  EXPECT_EQ(fault(R"({"level":"ALL","destinations":[{"cloudWatchLogsLogGroup":
              {"logGroupArn":"arn:aws:logs:us-east-1:1:log-group:g:*"}}]})"),
            prefix + "Log Destination not found.");
}

TEST_F(Machines, CustomerKeysAreRefusedRatherThanIgnored) {
  Json request = creation();
  request["encryptionConfiguration"] = Json::parse(R"({"type":"CUSTOMER_MANAGED_KMS_KEY"})");
  EXPECT_EQ(error("CreateStateMachine", request),
            "InvalidEncryptionConfiguration: Must set a valid kmsKeyId.");
  request["encryptionConfiguration"]["kmsKeyId"] = "k";
  EXPECT_TRUE(error("CreateStateMachine", request).starts_with("InvalidEncryptionConfiguration: "));
}

TEST_F(Machines, AnUpdateMakesARevision) {
  ok("CreateStateMachine", creation());
  clock_.now_ms += 1'500;
  const Json updated =
      ok("UpdateStateMachine", {{"stateMachineArn", arn_}, {"definition", kOther}});
  EXPECT_EQ(updated["updateDate"], 1'700'000'001.5);
  const std::string revision = updated["revisionId"];
  EXPECT_EQ(revision.size(), 36U);
  const Json shown = ok("DescribeStateMachine", {{"stateMachineArn", arn_}});
  EXPECT_EQ(shown["definition"], kOther);
  EXPECT_EQ(shown["revisionId"], revision);
  EXPECT_EQ(shown["creationDate"], 1'700'000'000.0);
  // The same again changes nothing.
  EXPECT_EQ(ok("UpdateStateMachine", {{"stateMachineArn", arn_}, {"definition", kOther}})
                .value("revisionId", ""),
            revision);
}

TEST_F(Machines, AnUpdateOfNothingIsRefused) {
  ok("CreateStateMachine", creation());
  EXPECT_EQ(error("UpdateStateMachine", {{"stateMachineArn", arn_}}),
            "MissingRequiredParameter: Either the definition, the role ARN, the "
            "LoggingConfiguration, or the TracingConfiguration must be specified");
}

TEST_F(Machines, WhatIsMissingDoesNotExist) {
  const std::string missing =
      "StateMachineDoesNotExist: State Machine Does Not Exist: '" + arn_ + "'";
  EXPECT_EQ(error("DescribeStateMachine", {{"stateMachineArn", arn_}}), missing);
  EXPECT_EQ(error("UpdateStateMachine", {{"stateMachineArn", arn_}, {"roleArn", kRole}}), missing);
  EXPECT_EQ(error("StartExecution", {{"stateMachineArn", arn_}}), missing);
  EXPECT_EQ(error("ListExecutions", {{"stateMachineArn", arn_}}), missing);
}

TEST_F(Machines, ArnsAreChecked) {
  EXPECT_EQ(error("DescribeStateMachine", {{"stateMachineArn", "not_a_valid_arn"}}),
            "InvalidArn: Invalid Arn: 'Invalid ARN prefix: not_a_valid_arn'");
  EXPECT_EQ(
      error("DescribeStateMachine", {{"stateMachineArn", std::string(kPrefix) + "activity:x"}}),
      "InvalidArn: Invalid Arn: 'Resource type not valid in this context: activity'");
  EXPECT_TRUE(error("DescribeStateMachine", {{"stateMachineArn", "arn:aws:states"}})
                  .starts_with("InvalidArn: "));
}

TEST_F(Machines, DeletingTwiceSucceedsAndForgetsTheTags) {
  Json request = creation();
  request["tags"] = Json::parse(R"([{"key":"a","value":"b"}])");
  ok("CreateStateMachine", request);
  EXPECT_EQ(ok("DeleteStateMachine", {{"stateMachineArn", arn_}}), Json::object());
  EXPECT_EQ(ok("DeleteStateMachine", {{"stateMachineArn", arn_}}), Json::object());
  ok("CreateStateMachine", creation());
  EXPECT_EQ(ok("ListTagsForResource", {{"resourceArn", arn_}})["tags"], Json::array());
}

// [aws] "A state machine is deleted only when all its executions are completed."
TEST_F(Machines, DeletedWhileAnExecutionRunsAreDeletingUntilItEnds) {
  ok("CreateStateMachine", creation());
  const std::string execution = start(arn_, "run");
  EXPECT_EQ(ok("DeleteStateMachine", {{"stateMachineArn", arn_}}), Json::object());
  EXPECT_EQ(ok("DescribeStateMachine", {{"stateMachineArn", arn_}})["status"], "DELETING");
  EXPECT_TRUE(error("StartExecution", {{"stateMachineArn", arn_}}).starts_with("StateMachineDel"));
  EXPECT_TRUE(error("UpdateStateMachine", {{"stateMachineArn", arn_}, {"definition", kOther}})
                  .starts_with("StateMachineDel"));
  EXPECT_TRUE(error("CreateStateMachine", creation()).starts_with("StateMachineDel"));
  EXPECT_EQ(ok("DeleteStateMachine", {{"stateMachineArn", arn_}}), Json::object());
  EXPECT_EQ(ok("DescribeExecution", {{"executionArn", execution}})["status"], "RUNNING");

  succeed(execution);
  EXPECT_TRUE(error("DescribeStateMachine", {{"stateMachineArn", arn_}})
                  .starts_with("StateMachineDoesNotExist"));
  EXPECT_TRUE(
      error("StartExecution", {{"stateMachineArn", arn_}}).starts_with("StateMachineDoesNotExist"));
  EXPECT_EQ(ok("ListStateMachines", Json::object())["stateMachines"], Json::array());
  EXPECT_EQ(ok("DescribeExecution", {{"executionArn", execution}})["status"], "SUCCEEDED");
  ok("CreateStateMachine", creation());
  EXPECT_EQ(ok("DescribeStateMachine", {{"stateMachineArn", arn_}})["status"], "ACTIVE");
}

TEST_F(Machines, ListsArePagedNewestFirst) {
  for (int i = 0; i < 5; ++i) {
    clock_.now_ms += 1'000;
    create_machine("m" + std::to_string(i));
  }
  std::vector<std::string> names;
  Json request = {{"maxResults", 2}};
  for (;;) {
    const Json page = ok("ListStateMachines", request);
    EXPECT_LE(page["stateMachines"].size(), 2U);
    for (const Json& machine : page["stateMachines"]) names.push_back(machine["name"]);
    if (!page.contains("nextToken")) break;
    request["nextToken"] = page["nextToken"];
  }
  EXPECT_EQ(names, (std::vector<std::string>{"m4", "m3", "m2", "m1", "m0"}));
  EXPECT_EQ(ok("ListStateMachines", {{"maxResults", 0}})["stateMachines"].size(), 5U);
}

TEST_F(Machines, PageTokensAreSealedBoundAndExpire) {
  for (const char* name : {"a", "b", "c"}) create_machine(name);
  const std::string token = ok("ListStateMachines", {{"maxResults", 1}})["nextToken"];
  const std::string invalid = "InvalidToken: Invalid Token: 'Invalid token'";
  for (std::size_t i = 0; i < token.size(); i += 7) {
    std::string forged = token;
    forged[i] = forged[i] == 'A' ? 'B' : 'A';
    EXPECT_EQ(error("ListStateMachines", {{"nextToken", forged}}), invalid) << i;
  }
  EXPECT_EQ(error("ListActivities", {{"nextToken", token}}), invalid);
  EXPECT_EQ(error("ListStateMachines", {{"nextToken", "x"}}), invalid);
  clock_.now_ms += 24LL * 3600 * 1000 + 1;
  EXPECT_EQ(error("ListStateMachines", {{"nextToken", token}}), invalid);
}

TEST_F(Machines, ADefinitionIsValidatedWithoutBeingKept) {
  const Json good = ok("ValidateStateMachineDefinition", {{"definition", kDefinition}});
  EXPECT_EQ(good, Json::parse(R"({"result":"OK","diagnostics":[],"truncated":false})"));
  const Json bad = ok("ValidateStateMachineDefinition", {{"definition", "{}"}});
  EXPECT_EQ(bad, Json::parse(R"({"result":"FAIL","diagnostics":[{"severity":"ERROR",
      "code":"SCHEMA_VALIDATION_FAILED","message":"These fields are required: [States, StartAt]",
      "location":"/"}],"truncated":false})"));
  EXPECT_EQ(ok("ListStateMachines", Json::object())["stateMachines"].size(), 0U);
}

TEST_F(Machines, ValidationStopsAtMaxResults) {
  const char* many = R"({"StartAt":"A","States":{"A":{"Type":"Pass","Next":"X"},
      "B":{"Type":"Pass","Next":"Y"}}})";
  const Json cut = ok("ValidateStateMachineDefinition", {{"definition", many}, {"maxResults", 1}});
  EXPECT_EQ(cut["diagnostics"].size(), 1U);
  EXPECT_EQ(cut["truncated"], true);
}

TEST_F(Machines, TagsAreAddedReplacedAndRemoved) {
  const std::string arn = create_machine("Orders");
  ok("TagResource",
     {{"resourceArn", arn},
      {"tags", Json::parse(R"([{"key":"a","value":"1"},{"key":"a","value":"2"},{"key":"b"}])")}});
  EXPECT_EQ(ok("ListTagsForResource", {{"resourceArn", arn}})["tags"],
            Json::parse(R"([{"key":"a","value":"2"},{"key":"b","value":""}])"));
  ok("UntagResource", {{"resourceArn", arn}, {"tagKeys", Json::array({"a", "zz"})}});
  EXPECT_EQ(ok("ListTagsForResource", {{"resourceArn", arn}})["tags"].size(), 1U);
}

TEST_F(Machines, ThatWereMadeBeforeACheckCameAreStillStarted) {
  MachineRow row;
  row.arn = state_machine_arn(ApiConfig{}.arns, "old");
  row.name = "old";
  row.configuration = Json::object();
  row.definition = R"({"StartAt": "S", "States": {"S": {"Type": "Task", "End": true,
      "Resource": "arn:aws:states:::sqs:sendMessage",
      "Parameters": {"QueueUrl": "u", "MessageBody": "b", "Bogus": 1}}}})";
  ASSERT_TRUE(store_->catalog().create_machine(row));
  ok("StartExecution", {{"stateMachineArn", row.arn}});
  EXPECT_TRUE(error("CreateStateMachine",
                    {{"name", "new"}, {"definition", row.definition}, {"roleArn", kRole}})
                  .starts_with("InvalidDefinition: "));
}

TEST_F(Machines, TagsHoldLettersDigitsSpacesAndAFewSymbols) {
  const std::string arn = create_machine("Orders");
  const auto tag = [](const char* key, const char* value) {
    return Json::array({{{"key", key}, {"value", value}}});
  };
  ok("TagResource", {{"resourceArn", arn}, {"tags", tag("Kosten stelle/é:1", "a+b=c@d-e_f.g")}});
  for (const Json& tags : {tag("a*b", "x"), tag("a", "{x}"), tag("tab\t", "x")}) {
    EXPECT_TRUE(
        error("TagResource", {{"resourceArn", arn}, {"tags", tags}}).starts_with("Validation"))
        << tags;
  }
}

TEST_F(Machines, TagsHaveALimitAndAResource) {
  const std::string arn = create_machine("Orders");
  Json many = Json::array();
  for (int i = 0; i < 51; ++i) many.push_back({{"key", std::to_string(i)}, {"value", ""}});
  EXPECT_TRUE(
      error("TagResource", {{"resourceArn", arn}, {"tags", many}}).starts_with("TooManyTags: "));
  EXPECT_EQ(error("TagResource", {{"resourceArn", arn + ":1"}, {"tags", Json::array()}}),
            "ResourceNotFound: Resource not found: '" + arn + ":1'");
}

}  // namespace
}  // namespace pawl::engine

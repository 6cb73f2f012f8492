#include <sys/stat.h>

#include "tests/engine/connections/connections_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

using Actions = ConnectionsTest;

Json parameter(const std::string& key, const std::string& value, bool secret = false) {
  return {{"Key", key}, {"Value", value}, {"IsValueSecret", secret}};
}

TEST_F(Actions, ANewConnectionIsAuthorizedAndItsPasswordIsNotShown) {
  const Json created =
      ok("CreateConnection",
         {{"Name", "api"},
          {"Description", "an API"},
          {"AuthorizationType", "BASIC"},
          {"AuthParameters",
           {{"BasicAuthParameters", {{"Username", "user"}, {"Password", "pass-word"}}}}}});
  EXPECT_EQ(created["ConnectionState"], "AUTHORIZED");
  EXPECT_EQ(created["CreationTime"], 1'700'000'000.0);
  EXPECT_FALSE(created.contains("LastAuthorizedTime"));
  const std::string arn = created["ConnectionArn"];
  EXPECT_TRUE(arn.starts_with("arn:aws:events:us-east-1:123456789012:connection/api/")) << arn;
  const Json shown = describe("api");
  EXPECT_EQ(shown["AuthParameters"], Json({{"BasicAuthParameters", {{"Username", "user"}}}}));
  EXPECT_EQ(shown["Description"], "an API");
  EXPECT_EQ(shown["LastAuthorizedTime"], 1'700'000'000.0);
  EXPECT_TRUE(shown["SecretArn"].get<std::string>().starts_with(
      "arn:aws:secretsmanager:us-east-1:123456789012:secret:events!connection/api/"));
  EXPECT_EQ(shown.dump().find("pass-word"), std::string::npos);
}

TEST_F(Actions, OfTheParametersOnlyTheSecretValuesAreHidden) {
  Json open = parameter("a", "1");
  open.erase("IsValueSecret");
  create("api",
         "API_KEY",
         {{"ApiKeyAuthParameters", {{"ApiKeyName", "X-Key"}, {"ApiKeyValue", "the-key"}}},
          {"InvocationHttpParameters",
           {{"HeaderParameters", Json::array({open, parameter("b", "hidden", true)})}}},
          {"Unknown", {{"Password", "typed-wrongly"}}}});
  Json hidden = parameter("b", "", true);
  hidden.erase("Value");
  EXPECT_EQ(describe("api")["AuthParameters"],
            Json({{"ApiKeyAuthParameters", {{"ApiKeyName", "X-Key"}}},
                  {"InvocationHttpParameters",
                   {{"HeaderParameters", Json::array({parameter("a", "1"), hidden})}}}}));
}

TEST_F(Actions, WhatDoesNotFitIsRefusedInTheWordsOfAws) {
  const Json basic = {{"BasicAuthParameters", {{"Username", "u"}, {"Password", "p"}}}};
  EXPECT_EQ(
      error("CreateConnection",
            {{"Name", "With Spaces!"}, {"AuthorizationType", "BASIC"}, {"AuthParameters", basic}}),
      "ValidationException: 1 validation error detected: Value 'With Spaces!' at 'name' failed "
      R"(to satisfy constraint: Member must satisfy regular expression pattern: [\.\-_A-Za-z0-9]+)");
  EXPECT_EQ(error("CreateConnection",
                  {{"Name", "a"}, {"AuthorizationType", "NONE"}, {"AuthParameters", basic}}),
            "ValidationException: 1 validation error detected: Value 'NONE' at 'authorizationType' "
            "failed to satisfy constraint: Member must satisfy enum value set: [BASIC, "
            "OAUTH_CLIENT_CREDENTIALS, API_KEY]");
  EXPECT_EQ(error("CreateConnection",
                  {{"Name", "a"}, {"AuthorizationType", "API_KEY"}, {"AuthParameters", basic}}),
            "ValidationException: The AuthorizationType API_KEY requires ApiKeyAuthParameters.");
  EXPECT_EQ(
      error("DescribeConnection", {{"Name", "a"}}),
      "ResourceNotFoundException: Failed to describe the connection(s). Connection 'a' does not "
      "exist.");
  create_basic("a");
  EXPECT_EQ(error("CreateConnection",
                  {{"Name", "a"}, {"AuthorizationType", "BASIC"}, {"AuthParameters", basic}}),
            "ResourceAlreadyExistsException: Connection 'a' already exists.");
  EXPECT_EQ(error("PutEvents", {{"Entries", Json::array()}}),
            "UnknownOperationException: The action PutEvents is not available in this version of "
            "Pawl");
}

TEST_F(Actions, ARefusedPasswordIsNotRepeated) {
  const std::string said =
      error("CreateConnection",
            {{"Name", "a"},
             {"AuthorizationType", "BASIC"},
             {"AuthParameters",
              {{"BasicAuthParameters", {{"Username", "u"}, {"Password", "sec:ret"}}}}}});
  EXPECT_NE(said.find("ValidationException"), std::string::npos);
  EXPECT_EQ(said.find("sec:ret"), std::string::npos) << said;
}

TEST_F(Actions, ALongValueThatDoesNotMatchIsRefusedAtOnce) {
  const auto begin = std::chrono::steady_clock::now();
  const std::string value = std::string(511, ' ') + ":";
  EXPECT_NE(error("CreateConnection",
                  {{"Name", "a"},
                   {"AuthorizationType", "BASIC"},
                   {"AuthParameters",
                    {{"BasicAuthParameters", {{"Username", value}, {"Password", "p"}}}}}}),
            "");
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(Actions, TokenServersNeedTlsUnlessTheyAreHere) {
  const auto oauth = [](const std::string& endpoint) {
    return Json({{"Name", "a"},
                 {"AuthorizationType", "OAUTH_CLIENT_CREDENTIALS"},
                 {"AuthParameters",
                  {{"OAuthParameters",
                    {{"ClientParameters", {{"ClientID", "i"}, {"ClientSecret", "s"}}},
                     {"AuthorizationEndpoint", endpoint},
                     {"HttpMethod", "POST"}}}}}});
  };
  EXPECT_EQ(error("CreateConnection", oauth("http://tokens.example/token")),
            "ValidationException: The AuthorizationEndpoint must be an https URL.");
  FarSide tokens(token_server());
  EXPECT_EQ(error("CreateConnection", oauth(tokens.url())), "");
}

TEST_F(Actions, AnUpdateChangesWhatItNames) {
  const std::string arn =
      create("api",
             "BASIC",
             {{"BasicAuthParameters", {{"Username", "u"}, {"Password", "old"}}},
              {"InvocationHttpParameters",
               {{"HeaderParameters", Json::array({parameter("X-Kept", "kept", true)})}}}});
  now_ms_ += 10'000;
  Json without_value = parameter("X-Kept", "", true);
  without_value.erase("Value");
  const Json answer =
      ok("UpdateConnection",
         {{"Name", "api"},
          {"AuthParameters",
           {{"BasicAuthParameters", {{"Password", "new"}}},
            {"InvocationHttpParameters",
             {{"HeaderParameters", Json::array({without_value, parameter("X-New", "1")})}}}}}});
  EXPECT_EQ(answer["ConnectionState"], "AUTHORIZED");
  EXPECT_EQ(answer["LastModifiedTime"], 1'700'000'010.0);
  EXPECT_EQ(answer["CreationTime"], 1'700'000'000.0);
  const Use used = use(arn);
  EXPECT_EQ(used.header("Authorization"), "Basic dTpuZXc=");  // u:new
  EXPECT_EQ(used.header("X-Kept"), "kept");
  EXPECT_EQ(used.header("X-New"), "1");
  EXPECT_EQ(error("UpdateConnection", {{"Name", "api"}, {"AuthorizationType", "API_KEY"}}),
            "ValidationException: The AuthorizationType API_KEY requires ApiKeyAuthParameters.");
  EXPECT_EQ(use(arn).header("Authorization"), "Basic dTpuZXc=");
}

TEST_F(Actions, ListingsArePagedAndFiltered) {
  for (const char* name : {"b1", "a2", "a1", "a3"}) create_basic(name);
  ok("DeauthorizeConnection", {{"Name", "a3"}});
  const Json first = ok("ListConnections", {{"NamePrefix", "a"}, {"Limit", 2}});
  ASSERT_EQ(first["Connections"].size(), 2U);
  EXPECT_EQ(first["Connections"][0]["Name"], "a1");
  EXPECT_FALSE(first["Connections"][0].contains("AuthParameters"));
  const Json second =
      ok("ListConnections", {{"NamePrefix", "a"}, {"Limit", 2}, {"NextToken", first["NextToken"]}});
  ASSERT_EQ(second["Connections"].size(), 1U);
  EXPECT_EQ(second["Connections"][0]["Name"], "a3");
  EXPECT_FALSE(second.contains("NextToken"));
  EXPECT_EQ(ok("ListConnections", {{"ConnectionState", "DEAUTHORIZED"}})["Connections"].size(), 1U);
}

TEST_F(Actions, ADeauthorizedConnectionHasNoSecretAnyMoreAndCanBeGivenAnother) {
  const std::string arn = create_basic("api");
  EXPECT_NE(text_of_file().find("pass-word"), std::string::npos);
  EXPECT_EQ(ok("DeauthorizeConnection", {{"Name", "api"}})["ConnectionState"], "DEAUTHORIZING");
  EXPECT_EQ(text_of_file().find("pass-word"), std::string::npos);
  const Json shown = describe("api");
  EXPECT_EQ(shown["ConnectionState"], "DEAUTHORIZED");
  EXPECT_EQ(shown["AuthParameters"], Json::object());
  EXPECT_FALSE(shown.contains("SecretArn"));
  EXPECT_NE(shown["StateReason"], "");
  EXPECT_EQ(use(arn).error, "Events.ConnectionResource.InvalidConnectionState");
  ok("UpdateConnection",
     {{"Name", "api"},
      {"AuthorizationType", "BASIC"},
      {"AuthParameters", {{"BasicAuthParameters", {{"Username", "u"}, {"Password", "x"}}}}}});
  EXPECT_EQ(state("api"), "AUTHORIZED");
  EXPECT_FALSE(describe("api").contains("StateReason"));
  EXPECT_EQ(use(arn).error, "");
}

TEST_F(Actions, ADeletedConnectionIsGoneAndItsArnIsNotThatOfTheNextOfItsName) {
  const std::string arn = create_basic("api");
  EXPECT_EQ(ok("DeleteConnection", {{"Name", "api"}})["ConnectionState"], "DELETING");
  EXPECT_EQ(use(arn).error, "Events.ConnectionResource.ResourceNotFound");
  const std::string next = create_basic("api");
  EXPECT_NE(next, arn);
  EXPECT_EQ(use(arn).error, "Events.ConnectionResource.ResourceNotFound");
  EXPECT_EQ(use(next).error, "");
}

TEST_F(Actions, TheFileIsItsOwnersAloneAndARestartReadsItAgain) {
  const std::string arn = create_basic("api");
  struct stat status {};
  ASSERT_EQ(stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const Json before = describe("api");
  restart();
  EXPECT_EQ(describe("api"), before);
  EXPECT_EQ(use(arn).header("Authorization"), "Basic dTpwYXNzLXdvcmQ=");
}

TEST_F(Actions, AChangeThatTheDiskDoesNotTakeIsNone) {
  create_basic("kept");
  std::filesystem::create_directory(file() + ".new");  // what is written first cannot be
  EXPECT_NE(
      error("CreateConnection",
            {{"Name", "lost"},
             {"AuthorizationType", "BASIC"},
             {"AuthParameters", {{"BasicAuthParameters", {{"Username", "u"}, {"Password", "p"}}}}}})
          .find("InternalException"),
      std::string::npos);
  EXPECT_NE(error("DeleteConnection", {{"Name", "kept"}}).find("InternalException"),
            std::string::npos);
  EXPECT_NE(error("DescribeConnection", {{"Name", "lost"}}), "");
  EXPECT_EQ(state("kept"), "AUTHORIZED");
}

TEST_F(Actions, AFileThatIsNoneIsNamed) {
  std::ofstream(file()) << "{";
  try {
    restart();
    FAIL() << "it was read";
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find(file()), std::string::npos);
  }
}

}  // namespace
}  // namespace pawl::engine

#include "engine/connections/oauth.h"

#include "tests/engine/connections/connections_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

using OAuth = ConnectionsTest;

Json parameters(const std::string& list, const std::string& key, const std::string& value) {
  return {{list, Json::array({{{"Key", key}, {"Value", value}}})}};
}

TEST_F(OAuth, ATokenIsFetchedOnceAndUsedUntilItExpires) {
  FarSide tokens(token_server());
  const std::string arn = create_oauth("api", tokens.url("/token"));
  EXPECT_EQ(use(arn).header("Authorization"), "Bearer t1");
  EXPECT_EQ(use(arn).header("Authorization"), "Bearer t1");
  EXPECT_EQ(state("api"), "AUTHORIZED");
  const HttpRequest asked = tokens.last();
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.target, "/token");
  EXPECT_EQ(asked.headers.get("Content-Type"), "application/x-www-form-urlencoded");
  EXPECT_EQ(asked.body,
            "grant_type=client_credentials&client_id=the%20id&client_secret=cl%26ent-secret");
  now_ms_ += 3'539'000;
  EXPECT_EQ(use(arn).header("Authorization"), "Bearer t1");
  now_ms_ += 1'000;  // a minute is left
  EXPECT_EQ(use(arn).header("Authorization"), "Bearer t2");
  EXPECT_EQ(tokens.requests().size(), 2U);
}

TEST_F(OAuth, TheTokenRequestCarriesItsOwnParameters) {
  FarSide tokens(token_server());
  Json extra = parameters("BodyParameters", "scope", "read write");
  extra["BodyParameters"].push_back({{"Key", "grant_type"}, {"Value", "password"}});
  extra.update(parameters("HeaderParameters", "X-Tenant", "seven"));
  extra.update(parameters("QueryStringParameters", "v", "1&2"));
  use(create_oauth("api", tokens.url("/token?a=b"), extra));
  EXPECT_EQ(tokens.last().target, "/token?a=b&v=1%262");
  EXPECT_EQ(tokens.last().headers.get("X-Tenant"), "seven");
  EXPECT_EQ(tokens.last().body,
            "grant_type=password&client_id=the%20id&client_secret=cl%26ent-secret&scope=read%20"
            "write");
}

TEST_F(OAuth, AGetHasThemInItsQuery) {
  FarSide tokens(token_server());
  use(create_oauth("api", tokens.url("/token"), nullptr, "GET"));
  EXPECT_EQ(tokens.last().method, "GET");
  EXPECT_EQ(tokens.last().query_value("client_secret"), "cl&ent-secret");
  EXPECT_EQ(tokens.last().body, "");
}

TEST_F(OAuth, ARefusedTokenIsFetchedAnewForTheNextCall) {
  FarSide tokens(token_server());
  const std::string arn = create_oauth("api", tokens.url());
  const Use first = use(arn);
  connections_->refused(arn, first.credentials.version);
  connections_->refused(arn, first.credentials.version);  // another call with the same token
  EXPECT_EQ(use(arn).header("Authorization"), "Bearer t2");
  connections_->refused(arn, first.credentials.version);  // one that was slow
  EXPECT_EQ(use(arn).header("Authorization"), "Bearer t2");
  EXPECT_EQ(tokens.requests().size(), 2U);
}

TEST_F(OAuth, ManyCallsWaitForOneToken) {
  std::promise<Responder> asked;
  FarSide tokens([&](const HttpRequest&, const Responder& respond) { asked.set_value(respond); });
  const std::string arn = create_oauth("api", tokens.url());
  EXPECT_EQ(state("api"), "AUTHORIZING");
  std::vector<std::future<Use>> uses;
  for (int i = 0; i < 5; ++i)
    uses.push_back(std::async(std::launch::async, [&] { return use(arn); }));
  asked.get_future().get()(FarSide::json({{"access_token", "one"}}));
  for (auto& each : uses) EXPECT_EQ(each.get().header("Authorization"), "Bearer one");
  EXPECT_EQ(tokens.requests().size(), 1U);
}

TEST_F(OAuth, AServerThatSaysNoDeauthorizesTheConnection) {
  FarSide tokens([](const HttpRequest&, const Responder& respond) {
    respond(FarSide::json({{"error", "invalid_client"}, {"secret", "leak"}}, 401));
  });
  const std::string arn = create_oauth("api", tokens.url());
  EXPECT_EQ(use(arn).error, "Events.ConnectionResource.InvalidConnectionState");
  EXPECT_EQ(state("api"), "DEAUTHORIZED");
  EXPECT_EQ(describe("api")["StateReason"],
            "The authorization endpoint answered with status code 401.");
  EXPECT_EQ(tokens.requests().size(), 1U);
  tokens.answer_with(token_server());
  ok("UpdateConnection",
     {{"Name", "api"},
      {"AuthParameters",
       {{"OAuthParameters", {{"ClientParameters", {{"ClientSecret", "right"}}}}}}}});
  EXPECT_EQ(use(arn).header("Authorization"), "Bearer t1");
  EXPECT_NE(tokens.last().body.find("client_secret=right"), std::string::npos);
}

TEST_F(OAuth, AServerThatIsAwayForAWhileDoesNot) {
  FarSide tokens(token_server());
  const std::string arn = create_oauth("api", tokens.url());
  use(arn);
  now_ms_ += 3'600'000;
  tokens.answer_with([](const HttpRequest&, const Responder& respond) {
    respond(FarSide::json(Json::object(), 503));
  });
  EXPECT_EQ(use(arn).error, "Events.ConnectionResource.InternalError");
  EXPECT_EQ(state("api"), "AUTHORIZED");
  tokens.answer_with(token_server());
  EXPECT_EQ(use(arn).header("Authorization"), "Bearer t1");
}

TEST_F(OAuth, AfterARestartTheTokenIsFetchedAgainAndNeverKeptOnDisk) {
  FarSide tokens([](const HttpRequest&, const Responder& respond) {
    respond(FarSide::json({{"access_token", "very-secret-token"}}));
  });
  const std::string arn = create_oauth("api", tokens.url());
  EXPECT_EQ(use(arn).header("Authorization"), "Bearer very-secret-token");
  EXPECT_EQ(text_of_file().find("very-secret-token"), std::string::npos);
  restart();
  EXPECT_EQ(state("api"), "AUTHORIZED");
  EXPECT_EQ(use(arn).header("Authorization"), "Bearer very-secret-token");
  EXPECT_EQ(tokens.requests().size(), 2U);
}

TEST_F(OAuth, AnAuthorizationThatARestartInterruptsBeginsAgain) {
  std::promise<Responder> asked;  // kept: a request that is dropped is answered with 500
  FarSide tokens([&](const HttpRequest&, const Responder& respond) { asked.set_value(respond); });
  const std::string arn = create_oauth("api", tokens.url());
  const Responder unanswered = asked.get_future().get();
  tokens.answer_with(token_server());
  restart();
  EXPECT_EQ(use(arn).header("Authorization"), "Bearer t1");
}

TEST_F(OAuth, WhoWaitsForATokenOfADeletedConnectionIsTold) {
  std::promise<Responder> asked;
  FarSide tokens([&](const HttpRequest&, const Responder& respond) { asked.set_value(respond); });
  const std::string arn = create_oauth("api", tokens.url());
  const Responder respond = asked.get_future().get();
  std::promise<std::string> told;
  connections_->authorize(arn, [&](const asl::Result<CallCredentials>& result) {
    told.set_value(result ? "" : *result.error().name);
  });
  ok("DeleteConnection", {{"Name", "api"}});
  EXPECT_EQ(told.get_future().get(), "Events.ConnectionResource.ResourceNotFound");
  respond(FarSide::json({{"access_token", "late"}}));
}

TEST(TokenAnswer, IsReadAsServersWriteIt) {
  const auto token = [](const std::string& body) {
    HttpResponse response;
    response.body = body;
    return read_token(response);
  };
  const auto plain = std::get<OauthToken>(token(R"({"access_token":"a","expires_in":"60"})"));
  EXPECT_EQ(plain.authorization, "Bearer a");
  EXPECT_EQ(plain.seconds, 60);
  EXPECT_EQ(std::get<OauthToken>(token(R"({"access_token":"a","token_type":"MAC"})")).authorization,
            "MAC a");
  for (const char* body : {"", "[]", "{}", R"({"access_token":1})", R"({"access_token":"a\nb"})"}) {
    const auto refused = token(body);
    ASSERT_TRUE(std::holds_alternative<OauthRefusal>(refused)) << body;
    EXPECT_FALSE(std::get<OauthRefusal>(refused).is_temporary);
  }
}

}  // namespace
}  // namespace pawl::engine

#include "engine/http/aws_json.h"

#include <gtest/gtest.h>

#include <stdexcept>

#include "asl/text.h"

namespace pawl::engine {
namespace {

using asl::Json;
using shapes::any;
using shapes::boolean;
using shapes::integer;
using shapes::list;
using shapes::map;
using shapes::optional;
using shapes::required;
using shapes::structure;
using shapes::text;

Shape create_shape() {
  return structure(
      {required("name", text().length(1, 5)),
       optional("maxResults", integer().range(0, 1000)),
       optional("publish", boolean()),
       optional("kind", text().one_of({"B", "A"})),
       optional("secret", text().length(0, 3).secret()),
       optional("tags", list(structure({required("key", text().length(1, 2))})).length(0, 2)),
       optional("word", text().matching("[a-z]+")),
       optional("labels", map(text().length(0, 3)))});
}

std::string fault_of(const Json& request) {
  const auto fault = check_request(create_shape(), request);
  return fault ? fault->type + ": " + fault->message : "";
}

TEST(AwsShape, ARequestWithinItsBoundsHasNoFault) {
  EXPECT_EQ(fault_of(Json::parse(R"({"name":"ab","maxResults":1000,"publish":true,"kind":"A",
    "tags":[{"key":"k"}],"word":"abc","labels":{"a":"x"},"secret":null,"unknown":[1]})")),
            "");
}

TEST(AwsShape, NullMembersAreTakenAwayWhereverAStructureHasThem) {
  const Shape shape = structure({optional("a", text()),
                                 optional("b", list(structure({optional("c", text())}))),
                                 optional("d", any())});
  Json request = Json::parse(
      R"({"a": null, "b": [{"c": null}, {"c": "x"}, null], "d": {"e": null}, "f": null})");
  drop_null_members(shape, request);
  EXPECT_EQ(request, Json::parse(R"({"b": [{}, {"c": "x"}, null], "d": {"e": null}, "f": null})"));
}

TEST(AwsShape, AMissingRequiredMemberIsNull) {
  EXPECT_EQ(fault_of(Json::object()),
            "ValidationException: 1 validation error detected: Value null at 'name' failed to "
            "satisfy constraint: Member must not be null");
}

TEST(AwsShape, NumbersAreNamedWithTheirBound) {
  EXPECT_EQ(fault_of({{"name", "a"}, {"maxResults", 1001}}),
            "ValidationException: 1 validation error detected: Value '1001' at 'maxResults' failed "
            "to satisfy constraint: Member must have value less than or equal to 1000");
  EXPECT_EQ(fault_of({{"name", "a"}, {"maxResults", -1}}),
            "ValidationException: 1 validation error detected: Value '-1' at 'maxResults' failed "
            "to satisfy constraint: Member must have value greater than or equal to 0");
}

TEST(AwsShape, EnumValuesAreListedInTheirOrder) {
  EXPECT_EQ(fault_of({{"name", "a"}, {"kind", "a"}}),
            "ValidationException: 1 validation error detected: Value 'a' at 'kind' failed to "
            "satisfy constraint: Member must satisfy enum value set: [B, A]");
}

TEST(AwsShape, SeveralFaultsAreReportedAtOnce) {
  EXPECT_EQ(fault_of({{"name", ""}, {"word", "A1"}}),
            "ValidationException: 2 validation errors detected: Value '' at 'name' failed to "
            "satisfy constraint: Member must have length greater than or equal to 1; Value 'A1' at "
            "'word' failed to satisfy constraint: Member must satisfy regular expression pattern: "
            "[a-z]+");
}

TEST(AwsShape, SensitiveValuesAreNotRepeated) {
  EXPECT_EQ(fault_of({{"name", "a"}, {"secret", "hidden"}}),
            "ValidationException: 1 validation error detected: Value at 'secret' failed to satisfy "
            "constraint: Member must have length less than or equal to 3");
}

TEST(AwsShape, ListElementsCountFromOne) {
  EXPECT_EQ(fault_of(Json::parse(R"({"name":"a","tags":[{"key":"k"},{"key":"long"}]})")),
            "ValidationException: 1 validation error detected: Value 'long' at "
            "'tags.2.member.key' failed to satisfy constraint: Member must have length less than "
            "or equal to 2");
}

TEST(AwsShape, LengthsCountCharactersNotBytes) {
  EXPECT_EQ(fault_of({{"name", "テスト中だ"}}), "");
}

TEST(AwsShape, WrongTypesAreSerializationExceptions) {
  EXPECT_EQ(fault_of({{"name", 5}}),
            "SerializationException: NUMBER_VALUE can not be converted to a String");
  EXPECT_EQ(fault_of({{"name", "a"}, {"maxResults", "5"}}),
            "SerializationException: STRING_VALUE can not be converted to an Integer");
  EXPECT_EQ(fault_of({{"name", "a"}, {"maxResults", 1.5}}),
            "SerializationException: DECIMAL_VALUE can not be converted to an Integer");
  EXPECT_EQ(fault_of({{"name", "a"}, {"maxResults", 1ULL << 40U}}),
            "SerializationException: NUMBER_VALUE can not be converted to an Integer");
  EXPECT_EQ(fault_of({{"name", "a"}, {"tags", "x"}}),
            "SerializationException: STRING_VALUE can not be converted to a List");
  EXPECT_EQ(fault_of(Json::parse(R"({"name":{}})")),
            "SerializationException: Start of structure or map found where not expected.");
  EXPECT_EQ(fault_of(Json::array()),
            "SerializationException: Start of list found where not expected");
}

class AwsJson : public testing::Test {
 protected:
  AwsJson()
      : service_({.target_prefix = "Things.", .unavailable = {"Later"}},
                 {{"Echo",
                   Scope::kRead,
                   create_shape(),
                   direct([](const Json& request) { return request; }),
                   [](const Json& request) { return request.at("name") == "quick"; }},
                  {"Refuse",
                   Scope::kRun,
                   structure({}),
                   [](const Json&, const ActionReply&) {
                     throw ServiceError{"Gone", "It is gone", 400, {{"reason", "WHY"}}};
                   }},
                  {"Break", Scope::kRead, structure({}), [](const Json&, const ActionReply&) {
                     throw std::runtime_error("broken");
                   }}}) {}

  // What is answered at once; what comes later is in late_.
  std::optional<HttpResponse> try_post(const std::string& target,
                                       const std::string& body,
                                       const Elsewhere& elsewhere) {
    HttpRequest request;
    request.method = "POST";
    request.path = request.target = "/";
    request.headers.set("X-Amz-Target", target);
    request.body = body;
    late_.reset();
    service_.handle(
        std::move(request),
        [this](HttpResponse response) { late_ = std::move(response); },
        elsewhere);
    return late_;
  }
  HttpResponse post(const std::string& target, const std::string& body) {
    const auto answer = try_post(target, body, nullptr);
    EXPECT_TRUE(answer.has_value());
    return answer.value_or(HttpResponse{});
  }

  std::optional<HttpResponse> late_;
  JsonService service_;
};

TEST_F(AwsJson, AnActionAnswersWithItsResult) {
  const HttpResponse response = post("Things.Echo", R"({"name":"a"})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"name":"a"})");
  EXPECT_EQ(response.headers.get("content-type"), "application/x-amz-json-1.0");
  EXPECT_EQ(response.headers.get("x-amzn-requestid").size(), 36U);
}

TEST_F(AwsJson, ThereAreQuickRequestsAndOnesThatAreAnsweredElsewhere) {
  std::vector<std::function<void()>> jobs;
  const Elsewhere elsewhere = [&](std::function<void()> job) {
    jobs.push_back(std::move(job));
    return true;
  };
  EXPECT_EQ(try_post("Things.Echo", R"({"name":"quick"})", elsewhere)->status, 200);
  EXPECT_TRUE(jobs.empty());
  EXPECT_FALSE(try_post("Things.Echo", R"({"name":"slow"})", elsewhere));
  ASSERT_EQ(jobs.size(), 1U);
  jobs.front()();
  EXPECT_EQ(late_->body, R"({"name":"slow"})");
}

TEST_F(AwsJson, FaultsAreToldAtOnceAndThoseOfHandlersWhereverTheyRun) {
  std::vector<std::function<void()>> jobs;
  const Elsewhere elsewhere = [&](std::function<void()> job) {
    jobs.push_back(std::move(job));
    return true;
  };
  EXPECT_EQ(try_post("Things.Echo", "{", elsewhere)->status, 400);
  EXPECT_EQ(try_post("Things.Echo", R"({"name":5})", elsewhere)->status, 400);
  EXPECT_FALSE(try_post("Things.Refuse", "{}", elsewhere));
  jobs.front()();
  EXPECT_EQ(late_->headers.get("x-amzn-errortype"), "Gone");
}

TEST_F(AwsJson, WhereThereIsNoRoomTheClientIsAskedToComeAgain) {
  const auto response = try_post(
      "Things.Echo", R"({"name":"slow"})", [](const std::function<void()>&) { return false; });
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(response->headers.get("x-amzn-errortype"), "ServiceUnavailable");
  EXPECT_EQ(response->headers.get("retry-after"), "1");
}

TEST_F(AwsJson, AnErrorHasTypeMessageAndHeader) {
  const HttpResponse response = post("Things.Refuse", "{}");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"__type":"Gone","message":"It is gone","reason":"WHY"})");
  EXPECT_EQ(response.headers.get("x-amzn-errortype"), "Gone");
}

TEST_F(AwsJson, MalformedJsonIsASerializationException) {
  for (const char* body : {"{", "[", "nope", "{\"a\":1,}", "\xff\xfe", "{} x"}) {
    const HttpResponse response = post("Things.Echo", body);
    EXPECT_EQ(response.status, 400) << body;
    EXPECT_EQ(response.headers.get("x-amzn-errortype"), "SerializationException") << body;
  }
  EXPECT_EQ(post("Things.Echo", std::string(100'000, '[')).headers.get("x-amzn-errortype"),
            "SerializationException");
}

TEST_F(AwsJson, UnknownActionsAreRefusedByName) {
  EXPECT_EQ(post("Things.Nope", "{}").body,
            R"({"__type":"UnknownOperationException","message":"Unknown operation: 'Nope'"})");
  EXPECT_EQ(Json::parse(post("Things.Later", "{}").body)["message"],
            "The action Later is not available in this version of Pawl");
}

TEST_F(AwsJson, AnEmptyBodyIsAnEmptyRequest) {
  EXPECT_EQ(post("Things.Echo", "").headers.get("x-amzn-errortype"), "ValidationException");
}

TEST_F(AwsJson, AnUnexpectedExceptionIsAnInternalFailure) {
  EXPECT_EQ(post("Things.Break", "{}").status, 500);
}

TEST(AwsJsonValues, TimesAreSecondsWithAFraction) {
  EXPECT_EQ(asl::to_text(epoch_seconds(asl::Timestamp{1'700'000'000'123})), "1.700000000123E9");
}

}  // namespace
}  // namespace pawl::engine

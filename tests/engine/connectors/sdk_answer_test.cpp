#include "engine/connectors/sdk_answer.h"

#include <gtest/gtest.h>

namespace pawl::engine {
namespace {

using asl::Json;

const SdkService kService = {"Batch", "AWSBatch", "AWSBatchException"};

ServiceError error_of(const std::string& type) {
  return {type, "No.", 404, {{"RequestId", "the-id"}}};
}

TEST(SdkAnswer, CarriesEveryHeaderAsAListAndOnceMoreAsText) {
  Headers headers;
  headers.set("x-amzn-RequestId", "the-id");
  headers.set("Content-Length", "2");
  const Json answer = with_sdk_metadata({{"A", 1}}, headers, 202);
  EXPECT_EQ(answer,
            (Json{{"A", 1},
                  {"SdkHttpMetadata",
                   {{"AllHttpHeaders",
                     {{"x-amzn-RequestId", Json::array({"the-id"})},
                      {"Content-Length", Json::array({"2"})}}},
                    {"HttpHeaders", {{"x-amzn-RequestId", "the-id"}, {"Content-Length", "2"}}},
                    {"HttpStatusCode", 202}}},
                  {"SdkResponseMetadata", {{"RequestId", "the-id"}}}}));
}

TEST(SdkAnswer, OfThisProcessHasTheLengthThatItsBodyWouldHave) {
  const Json answer = with_sdk_metadata({{"A", 1}});
  const Json& headers = answer.at("SdkHttpMetadata").at("HttpHeaders");
  EXPECT_EQ(headers.at("Content-Length"), "7");
  EXPECT_EQ(answer.at("SdkResponseMetadata").at("RequestId"), headers.at("x-amzn-RequestId"));
}

TEST(SdkError, OfAnOptimisedIntegrationEndsInExceptionAndKeepsItsCode) {
  const asl::StateError error = optimised_error(kService, error_of("JobMissing"), true);
  EXPECT_EQ(error.name, "Batch.JobMissingException");
  EXPECT_EQ(error.cause,
            "No. (Service: AWSBatch; Status Code: 404; Error Code: JobMissing; Request ID: the-id; "
            "Proxy: null)");
  EXPECT_EQ(optimised_error(kService, error_of("ClientException"), true).name,
            "Batch.ClientException");
}

TEST(SdkError, ThatTheModelDoesNotNameIsTheServicesOwn) {
  EXPECT_EQ(optimised_error(kService, error_of("ValidationException"), false).name,
            "Batch.AWSBatchException");
  EXPECT_EQ(sdk_error("Batch", error_of("ValidationException"), false).name,
            "Batch.BatchException");
}

TEST(SdkError, OfAnSdkIntegrationIsToldAsTheNewerSdkTellsIt) {
  const asl::StateError error = sdk_error("Batch", error_of("JobMissing"), true);
  EXPECT_EQ(error.name, "Batch.JobMissingException");
  EXPECT_EQ(error.cause, "No. (Service: Batch, Status Code: 404, Request ID: the-id)");
}

TEST(SdkError, WithoutARequestIdGetsOne) {
  const asl::StateError error = sdk_error("Batch", {"X", "No.", 400, {}}, true);
  const std::string head = "No. (Service: Batch, Status Code: 400, Request ID: ";
  EXPECT_TRUE(error.cause->starts_with(head));
  EXPECT_EQ(error.cause->size(), head.size() + 36 + 1);
}

TEST(IsoTimes, AreTextWhereverATimeStandsAndNothingElseIs) {
  const Json document = {{"CreationTime", 1'700'000'000'500},
                         {"Count", 1'700'000'000'500},
                         {"_Private", 1},
                         {"Steps", Json::array({{{"StartTime", 0}, {"Status", "x"}}})}};
  EXPECT_EQ(with_iso_times(document),
            (Json{{"CreationTime", "2023-11-14T22:13:20.500Z"},
                  {"Count", 1'700'000'000'500},
                  {"Steps",
                   Json::array({{{"StartTime", "1970-01-01T00:00:00.000Z"}, {"Status", "x"}}})}}));
}

}  // namespace
}  // namespace pawl::engine

#include "engine/ml/endpoints.h"

#include <signal.h>

#include "tests/engine/ml/endpoint_fixture.h"

namespace pawl::engine {
namespace {

class Endpoint : public EndpointTest {};

TEST_F(Endpoint, AnswersWithWhatItsModelSays) {
  EXPECT_EQ(text_of(deploy("e", "test/serve:1"), "EndpointStatus"), "InService");
  const HttpResponse answer = invoke("e", "hello");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "HELLO");
  EXPECT_EQ(answer.headers.get("x-Amzn-Invoked-Production-Variant"), "all");
}

TEST_F(Endpoint, TellsAModelsErrorFromItsOwn) {
  deploy("e", "test/serve:1");
  const HttpResponse failed = invoke("e", "boom");
  EXPECT_EQ(failed.status, 424);
  EXPECT_EQ(failed.headers.get("x-amzn-ErrorType"), "ModelError");
  EXPECT_NE(failed.body.find("\"OriginalStatusCode\":500"), std::string::npos) << failed.body;
  EXPECT_EQ(invoke("none", "x").headers.get("x-amzn-ErrorType"), "ValidationError");
  EXPECT_EQ(invoke("e", "x", "blue").headers.get("x-amzn-ErrorType"), "ValidationError");
}

TEST_F(Endpoint, WhoseServerDiesAtOnceFailsWithThePingText) {
  const Json document = deploy("dead", "test/dead:1");
  EXPECT_EQ(text_of(document, "EndpointStatus"), "Failed");
  EXPECT_NE(text_of(document, "FailureReason").find("did not pass the ping health check"),
            std::string::npos);
}

TEST_F(Endpoint, IsFoundAgainByTheNextServerAndGoesWhenDeleted) {
  deploy("e", "test/serve:1");
  close();
  open();
  services_->recover();
  EXPECT_EQ(invoke("e", "still").body, "STILL");
  services_->endpoints.remove("e");
  for (int i = 0; i < 600 && store_->records().find("endpoint", "e"); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  EXPECT_EQ(invoke("e", "gone").status, 400);
}

TEST_F(Endpoint, OfAConfigurationThatIsNoneIsRefused) {
  EXPECT_THROW(
      services_->endpoints.create({{"EndpointName", "x"}, {"EndpointConfigName", "none"}}, ""),
      ServiceError);
}

}  // namespace
}  // namespace pawl::engine

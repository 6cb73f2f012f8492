// AWS services by the models that are installed, with one service on a real socket that stands for
// them all.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <memory>
#include <string>

#include "engine/connectors/aws_caller.h"
#include "tests/engine/aws/installed_models.h"
#include "tests/engine/connections/connections_fixture.h"
#include "tests/engine/connectors/reports.h"

namespace pawl::engine {

class FixedTime final : public Clock {
 public:
  Timestamp now() override { return {1'700'000'000'000}; }
};

class ServiceTask : public testing::Test {
 protected:
  ServiceTask() {
    ::setenv("AWS_ACCESS_KEY_ID", "key", 1);
    ::setenv("AWS_SECRET_ACCESS_KEY", "secret", 1);
  }
  ~ServiceTask() override {
    ::unsetenv("AWS_ACCESS_KEY_ID");
    ::unsetenv("AWS_SECRET_ACCESS_KEY");
    executor_.stop();
  }
  void SetUp() override {
    if (installed_model("ecs") == nullptr) GTEST_SKIP() << "botocore is not installed";
  }
  AwsCallerOptions options() const {
    AwsCallerOptions options;
    options.region = "eu-west-1";
    options.urls = {{"", service_.url("")}};
    options.reaches_aws = false;
    return options;
  }
  static FarSide::Answer answer(int status, std::string body) {
    return [status, body = std::move(body)](const HttpRequest&, const Responder& respond) {
      HttpResponse response;
      response.status = status;
      response.headers.set("x-amzn-RequestId", "r");
      response.body = body;
      respond(std::move(response));
    };
  }

  FixedTime clock_;
  FarSide service_;
  Executor executor_{2};
  HttpClient http_;
  AwsCaller caller_{http_, clock_, executor_, installed_models(), options()};
};

}  // namespace pawl::engine

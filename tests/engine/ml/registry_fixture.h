// The model registry as its callers reach it: through SageMaker's actions, with their checks.
#pragma once

#include <string>

#include "engine/ml/documents.h"
#include "tests/engine/ml/endpoint_fixture.h"

namespace pawl::engine {

class RegistryTest : public EndpointTest {
 protected:
  static constexpr const char* kArnHead = "arn:aws:sagemaker:us-east-1:123456789012:";

  // The result, or {"error", "message"}.
  Json call(const std::string& action, const Json& request) {
    auto answered = std::make_shared<std::promise<ActionResult>>();
    make_sagemaker_service(*services_)
        .call(action, request, ActionReply([answered](ActionResult r) { answered->set_value(r); }));
    const ActionResult result = wait(answered->get_future());
    if (const auto* error = std::get_if<ServiceError>(&result)) {
      return {{"error", error->type}, {"message", error->message}};
    }
    return std::get<Json>(result);
  }
  std::string refusal(const std::string& action, const Json& request) {
    const Json answer = call(action, request);
    return text_of(answer, "error") + ": " + text_of(answer, "message");
  }
  void make_group(const std::string& name) {
    EXPECT_FALSE(
        call("CreateModelPackageGroup", {{"ModelPackageGroupName", name}}).contains("error"));
  }
  static Json specification(const std::string& image, const std::string& data = "") {
    Json container = {{"Image", image}};
    if (!data.empty()) container["ModelDataUrl"] = data;
    return {{"Containers", Json::array({container})},
            {"SupportedContentTypes", {"text/csv"}},
            {"SupportedResponseMIMETypes", {"text/csv"}}};
  }
  static Json version_request(const std::string& group, const std::string& image = "test/serve:1") {
    return {{"ModelPackageGroupName", group}, {"InferenceSpecification", specification(image)}};
  }
  // Its ARN.
  std::string add_version(const std::string& group, const std::string& approval = "") {
    Json request = version_request(group);
    if (!approval.empty()) request["ModelApprovalStatus"] = approval;
    return text_of(call("CreateModelPackage", request), "ModelPackageArn");
  }
  static std::string package_arn(const std::string& name) {
    return std::string(kArnHead) + "model-package/" + name;
  }
};

}  // namespace pawl::engine

// Endpoints as the tests make and ask them.
#pragma once

#include "engine/ml/documents.h"
#include "tests/engine/ml/ml_fixture.h"

namespace pawl::engine {

using asl::Json;

class EndpointTest : public MlTest {
 protected:
  // Servers outlive whoever started them; those of a test end with it.
  ~EndpointTest() override {
    executor_->stop();
    std::error_code none;
    for (const auto& job : std::filesystem::directory_iterator(folder_ + "/jobs/endpoint", none))
      jobs_->stop("endpoint/" + job.path().filename().string());
  }

  // A model and a configuration of this name.
  void make_config(const std::string& name, const std::string& image) {
    services_->models.create({{"ModelName", name},
                              {"PrimaryContainer", {{"Image", image}}},
                              {"ExecutionRoleArn", kRole}},
                             "");
    services_->endpoint_configs.create(
        {{"EndpointConfigName", name},
         {"ProductionVariants",
          Json::array(
              {{{"VariantName", "all"}, {"ModelName", name}, {"InitialInstanceCount", 1}}})}},
        "");
  }
  Json deploy(const std::string& name, const std::string& image) {
    make_config(name, image);
    services_->endpoints.create({{"EndpointName", name}, {"EndpointConfigName", name}}, "");
    return settled(name);
  }
  void update(const std::string& name, const std::string& config) {
    services_->endpoints.update({{"EndpointName", name}, {"EndpointConfigName", config}}, "");
  }
  // How many server processes of this endpoint run.
  std::size_t running(const std::string& name) {
    std::size_t count = 0;
    std::error_code none;
    for (const auto& job : std::filesystem::directory_iterator(folder_ + "/jobs/endpoint", none)) {
      const std::string id = job.path().filename().string();
      if (id.starts_with(name + "-") && !jobs_->end_of("endpoint/" + id)) ++count;
    }
    return count;
  }
  static bool eventually(const std::function<bool()>& holds) {
    for (int i = 0; i < 1200; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return false;
  }
  Json settled(const std::string& name) {
    auto done = std::make_shared<std::promise<Json>>();
    services_->endpoints.watch(name, [done](const Json& document) { done->set_value(document); });
    return wait(done->get_future());
  }
  HttpResponse invoke(const std::string& name,
                      const std::string& body,
                      const std::string& variant = "") {
    HttpRequest request;
    request.method = "POST";
    request.body = body;
    if (!variant.empty()) request.headers.set("X-Amzn-SageMaker-Target-Variant", variant);
    auto done = std::make_shared<std::promise<HttpResponse>>();
    services_->endpoints.invoke(name, std::move(request), [done](HttpResponse response) {
      done->set_value(std::move(response));
    });
    return wait(done->get_future());
  }
};

}  // namespace pawl::engine

#include <signal.h>

#include <atomic>
#include <random>
#include <thread>

#include "tests/engine/ml/endpoint_fixture.h"

namespace pawl::engine {
namespace {

class EndpointUpdate : public EndpointTest {};

TEST_F(EndpointUpdate, MovesTheTrafficToTheNewServersAndStopsTheOldOnes) {
  deploy("e", "test/serve:1");
  make_config("second", "test/second:1");
  update("e", "second");
  EXPECT_EQ(text_of(services_->endpoints.describe("e"), "EndpointStatus"), "Updating");
  const Json document = settled("e");
  EXPECT_EQ(text_of(document, "EndpointStatus"), "InService");
  EXPECT_EQ(text_of(document, "EndpointConfigName"), "second");
  EXPECT_FALSE(document.contains("FailureReason"));
  EXPECT_EQ(invoke("e", "x").body, "second");
  EXPECT_TRUE(eventually([&] { return running("e") == 1; }));
}

TEST_F(EndpointUpdate, LosesNoRequest) {
  deploy("e", "test/serve:1");
  make_config("second", "test/second:1");
  std::atomic<bool> done{false};
  std::atomic<int> good{0};
  std::atomic<int> bad{0};
  std::thread caller([&] {
    while (!done) ++(invoke("e", "x").status == 200 ? good : bad);
  });
  update("e", "second");
  settled("e");
  EXPECT_TRUE(eventually([&] { return running("e") == 1; }));
  const int before = good;
  EXPECT_TRUE(eventually([&] { return good > before; }));
  done = true;
  caller.join();
  EXPECT_EQ(bad, 0);
}

TEST_F(EndpointUpdate, ThatFailsLeavesTheEndpointAsItWasAndSaysWhy) {
  deploy("e", "test/serve:1");
  make_config("dead", "test/dead:1");
  update("e", "dead");
  const Json document = settled("e");
  EXPECT_EQ(text_of(document, "EndpointStatus"), "InService");
  EXPECT_EQ(text_of(document, "EndpointConfigName"), "e");
  EXPECT_NE(text_of(document, "FailureReason").find("did not pass the ping health check"),
            std::string::npos);
  EXPECT_EQ(invoke("e", "still").body, "STILL");
  EXPECT_TRUE(eventually([&] { return running("e") == 1; }));
}

TEST_F(EndpointUpdate, OtherWeightsHoldAtOnceAndAfterARestart) {
  make_config("first", "test/serve:1");
  make_config("other", "test/second:1");
  services_->endpoint_configs.create(
      {{"EndpointConfigName", "two"},
       {"ProductionVariants",
        Json::array(
            {{{"VariantName", "a"}, {"ModelName", "first"}, {"InitialVariantWeight", 1}},
             {{"VariantName", "b"}, {"ModelName", "other"}, {"InitialVariantWeight", 1}}})}},
      "");
  services_->endpoints.create({{"EndpointName", "e"}, {"EndpointConfigName", "two"}}, "");
  settled("e");
  services_->endpoints.update_capacities(
      {{"EndpointName", "e"},
       {"DesiredWeightsAndCapacities",
        Json::array({{{"VariantName", "a"}, {"DesiredWeight", 0}}})}},
      "");
  const Json document = services_->endpoints.describe("e");
  EXPECT_EQ(document.at("EndpointStatus"), "InService");
  EXPECT_EQ(document.at("ProductionVariants").at(0).at("CurrentWeight"), 0);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(invoke("e", "x").body, "second");
  EXPECT_EQ(running("e"), 2U) << "the servers stay";
  close();
  open();
  services_->recover();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(invoke("e", "x").body, "second");
}

TEST_F(EndpointUpdate, OfAVariantThatIsNoneOrToNoServersIsRefused) {
  deploy("e", "test/serve:1");
  const auto refusal = [&](const Json& change) {
    try {
      services_->endpoints.update_capacities(
          {{"EndpointName", "e"}, {"DesiredWeightsAndCapacities", Json::array({change})}}, "");
    } catch (const ServiceError& error) {
      return error.type + ": " + error.message;
    }
    return std::string("taken");
  };
  EXPECT_TRUE(refusal({{"VariantName", "none"}, {"DesiredWeight", 1}})
                  .starts_with("ValidationException: Could not find variant \"none\""));
  EXPECT_TRUE(refusal({{"VariantName", "all"}, {"DesiredInstanceCount", 0}})
                  .starts_with("ValidationException: DesiredInstanceCount"));
  EXPECT_EQ(refusal({{"VariantName", "all"}, {"DesiredInstanceCount", 2}}), "taken");
  EXPECT_NE(refusal({{"VariantName", "all"}, {"DesiredWeight", 1}}).find("in-progress"),
            std::string::npos);
  settled("e");
}

TEST_F(EndpointUpdate, IsRefusedWhileAnotherOneRuns) {
  deploy("e", "test/serve:1");
  make_config("slow", "test/slow:1");
  update("e", "slow");
  for (const auto& refused : std::vector<std::function<void()>>{
           [&] { update("e", "e"); }, [&] { services_->endpoints.remove("e"); }}) {
    try {
      refused();
      FAIL() << "it was allowed";
    } catch (const ServiceError& error) {
      EXPECT_EQ(error.type, "ValidationException");
      EXPECT_EQ(error.message,
                "Cannot update in-progress endpoint "
                "\"arn:aws:sagemaker:us-east-1:123456789012:endpoint/e\".");
    }
  }
  EXPECT_EQ(invoke("e", "still").body, "STILL");
  EXPECT_THROW(update("e", "none"), ServiceError);
  EXPECT_THROW(update("none", "slow"), ServiceError);
}

TEST_F(EndpointUpdate, GoesOnInTheNextServer) {
  deploy("e", "test/serve:1");
  make_config("second", "test/second:1");
  update("e", "second");
  close();
  open();
  services_->recover();
  EXPECT_EQ(text_of(settled("e"), "EndpointConfigName"), "second");
  EXPECT_EQ(invoke("e", "x").body, "second");
  EXPECT_TRUE(eventually([&] { return running("e") == 1; }));
}

// Creation, failure, updates, dying servers, deletion and callers, all at once. PAWL_SEED repeats.
TEST_F(EndpointUpdate, AtOnceWithDeletionAndDyingServersLeavesNothingBehind) {
  const char* given = ::getenv("PAWL_SEED");
  const unsigned seed = given == nullptr ? std::random_device{}()
                                         : static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  SCOPED_TRACE("PAWL_SEED=" + std::to_string(seed));
  make_config("good", "test/serve:1");
  make_config("second", "test/second:1");
  make_config("dead", "test/dead:1");
  const std::vector<std::string> configs = {"good", "second", "dead"};
  const std::vector<std::string> names = {"a", "b"};
  std::vector<std::thread> threads;
  for (unsigned number = 0; number < 3; ++number) {
    threads.emplace_back([&, number] {
      std::mt19937 random(seed + number);
      for (int i = 0; i < 40; ++i) {
        const std::string& name = names[random() % names.size()];
        const std::string& config = configs[random() % configs.size()];
        try {
          switch (random() % 4) {
            case 0:
              services_->endpoints.create({{"EndpointName", name}, {"EndpointConfigName", config}},
                                          "");
              break;
            case 1:
              update(name, config);
              break;
            case 2:
              services_->endpoints.remove(name);
              break;
            default:
              invoke(name, "x");
          }
        } catch (const ServiceError&) {
          // What the moment does not allow is refused.
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(random() % 100));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const std::string& name : names) {
    EXPECT_TRUE(eventually([&] {
      try {
        services_->endpoints.remove(name);
      } catch (const ServiceError&) {
        // in progress, or gone
      }
      return !store_->records().find("endpoint", name);
    })) << name;
    EXPECT_TRUE(eventually([&] { return running(name) == 0; })) << name;
  }
}

}  // namespace
}  // namespace pawl::engine

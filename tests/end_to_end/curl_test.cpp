// curl alone: submit a definition, start it, read each step's input and output.
#include <gtest/gtest.h>

#include "tests/end_to_end/server_process.h"

namespace pawl::engine {
namespace {

class Curl : public ::testing::Test {
 protected:
  Json curl(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"/usr/bin/curl", "-sS", "--fail-with-body"});
    arguments.back() = server_.url() + arguments.back();
    const ProgramEnd end = run_program(arguments);
    EXPECT_EQ(end.exit_code, 0) << end.errors << end.output;
    return Answer{200, end.output}.json();
  }

  ServerProcess server_;
  TemporaryFolder folder_;
};

TEST_F(Curl, SubmitsStartsAndReadsEachStep) {
  write_file(folder_.file("body.json"),
             R"({"definition": )" + read_file(source_path("examples/states/choice.json")) + "}");
  const Json machine = curl({"-X",
                             "PUT",
                             "-H",
                             "Content-Type: application/json",
                             "-d",
                             "@" + folder_.file("body.json"),
                             "/api/v1/state-machines/parcels"});
  EXPECT_EQ(machine.at("name"), "parcels");

  const Json execution = curl({"-H",
                               "Content-Type: application/json",
                               "-H",
                               "Prefer: wait=30",
                               "-d",
                               R"({"name": "one", "input": {"weight": 7.5, "country": "NL"}})",
                               "/api/v1/state-machines/parcels/executions"});
  EXPECT_EQ(execution.at("status"), "SUCCEEDED") << execution;

  const Json steps = curl({"/api/v1/executions/parcels:one/steps"}).at("items");
  ASSERT_EQ(steps.size(), 2U) << steps;
  EXPECT_EQ(steps[0].at("state"), "Which way");
  EXPECT_EQ(steps[1].at("state"), "Parcel");
  const std::string step =
      "/api/v1/executions/parcels:one/steps/" + std::to_string(steps[1].at("id").get<int>());
  EXPECT_EQ(curl({step + "/io/input"}).at("weight"), 7.5);
  EXPECT_EQ(curl({step + "/io/output"}).at("sent").at("by"), "parcel");
}

TEST_F(Curl, IsToldEveryProblemOfADefinition) {
  const ProgramEnd end = run_program(
      {"/usr/bin/curl",
       "-sS",
       "-H",
       "Content-Type: application/json",
       "-d",
       R"({"name": "broken", "definition": {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "X"},
           "B": {"Type": "Wait", "Seconds": -1, "End": true}}}})",
       server_.url() + "/api/v1/state-machines"});
  EXPECT_NE(end.output.find("/definition/States/A/Next"), std::string::npos) << end.output;
  EXPECT_NE(end.output.find("/definition/States/B/Seconds"), std::string::npos) << end.output;
}

}  // namespace
}  // namespace pawl::engine

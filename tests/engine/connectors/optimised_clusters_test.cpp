// Integrations of EMR and EKS, whose actions are not quite the services' own.
#include "tests/engine/connectors/job_fixture.h"

namespace pawl::engine {
namespace {

using asl::Json;

class ClusterTask : public JobTask {
 protected:
  Report run(const std::string& action, Json parameters, std::size_t report = 0) {
    connector_.call(task_call("arn:aws:states:::" + action, std::move(parameters)), reports_);
    return reports_->at(report);
  }
  // The body of the first request for an action.
  Json sent(const std::string& action) {
    for (const std::string& one : asked_until(action)) {
      if (one.starts_with(action + " ")) {
        auto parsed = asl::parse_text(one.substr(action.size() + 1));
        return std::get<Json>(std::move(parsed));
      }
    }
    return nullptr;
  }
};

const Json kCluster = {{"Name", "n"}, {"Instances", {{"KeepJobFlowAliveWhenNoSteps", true}}}};

TEST_F(ClusterTask, OfEmrMakesAClusterByRunJobFlow) {
  answers("RunJobFlow", {R"({"JobFlowId":"j-1","ClusterArn":"arn"})"});
  const Report report = run("elasticmapreduce:createCluster", kCluster);
  ASSERT_EQ(report.what, "succeeded") << report.text;
  EXPECT_EQ(report.json().at("ClusterId"), "j-1");
  EXPECT_FALSE(report.json().contains("JobFlowId"));
  EXPECT_EQ(sent("RunJobFlow"), kCluster);
}

TEST_F(ClusterTask, OfEmrMustKeepItsClusterAliveAndGiveItNoSteps) {
  const Report dying = run("elasticmapreduce:createCluster",
                           {{"Name", "n"},
                            {"Instances", {{"KeepJobFlowAliveWhenNoSteps", false}}},
                            {"Steps", Json::array()}});
  EXPECT_EQ(dying.what, "States.Runtime");
  EXPECT_NE(dying.text.find(R"(The field "Steps" is not supported by Step Functions, )"
                            "The value for the field 'KeepJobFlowAliveWhenNoSteps' must be true"),
            std::string::npos)
      << dying.text;
  EXPECT_EQ(times_asked("RunJobFlow"), 0U);
}

TEST_F(ClusterTask, OfEmrWaitsUntilTheClusterWaitsForWork) {
  answers("RunJobFlow", {R"({"JobFlowId":"j-1"})"});
  answers("DescribeCluster",
          {R"({"Cluster":{"Id":"j-1","Status":{"State":"STARTING"}}})",
           R"({"Cluster":{"Id":"j-1","Status":{"State":"WAITING"}}})"});
  EXPECT_EQ(run("elasticmapreduce:createCluster.sync", kCluster).what, "submitted");
  EXPECT_EQ(reports_->at(1).text,
            R"({"Cluster":{"Id":"j-1","Status":{"State":"WAITING"}},"ClusterId":"j-1"})");
  EXPECT_EQ(sent("DescribeCluster"), (Json{{"ClusterId", "j-1"}}));
}

TEST_F(ClusterTask, OfEmrThatIsAbortedLeavesItsClusterAlone) {
  answers("RunJobFlow", {R"({"JobFlowId":"j-1"})"});
  answers("DescribeCluster", {R"({"Cluster":{"Id":"j-1","Status":{"State":"STARTING"}}})"});
  const Cancel cancel = connector_.call(
      task_call("arn:aws:states:::elasticmapreduce:createCluster.sync", kCluster), reports_);
  asked_until("DescribeCluster");
  cancel();
  EXPECT_EQ(times_asked("TerminateJobFlows"), 0U);
}

TEST_F(ClusterTask, OfEmrRunsOneStepAndFailsWithIt) {
  answers("AddJobFlowSteps", {R"({"StepIds":["s-1"]})"});
  answers("DescribeStep", {R"({"Step":{"Id":"s-1","Status":{"State":"FAILED"}}})"});
  const Json step = {{"Name", "s"}, {"HadoopJarStep", {{"Jar", "command-runner.jar"}}}};
  const Report submitted =
      run("elasticmapreduce:addStep.sync", {{"ClusterId", "j-1"}, {"Step", step}});
  EXPECT_EQ(submitted.json().at("StepId"), "s-1");
  EXPECT_EQ(reports_->at(1).what, "States.TaskFailed");
  EXPECT_EQ(reports_->at(1).text, R"({"Step":{"Id":"s-1","Status":{"State":"FAILED"}}})");
  EXPECT_EQ(sent("AddJobFlowSteps"), (Json{{"JobFlowId", "j-1"}, {"Steps", Json::array({step})}}));
  EXPECT_EQ(sent("DescribeStep"), (Json{{"ClusterId", "j-1"}, {"StepId", "s-1"}}));
}

TEST_F(ClusterTask, OfEmrThatIsAbortedCancelsItsStep) {
  answers("AddJobFlowSteps", {R"({"StepIds":["s-1"]})"});
  answers("DescribeStep", {R"({"Step":{"Id":"s-1","Status":{"State":"RUNNING"}}})"});
  const Json step = {{"Name", "s"}, {"HadoopJarStep", {{"Jar", "command-runner.jar"}}}};
  const Cancel cancel = connector_.call(task_call("arn:aws:states:::elasticmapreduce:addStep.sync",
                                                  {{"ClusterId", "j-1"}, {"Step", step}}),
                                        reports_);
  asked_until("DescribeStep");
  cancel();
  EXPECT_EQ(sent("CancelSteps"), (Json{{"ClusterId", "j-1"}, {"StepIds", Json::array({"s-1"})}}));
}

TEST_F(ClusterTask, OfEmrTellsWhatBecameOfACancelledStep) {
  answers("CancelSteps", {R"({"CancelStepsInfoList":[{"StepId":"s-1","Status":"SUBMITTED"}]})"});
  const Report report =
      run("elasticmapreduce:cancelStep", {{"ClusterId", "j-1"}, {"StepId", "s-1"}});
  EXPECT_EQ(report.json().at("CancelStepsInfo"),
            (Json{{"StepId", "s-1"}, {"Status", "SUBMITTED"}}));
}

TEST_F(ClusterTask, OfEmrProtectsAndTerminatesOneCluster) {
  run("elasticmapreduce:setClusterTerminationProtection",
      {{"ClusterId", "j-1"}, {"TerminationProtected", true}});
  EXPECT_EQ(sent("SetTerminationProtection"),
            (Json{{"JobFlowIds", Json::array({"j-1"})}, {"TerminationProtected", true}}));
  answers("DescribeCluster", {R"({"Cluster":{"Id":"j-1","Status":{"State":"TERMINATED"}}})"});
  run("elasticmapreduce:terminateCluster.sync", {{"ClusterId", "j-1"}}, 2);
  EXPECT_EQ(reports_->at(2).what, "succeeded");
  EXPECT_EQ(sent("TerminateJobFlows"), (Json{{"JobFlowIds", Json::array({"j-1"})}}));
}

TEST_F(ClusterTask, OfEmrFindsAFleetAndAGroupByTheirNames) {
  answers("ListInstanceFleets",
          {R"({"InstanceFleets":[{"Id":"if-1","Name":"other"},{"Id":"if-2","Name":"core"}]})"});
  const Report fleet = run("elasticmapreduce:modifyInstanceFleetByName",
                           {{"ClusterId", "j-1"},
                            {"InstanceFleetName", "core"},
                            {"InstanceFleet", {{"TargetOnDemandCapacity", 8}}}});
  EXPECT_EQ(fleet.what, "succeeded") << fleet.text;
  EXPECT_EQ(
      sent("ModifyInstanceFleet"),
      (Json{{"ClusterId", "j-1"},
            {"InstanceFleet", {{"TargetOnDemandCapacity", 8}, {"InstanceFleetId", "if-2"}}}}));
  answers("ListInstanceGroups", {R"({"InstanceGroups":[{"Id":"ig-1","Name":"core"}]})"});
  const Report group = run("elasticmapreduce:modifyInstanceGroupByName",
                           {{"ClusterId", "j-1"},
                            {"InstanceGroupName", "core"},
                            {"InstanceGroup", {{"InstanceCount", 8}}}},
                           1);
  EXPECT_EQ(group.what, "succeeded") << group.text;
  EXPECT_EQ(sent("ModifyInstanceGroups").at("InstanceGroups").at(0).at("InstanceGroupId"), "ig-1");
}

TEST_F(ClusterTask, OfEmrSaysWhenNoFleetHasTheName) {
  answers("ListInstanceFleets", {R"({"InstanceFleets":[]})"});
  const Report report = run("elasticmapreduce:modifyInstanceFleetByName",
                            {{"ClusterId", "j-1"},
                             {"InstanceFleetName", "core"},
                             {"InstanceFleet", {{"TargetOnDemandCapacity", 8}}}});
  EXPECT_EQ(report.what, "States.Runtime");
  EXPECT_EQ(times_asked("ModifyInstanceFleet"), 0U);
}

TEST_F(ClusterTask, OfEmrHasErrorsInItsName) {
  answers("TerminateJobFlows", {R"(404 {"__type":"ValidationException","message":"no"})"});
  EXPECT_EQ(run("elasticmapreduce:terminateCluster", {{"ClusterId", "j-1"}}).what,
            "EMR.AmazonElasticMapReduceException");
}

TEST_F(ClusterTask, OfEksWaitsUntilTheClusterIsActive) {
  answers("/clusters", {R"({"cluster":{"name":"c","status":"CREATING"}})"});
  answers("/clusters/c", {R"({"cluster":{"name":"c","status":"ACTIVE","endpoint":"https://e"}})"});
  run("eks:createCluster.sync",
      {{"Name", "c"}, {"RoleArn", "r"}, {"ResourcesVpcConfig", {{"SubnetIds", {"s"}}}}},
      1);
  EXPECT_EQ(reports_->at(1).json().at("Cluster").at("Endpoint"), "https://e");
}

TEST_F(ClusterTask, OfEksThatIsDeletedIsOverWhenItIsGone) {
  answers("/clusters/c",
          {R"({"cluster":{"name":"c","status":"DELETING"}})",
           R"({"cluster":{"name":"c","status":"DELETING"}})",
           R"(404 {"code":"ResourceNotFoundException","message":"No cluster found"})"});
  run("eks:deleteCluster.sync", {{"Name", "c"}}, 1);
  EXPECT_EQ(reports_->at(1).what, "succeeded");
  EXPECT_EQ(reports_->at(1).text, R"({"Cluster":{"Name":"c","Status":"DELETING"}})");
}

TEST_F(ClusterTask, OfKubernetesItselfIsNotAvailable) {
  const Report report = run("eks:runJob.sync", {{"ClusterName", "c"}});
  EXPECT_EQ(report.what, "States.TaskFailed");
  EXPECT_NE(report.text.find("is not available in this version of Pawl"), std::string::npos);
}

}  // namespace
}  // namespace pawl::engine

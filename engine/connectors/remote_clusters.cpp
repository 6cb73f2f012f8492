// Clusters, applications and their like, which a Task makes or removes and waits for. A task that
// is aborted leaves them as they are.
// [aws] "Step Functions does not terminate an Amazon EKS cluster automatically if execution is
// stopped", and of EMR the same.
#include <array>

#include "engine/connectors/remote_job_parts.h"

namespace pawl::engine {

namespace {

using asl::Json;

// --- EKS

Json eks_cluster_poll(const Json&, const Json& asked) {
  return request_with({{"Name", at_path(asked, {"Name"})}});
}
JobState eks_cluster_state(const Json& result) {
  return state_by(at_path(result, {"Cluster", "Status"}), "ACTIVE", {"FAILED"});
}
JobState eks_cluster_removal(const Json& result) {
  return state_by(at_path(result, {"Cluster", "Status"}), "", {"FAILED"});
}
Json eks_profile_poll(const Json&, const Json& asked) {
  return request_with({{"ClusterName", at_path(asked, {"ClusterName"})},
                       {"FargateProfileName", at_path(asked, {"FargateProfileName"})}});
}
JobState eks_profile_state(const Json& result) {
  return state_by(
      at_path(result, {"FargateProfile", "Status"}), "ACTIVE", {"CREATE_FAILED", "DELETE_FAILED"});
}
JobState eks_profile_removal(const Json& result) {
  return state_by(at_path(result, {"FargateProfile", "Status"}), "", {"DELETE_FAILED"});
}
Json eks_nodes_poll(const Json&, const Json& asked) {
  return request_with({{"ClusterName", at_path(asked, {"ClusterName"})},
                       {"NodegroupName", at_path(asked, {"NodegroupName"})}});
}
JobState eks_nodes_state(const Json& result) {
  return state_by(
      at_path(result, {"Nodegroup", "Status"}), "ACTIVE", {"CREATE_FAILED", "DELETE_FAILED"});
}
JobState eks_nodes_removal(const Json& result) {
  return state_by(at_path(result, {"Nodegroup", "Status"}), "", {"DELETE_FAILED"});
}

// --- EMR

Json emr_cluster_poll(const Json& started, const Json&) {
  return request_with({{"ClusterId", at_path(started, {"ClusterId"})}});
}
Json emr_named_cluster_poll(const Json&, const Json& asked) {
  return request_with({{"ClusterId", at_path(asked, {"ClusterId"})}});
}
// [seen] $.ClusterId and $.Cluster.Id
Json emr_cluster_result(const Json& polled) {
  Json result = polled;
  const Json& id = at_path(polled, {"Cluster", "Id"});
  if (!id.is_null()) result["ClusterId"] = id;
  return result;
}
// [aws] "waits for the cluster to reach the WAITING state"
JobState emr_cluster_state(const Json& result) {
  return state_by(at_path(result, {"Cluster", "Status", "State"}),
                  "WAITING",
                  {"TERMINATED", "TERMINATED_WITH_ERRORS"});
}
JobState emr_cluster_removal(const Json& result) {
  return state_by(
      at_path(result, {"Cluster", "Status", "State"}), "TERMINATED", {"TERMINATED_WITH_ERRORS"});
}

// --- EMR on EKS

Json virtual_cluster_poll(const Json&, const Json& asked) {
  return request_with({{"Id", at_path(asked, {"Id"})}});
}
JobState virtual_cluster_removal(const Json& result) {
  return state_by(at_path(result, {"VirtualCluster", "State"}), "TERMINATED", {"ARRESTED"});
}

// --- EMR Serverless

Json new_application_poll(const Json& started, const Json&) {
  return request_with({{"ApplicationId", at_path(started, {"ApplicationId"})}});
}
Json application_poll(const Json&, const Json& asked) {
  return request_with({{"ApplicationId", at_path(asked, {"ApplicationId"})}});
}
JobState application_made(const Json& result) {
  return state_by(at_path(result, {"Application", "State"}), "CREATED", {"TERMINATED"});
}
JobState application_removed(const Json& result) {
  return state_by(at_path(result, {"Application", "State"}), "TERMINATED", {});
}
JobState application_started(const Json& result) {
  return state_by(at_path(result, {"Application", "State"}), "STARTED", {"STOPPED", "TERMINATED"});
}
JobState application_stopped(const Json& result) {
  return state_by(at_path(result, {"Application", "State"}), "STOPPED", {"TERMINATED"});
}
Json cancelled_run_poll(const Json&, const Json& asked) {
  return request_with({{"ApplicationId", at_path(asked, {"ApplicationId"})},
                       {"JobRunId", at_path(asked, {"JobRunId"})}});
}
JobState cancelled_run_state(const Json& result) {
  return state_by(at_path(result, {"JobRun", "State"}), "CANCELLED", {"SUCCESS", "FAILED"});
}

// A row whose job nobody stops.
constexpr RemoteJob unstopped(std::string_view service,
                              std::string_view action,
                              std::string_view poll,
                              decltype(RemoteJob::poll_request) poll_request,
                              decltype(RemoteJob::state) state,
                              bool ends_when_gone = false) {
  return {
      service, action, poll, poll_request, whole_answer, state, "", same_request, ends_when_gone};
}

constexpr bool kEndsWhenGone = true;

constexpr std::array<RemoteJob, 14> kClusters = {{
    unstopped("eks", "createCluster", "describeCluster", eks_cluster_poll, eks_cluster_state),
    unstopped("eks",
              "createFargateProfile",
              "describeFargateProfile",
              eks_profile_poll,
              eks_profile_state),
    unstopped("eks", "createNodegroup", "describeNodegroup", eks_nodes_poll, eks_nodes_state),
    unstopped("eks",
              "deleteCluster",
              "describeCluster",
              eks_cluster_poll,
              eks_cluster_removal,
              kEndsWhenGone),
    unstopped("eks",
              "deleteFargateProfile",
              "describeFargateProfile",
              eks_profile_poll,
              eks_profile_removal,
              kEndsWhenGone),
    unstopped("eks",
              "deleteNodegroup",
              "describeNodegroup",
              eks_nodes_poll,
              eks_nodes_removal,
              kEndsWhenGone),
    {"elasticmapreduce",
     "createCluster",
     "describeCluster",
     emr_cluster_poll,
     emr_cluster_result,
     emr_cluster_state,
     "",
     same_request},
    {"elasticmapreduce",
     "terminateCluster",
     "describeCluster",
     emr_named_cluster_poll,
     emr_cluster_result,
     emr_cluster_removal,
     "",
     same_request},
    unstopped("emr-containers",
              "deleteVirtualCluster",
              "describeVirtualCluster",
              virtual_cluster_poll,
              virtual_cluster_removal,
              kEndsWhenGone),
    unstopped(
        "emr-serverless", "cancelJobRun", "getJobRun", cancelled_run_poll, cancelled_run_state),
    unstopped("emr-serverless",
              "createApplication",
              "getApplication",
              new_application_poll,
              application_made),
    unstopped("emr-serverless",
              "deleteApplication",
              "getApplication",
              application_poll,
              application_removed,
              kEndsWhenGone),
    unstopped("emr-serverless",
              "startApplication",
              "getApplication",
              application_poll,
              application_started),
    unstopped("emr-serverless",
              "stopApplication",
              "getApplication",
              application_poll,
              application_stopped),
}};

}  // namespace

std::span<const RemoteJob> remote_clusters() { return kClusters; }

}  // namespace pawl::engine

#include "engine/api/history_json.h"

#include <optional>
#include <variant>

#include "asl/text.h"
#include "engine/http/aws_json.h"

namespace pawl::engine {
namespace {

using asl::Json;
using states::TaskKind;

const Json kNotTruncated = {{"truncated", false}};

// The details object of one fact: its member name in the event, and its content. Without a name the
// event has no details at all.
struct Details {
  std::string member;
  Json content = Json::object();
};

class Builder {
 public:
  explicit Builder(const HistoryView& view) : view_(view) {}

  Details operator()(const states::ExecutionStarted& fact) const {
    Details details = named("executionStartedEventDetails");
    input(details, fact.input);
    details.content["roleArn"] = view_.execution.info.role_arn;
    optional(details, "stateMachineAliasArn", view_.execution.alias_arn);
    optional(details, "stateMachineVersionArn", view_.execution.version_arn);
    return details;
  }
  Details operator()(const states::ExecutionSucceeded& fact) const {
    Details details = named("executionSucceededEventDetails");
    output(details, fact.output);
    return details;
  }
  Details operator()(const states::ExecutionFailed& fact) const {
    return failed(named("executionFailedEventDetails"), fact.error);
  }
  Details operator()(const states::ExecutionAborted& fact) const {
    return failed(named("executionAbortedEventDetails"), fact.error);
  }
  Details operator()(const states::ExecutionTimedOut& fact) const {
    return failed(named("executionTimedOutEventDetails"), fact.error);
  }
  Details operator()(const states::ExecutionRedriven& fact) const {
    Details details = named("executionRedrivenEventDetails");
    details.content["redriveCount"] = fact.redrive_count;
    return details;
  }

  Details operator()(const states::StateEntered& fact) const {
    Details details = named("stateEnteredEventDetails");
    details.content["name"] = fact.name;
    input(details, fact.input);
    return details;
  }
  Details operator()(const states::StateExited& fact) const {
    Details details = named("stateExitedEventDetails");
    details.content["name"] = fact.name;
    output(details, fact.output);
    if (fact.assigned.empty()) return details;
    // [seen] Each variable as JSON text: {"theAnswer": "42", "name": "\"John\""}
    Json assigned = Json::object();
    for (const auto& [name, value] : fact.assigned) assigned[name] = value.text();
    details.content["assignedVariables"] = std::move(assigned);
    details.content["assignedVariablesDetails"] = kNotTruncated;
    return details;
  }
  Details operator()(const states::StateAborted&) const { return {}; }

  Details operator()(const states::TaskScheduled& fact) const {
    Details details = task(fact.kind, "Scheduled", fact.resource);
    if (fact.kind == TaskKind::kTask) {
      details.content["region"] = view_.region;
      details.content["parameters"] = fact.parameters.text();
    } else {
      details.content["resource"] = fact.resource;
      input(details, fact.parameters);
    }
    if (fact.timeout_seconds) details.content["timeoutInSeconds"] = *fact.timeout_seconds;
    if (fact.heartbeat_seconds && fact.kind != TaskKind::kLambda) {
      details.content["heartbeatInSeconds"] = *fact.heartbeat_seconds;
    }
    if (fact.role_arn && fact.kind != TaskKind::kActivity) {
      details.content["taskCredentials"] = {{"roleArn", *fact.role_arn}};
    }
    return details;
  }
  Details operator()(const states::TaskStarted& fact) const {
    if (fact.kind == TaskKind::kLambda) return {};  // [seen] no details object at all
    Details details = task(fact.kind, "Started", fact.resource);
    if (fact.kind == TaskKind::kActivity) optional(details, "workerName", fact.worker_name);
    return details;
  }
  Details operator()(const states::TaskSubmitted& fact) const {
    Details details = task(TaskKind::kTask, "Submitted", fact.resource);
    output(details, fact.output);
    return details;
  }
  Details operator()(const states::TaskSucceeded& fact) const {
    Details details = task(fact.kind, "Succeeded", fact.resource);
    output(details, fact.output);
    return details;
  }
  Details operator()(const states::TaskFailed& fact) const {
    return failed(task(fact.kind, "Failed", fact.resource), fact.error);
  }
  Details operator()(const states::TaskSubmitFailed& fact) const {
    return failed(task(TaskKind::kTask, "SubmitFailed", fact.resource), fact.error);
  }
  Details operator()(const states::TaskTimedOut& fact) const {
    return failed(task(fact.kind, "TimedOut", fact.resource), fact.error);
  }

  Details operator()(const states::ParallelStarted&) const { return {}; }
  Details operator()(const states::ParallelSucceeded&) const { return {}; }
  Details operator()(const states::ParallelFailed&) const { return {}; }
  Details operator()(const states::MapStarted& fact) const {
    Details details = named("mapStateStartedEventDetails");
    details.content["length"] = fact.length;
    return details;
  }
  Details operator()(const states::MapSucceeded&) const { return {}; }
  Details operator()(const states::MapFailed&) const { return {}; }
  Details operator()(const states::IterationStarted& fact) const {
    return iteration("mapIterationStartedEventDetails", fact.name, fact.index);
  }
  Details operator()(const states::IterationSucceeded& fact) const {
    return iteration("mapIterationSucceededEventDetails", fact.name, fact.index);
  }
  Details operator()(const states::IterationFailed& fact) const {
    return iteration("mapIterationFailedEventDetails", fact.name, fact.index);
  }
  Details operator()(const states::IterationAborted& fact) const {
    return iteration("mapIterationAbortedEventDetails", fact.name, fact.index);
  }
  Details operator()(const states::EvaluationFailed& fact) const {
    Details details = failed(named("evaluationFailedEventDetails"), fact.error);
    optional(details, "location", fact.error.location);
    details.content["state"] = fact.state;
    return details;
  }
  Details operator()(const states::MapRunStarted& fact) const {
    Details details = named("mapRunStartedEventDetails");
    details.content["mapRunArn"] = fact.map_run;
    return details;
  }
  Details operator()(const states::MapRunSucceeded&) const { return {}; }
  Details operator()(const states::MapRunFailed& fact) const {
    return failed(named("mapRunFailedEventDetails"), fact.error);
  }
  Details operator()(const states::MapRunAborted&) const { return {}; }
  Details operator()(const states::MapRunRedriven& fact) const {
    Details details = named("mapRunRedrivenEventDetails");
    details.content["mapRunArn"] = fact.map_run;
    details.content["redriveCount"] = fact.redrive_count;
    return details;
  }

  // Private facts are never shown.
  Details operator()(const states::ExecutionForked&) const { return {}; }
  Details operator()(const states::HeartbeatReceived&) const { return {}; }
  Details operator()(const states::TokenAnswered&) const { return {}; }
  Details operator()(const states::WaitScheduled&) const { return {}; }
  Details operator()(const states::RetryScheduled&) const { return {}; }

 private:
  static Details named(std::string member) { return {.member = std::move(member)}; }

  static Details iteration(std::string member, const std::string& name, std::int64_t index) {
    Details details = named(std::move(member));
    details.content = {{"name", name}, {"index", index}};
    return details;
  }

  // "taskFailedEventDetails", "lambdaFunctionFailedEventDetails", "activityFailedEventDetails".
  static Details task(TaskKind kind, std::string_view what, const std::string& resource) {
    const std::string tail = std::string(what) + "EventDetails";
    if (kind == TaskKind::kLambda) return named("lambdaFunction" + tail);
    if (kind == TaskKind::kActivity) return named("activity" + tail);
    Details details = named("task" + tail);
    const IntegrationName name = integration_name(resource);
    details.content["resourceType"] = name.resource_type;
    details.content["resource"] = name.resource;
    return details;
  }

  static Details failed(Details details, const asl::StateError& error) {
    optional(details, "error", error.name);
    optional(details, "cause", error.cause);
    return details;
  }

  static void optional(Details& details,
                       const char* member,
                       const std::optional<std::string>& value) {
    if (value) details.content[member] = *value;
  }

  void input(Details& details, const asl::Payload& payload) const {
    if (!view_.include_data) return;
    details.content["input"] = payload.text();
    details.content["inputDetails"] = kNotTruncated;
  }
  void output(Details& details, const asl::Payload& payload) const {
    if (!view_.include_data) return;
    details.content["output"] = payload.text();
    details.content["outputDetails"] = kNotTruncated;
  }

  const HistoryView& view_;
};

}  // namespace

IntegrationName integration_name(std::string_view resource_arn) {
  constexpr std::string_view kMark = ":states:::";
  std::string_view rest = resource_arn;
  const std::size_t mark = rest.find(kMark);
  if (mark != std::string_view::npos) rest.remove_prefix(mark + kMark.size());
  constexpr std::string_view kSdk = "aws-sdk:";
  const std::size_t from = rest.starts_with(kSdk) ? kSdk.size() : 0;
  const std::size_t colon = rest.find(':', from);
  if (colon == std::string_view::npos) return {std::string(rest), std::string()};
  return {std::string(rest.substr(0, colon)), std::string(rest.substr(colon + 1))};
}

Json history_event(const states::Event& event, const HistoryView& view) {
  Json shown = {{"timestamp", epoch_seconds(event.at)},
                {"type", states::event_type(event.what)},
                {"id", event.id},
                {"previousEventId", event.previous}};
  Details details = std::visit(Builder(view), event.what);
  if (!details.member.empty()) shown[details.member] = std::move(details.content);
  return shown;
}

}  // namespace pawl::engine

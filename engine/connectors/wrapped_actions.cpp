#include "engine/connectors/wrapped_actions.h"

#include <array>
#include <initializer_list>

#include "asl/text.h"

namespace pawl::engine {

namespace {

using asl::Json;
using Faults = std::vector<std::string>;

Json member_or_null(const Json& value, const std::string& name) {
  if (!value.is_object()) return nullptr;
  const auto found = value.find(name);
  return found == value.end() ? Json() : *found;
}

std::string missing(const std::string& name) {
  return "The field '" + name + "' is required but was missing";
}
std::string unsupported(const std::string& name) {
  return "The field \"" + name + "\" is not supported by Step Functions";
}

// Of an action that has these members and, besides, only those that may be there.
Faults faults_of(const Json& given,
                 std::initializer_list<const char*> required,
                 std::initializer_list<const char*> optional = {}) {
  Faults faults;
  for (const auto& [name, value] : given.items()) {
    bool is_known = false;
    for (const char* one : required) is_known = is_known || name == one;
    for (const char* one : optional) is_known = is_known || name == one;
    if (!is_known) faults.push_back(unsupported(name));
  }
  for (const char* name : required) {
    if (member_or_null(given, name).is_null()) faults.push_back(missing(name));
  }
  return faults;
}

Json same_answer(const Json& answer) { return answer; }

// --- EMR: clusters

// [aws] KeepJobFlowAliveWhenNoSteps is mandatory and true, Steps is not allowed.
Faults cluster_faults(const Json& given) {
  Faults faults;
  if (given.contains("Steps")) faults.push_back(unsupported("Steps"));
  const Json kept =
      member_or_null(member_or_null(given, "Instances"), "KeepJobFlowAliveWhenNoSteps");
  if (kept.is_null()) {
    faults.push_back(missing("KeepJobFlowAliveWhenNoSteps"));
  } else if (kept != true && kept != "true") {
    faults.emplace_back("The value for the field 'KeepJobFlowAliveWhenNoSteps' must be true");
  }
  return faults;
}
Json cluster_request(const Json& given, const Json&) { return given; }
Json cluster_answer(const Json& answer) {
  Json out = Json::object();
  for (const auto& [name, value] : answer.items())
    out[name == "JobFlowId" ? "ClusterId" : name] = value;
  return out;
}

Faults named_cluster_faults(const Json& given) { return faults_of(given, {"ClusterId"}); }
Json terminate_request(const Json& given, const Json&) {
  return {{"JobFlowIds", Json::array({given.at("ClusterId")})}};
}

Faults protection_faults(const Json& given) {
  return faults_of(given, {"ClusterId", "TerminationProtected"});
}
Json protection_request(const Json& given, const Json&) {
  return {{"JobFlowIds", Json::array({given.at("ClusterId")})},
          {"TerminationProtected", given.at("TerminationProtected")}};
}

// --- EMR: steps

Faults add_step_faults(const Json& given) {
  return faults_of(given, {"ClusterId", "Step"}, {"ExecutionRoleArn"});
}
Json add_step_request(const Json& given, const Json&) {
  Json request = {{"JobFlowId", given.at("ClusterId")}, {"Steps", Json::array({given.at("Step")})}};
  if (given.contains("ExecutionRoleArn"))
    request["ExecutionRoleArn"] = given.at("ExecutionRoleArn");
  return request;
}
Json add_step_answer(const Json& answer) {
  const Json ids = member_or_null(answer, "StepIds");
  return ids.is_array() && !ids.empty() ? Json{{"StepId", ids.front()}} : Json::object();
}

Faults cancel_step_faults(const Json& given) { return faults_of(given, {"ClusterId", "StepId"}); }
Json cancel_step_request(const Json& given, const Json&) {
  return {{"ClusterId", given.at("ClusterId")}, {"StepIds", Json::array({given.at("StepId")})}};
}
Json cancel_step_answer(const Json& answer) {
  const Json all = member_or_null(answer, "CancelStepsInfoList");
  return all.is_array() && !all.empty() ? Json{{"CancelStepsInfo", all.front()}} : Json::object();
}

// --- EMR: fleets and groups by their names

// Of what a listing found, the one with a name; null: there is none.
Json one_named(const Json& found, const std::string& list, const Json& name) {
  for (const Json& one : member_or_null(found, list)) {
    if (member_or_null(one, "Name") == name) return one;
  }
  return nullptr;
}
Json list_of_cluster(const Json& given) { return {{"ClusterId", given.at("ClusterId")}}; }

Faults modify_faults(const Json& given,
                     const char* name,
                     const char* settings,
                     const std::string& id) {
  Faults faults = faults_of(given, {"ClusterId", name, settings});
  if (member_or_null(given, settings).contains(id)) faults.push_back(unsupported(id));
  return faults;
}
Json with_id(Json settings, const std::string& id, const Json& found) {
  settings[id] = member_or_null(found, "Id");
  return settings;
}

Faults fleet_faults(const Json& given) {
  return modify_faults(given, "InstanceFleetName", "InstanceFleet", "InstanceFleetId");
}
Json fleet_request(const Json& given, const Json& found) {
  return {{"ClusterId", given.at("ClusterId")},
          {"InstanceFleet",
           with_id(given.at("InstanceFleet"),
                   "InstanceFleetId",
                   one_named(found, "InstanceFleets", given.at("InstanceFleetName")))}};
}
std::string fleet_lookup_fault(const Json& given, const Json& found) {
  if (!one_named(found, "InstanceFleets", given.at("InstanceFleetName")).is_null()) return "";
  return "No instance fleet of the cluster has the name " +
         asl::to_text(given.at("InstanceFleetName"));
}

Faults group_faults(const Json& given) {
  return modify_faults(given, "InstanceGroupName", "InstanceGroup", "InstanceGroupId");
}
Json group_request(const Json& given, const Json& found) {
  return {
      {"ClusterId", given.at("ClusterId")},
      {"InstanceGroups",
       Json::array({with_id(given.at("InstanceGroup"),
                            "InstanceGroupId",
                            one_named(found, "InstanceGroups", given.at("InstanceGroupName")))})}};
}
std::string group_lookup_fault(const Json& given, const Json& found) {
  if (!one_named(found, "InstanceGroups", given.at("InstanceGroupName")).is_null()) return "";
  return "No instance group of the cluster has the name " +
         asl::to_text(given.at("InstanceGroupName"));
}

// --- Bedrock

// Input and Output name objects of S3 that AWS reads and writes itself.
Faults invoke_model_faults(const Json& given) {
  Faults faults;
  for (const char* name : {"Input", "Output"}) {
    if (given.contains(name))
      faults.push_back("The field \"" + std::string(name) +
                       "\" is not available in this version of Pawl");
  }
  if (member_or_null(given, "Body").is_null() && faults.empty()) faults.push_back(missing("Body"));
  return faults;
}
// [aws] Body is a value; the service gets its JSON.
Json invoke_model_request(const Json& given, const Json&) {
  Json request = given;
  if (!request.at("Body").is_string()) request["Body"] = asl::to_text(request.at("Body"));
  if (!request.contains("ContentType")) request["ContentType"] = "application/json";
  return request;
}
// [seen] $.Body.results[0].outputText
Json invoke_model_answer(const Json& answer) {
  Json out = answer;
  const Json body = member_or_null(answer, "Body");
  if (!body.is_string()) return out;
  auto value = asl::parse_text(body.get<std::string>());
  if (Json* parsed = std::get_if<Json>(&value)) out["Body"] = std::move(*parsed);
  return out;
}

constexpr std::array<WrappedAction, 8> kWrapped = {{{"bedrock",
                                                     "invokeModel",
                                                     "invokeModel",
                                                     "bedrockruntime",
                                                     invoke_model_faults,
                                                     invoke_model_request,
                                                     invoke_model_answer},
                                                    {"elasticmapreduce",
                                                     "addStep",
                                                     "addJobFlowSteps",
                                                     "",
                                                     add_step_faults,
                                                     add_step_request,
                                                     add_step_answer},
                                                    {"elasticmapreduce",
                                                     "cancelStep",
                                                     "cancelSteps",
                                                     "",
                                                     cancel_step_faults,
                                                     cancel_step_request,
                                                     cancel_step_answer},
                                                    {"elasticmapreduce",
                                                     "createCluster",
                                                     "runJobFlow",
                                                     "",
                                                     cluster_faults,
                                                     cluster_request,
                                                     cluster_answer},
                                                    {"elasticmapreduce",
                                                     "modifyInstanceFleetByName",
                                                     "modifyInstanceFleet",
                                                     "",
                                                     fleet_faults,
                                                     fleet_request,
                                                     same_answer,
                                                     "listInstanceFleets",
                                                     list_of_cluster,
                                                     fleet_lookup_fault},
                                                    {"elasticmapreduce",
                                                     "modifyInstanceGroupByName",
                                                     "modifyInstanceGroups",
                                                     "",
                                                     group_faults,
                                                     group_request,
                                                     same_answer,
                                                     "listInstanceGroups",
                                                     list_of_cluster,
                                                     group_lookup_fault},
                                                    {"elasticmapreduce",
                                                     "setClusterTerminationProtection",
                                                     "setTerminationProtection",
                                                     "",
                                                     protection_faults,
                                                     protection_request,
                                                     same_answer},
                                                    {"elasticmapreduce",
                                                     "terminateCluster",
                                                     "terminateJobFlows",
                                                     "",
                                                     named_cluster_faults,
                                                     terminate_request,
                                                     same_answer}}};

}  // namespace

std::span<const WrappedAction> wrapped_actions() { return kWrapped; }

const WrappedAction* find_wrapped_action(std::string_view service, std::string_view action) {
  for (const WrappedAction& wrapped : kWrapped) {
    if (wrapped.service == service && wrapped.action == action) return &wrapped;
  }
  return nullptr;
}

}  // namespace pawl::engine

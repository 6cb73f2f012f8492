#include "asl/state/task.h"

#include "asl/integrations.h"
#include "asl/state/common.h"
#include "asl/state/http_request.h"

namespace pawl::asl {
namespace {

constexpr FieldRule kFields[] = {
    kType,
    kComment,
    kQueryLanguage,
    kInputPath,
    kOutputPath,
    kResultPath,
    kParameters,
    kArguments,
    kOutput,
    kAssign,
    text("Resource").required(),
    object("Credentials"),
    kResultSelector,
    kRetry,
    kCatch,
    integer("TimeoutSeconds").between(1, kSecondsMax).or_expression(),
    path("TimeoutSecondsPath"),
    integer("HeartbeatSeconds").between(1, kSecondsMax).or_expression(),
    path("HeartbeatSecondsPath"),
    kNext,
    kEnd,
};
constexpr std::string_view kTimeouts[] = {"TimeoutSeconds", "TimeoutSecondsPath"};
constexpr std::string_view kHeartbeats[] = {"HeartbeatSeconds", "HeartbeatSecondsPath"};
constexpr FieldGroup kGroups[] = {{kTimeouts}, {kHeartbeats}, kOneExit};

bool has_member(const Json& object, std::string_view name, QueryLanguage language) {
  return object.contains(name) ||
         (language == QueryLanguage::kJsonPath && object.contains(std::string(name) + ".$"));
}

// [seen] https://github.com/aws/aws-cdk/issues/10014
void check_members(const StateReader& reader,
                   const Integration& integration,
                   const Json& request,
                   const Place& here) {
  if (integration.members.empty() || reader.graphs().is_stored()) return;
  for (const auto& [key, value] : request.items()) {
    std::string_view name = key;
    if (reader.language() == QueryLanguage::kJsonPath && name.ends_with(".$"))
      name.remove_suffix(2);
    if (!integration.takes(name)) {
      reader.findings().error(
          here, "The field \"" + std::string(name) + "\" is not supported by Step Functions");
    }
  }
}

// The request of an integration: Parameters or Arguments, and what AWS demands of it.
void check_request(const StateReader& reader, const TaskResource& resource) {
  const char* field = reader.language() == QueryLanguage::kJsonPath ? "Parameters" : "Arguments";
  const Json* request = reader.find(field);
  if (request == nullptr) {
    reader.findings().error(
        reader.place(),
        std::string(field) + " field is required for resource ARN: " + reader.text_of("Resource"));
    return;
  }
  if (resource.integration == nullptr || !request->is_object()) return;
  const Place here(reader.place(), field);
  for (const std::string_view name : resource.integration->required) {
    if (!name.empty() && !has_member(*request, name, reader.language())) {
      reader.findings().error(here, missing_field_message(name));
    }
  }
  check_members(reader, *resource.integration, *request, here);
  if (resource.service == "http") check_http_request(reader, *request, here);
}

// [seen] The second text ends with a blank.
void check_express(const StateReader& reader, const TaskResource& resource) {
  if (reader.graphs().type() != MachineType::kExpress) return;
  const Place here(reader.place(), "Resource");
  if (resource.kind == TaskResource::Kind::kActivity) {
    reader.findings().error(here, "Express state machine does not support Activity ARN");
  } else if (resource.pattern == Pattern::kWaitForTaskToken) {
    reader.findings().error(
        here, "Express state machine does not support '.waitForTaskToken' service integration ");
  } else if (resource.pattern != Pattern::kRequestResponse) {
    reader.findings().error(here,
                            "Express state machine does not support '.sync' service integration");
  }
}

void check_credentials(const StateReader& reader, const TaskResource& resource) {
  const Json* credentials = reader.find("Credentials");
  if (credentials == nullptr) return;
  const Place here(reader.place(), "Credentials");
  if (resource.kind == TaskResource::Kind::kActivity) {
    reader.findings().error(here, "The field 'Credentials' is not supported for activities");
  } else if (!has_member(*credentials, "RoleArn", reader.language())) {
    reader.findings().error(here, missing_field_message("RoleArn"));
  }
}

void warn(const StateReader& reader, const TaskResource& resource) {
  if (resource.is_extension) {
    reader.findings().our_warning(
        Place(reader.place(), "Resource"),
        "PAWL_EXTENSION",
        reader.text_of("Resource") + " is an extension of Pawl; AWS refuses it");
  }
  const bool has_timeout = reader.has("TimeoutSeconds") || reader.has("TimeoutSecondsPath");
  if (resource.pattern != Pattern::kRequestResponse && !has_timeout) {
    reader.findings().our_warning(
        reader.place(),
        "NO_TIMEOUT",
        "A task that waits for its completion has no TimeoutSeconds and may wait for three years");
  }
}

void check_resource(const StateReader& reader) {
  if (!reader.has("Resource")) return;
  ResourceFault fault;
  const auto resource = parse_resource(reader.text_of("Resource"), fault);
  if (!resource) {
    reader.findings().error(Place(reader.place(), "Resource"), fault.message);
    return;
  }
  check_express(reader, *resource);
  const bool is_integration = resource->kind == TaskResource::Kind::kOptimized ||
                              resource->kind == TaskResource::Kind::kAwsSdk;
  if (is_integration) check_request(reader, *resource);
  check_credentials(reader, *resource);
  warn(reader, *resource);
}

// [spec] HeartbeatSeconds "MUST be ... smaller than" TimeoutSeconds.
void check_heartbeat(const StateReader& reader) {
  const auto timeout = reader.integer_of("TimeoutSeconds");
  const auto heartbeat = reader.integer_of("HeartbeatSeconds");
  if (timeout && heartbeat && *heartbeat >= *timeout) {
    reader.findings().error(reader.place(), "HeartbeatSeconds must be smaller than TimeoutSeconds");
  }
}

}  // namespace

constinit const ObjectRules kTaskRules{kFields, kGroups};

Task read_task(const StateReader& reader) {
  check_resource(reader);
  check_heartbeat(reader);
  Task task;
  task.resource = reader.text_of("Resource");
  task.credentials = reader.template_of("Credentials");
  task.timeout_seconds = reader.number_of("TimeoutSeconds", "TimeoutSecondsPath");
  task.heartbeat_seconds = reader.number_of("HeartbeatSeconds", "HeartbeatSecondsPath");
  task.retry = reader.retriers();
  task.catchers = reader.catchers();
  task.exit = reader.exit();
  return task;
}

}  // namespace pawl::asl

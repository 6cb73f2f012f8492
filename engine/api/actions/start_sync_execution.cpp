#include "engine/api/actions/declarations.h"
#include "engine/api/shapes.h"
#include "engine/api/start_request.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;

const Json kDataIncluded = {{"included", true}};

// [seen] Billed by 100 ms, and 64 MB at least.
Json billing(std::int64_t duration_ms) {
  constexpr std::int64_t kStepMs = 100;
  const std::int64_t steps = std::max<std::int64_t>(1, (duration_ms + kStepMs - 1) / kStepMs);
  return {{"billedDurationInMilliseconds", steps * kStepMs}, {"billedMemoryUsedInMB", 64}};
}

struct SyncStart {
  states::ExecutionInfo info;
  asl::Payload input;
  bool has_data = true;
};

// [aws] An execution that failed is a result like any other.
Json sync_result(const SyncStart& start,
                 const states::Outcome& outcome,
                 asl::Timestamp stopped_at) {
  const std::int64_t duration_ms = stopped_at.ms - start.info.start_time.ms;
  Json body = Json::object();  // member by member: a list of them would be copied
  body["executionArn"] = start.info.arn;
  body["stateMachineArn"] = start.info.state_machine_arn;
  body["name"] = start.info.name;
  body["startDate"] = epoch_seconds(start.info.start_time);
  body["stopDate"] = epoch_seconds(stopped_at);
  body["status"] = states::to_string(outcome.status);
  body["billingDetails"] = billing(duration_ms);
  if (start.info.trace_header) body["traceHeader"] = *start.info.trace_header;
  if (outcome.error.name) body["error"] = *outcome.error.name;
  if (outcome.error.cause) body["cause"] = *outcome.error.cause;
  if (!start.has_data) return body;
  body["input"] = start.input.text();
  body["inputDetails"] = kDataIncluded;
  if (outcome.output) body["output"] = outcome.output->text();
  body["outputDetails"] = kDataIncluded;
  return body;
}

void start_and_wait(Api& api, const Json& request, const ActionReply& reply) {
  StartRequest wanted = start_request(api, request, text_of(request, "stateMachineArn"));
  if (wanted.info.type != asl::MachineType::kExpress) {
    throw ServiceError{"StateMachineTypeNotSupported",
                       "This operation is not supported by this type of state machine"};
  }
  wanted.info.is_synchronous = true;
  wanted.info.start_time = api.clock.now();
  const auto start = std::make_shared<const SyncStart>(SyncStart{
      wanted.info, wanted.input, text_member(request, "includedData") != "METADATA_ONLY"});
  wanted.ended = [&api, start, reply](const states::Outcome& outcome) {
    reply(sync_result(*start, outcome, api.clock.now()));
  };
  api.engine.start(std::move(wanted), [](const auto&) {});
}

}  // namespace

Action start_sync_execution(Api& api) {
  return {
      "StartSyncExecution",
      Scope::kRun,
      shapes::structure(
          {shapes::required("stateMachineArn", shapes::arn()),
           shapes::optional("name", shapes::name()),
           shapes::optional("input", shapes::payload(api)),
           shapes::optional("traceHeader", shapes::text().length(0, 256).matching("\\p{ASCII}*")),
           shapes::optional("includedData", shapes::included_data())}),
      [&api](const Json& request, const ActionReply& reply) {
        start_and_wait(api, request, reply);
      },
      [&api](const Json& request) { return is_at_hand(api, request); },
      trace_headers()};
}

}  // namespace pawl::engine::actions

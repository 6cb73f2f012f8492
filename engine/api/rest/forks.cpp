// Forks: a new execution from a step that another has taken.
#include "asl/names.h"
#include "engine/api/execution_history.h"
#include "engine/api/execution_json.h"
#include "engine/api/rest/definition_body.h"
#include "engine/api/rest/labels.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"
#include "states/fork.h"

namespace pawl::engine::rest {

using asl::Json;
using asl::Payload;

namespace {

Problem not_forkable(const std::string& reason) {
  return {.status = 409,
          .name = "execution-not-forkable",
          .title = "Execution not forkable",
          .detail = reason};
}

// The reason is all that one wants to read.
Problem refused_field(const std::string& pointer, const std::string& reason) {
  Problem problem = bad_field(pointer, reason);
  problem.detail = reason;
  return problem;
}

ServiceError already_exists(const std::string& arn) {
  return {"ExecutionAlreadyExists", "Execution Already Exists: '" + arn + "'"};
}

void check_size(const Api& api, std::size_t bytes, const std::string& pointer) {
  if (static_cast<std::int64_t>(bytes) > api.config.payload_bytes_max) {
    throw refused_field(pointer,
                        pointer.substr(1) + " is larger than the " +
                            std::to_string(api.config.payload_bytes_max) +
                            " bytes that states hand on");
  }
}

std::optional<Payload> document_in(const Api& api, const Json& body, const std::string& name) {
  const auto found = body.find(name);
  if (found == body.end()) return std::nullopt;
  Payload document = Payload::of(*found);
  check_size(api, document.size_bytes(), "/" + name);
  return document;
}

asl::Variables variables_in(const Api& api, const Json& body) {
  asl::Variables variables;
  const auto found = body.find("variables");
  if (found == body.end() || found->is_null()) return variables;
  if (!found->is_object()) throw refused_field("/variables", "variables is an object of values");
  std::size_t bytes = 0;
  for (const auto& [name, value] : found->items()) {
    if (const auto fault = asl::variable_name_fault(name)) {
      throw refused_field("/variables/" + name, fault->message);
    }
    Payload document = Payload::of(value);
    bytes += document.size_bytes();
    variables.emplace(name, std::move(document));
  }
  check_size(api, bytes, "/variables");
  return variables;
}

// As states::last_entry(), counted from 1.
states::EventId nth_entry(const states::History& history,
                          const std::string& state,
                          std::int64_t n) {
  for (const states::Event& event : history.events) {
    const auto* fact = std::get_if<states::StateEntered>(&event.what);
    if (fact == nullptr || event.scope != 0 || fact->name != state) continue;
    if (--n == 0) return event.id;
  }
  return 0;
}

// The StateEntered that `event` or `state` means.
states::EventId entry_asked_for(const Json& body, const states::History& history) {
  const auto state = body_text(body, "state");
  if (body.contains("event") == state.has_value()) {
    throw bad_request("Either event, the id of a StateEntered event, or state is expected");
  }
  if (!state) {
    if (body.contains("visit")) throw refused_field("/visit", "It goes together with state");
    const Json& event = body.at("event");
    if (!event.is_number_integer()) throw refused_field("/event", "The id of an event is expected");
    return event.get<states::EventId>();
  }
  const auto visit = body.find("visit");
  const states::EventId entered = visit == body.end()
                                      ? states::last_entry(history, *state)
                                      : nth_entry(history, *state, visit->get<std::int64_t>());
  if (entered == 0 && visit != body.end()) {
    throw refused_field("/visit",
                        "The execution has not entered the state '" + *state +
                            "' so often outside branches and iterations");
  }
  if (entered == 0) {
    throw refused_field("/state",
                        "The execution has not entered a state '" + *state +
                            "' outside branches and iterations; of one inside, name the event");
  }
  return entered;
}

// A version that the state machine has published.
void take_version(Api& api, const ExecutionRow& row, const Json& body, StartRequest& wanted) {
  const std::int64_t number = body.at("version").get<std::int64_t>();
  const auto version = api.store.catalog().find_version(row.what.info.state_machine_arn, number);
  const auto revision =
      version ? api.store.catalog().find_revision(version->revision) : std::nullopt;
  if (!revision) {
    throw refused_field("/version", "The state machine has no version " + std::to_string(number));
  }
  wanted.machine = api.definitions.of(*revision);
  if (!wanted.machine) check_definition_body(revision->definition, revision->type);
  if (const auto reason = states::why_not_with(*wanted.machine, wanted.fork->plan)) {
    throw refused_field("/version", *reason);
  }
  wanted.machine_revision = version->revision;
  wanted.version_arn = version->arn();
  wanted.alias_arn.reset();
}

// The definition of the body as a revision that this execution alone runs with.
void take_definition(Api& api, const ExecutionRow& row, const Json& body, StartRequest& wanted) {
  if (body.contains("version")) {
    if (body.contains("definition")) {
      throw refused_field("/version", "It does not go together with definition");
    }
    return take_version(api, row, body, wanted);
  }
  if (!body.contains("definition")) {
    if (const auto reason = states::why_not_with(*wanted.machine, wanted.fork->plan)) {
      throw not_forkable(*reason);
    }
    return;
  }
  auto revision = api.store.catalog().find_revision(row.what.machine_revision);
  if (!revision) throw not_forkable(kMachineDeleting);
  revision->definition = definition_of(body);
  check_definition_body(revision->definition, revision->type);
  wanted.machine = asl::parse_definition(revision->definition, revision->type).machine;
  if (const auto reason = states::why_not_with(*wanted.machine, wanted.fork->plan)) {
    throw refused_field("/definition", *reason);
  }
  revision->revision_id = new_uuid();
  revision->updated_at = api.clock.now();
  wanted.machine_revision = api.store.catalog().keep_revision(*revision);
  wanted.version_arn.reset();
  wanted.alias_arn.reset();
}

std::shared_ptr<const ForkRequest> planned(Api& api,
                                           const ExecutionRow& row,
                                           const Json& body,
                                           const states::History& history) {
  const states::EventId entered = entry_asked_for(body, history);
  auto plan = states::plan_fork(history, entered);
  if (const auto* reason = std::get_if<std::string>(&plan)) {
    throw refused_field(body.contains("event") ? "/event" : "/state", *reason);
  }
  ForkRequest request;
  request.plan = std::get<states::ForkPlan>(std::move(plan));
  request.origin = {row.what.info.arn, entered, request.plan.shared};
  const states::Scope& scope = request.plan.execution.scopes.at(request.plan.scope);
  request.fork.scope = request.plan.scope;
  request.fork.what = {row.what.info.arn,
                       entered,
                       scope.at,
                       document_in(api, body, "input").value_or(scope.input),
                       variables_in(api, body),
                       document_in(api, body, "executionInput")};
  return std::make_shared<const ForkRequest>(std::move(request));
}

StartRequest fork_request(Api& api, const ExecutionRow& row, const Json& body) {
  if (row.what.info.type == asl::MachineType::kExpress) {
    throw not_forkable("An execution of an EXPRESS state machine has no history to fork");
  }
  if (row.what.map_child) {
    throw not_forkable("A child of a Map Run cannot be forked; fork the execution of the Map");
  }
  if (is_of_deleted_machine(api, row)) throw not_forkable(kMachineDeleting);
  const std::string name = body_text(body, "name").value_or(new_uuid());
  if (!is_valid_name(name)) throw ServiceError{"InvalidName", "Invalid Name: '" + name + "'"};
  const auto history = read_history(api, row);
  if (!history) throw not_forkable("The definition that the execution ran with is not there");
  StartRequest wanted;
  wanted.info = row.what.info;
  wanted.info.name = name;
  wanted.info.arn = execution_arn(api.config.arns, wanted.info.state_machine_name, name);
  wanted.machine = history->stretches.back().machine;
  wanted.machine_revision = row.what.machine_revision;
  wanted.version_arn = row.what.version_arn;
  wanted.alias_arn = row.what.alias_arn;
  wanted.info.trace_header = row.what.info.trace_header;
  wanted.fork = planned(api, row, body, *history);
  take_definition(api, row, body, wanted);
  wanted.labels = labels_in(body);
  if (const auto reason = body_text(body, "reason")) {
    if (!wanted.labels.try_emplace("reason", *reason).second) {
      throw refused_field("/reason",
                          "It is kept as the label of this name, which is there already");
    }
  }
  return wanted;
}

// Before the fork starts. What tasks of these states are answered is decided here, for good.
void take_mocks(Api& api, const Json& body, const StartRequest& wanted) {
  const auto mocks = body.find("mocks");
  if (mocks == body.end()) return;
  if (!api.config.begin_mocks) throw refused_field("/mocks", "This server has no mocks");
  for (const auto& [state, answers] : mocks->items()) {
    const auto found = wanted.machine->states.find(state);
    if (found == wanted.machine->states.end() || found->second.type() != asl::StateType::kTask) {
      throw refused_field("/mocks/" + state, "The definition has no Task state '" + state + "'");
    }
  }
  if (api.store.journal().find(wanted.info.arn)) throw already_exists(wanted.info.arn);
  if (const auto fault = api.config.begin_mocks(*mocks, wanted.info.arn)) {
    throw refused_field("/mocks" + fault->first, fault->second);
  }
}

void answer_fork(const RestCall& call, const std::string& arn) {
  const ExecutionRow row = require_execution(call.api, arn);
  Headers headers;
  headers.set("Location", execution_path(row));
  answer_json(call, 201, execution_view(call.api, row), std::move(headers));
}

// The fork that a request with the same idempotency key has made before the server died.
std::optional<std::string> forked_before(const RestCall& call,
                                         const ExecutionRow& origin,
                                         const Json& body) {
  if (!call.once || !call.once->is_resumed) return std::nullopt;
  std::string arn = execution_arn(call.api.config.arns,
                                  origin.what.info.state_machine_name,
                                  body.at("name").get<std::string>());
  const auto row = call.api.store.journal().find(arn);
  const bool is_ours = row && row->what.fork &&
                       row->what.fork->execution_arn == origin.what.info.arn &&
                       row->what.info.start_time >= call.once->begun_at;
  return is_ours ? std::optional(std::move(arn)) : std::nullopt;
}

}  // namespace

void fork_execution(const RestCall& call) {
  Json body = body_of(call);
  if (body.contains("definition")) {
    require_scope(call, Scope::kAdmin, "A fork with another definition");
  }
  if (call.once && !body_text(body, "name")) body["name"] = call.once->seed;
  const ExecutionRow origin = execution_of(call);
  if (const auto arn = forked_before(call, origin, body)) return answer_fork(call, *arn);
  StartRequest wanted = fork_request(call.api, origin, body);
  const std::string arn = wanted.info.arn;
  take_mocks(call.api, body, wanted);
  call.api.engine.start(
      std::move(wanted), [call, arn](const std::variant<Started, EngineError>& result) {
        answering(call, [&] {
          if (const auto* error = std::get_if<EngineError>(&result)) {
            if (*error != EngineError::kAlreadyExists) throw unavailable();
            throw already_exists(arn);
          }
          // The runtime calls here: it does not wait for the disk.
          const bool taken =
              call.workers.post([call, arn] { answering(call, [&] { answer_fork(call, arn); }); });
          if (!taken) throw unavailable();
        });
      });
}

}  // namespace pawl::engine::rest

#include "states/test_state.h"

#include <chrono>
#include <mutex>
#include <random>

#include "asl/errors.h"
#include "asl/integrations.h"
#include "asl/text.h"
#include "engine/api/actions/declarations.h"
#include "engine/api/execution_json.h"
#include "engine/api/mock_result.h"
#include "engine/api/shapes.h"
#include "engine/api/tested_state.h"

namespace pawl::engine::actions {
namespace {

using asl::Json;
using states::StateTest;
using states::StateTrial;

constexpr std::chrono::minutes kTestTime{5};  // [documented]

class SystemRandom final : public asl::Entropy {
 public:
  std::uint64_t next() override {
    return (std::uint64_t{source_()} << 32U) | std::uint64_t{source_()};
  }

 private:
  std::random_device source_;
};

bool has_member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && !found->is_null();
}

Json test_configuration(const Json& request) {
  return has_member(request, "stateConfiguration") ? request.at("stateConfiguration")
                                                   : Json::object();
}

// What is refused before the definition is looked at.
void check_combination(const Json& request) {
  const bool mocked = has_member(request, "mock");
  if (mocked && flag_of(request, "revealSecrets", false)) {
    throw invalid_test("TestState does not support RevealSecrets when a mock is specified.");
  }
  if (mocked) return;
  if (has_member(request, "context")) {
    throw invalid_test("TestState does not support Context when a mock is not specified.");
  }
  const Json configuration = test_configuration(request);
  for (const auto& [member, name] :
       {std::pair("retrierRetryCount", "RetrierRetryCount"),
        std::pair("errorCausedByState", "ErrorCausedByState"),
        std::pair("mapIterationFailureCount", "MapIterationFailureCount"),
        std::pair("mapItemReaderData", "MapItemReaderData")}) {
    if (has_member(configuration, member)) {
      throw invalid_test(std::string("TestState does not support ") + name +
                         " when a mock is not specified.");
    }
  }
}

// Whether the state can be tested with, or without, a mock.
void check_testable(const asl::State& state, const Json& request) {
  const asl::StateType type = state.type();
  const bool has_children = type == asl::StateType::kMap || type == asl::StateType::kParallel;
  if (has_member(request, "mock")) {
    if (type != asl::StateType::kTask && !has_children) {
      throw invalid_test("State type '" + std::string(asl::to_string(type)) +
                         "' is not supported when a mock is specified");
    }
    return;
  }
  if (has_children) {
    throw ServiceError{"InvalidDefinition",
                       "TestState API does not support Map or Parallel states. Supported state "
                       "types include: [Task, Wait, Pass, Succeed, Fail, Choice]"};
  }
  const auto* task = std::get_if<asl::Task>(&state.kind);
  if (task == nullptr) return;
  if (!has_member(request, "roleArn")) {
    throw invalid_test("RoleArn must be specified when testing a Task state");
  }
  asl::ResourceFault fault;
  const auto resource = asl::parse_resource(task->resource, fault);
  if (resource && (resource->kind == asl::TaskResource::Kind::kActivity ||
                   resource->pattern != asl::Pattern::kRequestResponse)) {
    // [documented] "only supports the following when a mock is specified"; the text is ours.
    throw ServiceError{"InvalidDefinition",
                       "TestState API does not support Activity tasks, .sync or .waitForTaskToken "
                       "service integration patterns when a mock is not specified"};
  }
}

states::Variables variables_of(const Json& request) {
  states::Variables variables;
  const auto text = text_member(request, "variables");
  if (!text) return variables;
  auto parsed = asl::parse_text(*text);
  auto* object = std::get_if<Json>(&parsed);
  if (object == nullptr || !object->is_object()) {
    throw invalid_test("Variables must be a JSON object");
  }
  for (auto& [name, value] : object->items()) {
    variables.insert_or_assign(name, asl::Payload::of(std::move(value)));
  }
  return variables;
}

void configure(Api& api, StateTest& test, const Json& request) {
  const Json configuration = test_configuration(request);
  const auto* map = std::get_if<asl::Map>(&test.machine->state(test.state).kind);
  test.retry_count = static_cast<int>(integer_of(configuration, "retrierRetryCount", 0));
  test.failed_iterations = integer_of(configuration, "mapIterationFailureCount", 0);
  if (test.failed_iterations != 0 && map == nullptr) {
    throw invalid_test("MapIterationFailureCount is only supported for Map states.");
  }
  if (const auto cause = text_member(configuration, "errorCausedByState");
      cause && !test.machine->states.contains(*cause)) {
    throw invalid_test("State not found in definition");
  }
  if (const auto data = text_member(configuration, "mapItemReaderData")) {
    if (map == nullptr || !map->item_reader) {
      throw invalid_test("MapItemReaderData is only supported for Map states with an ItemReader.");
    }
    // [documented] "The data read by ItemReader as found in its original source."
    test.read_items = api.map_runs.items_in(*data, map->item_reader->config);
  }
}

StateTest test_of(Api& api, const Json& request) {
  check_combination(request);
  const TestedState tested =
      tested_state(text_of(request, "definition"), text_member(request, "stateName"));
  check_testable(tested.state(), request);
  StateTest test;
  test.machine = tested.machine;
  test.state = tested.name;
  if (has_member(request, "mock"))
    test.mock = mock_of(request.at("mock"), tested.state(), api.config.result_shape);
  configure(api, test, request);
  test.input = execution_input_of(text_member(request, "input"));
  test.variables = variables_of(request);
  const auto context = text_member(request, "context");
  test.context =
      asl::Payload::of(context ? given_context(*context, tested.state())
                               : default_context({.arns = api.config.arns,
                                                  .state = tested.state(),
                                                  .input = test.input.json(),
                                                  .role_arn = text_member(request, "roleArn"),
                                                  .retry_count = test.retry_count,
                                                  .now = api.clock.now()}));
  return test;
}

Json variables_text(const states::Variables& variables) {
  Json object = Json::object();
  for (const auto& [name, value] : variables) object[name] = value.json();
  return asl::to_text(object);
}

// `exchange`: of an HTTP Task, {"request": {...}, "response": {...}}.
Json shown(const states::StateTestResult& result,
           const std::string& level,
           const Json& exchange = Json::object()) {
  Json body = Json::object();
  if (result.output) body["output"] = result.output->text();
  if (result.error.name) body["error"] = *result.error.name;
  if (result.error.cause) body["cause"] = *result.error.cause;
  if (level != "INFO") {
    body["inspectionData"] = result.inspection;
    if (level == "TRACE" && !result.variables.empty()) {
      body["inspectionData"]["variables"] = variables_text(result.variables);
    }
    for (const auto& [name, part] : exchange.items()) body["inspectionData"][name] = part;
  }
  if (result.next) body["nextState"] = *result.next;
  body["status"] = states::to_string(result.status);
  return body;
}

// What of a test is answered.
struct TestView {
  std::string level;
  bool reveals_secrets = false;
};

// One test that calls a service, from the call to its answer or the end of its time.
class TestCall final : public TaskReply, public std::enable_shared_from_this<TestCall> {
 public:
  TestCall(Api& api, StateTest test, TestView view, ActionReply reply)
      : api_(api),
        context_(test.context),
        trial_(std::move(test), api.clock.now(), entropy_),
        view_(std::move(view)),
        reply_(std::move(reply)) {}

  void begin() {
    auto task = trial_.begin();
    if (!task) {
      reply_(shown(trial_.result(), view_.level));
      return;
    }
    const Json& execution = context_.json().at("Execution");
    TaskCall call;
    call.execution_arn = text_of(execution, "Id");
    call.execution_name = text_of(execution, "Name");
    call.state_machine_arn = text_of(context_.json().at("StateMachine"), "Id");
    call.task = *std::move(task);
    const auto self = shared_from_this();
    if (view_.level == "TRACE") {
      call.watch = ExchangeWatch{view_.reveals_secrets,
                                 [self](Json exchange) { self->exchanged(std::move(exchange)); }};
    }
    alarm_ = api_.alarms.after(kTestTime, [self, call] {
      self->api_.connectors.cancel(call.execution_arn, call.task.work);
      self->failed({asl::errors::kTimeout, std::nullopt});
    });
    api_.connectors.call(call, self);
  }

  void started(std::optional<std::string>) override {}
  void submitted(asl::Payload) override {}
  void succeeded(asl::Payload output) override { finish(std::move(output)); }
  void failed(asl::StateError error) override { finish(std::move(error)); }

 private:
  void exchanged(Json exchange) {
    const std::lock_guard lock(mutex_);
    exchange_ = std::move(exchange);
  }
  void finish(asl::Result<asl::Payload> result) {
    Json exchange;
    {
      const std::lock_guard lock(mutex_);
      if (done_) return;
      done_ = true;
      exchange = std::move(exchange_);
    }
    trial_.returned(std::move(result));
    api_.alarms.cancel(alarm_);
    reply_(shown(trial_.result(), view_.level, exchange));
  }

  Api& api_;
  SystemRandom entropy_;
  const asl::Payload context_;
  StateTrial trial_;
  const TestView view_;
  const ActionReply reply_;
  std::atomic<std::uint64_t> alarm_ = 0;
  std::mutex mutex_;
  bool done_ = false;
  Json exchange_ = Json::object();  // guarded by mutex_
};

void test_state_of(Api& api, const Json& request, const ActionReply& reply) {
  std::make_shared<TestCall>(api,
                             test_of(api, request),
                             TestView{text_member(request, "inspectionLevel").value_or("INFO"),
                                      flag_of(request, "revealSecrets", false)},
                             reply)
      ->begin();
}

Shape configuration_shape() {
  return shapes::structure(
      {shapes::optional("retrierRetryCount", shapes::integer().at_least(0)),
       shapes::optional("errorCausedByState", shapes::name().secret()),
       shapes::optional("mapIterationFailureCount", shapes::integer().at_least(0)),
       shapes::optional("mapItemReaderData", shapes::text().at_most(262'144).secret())});
}

}  // namespace

Action test_state(Api& api) {
  return {"TestState",
          Scope::kAdmin,
          shapes::structure({shapes::required("definition", shapes::definition(api)),
                             shapes::optional("roleArn", shapes::arn()),
                             shapes::optional("input", shapes::payload(api)),
                             shapes::optional("inspectionLevel",
                                              shapes::text().one_of({"INFO", "DEBUG", "TRACE"})),
                             shapes::optional("revealSecrets", shapes::boolean()),
                             shapes::optional("variables", shapes::payload(api)),
                             shapes::optional("stateName", shapes::name().secret()),
                             shapes::optional("mock", shapes::mock()),
                             shapes::optional("context", shapes::payload(api)),
                             shapes::optional("stateConfiguration", configuration_shape())}),
          [&api](const Json& request, const ActionReply& reply) {
            test_state_of(api, request, reply);
          }};
}

}  // namespace pawl::engine::actions

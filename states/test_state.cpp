#include "states/test_state.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "asl/errors.h"
#include "states/behaviour.h"
#include "states/failure.h"
#include "states/map_fields.h"
#include "states/phase.h"

namespace pawl::states {
namespace {

using asl::Result;
using asl::StateType;

// [seen] The stages that inspectionData shows of a state type, of all that its data goes through.
std::set<std::string_view> stages_of(const asl::State& state) {
  const bool jsonata = state.language == asl::QueryLanguage::kJsonata;
  switch (state.type()) {
    case StateType::kPass:
      if (jsonata) return {};
      if (std::get<asl::Pass>(state.kind).result) {
        return {"result", "afterResultSelector", "afterResultPath"};
      }
      return {"afterInputPath", "afterParameters", "afterResultSelector", "afterResultPath"};
    case StateType::kTask:
      if (jsonata) return {"afterArguments", "result"};
      return {
          "afterInputPath", "afterParameters", "result", "afterResultSelector", "afterResultPath"};
    case StateType::kParallel:
      if (jsonata) return {"afterArguments"};
      return {"afterResultSelector", "afterResultPath"};
    case StateType::kMap:
      if (jsonata) return {"afterItemSelector"};
      return {"afterInputPath",
              "afterItemsPath",
              "afterItemSelector",
              "afterResultSelector",
              "afterResultPath"};
    case StateType::kChoice:
    case StateType::kWait:
    case StateType::kSucceed:
    case StateType::kFail:
      if (jsonata) return {};
      return {"afterInputPath"};
  }
  return {};
}

Limits one_state_only() {
  Limits limits;
  limits.transitions_per_step_max = 0;  // what follows the state is not entered
  return limits;
}

std::string token_in(const Json& context) {
  const auto task = context.find("Task");
  if (task == context.end() || !task->is_object()) return {};
  const auto token = task->find("Token");
  return token == task->end() || !token->is_string() ? std::string() : token->get<std::string>();
}

Result<Payload> item_inputs(Reading& reading,
                            const asl::Map& map,
                            const Payload& items,
                            const Json& effective) {
  Json selected = Json::array();
  std::int64_t index = 0;
  for (const Json& item : items.json()) {
    // What a test gives for a reader says not where it comes from.
    reading.set_item(MapItem{index++, &item, map.item_reader ? "" : kStateData});
    Result<Json> value = reading.evaluate(*map.item_selector, "ItemSelector", effective);
    if (!value) return std::move(value).error();
    selected.push_back(*std::move(value));
  }
  return Payload::of(std::move(selected));
}

}  // namespace

std::string_view to_string(TestStatus status) {
  switch (status) {
    case TestStatus::kSucceeded:
      return "SUCCEEDED";
    case TestStatus::kFailed:
      return "FAILED";
    case TestStatus::kRetriable:
      return "RETRIABLE";
    case TestStatus::kCaughtError:
      return "CAUGHT_ERROR";
  }
  return "";
}

class StateTrial::Run final : public Inspector {
 public:
  Run(StateTest test, Timestamp now, asl::Entropy& entropy)
      : test_(std::move(test)),
        state_(test_.machine->state(test_.state)),
        stages_(stages_of(state_)),
        token_of_([token = token_in(test_.context.json())](WorkId) { return token; }),
        env_{.now = now,
             .entropy = entropy,
             .limits = limits_,
             .token_of = token_of_,
             .inspector = this} {
    see("input", test_.input);
    if (state_.type() == StateType::kFail) see("afterInputPath", test_.input);
    if (const auto* pass = std::get_if<asl::Pass>(&state_.kind); pass != nullptr && pass->result) {
      see("result", *pass->result);
    }
    stand_at_state();
  }

  std::optional<CallTask> begin() {
    if (test_.mock && state_.type() != StateType::kTask) {
      take_mock();
      return std::nullopt;
    }
    std::optional<CallTask> call;
    for (Effect& effect : go(TimerFired{kEntered, TimerKind::kRetry})) {
      if (auto* task = std::get_if<CallTask>(&effect)) call = std::move(*task);
    }
    if (call && test_.mock) {
      returned(*test_.mock);
      return std::nullopt;
    }
    if (execution_.outcome) return std::nullopt;
    if (const auto* timer = std::get_if<AwaitingTimer>(&scope().phase)) {
      env_.now = timer->due;
      go(TimerFired{timer->work, TimerKind::kWait});
    }
    return call;
  }

  void returned(Result<Payload> result) {
    if (result) {
      see("result", *result);
    }
    go(WorkReturned{work_of(scope().phase), std::move(result)});
  }

  // Everything that is shown is JSON text, which a string holds.
  void see(std::string_view stage, const Payload& document) override {
    if (stage == "input" || stages_.contains(stage)) {
      result_.inspection[std::string(stage)] = document.text();
    }
  }

  StateTestResult result() const {
    StateTestResult result = result_;
    result.variables = test_.variables;
    const StateExited* exit = nullptr;
    const RetryScheduled* retry = nullptr;
    std::optional<StateError> failure = mock_failure_;
    for (const Fact& fact : facts_) {
      if (const auto* exited = std::get_if<StateExited>(&fact)) exit = exited;
      if (const auto* scheduled = std::get_if<RetryScheduled>(&fact)) retry = scheduled;
      if (failure) continue;  // the first is the state's own
      if (const auto* failed = std::get_if<TaskFailed>(&fact)) failure = failed->error;
      if (const auto* refused = std::get_if<TaskSubmitFailed>(&fact)) failure = refused->error;
      if (const auto* evaluation = std::get_if<EvaluationFailed>(&fact)) {
        failure = evaluation->error;
      }
    }
    if (!failure && execution_.outcome && execution_.outcome->status == Status::kFailed) {
      failure = execution_.outcome->error;
    }
    if (retry != nullptr) failure = retry->error;
    if (!failure) {
      succeeded(result, *exit);
    } else {
      failed(result, *failure, exit, retry);
    }
    return result;
  }

 private:
  static constexpr std::int64_t kUnbounded = INT64_MAX;
  static constexpr Sequence kEntered = 2;  // of StateEntered

  const Scope& scope() const { return execution_.scopes.at(0); }

  // The execution as it would be at this state after `retry_count` attempts.
  void stand_at_state() {
    ExecutionInfo info;
    info.start_time = env_.now;
    info.context = test_.context;
    execution_ = fold(*test_.machine, std::make_shared<const ExecutionInfo>(std::move(info)), {});
    const auto remember = [this](Sequence sequence, Fact what) {
      Event event;
      event.sequence = event.id = sequence;
      event.at = env_.now;
      event.what = std::move(what);
      apply(*test_.machine, execution_, event);
    };
    remember(1, ExecutionStarted{test_.input});
    remember(kEntered, StateEntered{state_.type(), state_.name, test_.input});
    Scope& scope = execution_.scopes.at(0);
    scope.variables = test_.variables;
    scope.retries.assign(retriers_of(state_).size(), test_.retry_count);
    scope.retry_count = test_.retry_count;
    scope.phase = BackingOff{kEntered, env_.now};
  }

  std::vector<Effect> go(const Stimulus& stimulus) {
    return keep(step(*test_.machine, execution_, stimulus, env_));
  }

  std::vector<Effect> keep(Step step) {
    for (Event& event : step.events) facts_.push_back(std::move(event.what));
    return std::move(step.effects);
  }

  // The mocked result of a Parallel or Map, whose children are not run.
  void take_mock() {
    Turn turn(*test_.machine, execution_, env_);
    Reading reading(turn, 0);
    const Result<Payload> effective = effective_input(reading);
    if (!effective) {
      fail_evaluation(turn, 0, effective.error());
    } else if (const auto* map = std::get_if<asl::Map>(&state_.kind)) {
      take_map(turn, reading, *map, *effective);
    } else if (const Result<Payload> given = arguments(reading, *effective); !given) {
      fail_evaluation(turn, 0, given.error());
    } else {
      finish_mock(turn, reading, *test_.mock);
    }
    keep(turn.take());
  }

  void take_map(Turn& turn, Reading& reading, const asl::Map& map, const Payload& effective) {
    const Json& input = effective.json();
    Result<Payload> items = test_.read_items  ? *test_.read_items
                            : map.item_reader ? Result<Payload>(Payload::of(Json::array()))
                                              : map_items(reading, map, effective);
    if (test_.read_items && !items) return finish_mock(turn, reading, items);
    if (!items) return fail_evaluation(turn, 0, items.error());
    if (!map.item_reader) see("afterItemsPath", *items);
    const Result<std::int64_t> concurrency = map_concurrency(reading, map, input, kUnbounded);
    if (!concurrency) return fail_evaluation(turn, 0, concurrency.error());
    result_.inspection["maxConcurrency"] = *concurrency == kUnbounded ? 0 : *concurrency;
    const Result<Tolerance> tolerance = map_tolerance(reading, map, input);
    if (!tolerance) return fail_evaluation(turn, 0, tolerance.error());
    if (tolerance->count) result_.inspection["toleratedFailureCount"] = *tolerance->count;
    if (tolerance->percentage) {
      result_.inspection["toleratedFailurePercentage"] = *tolerance->percentage;
    }
    if (map.item_selector) {
      const Result<Payload> inputs = item_inputs(reading, map, *items, input);
      if (!inputs) return fail_evaluation(turn, 0, inputs.error());
      see("afterItemSelector", *inputs);
    }
    const auto total = static_cast<std::int64_t>(items->json().size());
    // [seen] Only a Map that was told to bear failures counts them.
    if (*test_.mock && tolerance->exceeded_by(test_.failed_iterations, total)) {
      return finish_mock(turn,
                         reading,
                         StateError{asl::errors::kExceedToleratedFailureThreshold,
                                    "The specified tolerated failure threshold was exceeded"});
    }
    Reading shaping(turn, 0);  // without an item
    finish_mock(turn, shaping, *test_.mock);
  }

  void finish_mock(Turn& turn, Reading& reading, const Result<Payload>& result) {
    if (result) return complete(turn, 0, reading, *result, true);
    mock_failure_ = result.error();
    fail_state(turn, 0, Failure{result.error(), false, scope().last_event});
  }

  void succeeded(StateTestResult& result, const StateExited& exit) const {
    result.status = TestStatus::kSucceeded;
    result.output = exit.output;
    result.next = exit.next;
    for (const auto& [name, value] : exit.assigned) {
      result.variables.insert_or_assign(name, value);
    }
  }

  void failed(StateTestResult& result,
              const StateError& error,
              const StateExited* exit,
              const RetryScheduled* retry) const {
    result.error = without_prefix(error);
    const Failure failure{error, false, 0};
    Json details = Json::object();
    if (retry != nullptr) {
      result.status = TestStatus::kRetriable;
      details["retryIndex"] = retry->retrier;
      details["retryBackoffIntervalSeconds"] =
          std::llround(static_cast<double>(retry->due.ms - env_.now.ms) / 1000.0);
    } else if (const auto catcher = catcher_for(catchers_of(state_), failure)) {
      // [seen] Also when the catcher's own expressions fail; there is no output then.
      result.status = TestStatus::kCaughtError;
      result.next = catchers_of(state_)[*catcher].next.name;
      details["catchIndex"] = *catcher;
      if (exit != nullptr) {
        result.output = exit->output;
        for (const auto& [name, value] : exit->assigned) {
          result.variables.insert_or_assign(name, value);
        }
      }
    } else if (const auto used_up = retrier_of(failure)) {
      details["retryIndex"] = *used_up;
    }
    if (!details.empty()) result.inspection["errorDetails"] = std::move(details);
  }

  std::optional<std::size_t> retrier_of(const Failure& failure) const {
    const auto retriers = retriers_of(state_);
    for (std::size_t i = 0; i < retriers.size(); ++i) {
      if (matches(retriers[i].error_equals, failure)) return i;
    }
    return std::nullopt;
  }

  // [seen] A test does not say where in an execution the state failed.
  StateError without_prefix(StateError error) const {
    Scope here;
    here.at = state_.name;
    here.entered_event = kEntered;
    const std::string prefix = in_state(here, StateError{}).cause.value_or("");
    if (error.cause && error.cause->starts_with(prefix)) error.cause->erase(0, prefix.size());
    return error;
  }

  const StateTest test_;
  const asl::State& state_;
  const std::set<std::string_view> stages_;
  const Limits limits_ = one_state_only();
  const std::function<std::string(WorkId)> token_of_;
  Env env_;
  Execution execution_;
  std::vector<Fact> facts_;
  std::optional<StateError> mock_failure_;  // of a Map or Parallel, which record no error
  StateTestResult result_;
};

StateTrial::StateTrial(StateTest test, Timestamp now, asl::Entropy& entropy)
    : run_(std::make_unique<Run>(std::move(test), now, entropy)) {}
StateTrial::~StateTrial() = default;

std::optional<CallTask> StateTrial::begin() { return run_->begin(); }
void StateTrial::returned(asl::Result<Payload> result) { run_->returned(std::move(result)); }
StateTestResult StateTrial::result() const { return run_->result(); }

}  // namespace pawl::states

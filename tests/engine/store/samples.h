// Facts and appends to store in tests.
#pragma once

#include <future>

#include "engine/store/store.h"

namespace pawl::engine::testing {

// At least one fact of every alternative, with optional members present and absent, and of every
// kind.
inline std::vector<states::Fact> every_fact() {
  using namespace states;
  const Payload document = Payload::of_text("{\"a\":[1,2.5,\"\xc3\xa9\\n\"],\"b\":null}");
  const StateError full{"States.TaskFailed", "it \"broke\"\n\xc3\xa9", "Output/a"};
  const StateError empty{std::nullopt, std::nullopt};
  std::vector<Fact> facts = {
      ExecutionStarted{document},
      ExecutionSucceeded{document},
      ExecutionFailed{full},
      ExecutionFailed{empty},
      ExecutionAborted{full},
      ExecutionTimedOut{empty},
      ExecutionRedriven{3},
      ExecutionRedriven{4, "token", 2},
      TaskSubmitted{"arn:aws:states:::glue:startJobRun.sync", document},
      HeartbeatReceived{},
      TokenAnswered{document, {}},
      TokenAnswered{std::nullopt, full},
      WaitScheduled{{1'700'000'000'123}},
      RetryScheduled{2, {1'700'000'000'456}, full},
      ParallelStarted{document},
      ParallelSucceeded{},
      ParallelFailed{},
      MapStarted{7, document},
      MapSucceeded{},
      MapFailed{},
      IterationStarted{"m", 4, 9, document},
      IterationSucceeded{"m", 4},
      IterationFailed{"m", 0},
      IterationAborted{"m", 1},
      EvaluationFailed{full, "s"},
      MapRunStarted{"arn:mapRun", document},
      MapRunSucceeded{},
      MapRunFailed{full},
      MapRunAborted{},
      MapRunRedriven{"arn:mapRun", 7},
      ExecutionForked{"arn:x", 12, "Train", document, {{"x", document}}, document},
      ExecutionForked{"arn:x", 2, "s", document, {}, std::nullopt},
  };
  for (int type = 0; type <= static_cast<int>(StateType::kMap); ++type) {
    const auto state_type = static_cast<StateType>(type);
    facts.emplace_back(StateEntered{state_type, "a \"state\"", document});
    facts.emplace_back(StateExited{state_type, "s", document, {}, std::nullopt});
    facts.emplace_back(StateExited{
        state_type, "s", document, {{"x", document}, {"y", Payload::of_text("1")}}, "next"});
    facts.emplace_back(StateAborted{state_type});
  }
  for (const TaskKind kind : {TaskKind::kTask, TaskKind::kLambda, TaskKind::kActivity}) {
    facts.emplace_back(TaskScheduled{kind, "r", document, 10, 5, "role"});
    facts.emplace_back(TaskScheduled{kind, "r", document, {}, {}, {}});
    facts.emplace_back(TaskStarted{kind, "r", "worker"});
    facts.emplace_back(TaskStarted{kind, "r", std::nullopt});
    facts.emplace_back(TaskSucceeded{kind, "r", document});
    facts.emplace_back(TaskFailed{kind, "r", full});
    facts.emplace_back(TaskTimedOut{kind, "r", empty});
    facts.emplace_back(TaskSubmitFailed{"r", empty});
  }
  return facts;
}

inline states::Event event(states::Sequence sequence, states::Fact what, states::EventId id = -1) {
  states::Event out;
  out.sequence = sequence;
  out.id = id < 0 ? sequence : id;
  out.previous = out.id > 0 ? out.id - 1 : 0;
  out.at = {1'700'000'000'000 + sequence};
  out.what = std::move(what);
  return out;
}

inline NewExecution new_execution(const std::string& name, std::int64_t start_ms = 1'000) {
  NewExecution what;
  what.info.arn = "arn:aws:states:us-east-1:123456789012:execution:m:" + name;
  what.info.name = name;
  what.info.state_machine_arn = "arn:aws:states:us-east-1:123456789012:stateMachine:m";
  what.info.state_machine_name = "m";
  what.info.role_arn = "role";
  what.info.start_time = {start_ms};
  what.machine_revision = 5;
  return what;
}

inline AppendStatus append(Journal& journal, Append what) {
  std::promise<AppendStatus> status;
  journal.append(std::move(what), [&status](AppendStatus s) { status.set_value(s); });
  return status.get_future().get();
}

// A new execution with one event; returns its key.
inline ExecutionKey start(Journal& journal,
                          const std::string& name,
                          std::int64_t start_ms = 1'000) {
  Append first;
  first.execution = journal.new_key();
  first.create = new_execution(name, start_ms);
  first.events = {event(1, states::ExecutionStarted{asl::Payload::of_text("{\"n\":1}")})};
  const ExecutionKey key = first.execution;
  if (append(journal, std::move(first)) != AppendStatus::kDurable) {
    throw std::runtime_error("cannot start " + name);
  }
  return key;
}

inline Append next(ExecutionKey key, states::Sequence sequence, states::Fact what) {
  Append out;
  out.execution = key;
  out.events = {event(sequence, std::move(what))};
  return out;
}

inline Append ending(ExecutionKey key, states::Sequence sequence) {
  Append out = next(key, sequence, states::ExecutionSucceeded{asl::Payload::of_text("{\"n\":1}")});
  out.outcome = states::Outcome{states::Status::kSucceeded, asl::Payload::of_text("{\"n\":1}"), {}};
  return out;
}

}  // namespace pawl::engine::testing

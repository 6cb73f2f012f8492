// What leaves the core (effects, performed only once the events of the same step are durable) and
// what comes back (stimuli).
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "states/event.h"
#include "states/execution.h"

namespace pawl::states {

enum class TimerKind : std::uint8_t { kWait, kRetry, kTaskTimeout, kHeartbeat, kMachineTimeout };

struct CallTask {
  WorkId work = 0;
  ScopeId scope = 0;
  EventId entered_event = 0;  // id of the StateEntered of this visit
  std::string state;
  TaskKind kind{};
  std::string resource;
  Payload parameters;
  std::optional<std::string>
      token;  // .waitForTaskToken, .sync and activities: lets SendTask* finish the work
  std::optional<std::string> role_arn;
  std::optional<std::int64_t> heartbeat_seconds;
  // The work was called before a crash: the connector attaches to it and must not do it again.
  bool resumed = false;
  // With `resumed`: TaskSubmitted is recorded already; of an activity: a worker has taken it.
  bool submitted = false;
};
struct MapRunScene;  // states/item_inputs.h

// Runs the children of a Distributed Map; answered by WorkReturned, with the Map's result.
struct StartMapRun {
  WorkId work = 0;
  ScopeId scope = 0;
  std::string state;
  std::string map_run;  // its ARN
  Payload settings;     // MapRunSettings as JSON
  Payload items;        // null when an ItemReader gives them
  std::shared_ptr<const MapRunScene> scene;
  int redrives = 0;  // how often the run was redriven: it goes on with what it has left undone
  // It was begun before a crash: what is done is not done again.
  bool resumed = false;
};
// A later timer of the same work and kind replaces an earlier one. kMachineTimeout has work 0.
struct SetTimer {
  WorkId work = 0;
  TimerKind kind{};
  Timestamp due{};
};
struct CancelWork {
  WorkId work = 0;
};  // forget its timers; tell its connector to stop it, best effort
struct Finish {
  Outcome outcome;
};
struct ContinueLater {};  // more can be decided at once: stimulate with Continue
using Effect = std::variant<CallTask, StartMapRun, SetTimer, CancelWork, Finish, ContinueLater>;

struct Start {
  Payload input;
};
struct Stop {
  StateError error;
};
struct Continue {};
// Goes on after an end that was no success, where it was unsuccessful. One that a recent redrive
// had the token of is accepted and changes nothing.
struct Redrive {
  std::optional<std::string> client_token;
  std::optional<std::int64_t> map_run_redrive = std::nullopt;
};
// Begins a fork: states/fork.h made it from the history of its origin.
struct Fork {
  ScopeId scope = 0;
  ExecutionForked what;
};
struct WorkStarted {
  WorkId work = 0;
  std::optional<std::string> worker_name;
};  // an activity worker took it
struct WorkSubmitted {
  WorkId work = 0;
  Payload output;
};
struct WorkReturned {
  WorkId work = 0;
  asl::Result<Payload> result;
  bool by_token = false;  // said by whoever has the token, not by the service that was called
};
struct WorkHeartbeat {
  WorkId work = 0;
};
struct TimerFired {
  WorkId work = 0;
  TimerKind kind{};
};
using Stimulus = std::variant<Start,
                              Stop,
                              Continue,
                              Redrive,
                              Fork,
                              WorkStarted,
                              WorkSubmitted,
                              WorkReturned,
                              WorkHeartbeat,
                              TimerFired>;

}  // namespace pawl::states

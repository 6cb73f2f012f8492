// What every action and every REST resource works with.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "asl/json.h"
#include "engine/api/arn.h"
#include "engine/api/definitions.h"
#include "engine/api/page_token.h"
#include "engine/http/aws_shape.h"
#include "engine/http/service_error.h"
#include "engine/logs/log_sink.h"
#include "engine/runs/runs.h"
#include "engine/runtime/activities.h"
#include "engine/runtime/alarms.h"
#include "engine/runtime/engine.h"
#include "engine/runtime/map_runs.h"
#include "engine/runtime/world.h"
#include "engine/store/store.h"

namespace pawl::engine {

class Artifacts;     // engine/artifacts/artifacts.h
class MlDesk;        // engine/api/ml_desk.h
class Scheduler;     // engine/schedules/scheduler.h
class TokenDesk;     // engine/api/token_desk.h
class VirtualClock;  // engine/runtime/virtual_clock.h

struct ApiConfig {
  ArnConfig arns;
  std::string version = "0.1.0";
  // [aws] 256 KiB of UTF-8: input, output of a task
  std::int64_t payload_bytes_max = 262'144;
  std::int64_t definition_characters_max = 1'048'576;  // [aws] 1 MiB
  std::chrono::milliseconds activity_poll{60'000};     // [aws] GetActivityTask holds 60 s
  std::size_t history_page_bytes_max = 8U << 20;       // a page of events ends early beyond
  // Of mocked integrations: called before an execution starts whose machine's ARN ends with "#" and
  // a test case; false: there is none of this name. Empty: such ARNs are none.
  std::function<bool(
      const std::string& machine, const std::string& test_case, const std::string& execution_arn)>
      begin_test_case;
  // Before an execution starts that brings its own mocks, by state; else the pointer of what is
  // wrong in them, and why. Empty: there are no mocks.
  std::function<std::optional<std::pair<std::string, std::string>>(
      const asl::Json& mocks, const std::string& execution_arn)>
      begin_mocks;
  // Of a Task's result, by the model of the service that the resource names; nothing: there is
  // none.
  std::function<std::optional<Shape>(const std::string& resource)> result_shape;
  // Where a training job of this server has what was found in its log; engine/jobs/job_folder.h.
  // Empty: there are no jobs.
  std::function<std::string(const std::string& job)> scraped_file;
  // What a server says of itself besides: members of /diagnostics.
  std::function<asl::Json()> diagnostics;
};

struct ApiDependencies {
  Engine& engine;
  Store& store;
  Clock& clock;
  Activities& activities;
  Alarms& alarms;
  Connectors& connectors;  // for tests of single states
  LogSink& logs;           // of executions
  MapRuns& map_runs;
  VirtualClock* virtual_clock = nullptr;  // `clock`, where time is virtual
  TokenDesk* token_desk = nullptr;        // of a server
  MlDesk* ml = nullptr;                   // of a server
  Scheduler* schedules = nullptr;         // of a server
  Artifacts* artifacts = nullptr;         // of a server
};

struct Api {
  Api(ApiDependencies dependencies, ApiConfig configuration);

  Engine& engine;
  Store& store;
  Clock& clock;
  Activities& activities;
  Alarms& alarms;
  Connectors& connectors;
  LogSink& logs;
  MapRuns& map_runs;
  VirtualClock* const virtual_clock;
  TokenDesk* const token_desk;
  MlDesk* const ml;
  Scheduler* const schedules;
  Artifacts* const artifacts;
  const ApiConfig config;
  const PageTokens tokens;
  Definitions definitions;
  Runs runs;
  std::atomic<std::int64_t> event_streams = 0;  // of Server-Sent Events that are open
  // Held from reading a row of the catalogue to writing it again; with a condition on the row,
  // from looking at it through the whole action.
  std::recursive_mutex catalog_writes;
};

// The text of a member, or nothing when it is absent or null. REQUIRES: its type was checked.
std::optional<std::string> text_member(const asl::Json& request, const char* name);
std::string text_of(const asl::Json& request, const char* name);  // REQUIRES: it is there
std::int64_t integer_of(const asl::Json& request, const char* name, std::int64_t absent);
bool flag_of(const asl::Json& request, const char* name, bool absent);

// [documented] maxResults 0, or none, is 100.
std::size_t page_size(const asl::Json& request);

// Whether an execution of this machine has not ended.
bool has_running_execution(Api& api, const std::string& state_machine_arn);
// [aws] "A state machine is deleted only when all its executions are completed": from the deletion
// to their end it is DELETING, and then it is gone.
bool is_gone(Api& api, const MachineRow& row);

// The row, or the error that AWS answers.
MachineRow require_machine(Api& api, const std::string& arn);
ExecutionRow require_execution(Api& api, const std::string& arn);
ActivityRow require_activity(Api& api, const std::string& arn);

ServiceError unavailable();
ServiceError state_machine_does_not_exist(const std::string& arn);
ServiceError execution_does_not_exist(const std::string& arn);

}  // namespace pawl::engine

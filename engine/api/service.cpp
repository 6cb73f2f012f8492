#include "engine/api/service.h"

#include "asl/text.h"
#include "engine/api/actions.h"
#include "engine/api/execution_json.h"
#include "engine/api/ml_desk.h"
#include "engine/api/readiness.h"
#include "engine/api/rest/methods.h"
#include "engine/api/rest/rest.h"
#include "engine/api/scheduled_start.h"
#include "engine/api/start_request.h"
#include "engine/schedules/scheduler.h"

namespace pawl::engine {
namespace {

using asl::Json;

// More than this is parsed where nobody else waits for it.
constexpr std::size_t kSmallBytes = 16 * 1024;

JsonServiceOptions states_options() {
  return {.target_prefix = "AWSStepFunctions.",
          .version = "1.0",
          .unavailable = {},
          .failure = [](const std::exception& error) {
            if (dynamic_cast<const StoreUnavailable*>(&error) != nullptr) return unavailable();
            return ServiceError{
                "InternalFailure", std::string("Internal failure: ") + error.what(), 500};
          }};
}

HttpResponse json_page(int status, const Json& body) {
  HttpResponse response;
  response.status = status;
  response.headers.set("Content-Type", "application/json");
  response.headers.set("Cache-Control", "no-store");
  response.body = asl::to_text(body);
  return response;
}

// Of operations.
bool is_page(const std::string& path) {
  return path == "/healthz" || path == "/readyz" || path == "/metrics";
}

}  // namespace

ApiService::ApiService(ApiDependencies dependencies,
                       ApiConfig config,
                       WorkerPool& workers,
                       Metrics& metrics)
    : api_(dependencies, std::move(config)),
      actions_(states_options(), step_functions_actions(api_)),
      workers_(workers),
      metrics_(metrics),
      counts_(metrics),
      rest_(std::make_unique<Rest>(api_, actions_, workers)) {
  listener_ = api_.engine.listen("", [this](const Recorded& recorded) { counts_.count(recorded); });
}

ApiService::~ApiService() { api_.engine.unlisten(listener_); }

bool ApiService::serves(const HttpRequest& request) const {
  return actions_.serves(request) || Rest::serves(request) || is_page(request.path);
}

Access ApiService::access(const HttpRequest& request) const {
  if (actions_.serves(request)) {
    Access access = actions_.access(request);
    access.action = "states:" + access.action;
    if (!access.route.empty()) access.route = "states:" + access.route;
    access.service = "states";
    return access;
  }
  if (request.path == "/healthz" || request.path == "/readyz") {
    return {.scope = Scope::kOpen, .action = "GET " + request.path, .service = {}};
  }
  if (request.path == "/metrics") {
    return {.scope = Scope::kRead, .action = "GET /metrics", .service = {}};
  }
  return Rest::access(request);
}

void ApiService::handle(HttpRequest request, Responder respond) {
  if (actions_.serves(request)) {
    actions_.handle(std::move(request), std::move(respond));
  } else if (is_page(request.path) && request.method != "GET" && request.method != "HEAD") {
    respond(problem_response(wrong_method("GET, HEAD"), request.path));
  } else if (request.path == "/healthz") {
    respond(json_page(200, {{"status", "alive"}}));
  } else if (request.path == "/readyz") {
    respond(ready());
  } else if (request.path == "/metrics") {
    respond(metrics_page());
  } else {
    rest_->handle(std::move(request), std::move(respond));  // answers 404 to what it does not know
  }
}

bool ApiService::serves_at_once(const HttpRequest& request) const {
  return request.body.size() <= kSmallBytes && actions_.serves(request);
}

void ApiService::handle_at_once(HttpRequest request, Responder respond) {
  actions_.handle(std::move(request), std::move(respond), [this](std::function<void()> job) {
    return workers_.post(std::move(job));
  });
}

void ApiService::begin_schedules() {
  if (api_.schedules != nullptr) api_.schedules->begin(schedule_starter(api_, actions_));
}

void ApiService::start_nested(const std::string& parent, Json request, ActionReply reply) {
  actions_.call("StartExecution",
                std::move(request),
                reply,
                [this, parent](const Json& checked, const ActionReply& answer) {
                  actions::start_with(api_, checked, {.parent_arn = parent}, answer);
                });
}

HttpResponse ApiService::ready() {
  const Json body = readiness_json(api_);
  return json_page(body.at("ready").get<bool>() ? 200 : 503, body);
}

std::int64_t ApiService::running() {
  constexpr std::chrono::seconds kGoodFor{30};
  const auto now = std::chrono::steady_clock::now();
  const std::lock_guard lock(running_mutex_);
  if (!counted_at_ || now - *counted_at_ > kGoodFor) {
    running_ = api_.store.journal().count(std::nullopt)[states::Status::kRunning];
    counted_at_ = now;
  }
  return running_;
}

// Of a server that knows its disk.
std::string ApiService::journal_bytes_text() {
  if (!api_.config.diagnostics) return "";
  const Json server = api_.config.diagnostics();
  return gauge_text("pawl_journal_bytes",
                    "",
                    "Bytes of the database on the disk.",
                    server.at("disk").at("databaseBytes").get<std::int64_t>());
}

std::string ApiService::schedule_lag_text() const {
  if (api_.schedules == nullptr) return "";
  const ScheduleLag lag = api_.schedules->lag();
  return summary_text("pawl_schedule_lag_seconds",
                      "How late schedules have started executions.",
                      lag.count,
                      lag.seconds);
}

HttpResponse ApiService::metrics_page() {
  const Engine::Readiness engine = api_.engine.readiness();
  const WriteCounts writes = api_.store.write_counts();
  HttpResponse response;
  response.headers.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body =
      gauge_text("pawl_build_info",
                 "version=\"" + api_.config.version + "\"",
                 "Always 1; the label tells the version.",
                 1) +
      gauge_text("pawl_ready",
                 "",
                 "1 when recovery has finished and the store takes writes.",
                 engine.ready && api_.store.problem().empty() ? 1 : 0) +
      gauge_text("pawl_recovery_executions",
                 "",
                 "Open executions found at start that are back in service.",
                 engine.recovered) +
      gauge_text("pawl_recovery_executions_pending",
                 "",
                 "Open executions found at start that are not yet back in service.",
                 engine.to_recover - engine.recovered) +
      seconds_text("pawl_recovery_duration_seconds",
                   "From the start until every open execution was back in service.",
                   engine.recovery_ms) +
      gauge_text("pawl_sse_clients", "", "Clients that follow events.", api_.event_streams) +
      summary_text("pawl_journal_fsync_seconds",
                   "Commits of the store; each is one sync of the disk.",
                   writes.commits,
                   writes.seconds) +
      counter_text("pawl_journal_writes_total",
                   "What the commits were made of; many executions share one.",
                   writes.writes) +
      gauge_text("pawl_executions_running",
                 "",
                 "Executions that have not ended, counted every half a minute; "
                 "without children of Map Runs.",
                 running()) +
      counts_.durations_text() + journal_bytes_text() + schedule_lag_text() +
      (api_.ml == nullptr ? "" : api_.ml->metrics_text()) + metrics_.text();
  return response;
}

}  // namespace pawl::engine

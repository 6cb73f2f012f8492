#include "engine/server/server.h"

#include <spdlog/spdlog.h>

#include <atomic>
#include <filesystem>
#include <future>
#include <stdexcept>
#include <utility>

#include "engine/api/execution_logs.h"
#include "engine/api/router.h"
#include "engine/api/service.h"
#include "engine/artifacts/artifacts.h"
#include "engine/artifacts/recorder.h"
#include "engine/aws/service_models.h"
#include "engine/connections/connections.h"
#include "engine/connectors/activity.h"
#include "engine/connectors/aws_caller.h"
#include "engine/connectors/mocks.h"
#include "engine/connectors/result_shapes.h"
#include "engine/connectors/states.h"
#include "engine/connectors/table.h"
#include "engine/http/answers_together.h"
#include "engine/http/client.h"
#include "engine/jobs/catalogue.h"
#include "engine/jobs/job.h"
#include "engine/jobs/runtime_files.h"
#include "engine/logs/log_files.h"
#include "engine/logs/logs_service.h"
#include "engine/logs/remote_logs.h"
#include "engine/map_runs/map_runner.h"
#include "engine/ml/functions.h"
#include "engine/ml/retention.h"
#include "engine/ml/services.h"
#include "engine/objects/object_store.h"
#include "engine/objects/s3_api.h"
#include "engine/pages/pages.h"
#include "engine/runtime/history_cleaner.h"
#include "engine/runtime/make_engine.h"
#include "engine/runtime/system_world.h"
#include "engine/runtime/virtual_clock.h"
#include "engine/schedules/scheduler.h"
#include "engine/server/aws_connectors.h"
#include "engine/server/diagnostics.h"
#include "engine/server/execution_lines.h"
#include "engine/server/front.h"
#include "engine/server/ml_desk.h"
#include "engine/server/options.h"
#include "engine/server/own_connectors.h"
#include "engine/server/security.h"
#include "engine/server/token_desk.h"
#include "engine/tracing/exporter.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;

constexpr int kExecutorThreads = 8;
constexpr int kFiringThreads = 4;
constexpr std::string_view kInvocationsHead = "/endpoints/";
constexpr std::string_view kInvocationsTail = "/invocations";

std::string own_program() { return fs::read_symlink("/proc/self/exe").string(); }

MapRunWorkers workers_of(Executor& executor) {
  return {[&executor](std::function<void()> task) { executor.post(std::move(task)); },
          [&executor](std::chrono::milliseconds delay, std::function<void()> task) {
            executor.post_after(delay, std::move(task));
          }};
}

bool execution_runs(Store& store, const std::string& arn) {
  const auto row = store.journal().find(arn);
  return row && row->status == states::Status::kRunning;
}

bool is_invocation(const HttpRequest& request) {
  return request.method == "POST" && request.path.starts_with(kInvocationsHead) &&
         request.path.ends_with(kInvocationsTail);
}

std::string invoked_endpoint(const HttpRequest& request) {
  const std::string name =
      request.path.substr(kInvocationsHead.size(),
                          request.path.size() - kInvocationsHead.size() - kInvocationsTail.size());
  return percent_decode(name).value_or(name);
}

}  // namespace

// In the order of their making: later parts use earlier ones.
struct Server::Parts {
  explicit Parts(const Config& config_);
  ~Parts();
  void route();
  std::unique_ptr<MapObjects> map_objects();

  const Config config;
  const std::string folder;
  const std::chrono::steady_clock::time_point started = std::chrono::steady_clock::now();
  FileTokenDesk token_desk;
  std::atomic<Router*> ready{nullptr};
  std::unique_ptr<Front> front;  // listens before the rest exists, so that jobs can be told where

  SystemClock real_clock;  // of signatures
  Metrics metrics;
  std::unique_ptr<Store> store;
  const AwsCredentials job_credentials;
  Security security;
  std::optional<VirtualClock> virtual_clock;
  Clock& clock;
  std::unique_ptr<ObjectStore> objects;
  Catalogue catalogue;
  Executor executor;
  Artifacts artifacts;
  LineageRecorder lineage;
  JobManager jobs;
  std::unique_ptr<HttpClient> client;
  Connections connections;
  MlContext context;
  MlServices services;
  Functions functions;
  Cleaner cleaner;
  std::unique_ptr<Alarms> alarms;
  Executor firing;  // of schedules, which do not wait behind the data of jobs
  Scheduler schedules;
  ActivityConnector activities;
  std::promise<StatesService> states;  // kept once the API is there
  ServiceModels service_models;
  AwsCaller aws_caller;
  ConnectorTable connectors;
  MockedConnectors mocked;  // stands before `connectors`
  MapRunner map_runs;
  HistoryCleaner history_cleaner;
  std::unique_ptr<Engine> engine;
  std::optional<TraceExporter> traces;
  std::optional<ExecutionLines> execution_lines;

  LogFiles log_files;
  RemoteLogs remote_logs;
  std::unique_ptr<ExecutionLogs> execution_logs;
  JsonService logs;

  WorkerPool workers;
  std::unique_ptr<ApiService> api;
  JsonService sagemaker;
  JsonService glue;
  JsonService events;
  S3Api s3;
  ServerMlDesk ml_desk;
  Router router;
};

namespace {

StatesService states_service(ApiService& api, Engine& engine) {
  return {[&api](const std::string& action, asl::Json request, StatesService::Answer answer) {
            api.actions().call(action, std::move(request), std::move(answer));
          },
          [&api](const std::string& action, const std::string& member) {
            return api.actions().has_member(action, member);
          },
          [&api](const std::string& parent, asl::Json request, StatesService::Answer answer) {
            api.start_nested(parent, std::move(request), std::move(answer));
          },
          [&engine](const std::string& execution, std::function<void()> ended) {
            engine.watch(execution,
                         [ended = std::move(ended)](const states::Outcome&) { ended(); });
          }};
}

}  // namespace

Server::Parts::Parts(const Config& config_)
    : config(config_),
      folder(data_folder_of(config_)),
      token_desk(tokens_file(folder)),
      store(open_store("sqlite:" + folder + "/pawl.db")),
      job_credentials(credentials_of_jobs(*store)),
      security(config, folder, job_credentials, real_clock, metrics),
      virtual_clock(virtual_clock_of(config, *store, real_clock)),
      clock(virtual_clock ? static_cast<Clock&>(*virtual_clock) : real_clock),
      objects(open_local_objects(folder + "/objects")),
      catalogue(Catalogue::load(folder + "/images.json", config.python)),
      executor(kExecutorThreads),
      artifacts(
          {store->artifacts(), *objects, folder + "/artifacts", [this] { return clock.now(); }}),
      lineage(artifacts, [this](std::function<void()> task) { executor.post(std::move(task)); }),
      jobs({.folder = folder + "/jobs", .supervisor_program = own_program()}),
      client(std::make_unique<HttpClient>(1, config.ca_bundle)),
      connections(*client,
                  {.file = folder + "/connections.json",
                   .region = config.region,
                   .account = config.account,
                   .plain_http_hosts = config.plain_http_hosts,
                   .now = [this] { return clock.now(); },
                   .post = [this](std::function<void()> task) { executor.post(std::move(task)); }}),
      context{store->records(),
              *objects,
              jobs,
              executor,
              *client,
              catalogue,
              [this] { return clock.now(); },
              config.region,
              config.account,
              folder,
              runtime_folder(folder),
              config.python,
              [this] { return front->url_for_jobs(); },
              job_credentials.access_key,
              job_credentials.secret_key,
              &lineage},
      services(context),
      functions(context, functions_of(config), config.lambda_url),
      cleaner(context,
              retention_of(config),
              [this](const std::string& execution) { return execution_runs(*store, execution); }),
      alarms(make_alarms()),
      firing(kFiringThreads),
      schedules(
          {store->records(),
           clock,
           *alarms,
           [this](std::function<void()> task) { firing.post(std::move(task)); },
           "arn:aws:scheduler:" + config.region + ":" + config.account + ":schedule/default/"}),
      activities(*alarms,
                 config.profile == Profile::kAws ? 1'000 : 100'000,
                 [this](const std::string& arn) {
                   return store->catalog().find_activity(arn).has_value();
                 }),
      service_models(model_folders(config.service_models)),
      aws_caller(*client,
                 real_clock,
                 executor,
                 service_models,
                 aws_caller_options(config, context.endpoint_url, job_credentials)),
      connectors(executor,
                 with_aws_connectors(
                     with_http_tasks(
                         connector_rows(services,
                                        function_caller(config, functions, *client, real_clock),
                                        activities,
                                        states.get_future().share(),
                                        executor),
                         config,
                         *client,
                         connections),
                     config,
                     context,
                     real_clock,
                     service_models,
                     aws_caller),
                 config.traces.has_value()),
      mocked(config.mock_config ? MockConfig::load(*config.mock_config) : MockConfig(),
             context,
             connectors),
      map_runs({*store,
                map_objects(),
                workers_of(executor),
                clock,
                folder + "/map-runs",
                limits_of(config.profile)}),
      history_cleaner(*store,
                      clock,
                      config.keep_executions_days,
                      [this](std::chrono::milliseconds delay, std::function<void()> task) {
                        executor.post_after(delay, std::move(task));
                      }),
      log_files(folder + "/logs", [this] { return clock.now(); }),
      remote_logs(*client,
                  config.logs_url.value_or(""),
                  config.region,
                  [this] { return real_clock.now(); }),
      logs(make_logs_service(log_files, {config.region, config.account})),
      sagemaker(make_sagemaker_service(services)),
      glue(make_glue_service(services)),
      events(make_connections_service(connections)),
      s3(*objects,
         config.region,
         [this](const HttpRequest& request) { return security.chunk_signing(request); }),
      ml_desk(services, sagemaker, glue),
      router(workers, metrics) {
  front = std::make_unique<Front>(config, folder, *store, security, ready);
  services.recover();
  mocked.recover([this](const std::string& arn) { return store->journal().find(arn).has_value(); });
  std::optional<VirtualTime> virtual_time;
  if (virtual_clock) {
    virtual_clock->on_advance([this] { schedules.clock_moved(); });
    virtual_time.emplace(
        *virtual_clock,
        [this] { return executor.is_busy() || firing.is_busy(); },
        [this] { return schedules.next_due(); });
  }
  engine = make_engine({.store = *store,
                        .connectors = mocked,
                        .clock = clock,
                        .limits = limits_of(config.profile),
                        .map_runs = &map_runs,
                        .virtual_time = virtual_time ? &*virtual_time : nullptr,
                        .together = [](const std::function<void()>& work) {
                          const AnswersTogether answers;
                          work();
                        }});
  map_runs.attach(*engine);
  execution_lines.emplace(*engine);
  if (config.traces) {
    traces.emplace(
        *config.traces,
        *engine,
        store->journal(),
        *client,
        TraceExporter::Counters{
            metrics.counter("pawl_spans_sent_total", "", "Spans a collector took."),
            metrics.counter(
                "pawl_traces_dropped_total", "", "Executions whose trace no collector took.")});
  }
  LogSink* sink = &log_files;
  if (config.logs_url) sink = &remote_logs;
  execution_logs = std::make_unique<ExecutionLogs>(*engine, *store, *sink, config.region);
  ApiConfig api_config;
  api_config.diagnostics = [this] { return server_diagnostics(folder, started); };
  api_config.arns = {"aws", config.region, config.account};
  api_config.version = PAWL_VERSION;
  api_config.payload_bytes_max = limits_of(config.profile).payload_bytes_max;
  api_config.result_shape = [this](const std::string& resource) {
    return modelled_result_shape(service_models, resource);
  };
  api_config.scraped_file = [this](const std::string& job) {
    return jobs.folder_of(TrainingJobs::job_id(job)) + "/metrics.jsonl";
  };
  api_config.begin_mocks = [this](const asl::Json& mocks, const std::string& execution) {
    try {
      mocked.begin_with(mocks, execution);
    } catch (const MockFault& fault) {
      return std::optional(std::pair(fault.where, std::string(fault.what())));
    }
    return std::optional<std::pair<std::string, std::string>>();
  };
  if (config.mock_config) {
    api_config.begin_test_case = [this](const std::string& machine,
                                        const std::string& test_case,
                                        const std::string& execution) {
      return mocked.begin(machine, test_case, execution);
    };
  }
  api = std::make_unique<ApiService>(ApiDependencies{*engine,
                                                     *store,
                                                     clock,
                                                     activities,
                                                     *alarms,
                                                     connectors,
                                                     *sink,
                                                     map_runs,
                                                     virtual_clock ? &*virtual_clock : nullptr,
                                                     &token_desk,
                                                     &ml_desk,
                                                     &schedules,
                                                     &artifacts},
                                     api_config,
                                     workers,
                                     metrics);
  states.set_value(states_service(*api, *engine));
  route();
  ready.store(&router, std::memory_order_release);
  cleaner.start();
  history_cleaner.start();
  api->begin_schedules();
}

// S3 for Map Runs: this installation's own, unless AWS_ENDPOINT_URL_S3 names another.
std::unique_ptr<MapObjects> Server::Parts::map_objects() {
  if (!config.s3_url) return local_map_objects(*objects, config.account);
  return remote_map_objects(
      {*client, real_clock, config.region, *config.s3_url, folder + "/spool/map-runs"});
}

void Server::Parts::route() {
  const auto add_json = [this](const std::string& name, const char* prefix, JsonService& service) {
    router.add(name,
               target_starts_with(prefix),
               actions_of(service, name),
               [&service](HttpRequest request, Responder respond) {
                 service.handle(std::move(request), std::move(respond));
               });
  };
  add_json("sagemaker", "SageMaker.", sagemaker);
  add_json("glue", "AWSGlue.", glue);
  add_json("events", "AWSEvents.", events);
  add_json("logs", "Logs_20140328.", logs);
  router.add("sagemaker-runtime",
             is_invocation,
             always({Scope::kRun, "sagemaker:InvokeEndpoint", "sagemaker", Dialect::kAwsRest}),
             [this](HttpRequest request, Responder respond) {
               const std::string name = invoked_endpoint(request);
               ml_desk.invoke(name, std::move(request), std::move(respond));
             });
  router.add("lambda",
             path_starts_with("/2015-03-31/functions/"),
             always({Scope::kRun, "lambda:InvokeFunction", "lambda", Dialect::kAwsRest}),
             [this](HttpRequest request, Responder respond) {
               functions.handle(request, std::move(respond));
             });
  router.add_direct("s3", is_s3_request, s3_access, [this](HttpRequest request, Responder respond) {
    s3.handle(std::move(request), std::move(respond));
  });
  router.add_direct("pages",
                    is_page_request,
                    always({Scope::kOpen, "GET /docs", "", Dialect::kProblem}),
                    [](const HttpRequest& request, const Responder& respond) {
                      respond(answer_page_request(request));
                    });
  router.add_direct(
      "states",
      [this](const HttpRequest& request) { return api->serves_at_once(request); },
      [this](const HttpRequest& request) { return api->access(request); },
      [this](HttpRequest request, Responder respond) {
        api->handle_at_once(std::move(request), std::move(respond));
      });
  router.add(
      "states",
      [this](const HttpRequest& request) { return api->serves(request); },
      [this](const HttpRequest& request) { return api->access(request); },
      [this](HttpRequest request, Responder respond) {
        api->handle(std::move(request), std::move(respond));
      });
}

Server::Parts::~Parts() {
  alarms->hurry();  // who waits for something is told that it has not come
  front.reset();
  map_runs.stop();
  executor.stop();
  firing.stop();
  execution_logs.reset();  // it may write through the client
  traces.reset();          // so may this
  client.reset();          // its callbacks reach into the services
}

Server::Server(const Config& config) : parts_(std::make_unique<Parts>(config)) {}
Server::~Server() = default;

std::uint16_t Server::port() const { return parts_->front->port(); }
std::string Server::url() const { return parts_->front->url(); }
void Server::reload(const Config& config) {
  const auto put_in_force = parts_->security.reloaded(config);
  parts_->front->reload(config);
  put_in_force();
}
Engine& Server::engine() { return *parts_->engine; }
Store& Server::store() { return *parts_->store; }

}  // namespace pawl::engine

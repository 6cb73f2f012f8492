#include "engine/server/ml_desk.h"

#include <array>
#include <chrono>
#include <utility>

#include "engine/api/metrics.h"
#include "engine/jobs/log_reader.h"
#include "engine/ml/documents.h"
#include "engine/ml/resources.h"

namespace pawl::engine {

using asl::Json;

namespace {

// As lines have them, and as people call them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kStreams = {
    {{"out", "stdout"}, {"err", "stderr"}, {"sys", "system"}}};

std::string tag_of(const std::string& stream) {
  for (const auto& [tag, name] : kStreams) {
    if (stream == name) return std::string(tag);
  }
  return "";
}

std::string_view stream_of(std::string_view tag) {
  for (const auto& [each, name] : kStreams) {
    if (tag == each) return name;
  }
  return "";
}

class JobLog final : public MlLog {
 public:
  JobLog(JobLogs& logs, std::string job, JobLogs::Place place, LogSelection selection)
      : logs_(logs), job_(std::move(job)), selection_(std::move(selection)) {
    open(std::move(place));
  }

  bool read(bool is_whole, const Take& take) override {
    return reader_->read(is_whole, [&](std::string_view whole, std::uint64_t end) {
      Line line{.whole = whole, .at_ms = -1, .stream = {}, .text = whole, .end = end};
      if (const auto parsed = parse_log_line(whole)) {
        line.at_ms = parsed->at_ms;
        line.stream = stream_of(parsed->tag);
        line.text = parsed->text;
      }
      take(line);
    });
  }
  std::uint64_t offset() const override { return reader_->offset(); }
  std::uint64_t size() const override { return reader_->size(); }
  std::string file() const override { return logs_.file(place_); }
  std::string status() override { return logs_.status(place_); }
  bool is_over() override {
    // An endpoint whose servers are still to be named has another log once they are.
    if (place_.is_endpoint && reader_->size() == 0) {
      if (auto place = logs_.find(job_); place && place->job != place_.job) {
        open(*std::move(place));
      }
    }
    return logs_.is_over(place_);
  }

 private:
  void open(JobLogs::Place place) {
    place_ = std::move(place);
    reader_.emplace(logs_.file(place_), selection_);
  }

  JobLogs& logs_;
  const std::string job_;
  const LogSelection selection_;
  JobLogs::Place place_;
  std::optional<LogReader> reader_;
};

// Without the "document".
Json view_of(MlResource what, const Resource& resource) {
  switch (what) {
    case MlResource::kJob:
      return job_view(*resource.kind, resource.record);
    case MlResource::kModel:
      return resource.kind == &model_kind() ? model_view(resource.record)
                                            : registered_model_view(resource.record);
    case MlResource::kEndpoint:
      break;
  }
  return endpoint_view(resource.record);
}

std::vector<const ResourceKind*> kinds_of(const MlQuery& query) {
  if (query.what == MlResource::kEndpoint) return {&endpoint_kind()};
  std::vector<const ResourceKind*> kinds;
  const auto add = [&](const ResourceKind& kind) {
    if (query.kind.empty() || query.kind == kind.name) kinds.push_back(&kind);
  };
  if (query.what == MlResource::kModel) {
    add(model_kind());
    add(registered_model_kind());
  } else {
    for (const ResourceKind& kind : job_kinds()) add(kind);
  }
  return kinds;
}

// Of a name: the kind and the name within it.
std::pair<const ResourceKind*, std::string> place_of(MlResource what, const std::string& name) {
  if (what == MlResource::kModel) return {&model_kind(), name};
  if (what == MlResource::kEndpoint) return {&endpoint_kind(), name};
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos) return {nullptr, ""};
  return {job_kind(name.substr(0, slash)), name.substr(slash + 1)};
}

Invocation answered(Invocation asked,
                    const HttpResponse& response,
                    std::chrono::steady_clock::duration time) {
  constexpr double kMicrosecondsPerMs = 1000;
  const auto us = std::chrono::duration_cast<std::chrono::microseconds>(time).count();
  asked.status = response.status;
  asked.duration_ms = static_cast<double>(us) / kMicrosecondsPerMs;
  asked.variant = std::string(response.headers.get("x-Amzn-Invoked-Production-Variant"));
  asked.request_id = std::string(response.headers.get("x-amzn-RequestId"));
  asked.response_bytes = response.body.size();
  return asked;
}

}  // namespace

ServerMlDesk::ServerMlDesk(MlServices& services,
                           const JsonService& sagemaker,
                           const JsonService& glue)
    : services_(services),
      sagemaker_(sagemaker),
      glue_(glue),
      logs_(services.context),
      registry_(services, sagemaker) {
  for (auto actions : {sagemaker_actions(services), glue_actions(services)}) {
    for (MlAction& action : actions) actions_.emplace(action.name, action);
  }
}

MlPage ServerMlDesk::list(const MlQuery& query) {
  ResourceQuery wanted;
  wanted.kinds = kinds_of(query);
  wanted.status = query.status;
  if (!query.execution_arn.empty()) wanted.owner_prefix = query.execution_arn + "#";
  wanted.after = query.after;
  wanted.limit = query.limit;
  ResourcePage found = list_resources(services_.context.records, wanted);
  MlPage page;
  page.next = std::move(found.next);
  for (const Resource& resource : found.found) page.items.push_back(view_of(query.what, resource));
  return page;
}

std::optional<Json> ServerMlDesk::find(MlResource what, const std::string& name) {
  const auto [kind, within] = place_of(what, name);
  if (kind == nullptr) return std::nullopt;
  auto record = find_resource(services_.context.records, *kind, within);
  if (!record) return std::nullopt;
  Json view = view_of(what, {kind, *record});
  view["document"] = with_times_in_seconds(record->document);
  return view;
}

std::unique_ptr<MlLog> ServerMlDesk::log(const std::string& job, const MlLogSelection& selection) {
  auto found = logs_.find(job);
  if (!found) return nullptr;
  return std::make_unique<JobLog>(
      logs_,
      job,
      *std::move(found),
      LogSelection{selection.offset, selection.since_ms, tag_of(selection.stream)});
}

void ServerMlDesk::call(MlService service,
                        const char* action,
                        Json request,
                        const std::string& owner,
                        const ActionReply& reply) {
  const JsonService& actions = service == MlService::kSageMaker ? sagemaker_ : glue_;
  const auto found = actions_.find(action);
  if (found == actions_.end()) return actions.call(action, std::move(request), reply);
  const auto& run = found->second.run;
  actions.call(action, std::move(request), reply, direct([&run, &owner](const Json& checked) {
                 return with_times_in_seconds(run(checked, owner));
               }));
}

void ServerMlDesk::invoke(const std::string& endpoint, HttpRequest request, Responder respond) {
  const auto begun = std::chrono::steady_clock::now();
  Invocation asked;
  asked.at = services_.context.now();
  asked.content_type = std::string(request.headers.get("Content-Type"));
  asked.request_bytes = request.body.size();
  // Answers may come when this is gone.
  Responder timed = [times = times_,
                     recent = recent_,
                     asked = std::move(asked),
                     endpoint,
                     begun,
                     respond = std::move(respond)](HttpResponse response) {
    const auto time = std::chrono::steady_clock::now() - begun;
    times->observe(endpoint, response.status, time);
    // Nor are names of endpoints that are not there kept: they are refused.
    if (response.status != InvocationTimes::kRefused)
      recent->add(endpoint, answered(asked, response, time));
    respond(std::move(response));
  };
  services_.endpoints.invoke(endpoint, std::move(request), std::move(timed));
}

std::string ServerMlDesk::metrics_text() {
  std::map<std::string, std::int64_t> running = services_.context.jobs.running();
  for (const char* kind : {"endpoint", "function", "glue", "training"})
    running.try_emplace(kind, 0);
  std::vector<std::pair<std::string, std::int64_t>> samples;
  for (const auto& [kind, count] : running) {
    samples.emplace_back("kind=\"" + kind + "\"", count);
  }
  return gauge_text("pawl_jobs_running",
                    samples,
                    "Processes of the local runtime, by what they are for: training, Glue runs, "
                    "servers of endpoints, calls of functions.") +
         times_->text();
}

}  // namespace pawl::engine

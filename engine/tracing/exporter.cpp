#include "engine/tracing/exporter.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "engine/tracing/otlp.h"

namespace pawl::engine {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kQueuedMax = 10'000;  // executions
constexpr std::size_t kTogetherMax = 100;   // executions a request
constexpr std::size_t kSpansMax = 10'000;   // of one request: a long history goes in parts
constexpr milliseconds kTogether{1'000};    // what ends meanwhile goes in one request
constexpr milliseconds kGoodbye{2'000};
constexpr std::array<milliseconds, 3> kAgainAfter = {
    milliseconds(500), milliseconds(1'500), milliseconds(4'500)};

bool ends_execution(const states::Fact& fact) {
  return std::holds_alternative<states::ExecutionSucceeded>(fact) ||
         std::holds_alternative<states::ExecutionFailed>(fact) ||
         std::holds_alternative<states::ExecutionTimedOut>(fact) ||
         std::holds_alternative<states::ExecutionAborted>(fact);
}

// [spec] Of the statuses, these ask for another try.
bool is_temporary(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

}  // namespace

TraceExporter::TraceExporter(
    TraceSettings settings, Engine& engine, Journal& journal, HttpClient& client, Counters counters)
    : settings_(std::move(settings)),
      engine_(engine),
      journal_(journal),
      client_(client),
      counters_(counters) {
  listener_ = engine_.listen("", [this](const Recorded& recorded) { happened(recorded); });
  thread_ = std::thread([this] { run(); });
}

TraceExporter::~TraceExporter() {
  engine_.unlisten(listener_);
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
    give_up_at_ = std::chrono::steady_clock::now() + kGoodbye;
  }
  changed_.notify_all();
  thread_.join();
}

// On the thread that made the step.
void TraceExporter::happened(const Recorded& recorded) {
  const auto end =
      std::find_if(recorded.events.begin(), recorded.events.end(), [](const states::Event& event) {
        return ends_execution(event.what);
      });
  const bool has_ended = end != recorded.events.end();
  const bool is_express = recorded.info.type == asl::MachineType::kExpress;
  if (!has_ended && !is_express) return;
  const std::lock_guard lock(mutex_);
  Ended ended{recorded.info, {}};
  if (is_express) {
    express_.add(recorded.info.arn, recorded.events);
    if (has_ended) ended.events = express_.take(recorded.info.arn);
  }
  if (!has_ended) return;
  if (queue_.size() == kQueuedMax) {
    ++counters_.dropped;
    return;
  }
  queue_.push_back(std::move(ended));
  if (queue_.size() == 1 || queue_.size() == kTogetherMax) changed_.notify_all();
}

bool TraceExporter::wait(milliseconds time) {
  std::unique_lock lock(mutex_);
  const auto until = std::min(std::chrono::steady_clock::now() + time, give_up_at_);
  changed_.wait_until(lock, until, [&] { return is_over_; });
  return std::chrono::steady_clock::now() < give_up_at_;
}

// Waits for the first, and a moment for others; empty: it is over.
std::vector<TraceExporter::Ended> TraceExporter::take() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return is_over_ || !queue_.empty(); });
  changed_.wait_for(lock, kTogether, [this] { return is_over_ || queue_.size() >= kTogetherMax; });
  std::vector<Ended> taken;
  while (!queue_.empty() && taken.size() < kTogetherMax) {
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return taken;
}

void TraceExporter::run() {
  for (;;) {
    const std::vector<Ended> ended = take();
    if (ended.empty()) return;
    std::vector<Span> spans;
    std::uint64_t executions = 0;
    const auto flush = [&] {
      if (!spans.empty() && !send(spans)) counters_.dropped += executions;
      spans.clear();
      executions = 0;
    };
    for (const Ended& one : ended) {
      std::vector<Span> of_one = spans_of_ended(one);
      ++executions;
      std::move(of_one.begin(), of_one.end(), std::back_inserter(spans));
      if (spans.size() >= kSpansMax) flush();
    }
    flush();
  }
}

std::vector<Span> TraceExporter::spans_of_ended(const Ended& ended) {
  constexpr std::size_t kPortion = 1'000;
  try {
    if (!ended.events.empty()) return spans_of(ended.info, ended.events);
    const auto row = journal_.find(ended.info.arn);
    if (!row) return {};
    std::vector<states::Event> events;
    for (;;) {
      const states::EventId next = events.empty() ? 1 : events.back().id + 1;
      auto portion = journal_.read_public(row->key, next, kPortion, false);
      const bool is_last = portion.size() < kPortion;
      std::move(portion.begin(), portion.end(), std::back_inserter(events));
      if (is_last) break;
    }
    return spans_of(ended.info, events);
  } catch (const std::exception& error) {
    spdlog::warn("traces: {} has none: {}", ended.info.arn, error.what());
    return {};
  }
}

bool TraceExporter::send(const std::vector<Span>& spans) {
  ClientRequest request;
  request.method = "POST";
  request.url = settings_.url;
  request.timeout = settings_.timeout;
  request.headers.set("Content-Type", "application/json");
  for (const auto& [name, value] : settings_.headers) request.headers.set(name, value);
  request.body = otlp_request(settings_.resource, spans);
  for (const milliseconds pause : kAgainAfter) {
    const Answer answer = post(request);
    if (answer == Answer::kTaken) counters_.sent += spans.size();
    if (answer != Answer::kLater) return answer == Answer::kTaken;
    if (!wait(pause)) break;
  }
  return false;
}

TraceExporter::Answer TraceExporter::post(const ClientRequest& request) {
  const ClientResult result = client_.send(request);
  if (const auto* error = std::get_if<ClientError>(&result)) {
    spdlog::warn("traces: {} does not answer: {}", settings_.url, error->message);
    return Answer::kLater;
  }
  const HttpResponse& response = std::get<HttpResponse>(result);
  if (response.status < 300) return Answer::kTaken;
  spdlog::warn("traces: {} answers {}", settings_.url, response.status);
  return is_temporary(response.status) ? Answer::kLater : Answer::kRefused;
}

}  // namespace pawl::engine

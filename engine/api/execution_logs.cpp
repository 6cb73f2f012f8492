#include "engine/api/execution_logs.h"

#include <spdlog/spdlog.h>

#include <map>
#include <utility>

#include "asl/text.h"
#include "asl/timestamp.h"
#include "engine/api/arn.h"
#include "engine/api/configuration.h"
#include "engine/api/execution_json.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr std::size_t kKnownMax = 10'000;
// More than this waits only when the log group takes nothing; the oldest are dropped then.
constexpr std::size_t kQueueMax = 100'000;

NewExecution express_execution(const std::string& arn, const MachineRow& machine) {
  NewExecution execution;
  execution.machine_revision = machine.revision;
  execution.info.arn = arn;
  execution.info.state_machine_arn = machine.arn;
  execution.info.state_machine_name = machine.name;
  execution.info.role_arn = machine.role_arn;
  execution.info.type = machine.type;
  return execution;
}

bool ends(std::string_view type, std::string_view ending) { return type.ends_with(ending); }

}  // namespace

std::optional<LogSettings> log_settings_of(const NewExecution& execution,
                                           const Json& configuration) {
  const auto logging = configuration.find("loggingConfiguration");
  if (logging == configuration.end()) return std::nullopt;
  LogSettings settings;
  settings.level = logging->value("level", "OFF");
  const auto destinations = logging->find("destinations");
  if (settings.level == "OFF" || destinations == logging->end() || destinations->empty()) {
    return std::nullopt;
  }
  settings.include_data = logging->value("includeExecutionData", false);
  settings.group = log_group_of(
      (*destinations)[0].at("cloudWatchLogsLogGroup").at("logGroupArn").get<std::string>());
  settings.stream = "states/" + execution.info.state_machine_name + "/" +
                    asl::format_timestamp_short(execution.info.start_time).substr(0, 10);
  return settings;
}

bool is_logged(std::string_view type, std::string_view level) {
  if (level == "ALL") return true;
  if (type == "ExecutionFailed" || type == "ExecutionAborted" || type == "ExecutionTimedOut") {
    return true;
  }
  if (level != "ERROR") return false;
  return type == "FailStateEntered" || ends(type, "Failed") || ends(type, "Aborted") ||
         ends(type, "TimedOut");
}

Json log_message(const states::Event& event, const HistoryView& view, int redrive_count) {
  const Json shown = history_event(event, view);
  Json details = Json::object();
  for (const auto& [name, value] : shown.items()) {
    if (value.is_object()) details = value;
  }
  return {{"id", std::to_string(event.id)},
          {"type", shown.at("type")},
          {"details", std::move(details)},
          {"previous_event_id", std::to_string(event.previous)},
          {"event_timestamp", std::to_string(event.at.ms)},
          {"execution_arn", view.execution.info.arn},
          {"redrive_count", std::to_string(redrive_count)}};
}

ExecutionLogs::ExecutionLogs(Engine& engine, Store& store, LogSink& sink, std::string region)
    : engine_(engine), store_(store), sink_(sink), region_(std::move(region)) {
  thread_ = std::thread([this] { run(); });
  listener_ = engine_.listen("", [this](const Recorded& recorded) { take(recorded); });
}

// On any thread that makes a step.
void ExecutionLogs::take(const Recorded& recorded) {
  const std::lock_guard lock(mutex_);
  if (!is_logging(recorded.machine_revision)) return;
  for (const states::Event& event : recorded.events) {
    if (states::is_private(event.what)) continue;
    if (queue_.size() >= kQueueMax) queue_.pop_front();
    queue_.push_back({recorded.info.arn, event});
  }
  changed_.notify_all();
}

// Most machines log nothing: their executions cost nothing here.
bool ExecutionLogs::is_logging(std::int64_t revision) {
  const auto found = revisions_.find(revision);
  if (found != revisions_.end()) return found->second;
  if (revisions_.size() >= kKnownMax) revisions_.clear();
  try {
    const auto machine = store_.catalog().find_revision(revision);
    return revisions_[revision] = machine && log_settings_of({}, machine->configuration);
  } catch (const std::exception& error) {
    spdlog::warn("cannot read whether revision {} is logged: {}", revision, error.what());
    return true;  // looked at again when its events are delivered
  }
}

ExecutionLogs::~ExecutionLogs() {
  engine_.unlisten(listener_);
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void ExecutionLogs::flush() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return queue_.empty() && !delivering_; });
}

void ExecutionLogs::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return;  // stopping, and all is delivered
    std::deque<Item> items;
    items.swap(queue_);
    delivering_ = true;
    lock.unlock();
    deliver(items);
    lock.lock();
    delivering_ = false;
    changed_.notify_all();
  }
}

void ExecutionLogs::deliver(std::deque<Item>& items) {
  std::map<std::pair<std::string, std::string>, std::vector<LogEvent>> batches;
  for (Item& item : items) {
    try {
      if (is_silent_child(item)) continue;
      Known& execution = known(item.arn, item.event);
      if (const auto* redriven = std::get_if<states::ExecutionRedriven>(&item.event.what)) {
        execution.redrive_count = redriven->redrive_count;
      }
      const auto& settings = execution.settings;
      if (settings && is_logged(states::event_type(item.event.what), settings->level)) {
        const HistoryView view{.execution = execution.execution,
                               .region = region_,
                               .include_data = settings->include_data};
        const Json message = log_message(item.event, view, execution.redrive_count);
        batches[{settings->group, settings->stream}].push_back(
            {item.event.at, asl::to_text(message)});
      }
      if (outcome_of(item.event.what)) forget(item.arn);
    } catch (const std::exception& error) {
      spdlog::warn("an event of {} is not logged: {}", item.arn, error.what());
    }
  }
  for (const auto& [place, events] : batches) {
    try {
      sink_.put(place.first, place.second, events);
    } catch (const std::exception& error) {
      spdlog::warn("{} log events are lost: {}", events.size(), error.what());
    }
  }
}

// Of an execution that the journal does not hold (EXPRESS, or not yet): its ARN names its machine.
std::optional<MachineRow> ExecutionLogs::machine_named_by(const std::string& arn) {
  const StatesArn parsed = parse_arn(arn);
  const std::string prefix = arn.substr(0, arn.find(":" + parsed.type + ":"));
  return store_.catalog().find_machine(prefix + ":stateMachine:" + parsed.name);
}

// A Map Run may have a million children: whether they log is asked once a second for all of them.
bool ExecutionLogs::is_silent_child(const Item& item) {
  const std::size_t slash = item.arn.find('/');
  if (slash == std::string::npos) return false;
  constexpr std::int64_t kGoodForMs = 1'000;
  auto [at, fresh] = silent_.try_emplace(item.arn.substr(0, slash));
  Silence& silence = at->second;
  if (fresh || silence.asked_at.ms + kGoodForMs < item.event.at.ms) {
    const auto machine = machine_named_by(item.arn);
    silence.asked_at = item.event.at;
    silence.is_silent = !machine || !log_settings_of({}, machine->configuration);
  }
  const bool is_silent = silence.is_silent;
  if (silent_.size() > kKnownMax) silent_.clear();
  return is_silent;
}

ExecutionLogs::Known& ExecutionLogs::known(const std::string& arn, const states::Event& event) {
  const auto found = known_.find(arn);
  if (found != known_.end()) {
    by_use_.splice(by_use_.end(), by_use_, found->second.use);
    return found->second;
  }
  Known fresh;
  if (auto row = store_.journal().find(arn)) {
    const auto machine = store_.catalog().find_revision(row->what.machine_revision);
    if (machine) fresh.settings = log_settings_of(row->what, machine->configuration);
    fresh.execution = std::move(row->what);
    fresh.redrive_count = row->redrive_count;
  } else if (const auto machine = machine_named_by(arn)) {
    fresh.execution = express_execution(arn, *machine);
    fresh.execution.info.start_time = event.at;
    fresh.settings = log_settings_of(fresh.execution, machine->configuration);
  }
  if (known_.size() >= kKnownMax) forget(by_use_.front());
  fresh.use = by_use_.insert(by_use_.end(), arn);
  return known_.emplace(arn, std::move(fresh)).first->second;
}

void ExecutionLogs::forget(const std::string& arn) {
  const auto found = known_.find(arn);
  if (found == known_.end()) return;
  by_use_.erase(found->second.use);
  known_.erase(found);
}

}  // namespace pawl::engine

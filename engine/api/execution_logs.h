// What executions log: their events, as far as their state machine's loggingConfiguration wants
// them, delivered to its log group in the order in which they became durable. Best effort, as on
// AWS: what a crash finds on its way is not delivered again.
// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
#pragma once

#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>

#include "asl/json.h"
#include "engine/api/history_json.h"
#include "engine/logs/log_sink.h"
#include "engine/runtime/engine.h"
#include "engine/store/store.h"

namespace pawl::engine {

// Where and what an execution logs.
struct LogSettings {
  std::string group;
  std::string stream;
  std::string level;  // "ALL", "ERROR", "FATAL"
  bool include_data = false;
};
// Nothing when the machine logs nothing.
std::optional<LogSettings> log_settings_of(const NewExecution& execution,
                                           const asl::Json& configuration);

// Whether an event of this type is logged at this level.
bool is_logged(std::string_view event_type, std::string_view level);

// {"id": "2", "type": ..., "details": {...}, "previous_event_id": "1", ...}: numbers as text.
asl::Json log_message(const states::Event& event, const HistoryView& view, int redrive_count);

// Follows every execution of an engine. A thread of its own looks up what is logged, and writes.
class ExecutionLogs {
 public:
  // REQUIRES: all of them outlive it.
  ExecutionLogs(Engine& engine, Store& store, LogSink& sink, std::string region);
  ~ExecutionLogs();
  ExecutionLogs(const ExecutionLogs&) = delete;
  ExecutionLogs& operator=(const ExecutionLogs&) = delete;

  // Returns when what came before is delivered.
  void flush();

 private:
  struct Item {
    std::string arn;
    states::Event event;
  };
  // What is known of an execution; without settings when it logs nothing.
  struct Known {
    std::optional<LogSettings> settings;
    NewExecution execution;
    int redrive_count = 0;
    std::list<std::string>::iterator use;
  };

  // Whether the children of a machine's Map Runs log nothing.
  struct Silence {
    asl::Timestamp asked_at{};
    bool is_silent = false;
  };

  void run();
  void take(const Recorded& recorded);
  bool is_logging(std::int64_t revision);
  void deliver(std::deque<Item>& items);
  std::optional<MachineRow> machine_named_by(const std::string& arn);
  bool is_silent_child(const Item& item);
  Known& known(const std::string& arn, const states::Event& event);
  void forget(const std::string& arn);

  Engine& engine_;
  Store& store_;
  LogSink& sink_;
  const std::string region_;
  std::uint64_t listener_ = 0;

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Item> queue_;
  std::unordered_map<std::int64_t, bool> revisions_;  // whether it asks for logs
  bool delivering_ = false;
  bool stopping_ = false;

  std::unordered_map<std::string, Known> known_;  // of the thread alone
  std::list<std::string> by_use_;
  std::unordered_map<std::string, Silence> silent_;  // by the ARN up to the machine's name
  std::thread thread_;
};

}  // namespace pawl::engine

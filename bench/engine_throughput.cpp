// How many executions a second does the engine keep on SQLite, and how many bytes is an event?
// Ten Pass states each, 256 starts at once, every execution durable before it is answered.
#include <benchmark/benchmark.h>
#include <stdlib.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "asl/parse.h"
#include "engine/runtime/make_engine.h"
#include "engine/runtime/system_world.h"
#include "engine/store/store.h"

namespace {

using namespace pawl;
using namespace pawl::engine;

class NoConnectors final : public Connectors {
 public:
  void call(const TaskCall&, std::shared_ptr<TaskReply>) override {}
  void cancel(const std::string&, states::WorkId) override {}
};

std::string ten_passes() {
  asl::Json states = asl::Json::object();
  for (int i = 0; i < 10; ++i) {
    asl::Json state = {{"Type", "Pass"}};
    if (i < 9) {
      state["Next"] = "State" + std::to_string(i + 1);
    } else {
      state["End"] = true;
    }
    states["State" + std::to_string(i)] = state;
  }
  return asl::Json({{"StartAt", "State0"}, {"States", states}}).dump();
}

// Lets a bounded number through at once.
class Gate {
 public:
  explicit Gate(int room) : room_(room), free_(room) {}
  void enter() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return free_ > 0; });
    --free_;
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    ++free_;
    changed_.notify_all();
  }
  void wait_until_empty() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return free_ == room_; });
  }

 private:
  const int room_;
  int free_;
  std::mutex mutex_;
  std::condition_variable changed_;
};

void executions_on_sqlite(benchmark::State& state) {
  std::string folder = (std::filesystem::temp_directory_path() / "pawl-bench-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return state.SkipWithError("no temporary folder");
  std::int64_t count = 0;
  std::int64_t events = 0;
  {
    const auto store = open_store("sqlite:" + folder + "/pawl.db");
    NoConnectors connectors;
    SystemClock clock;
    const auto engine = make_engine({.store = *store, .connectors = connectors, .clock = clock});
    MachineRow machine;
    machine.arn = "arn:aws:states:us-east-1:123456789012:stateMachine:ten";
    machine.name = "ten";
    machine.definition = ten_passes();
    machine.configuration = asl::Json::object();
    store->catalog().create_machine(machine);
    StartRequest request;
    request.info.state_machine_arn = machine.arn;
    request.info.state_machine_name = machine.name;
    request.machine = asl::parse_definition(machine.definition).machine;
    request.machine_revision = store->catalog().find_machine(machine.arn)->revision;
    Gate gate(static_cast<int>(state.range(0)));
    for (auto _ : state) {
      gate.enter();
      request.info.name = std::to_string(++count);
      request.info.arn = "arn:aws:states:us-east-1:123456789012:execution:ten:" + request.info.name;
      request.input = asl::Payload::of_text(R"({"order":)" + request.info.name +
                                            R"(,"items":["a","b","c"],"note":"as sent"})");
      engine->start(request, [&gate](auto) { gate.leave(); });
    }
    gate.wait_until_empty();
    const auto row = store->journal().find(request.info.arn);
    if (row) events = row->last_sequence * count;
  }
  std::uintmax_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) bytes += file.file_size();
  std::filesystem::remove_all(folder);
  state.SetItemsProcessed(count);
  state.counters["bytes_per_event"] =
      static_cast<double>(bytes) / static_cast<double>(std::max<std::int64_t>(events, 1));
}
BENCHMARK(executions_on_sqlite)->Arg(1)->Arg(256)->UseRealTime()->MinTime(3);

}  // namespace

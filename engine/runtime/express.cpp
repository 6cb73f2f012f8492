// EXPRESS executions: the same machine, and the same outside world, without the journal. Decisions
// take effect at once. [aws] They last five minutes at most, and what is lost in a crash is started
// again by whoever asked for it.
#include <spdlog/spdlog.h>

#include "engine/runtime/shard.h"

namespace pawl::engine {

namespace {

constexpr std::int64_t kKeepAgainMs = 1'000;

}  // namespace

void Shard::run_express(ExecutionKey key,
                        StartRequest request,
                        const std::function<void(std::variant<Started, EngineError>)>& done) {
  Entry& entry = add_entry(key);
  entry.express = std::make_unique<Express>();
  entry.express->key = key;
  entry.express->what = asked_for_by(request);
  entry.live = std::make_unique<Live>();
  entry.live->machine = request.machine;
  entry.live->revision = request.machine_revision;
  entry.live->execution = states::fold(
      *request.machine, std::make_shared<const states::ExecutionInfo>(request.info), {});
  if (request.ended) watchers_[key].push_back({0, std::move(request.ended)});
  const Started started{request.info.arn, request.info.start_time, false, key};
  decide(
      entry, states::Start{request.input}, [done, started](Verdict, Timestamp) { done(started); });
}

void Shard::go_on_in_memory(Entry& entry, states::Step step, InFlight waiting) {
  if (!step.events.empty()) {
    if (step.events.front().sequence == 1) entry.express->first = step.events.front();
    entry.express->last = step.events.back();
    publish(*entry.live, entry.key, step.events);
  }
  for (const AfterAppend& after : waiting.after) after(AppendStatus::kDurable);
  perform(entry, step.effects);  // last: the entry may be gone after it
}

// Of a child of a Map Run, start and end are kept, as two events of one append: it is there when it
// has ended, and not before.
void Shard::keep_end(const Express& express, const states::Outcome& outcome) {
  Append append;
  append.execution = express.key;
  append.create = express.what;
  states::Event last = express.last;
  last.sequence = 2;
  last.id = 2;
  last.previous = 0;
  append.events = {express.first, last};
  append.outcome = outcome;
  journal_.append(std::move(append),
                  [mailbox = mailbox_, this, express, outcome, on_its_way = hold_in_virtual_time()](
                      AppendStatus status) {
                    mailbox->post([this, express, outcome, status, on_its_way] {
                      // kNameTaken: kept already, before a crash.
                      if (status != AppendStatus::kFailed) return notify(express.key, outcome);
                      unkept_.emplace_back(express, outcome);
                      keep_at_ = Timestamp{clock_.now().ms + kKeepAgainMs};
                    });
                  });
}

void Shard::keep_ends_again() {
  keep_at_.reset();
  for (const auto& [express, outcome] : std::exchange(unkept_, {})) keep_end(express, outcome);
}

}  // namespace pawl::engine

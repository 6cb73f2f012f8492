#include "engine/runtime/express.h"

#include <spdlog/spdlog.h>

#include <limits>
#include <utility>

#include "engine/runtime/shard.h"
#include "engine/runtime/system_world.h"

namespace pawl::engine {

namespace {

constexpr std::int64_t kKeepAgainMs = 1'000;

// How it has ended, when it has; nothing of what else the step wants matters then.
const states::Outcome* outcome_of(const states::Step& step) {
  for (const states::Effect& effect : step.effects) {
    if (const auto* finish = std::get_if<states::Finish>(&effect)) return &finish->outcome;
  }
  return nullptr;
}

}  // namespace

NewExecution asked_for_by(StartRequest request) {
  return {std::move(request.info),
          request.machine_revision,
          std::move(request.version_arn),
          std::move(request.alias_arn),
          std::move(request.map_child),
          request.fork ? std::optional(request.fork->origin) : std::nullopt,
          std::move(request.parent_arn),
          std::move(request.labels)};
}

states::Limits express_limits(states::Limits limits) {
  limits.history_events_max = std::numeric_limits<std::int64_t>::max();
  return limits;
}

std::unique_ptr<asl::Entropy> entropy_of(const EngineOptions& options) {
  if (options.make_entropy) return options.make_entropy();
  return std::make_unique<SystemEntropy>();
}

ExpressStart::ExpressStart(const EngineOptions& options, const Tokens& tokens, Listeners& listeners)
    : clock_(options.clock),
      limits_(express_limits(options.limits)),
      tokens_(tokens),
      listeners_(listeners),
      make_entropy_([options] { return entropy_of(options); }) {}

std::optional<ExpressBegun> ExpressStart::begin(ExecutionKey key,
                                                StartRequest request,
                                                StartDone done) {
  request.info.start_time = clock_.now();
  states::Execution execution = states::fold(
      *request.machine, std::make_shared<const states::ExecutionInfo>(request.info), {});
  states::Step step = first_step(key, request, execution);
  listeners_.tell(key, {*execution.info, request.machine_revision, step.events});
  const states::Outcome* const outcome = outcome_of(step);
  if (outcome == nullptr || request.map_child) {
    return ExpressBegun{std::move(request), std::move(done), std::move(execution), std::move(step)};
  }
  done(Started{request.info.arn, request.info.start_time, false, key});
  if (request.ended) request.ended(*outcome);
  return std::nullopt;
}

states::Step ExpressStart::first_step(ExecutionKey key,
                                      const StartRequest& request,
                                      states::Execution& of) {
  std::unique_ptr<asl::Entropy> entropy;
  {
    const std::lock_guard lock(mutex_);
    if (!entropies_.empty()) {
      entropy = std::move(entropies_.back());
      entropies_.pop_back();
    }
  }
  if (!entropy) entropy = make_entropy_();
  const std::function<std::string(states::WorkId)> token_of = [this, key](states::WorkId work) {
    return tokens_.mint({key, work});
  };
  states::Step step = states::step(*request.machine,
                                   of,
                                   states::Start{request.input},
                                   {clock_.now(), *entropy, limits_, token_of});
  const std::lock_guard lock(mutex_);
  entropies_.push_back(std::move(entropy));
  return step;
}

void Shard::take_over(ExecutionKey key, ExpressBegun begun) {
  Entry& entry = add_entry(key);
  entry.express = std::make_unique<Express>();
  entry.express->key = key;
  entry.express->what = asked_for_by(begun.request);
  entry.express->first = begun.step.events.front();
  entry.express->last = begun.step.events.back();
  entry.live = std::make_unique<Live>();
  entry.live->machine = begun.request.machine;
  entry.live->revision = begun.request.machine_revision;
  entry.live->execution = std::move(begun.execution);
  if (begun.request.ended) watchers_[key].push_back({0, std::move(begun.request.ended)});
  begun.done(Started{begun.request.info.arn, begun.request.info.start_time, false, key});
  perform(entry, begun.step.effects);  // last: the entry may be gone after it
}

void Shard::go_on_in_memory(Entry& entry, states::Step step, InFlight waiting) {
  if (!step.events.empty()) {
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

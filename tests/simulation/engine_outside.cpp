#include <algorithm>

#include "states/step.h"
#include "tests/simulation/engine_world.h"
#include "tests/simulation/simulate.h"

namespace pawl::simulation {
namespace {

constexpr const char* kArnHead = "arn:aws:states:us-east-1:123456789012:execution:m:e";
constexpr std::int64_t kAgainMs = 1'000;
constexpr std::int64_t kLongMs = 300'000;

std::string place_in(const states::Execution& execution, states::ScopeId id) {
  const states::Scope& scope = execution.scopes.at(id);
  if (scope.parent == states::kNoScope) return "";
  return place_in(execution, scope.parent) + "/" + std::to_string(scope.index);
}

bool ends_task(const states::Event& event) {
  return std::holds_alternative<states::TaskSucceeded>(event.what) ||
         std::holds_alternative<states::TaskFailed>(event.what) ||
         std::holds_alternative<states::TaskSubmitFailed>(event.what) ||
         std::holds_alternative<states::TaskTimedOut>(event.what);
}

}  // namespace

EngineOutside::EngineOutside(const std::vector<Case>& cases, Complain complain)
    : cases_(cases), complain_(std::move(complain)) {
  std::string ignored;
  for (const Case& each : cases) machines_.push_back(machine_of(each, &ignored));
}

std::size_t EngineOutside::number_of(const std::string& execution_arn) {
  return std::stoul(execution_arn.substr(std::string(kArnHead).size()));
}

std::string EngineOutside::arn_of(std::size_t number) { return kArnHead + std::to_string(number); }

void EngineOutside::check_call(const engine::TaskCall& call,
                               const std::vector<states::Event>& events) {
  bool scheduled = false;
  for (const states::Event& event : events) {
    scheduled = scheduled || (event.sequence == call.task.work &&
                              std::holds_alternative<states::TaskScheduled>(event.what));
    if (event.sequence > call.task.work && event.scope == call.task.scope && ends_task(event)) {
      complain_(call.idempotency_token() + " is called though its end is durable");
    }
  }
  if (!scheduled) complain_(call.idempotency_token() + " is called before its cause is durable");
}

void EngineOutside::call(const engine::TaskCall& call, std::shared_ptr<engine::TaskReply> reply) {
  ++calls_;
  const auto row = durable_->find(call.execution_arn);
  if (!row) return complain_(call.execution_arn + " calls and is not durable");
  const std::vector<states::Event> events = durable_->read(row->key, 1, 100'000);
  check_call(call, events);
  const auto [at, is_new] = works_.try_emplace({call.execution_arn, call.task.work});
  Work& work = at->second;
  // One that slept may be asked for again, but says that it was submitted.
  if (work.called_by_this_server && !call.task.submitted) {
    complain_(call.idempotency_token() + " is called twice by one server");
  }
  if (!is_new && !call.task.resumed) {
    complain_(call.idempotency_token() + " is called again and does not say so");
  }
  work.called_by_this_server = true;
  work.reply = std::move(reply);
  work.token = call.task.token;
  if (is_new) return plan(work, call, events);
  for (Word& word : work.words) {
    if (!goes_by_token(word)) word.is_said = word.is_heard;
  }
}

void EngineOutside::plan(Work& work,
                         const engine::TaskCall& call,
                         const std::vector<states::Event>& events) {
  const auto cause = static_cast<std::size_t>(call.task.work);
  const std::size_t number = number_of(call.execution_arn);
  const std::span<const states::Event> until(events.data(), cause);
  const states::Execution then =
      states::fold(*machines_[number], std::make_shared<const states::ExecutionInfo>(), until);
  const std::int64_t at_ms = events[cause - 1].at.ms - kBegin.ms;
  const Manner manner = manner_of(call.task.resource);
  const Reply reply = reply_to(
      cases_[number].seed, call.task.state + place_in(then, call.task.scope), at_ms, manner);
  const states::WorkId id = call.task.work;
  if (manner == Manner::kActivity) {
    work.words.push_back({at_ms + reply.taken_after_ms, states::WorkStarted{id, "worker"}});
  }
  if (reply.submitted_after_ms) {
    work.words.push_back({at_ms + *reply.submitted_after_ms,
                          states::WorkSubmitted{id, asl::Payload::empty_object()}});
  }
  // Only the holder of a token can send a heartbeat.
  for (const std::int64_t after_ms : reply.heartbeats_after_ms) {
    if (call.task.token) work.words.push_back({at_ms + after_ms, states::WorkHeartbeat{id}});
  }
  if (!reply.answered_after_ms) return;
  asl::Result<asl::Payload> result = asl::Payload::of(reply.output);
  if (reply.error) result = asl::StateError{*reply.error, reply.cause};
  work.words.push_back(
      {at_ms + *reply.answered_after_ms, states::WorkReturned{id, std::move(result)}});
}

void EngineOutside::cancel(const std::string& execution_arn, states::WorkId work) {
  works_.erase({execution_arn, work});
}

bool EngineOutside::goes_by_token(const Word& word) {
  return std::holds_alternative<states::WorkHeartbeat>(word.what);
}

// A service that does not say that it took the task answers by itself.
bool EngineOutside::is_told_by_token(const Work& work) {
  return work.token && std::any_of(work.words.begin(), work.words.end(), [](const Word& word) {
           return std::holds_alternative<states::WorkStarted>(word.what) ||
                  std::holds_alternative<states::WorkSubmitted>(word.what);
         });
}

std::optional<std::pair<EngineOutside::Key, std::size_t>> EngineOutside::first() const {
  std::optional<std::pair<Key, std::size_t>> found;
  std::int64_t due_ms = 0;
  for (const auto& [key, work] : works_) {
    for (std::size_t i = 0; i < work.words.size(); ++i) {
      const Word& word = work.words[i];
      if (word.is_said || (found && word.due_ms >= due_ms)) continue;
      if (!work.reply && !is_told_by_token(work)) continue;  // nobody has asked yet
      found = {key, i};
      due_ms = word.due_ms;
    }
  }
  return found;
}

std::optional<std::int64_t> EngineOutside::next_due_ms() const {
  const auto next = first();
  if (!next) return std::nullopt;
  return works_.at(next->first).words[next->second].due_ms;
}

void EngineOutside::speak(engine::Engine& engine, std::int64_t now_ms, Dice& dice) {
  const auto next = first();
  if (!next) return;
  say(engine, works_.at(next->first), next->second, now_ms, dice);
}

void EngineOutside::say(
    engine::Engine& engine, Work& work, std::size_t index, std::int64_t now_ms, Dice& dice) {
  Word& word = work.words[index];
  word.is_said = true;
  const states::WorkId id = work_named_by(word.what);
  std::string arn;
  for (const auto& [key, each] : works_) {
    if (&each == &work) arn = key.first;
  }
  // A client tries again when the server cannot keep what it was told.
  const auto done =
      [this, key = Key(arn, id), index, now_ms](std::optional<engine::EngineError> e) {
        const auto at = works_.find(key);
        if (at == works_.end()) return;
        Word& said = at->second.words.at(index);
        said.is_heard = e != engine::EngineError::kUnavailable;
        if (said.is_heard) return;
        said.is_said = false;
        said.due_ms = now_ms + kAgainMs;
      };
  if (std::holds_alternative<states::WorkHeartbeat>(word.what)) {
    return engine.task_heartbeat(*work.token, done);
  }
  if (const auto* started = std::get_if<states::WorkStarted>(&word.what)) {
    if (work.reply) work.reply->started(started->worker_name);
  } else if (const auto* submitted = std::get_if<states::WorkSubmitted>(&word.what)) {
    if (work.reply) work.reply->submitted(submitted->output);
  } else if (const auto* returned = std::get_if<states::WorkReturned>(&word.what)) {
    const asl::Result<asl::Payload>& result = returned->result;
    const bool by_token = is_told_by_token(work) && (!work.reply || dice.one_in(2));
    if (by_token && result) return engine.task_succeeded(*work.token, *result, done);
    if (by_token) return engine.task_failed(*work.token, result.error(), done);
    if (result) return work.reply->succeeded(*result);
    work.reply->failed(result.error());
  }
}

bool EngineOutside::waits_in_vain(const std::string& execution_arn, std::int64_t now_ms) const {
  const auto row = durable_->find(execution_arn);
  if (!row) return false;
  const std::vector<states::Event> events = durable_->read(row->key, 1, 100'000);
  const states::Execution now = states::fold(*machines_[number_of(execution_arn)],
                                             std::make_shared<const states::ExecutionInfo>(),
                                             events);
  for (const auto& [id, scope] : now.scopes) {
    const auto* task = std::get_if<states::AwaitingTask>(&scope.phase);
    if (task == nullptr) continue;
    const auto work = works_.find({execution_arn, task->work});
    if (work == works_.end()) continue;
    for (const Word& word : work->second.words) {
      const bool is_answer = std::holds_alternative<states::WorkReturned>(word.what);
      if (is_answer && word.is_said && word.due_ms + kLongMs < now_ms) return true;
    }
  }
  return false;
}

void EngineOutside::server_died() {
  for (auto& [key, work] : works_) {
    work.reply.reset();
    work.called_by_this_server = false;
    for (Word& word : work.words) {
      const bool said_to_nobody = word.is_said && !word.is_heard;
      if (said_to_nobody && work.token) word.is_said = false;
    }
  }
}

}  // namespace pawl::simulation

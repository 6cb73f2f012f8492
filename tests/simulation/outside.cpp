#include "tests/simulation/outside.h"

#include "tests/simulation/dice.h"

namespace pawl::simulation {

using states::WorkId;

WorkId work_named_by(const states::Stimulus& stimulus) {
  return std::visit(
      [](const auto& what) -> WorkId {
        if constexpr (requires { what.work; }) {
          return what.work;
        } else {
          return 0;
        }
      },
      stimulus);
}

Outside::Place Outside::place_of(const Message& message) {
  return {message.due_ms, work_named_by(message.what), message.number};
}

void Outside::say(std::int64_t due_ms, states::Stimulus what) {
  const Message message{due_ms, ++numbers_, std::move(what)};
  messages_.emplace(place_of(message), message);
}

std::vector<std::string> Outside::called(std::uint64_t seed,
                                         const states::CallTask& call,
                                         const std::string& place,
                                         std::int64_t scheduled_at_ms) {
  const std::string name = "work " + std::to_string(call.work) + " of " + place;
  Work& work = works_[call.work];
  if (work.answered) return {name + " is called though its answer is recorded"};
  if (++work.calls > 1) {
    if (call.resumed) return {};
    return {name + " is called again and does not say so"};
  }
  const Manner manner = manner_of(call.resource);
  const Reply reply = reply_to(seed, place, scheduled_at_ms, manner);
  if (manner == Manner::kActivity) {
    say(scheduled_at_ms + reply.taken_after_ms, states::WorkStarted{call.work, "worker"});
  }
  if (reply.submitted_after_ms) {
    say(scheduled_at_ms + *reply.submitted_after_ms,
        states::WorkSubmitted{call.work, states::Payload::empty_object()});
  }
  for (const std::int64_t after_ms : reply.heartbeats_after_ms) {
    say(scheduled_at_ms + after_ms, states::WorkHeartbeat{call.work});
  }
  if (!reply.answered_after_ms) return {};
  const std::int64_t due_ms = scheduled_at_ms + *reply.answered_after_ms;
  if (reply.error) {
    say(due_ms, states::WorkReturned{call.work, states::StateError{*reply.error, reply.cause}});
  } else {
    say(due_ms, states::WorkReturned{call.work, states::Payload::of(reply.output)});
  }
  return {};
}

void Outside::map_run_started(std::uint64_t seed,
                              const states::StartMapRun& run,
                              std::int64_t scheduled_at_ms) {
  if (++works_[run.work].calls > 1) return;
  Dice dice(mixed(seed, run.state + "@" + std::to_string(scheduled_at_ms)));
  const std::int64_t due_ms = scheduled_at_ms + dice.between(1, 5'000);
  if (dice.one_in(3)) {
    say(due_ms,
        states::WorkReturned{run.work, states::StateError{"States.ItemReaderFailed", "no items"}});
  } else {
    say(due_ms, states::WorkReturned{run.work, states::Payload::of(Json::array({1, 2}))});
  }
}

const Message* Outside::next() const {
  return messages_.empty() ? nullptr : &messages_.begin()->second;
}

void Outside::taken(const Message& message) { messages_.erase(place_of(message)); }

void Outside::lost(const Message& message) {
  // What was cancelled meanwhile is not said again; a cancelled work is not known any more.
  if (!works_.contains(work_named_by(message.what))) return;
  messages_.emplace(place_of(message), message);
}

void Outside::recorded(const Message& message) {
  if (!std::holds_alternative<states::WorkReturned>(message.what)) return;
  const auto work = works_.find(work_named_by(message.what));
  if (work != works_.end()) work->second.answered = true;
}

void Outside::repeat(const Message& message, std::int64_t due_ms) {
  // A second heartbeat would be one more.
  if (std::holds_alternative<states::WorkHeartbeat>(message.what)) return;
  say(due_ms, message.what);
}

void Outside::forget(WorkId work) {
  std::erase_if(messages_,
                [work](const auto& entry) { return work_named_by(entry.second.what) == work; });
}

}  // namespace pawl::simulation

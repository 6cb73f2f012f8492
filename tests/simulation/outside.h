// The services that tasks call. They outlive the server, know each piece of work by its number and
// do it once, whoever asks how often.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "states/effect.h"
#include "tests/simulation/case.h"

namespace pawl::simulation {

struct Message {
  std::int64_t due_ms = 0;
  int number = 0;  // in the order in which they were made
  states::Stimulus what;
};

// 0: it names none.
states::WorkId work_named_by(const states::Stimulus& stimulus);

class Outside {
 public:
  // Answers with what is wrong about the call. `place` and `scheduled_at_ms` say what the answer
  // will be.
  std::vector<std::string> called(std::uint64_t seed,
                                  const states::CallTask& call,
                                  const std::string& place,
                                  std::int64_t scheduled_at_ms);
  void map_run_started(std::uint64_t seed,
                       const states::StartMapRun& run,
                       std::int64_t scheduled_at_ms);
  // The server takes the work back; the message may be lost.
  void cancelled(states::WorkId work) { forget(work); }

  // What is said next; nullptr: nothing more.
  const Message* next() const;
  // It is on its way to the server, which may yet lose it.
  void taken(const Message& message);
  void lost(const Message& message);
  // What follows from it is durable.
  void recorded(const Message& message);
  // Once more, later: nobody may hear it.
  void repeat(const Message& message, std::int64_t due_ms);

 private:
  struct Work {
    bool answered = false;  // and the answer is recorded
    int calls = 0;
  };
  void say(std::int64_t due_ms, states::Stimulus what);
  void forget(states::WorkId work);

  int numbers_ = 0;
  std::map<states::WorkId, Work> works_;
  // By when they are due, and then by the work: the same order whatever crashed.
  using Place = std::tuple<std::int64_t, states::WorkId, int>;
  static Place place_of(const Message& message);
  std::map<Place, Message> messages_;
};

}  // namespace pawl::simulation

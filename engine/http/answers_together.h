// Answers that leave together. An answer given on a thread that is not its connection's wakes the
// connection's; a thread that gives many in a row wakes it once for all of them.
#pragma once

#include <functional>

namespace pawl::engine {

// While one lives, the answers given on its thread wait, until it ends or there are some sixteen.
// Keep it for a moment only. One inside another does nothing.
class AnswersTogether {
 public:
  AnswersTogether();
  ~AnswersTogether();
  AnswersTogether(const AnswersTogether&) = delete;
  AnswersTogether& operator=(const AnswersTogether&) = delete;

 private:
  const bool is_outer_;
};

// What has to be done before an answer leaves, and once will do for several. True: it is done, on
// this thread, before the answers that it gives from now on leave; once, however often `who` asks.
// False: answers do not wait here, so it is the caller's to do.
bool before_answers_leave(const void* who, const std::function<void()>& what);

}  // namespace pawl::engine

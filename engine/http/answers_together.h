// Answers that leave together. An answer given on a thread that is not its connection's wakes the
// connection's; a thread that gives many in a row wakes it once for all of them.
#pragma once

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

}  // namespace pawl::engine

#include "engine/http/late_answers.h"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "engine/http/answers_together.h"

namespace pawl::engine {
namespace {

constexpr std::size_t kTogetherMax = 16;  // the first of them has waited long enough

void deliver(std::vector<LateAnswer>& answers) {
  for (LateAnswer& answer : answers) {
    const std::shared_ptr<Connection> connection = answer.connection.lock();
    if (!connection) continue;
    connection->answer(answer.request, std::move(answer.response), std::move(answer.spooled));
  }
}

}  // namespace

LateAnswers& LateAnswers::here() {
  thread_local LateAnswers answers;
  return answers;
}

void LateAnswers::add(const std::shared_ptr<ServerShared>& server,
                      const Executor& loop,
                      LateAnswer answer) {
  auto group = std::find_if(
      groups_.begin(), groups_.end(), [&](const Group& one) { return one.loop == loop; });
  if (group == groups_.end()) group = groups_.insert(groups_.end(), Group{server, loop, {}});
  group->answers.push_back(std::move(answer));
  if (++count_ == kTogetherMax || !is_holding_) send();
}

bool LateAnswers::before_sending(const void* who, const std::function<void()>& what) {
  if (!is_holding_) return false;
  const bool is_known = std::any_of(
      errands_.begin(), errands_.end(), [who](const Errand& one) { return one.who == who; });
  if (!is_known) errands_.push_back({who, what});
  return true;
}

void LateAnswers::release() {
  is_holding_ = false;
  send();
}

void LateAnswers::send() {
  count_ = 0;
  for (const Errand& errand : std::exchange(errands_, {})) errand.what();
  for (Group& group : std::exchange(groups_, {})) {
    boost::asio::post(group.loop,
                      [answers = std::move(group.answers)]() mutable { deliver(answers); });
  }
}

bool before_answers_leave(const void* who, const std::function<void()>& what) {
  return LateAnswers::here().before_sending(who, what);
}

AnswersTogether::AnswersTogether() : is_outer_(LateAnswers::here().hold()) {}

AnswersTogether::~AnswersTogether() {
  if (is_outer_) LateAnswers::here().release();
}

}  // namespace pawl::engine

// The answers that an AnswersTogether holds back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "engine/http/connection.h"

namespace pawl::engine {

struct LateAnswer {
  // Weak: after the server stopped nothing reads it any more, and it must not keep its own queue
  // alive.
  std::weak_ptr<Connection> connection;
  std::uint64_t request = 0;
  HttpResponse response;
  std::unique_ptr<SpoolFile> spooled;
};

// One of each thread; not thread-safe.
class LateAnswers {
 public:
  using Executor = ServerShared::Loop::executor_type;

  static LateAnswers& here();

  // False: they are held back already.
  bool hold() { return !std::exchange(is_holding_, true); }
  // Lets go what is held.
  void release();
  // As before_answers_leave() says.
  bool before_sending(const void* who, const std::function<void()>& what);
  // Sends it to the thread of the connection's loop, which is one of `server`'s, sooner or later.
  void add(const std::shared_ptr<ServerShared>& server, const Executor& loop, LateAnswer answer);

 private:
  struct Errand {
    const void* who = nullptr;
    std::function<void()> what;
  };
  struct Group {
    std::shared_ptr<ServerShared> server;  // the loop lives as long
    Executor loop;
    std::vector<LateAnswer> answers;
  };

  void send();

  bool is_holding_ = false;
  std::size_t count_ = 0;
  std::vector<Group> groups_;  // one a loop
  std::vector<Errand> errands_;
};

}  // namespace pawl::engine

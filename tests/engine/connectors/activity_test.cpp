#include "engine/connectors/activity.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <thread>
#include <vector>

namespace pawl::engine {
namespace {

class ManualAlarms final : public Alarms {
 public:
  std::uint64_t after(std::chrono::milliseconds, std::function<void()> ring) override {
    alarms_.emplace(++last_, std::move(ring));
    return last_;
  }
  void cancel(std::uint64_t id) override { alarms_.erase(id); }
  void hurry() override { ring_all(); }
  void ring_all() {
    const auto due = std::exchange(alarms_, {});
    for (const auto& [id, ring] : due) ring();
  }

 private:
  std::map<std::uint64_t, std::function<void()>> alarms_;
  std::uint64_t last_ = 0;
};

struct Reply final : TaskReply {
  void started(std::optional<std::string> worker_name) override {
    workers.push_back(worker_name.value_or("-"));
  }
  void submitted(Payload) override {}
  void succeeded(Payload) override {}
  void failed(StateError) override {}
  std::vector<std::string> workers;
};

class ActivityQueue : public testing::Test {
 protected:
  ActivityQueue() : connector_(alarms_) {}

  std::shared_ptr<Reply> schedule(states::WorkId work, bool resumed = false, bool taken = false) {
    TaskCall call;
    call.execution_arn = "execution";
    call.task.work = work;
    call.task.kind = states::TaskKind::kActivity;
    call.task.resource = "activity";
    call.task.parameters = Payload::of_text("{\"work\":" + std::to_string(work) + "}");
    call.task.token = "token-" + std::to_string(work);
    call.task.resumed = resumed;
    call.task.submitted = taken;
    auto reply = std::make_shared<Reply>();
    connector_.call(call, reply);
    return reply;
  }
  // Adds "token-N" or "none" to `answers_` once the poll is answered.
  bool poll(std::function<bool()> is_gone = nullptr) {
    return connector_.poll("activity",
                           {"worker", std::move(is_gone)},
                           std::chrono::seconds(60),
                           [this](const std::optional<ActivityTask>& task) {
                             answers_.push_back(task ? task->token : "none");
                           });
  }

  using Answers = std::vector<std::string>;
  ManualAlarms alarms_;
  ActivityConnector connector_;
  Answers answers_;
};

TEST_F(ActivityQueue, ATaskOfAnActivityThatIsNotThereFailsUnlessItWasScheduledBefore) {
  struct Failures final : TaskReply {
    void started(std::optional<std::string>) override {}
    void submitted(Payload) override {}
    void succeeded(Payload) override {}
    void failed(StateError error) override { errors.push_back(error.name.value_or("")); }
    std::vector<std::string> errors;
  };
  int looks = 0;
  ActivityConnector connector(alarms_, 10, [&](const std::string& arn) {
    ++looks;
    return arn == "there";
  });
  const auto failures = std::make_shared<Failures>();
  const auto call = [&](const std::string& activity, bool resumed) {
    TaskCall task;
    task.execution_arn = "execution";
    task.task.work = looks + 1;
    task.task.resource = activity;
    task.task.resumed = resumed;
    connector.call(task, failures);
  };
  call("gone", true);
  call("there", false);
  call("there", false);
  EXPECT_EQ(looks, 1);
  EXPECT_TRUE(failures->errors.empty());
  call("gone", false);
  EXPECT_EQ(failures->errors, std::vector<std::string>{"States.Runtime"});
}

TEST_F(ActivityQueue, AThousandWorkersWaitAndThoseThatHaveLeftMakeRoom) {
  bool has_left = false;
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(poll([&] { return has_left; }));
  EXPECT_FALSE(poll());
  has_left = true;
  EXPECT_TRUE(poll());
  schedule(1);
  EXPECT_EQ(answers_, Answers{"token-1"});
}

TEST_F(ActivityQueue, TasksAreHandedOutInOrderAndTheWorkerIsRecorded) {
  const auto first = schedule(1);
  const auto second = schedule(2);
  EXPECT_TRUE(first->workers.empty());
  poll();
  poll();
  EXPECT_EQ(answers_, (Answers{"token-1", "token-2"}));
  EXPECT_EQ(first->workers, Answers{"worker"});
  EXPECT_EQ(second->workers, Answers{"worker"});
}

TEST_F(ActivityQueue, AWaitingWorkerGetsTheNextTaskAtOnce) {
  poll();
  EXPECT_TRUE(answers_.empty());
  schedule(1);
  EXPECT_EQ(answers_, Answers{"token-1"});
  alarms_.ring_all();
  EXPECT_EQ(answers_, Answers{"token-1"});
}

TEST_F(ActivityQueue, AWorkerThatWaitedLongEnoughGetsNothing) {
  poll();
  alarms_.ring_all();
  EXPECT_EQ(answers_, Answers{"none"});
  schedule(1);
  poll();
  EXPECT_EQ(answers_, (Answers{"none", "token-1"}));
}

TEST_F(ActivityQueue, ATaskTakenBackIsNotHandedOut) {
  schedule(1);
  schedule(2);
  connector_.cancel("execution", 1);
  connector_.cancel("execution", 7);  // never came
  poll();
  EXPECT_EQ(answers_, Answers{"token-2"});
}

TEST_F(ActivityQueue, ATaskCalledTwiceWaitsOnce) {
  schedule(1);
  schedule(1, true);
  poll();
  poll();
  EXPECT_EQ(answers_, Answers{"token-1"});
}

TEST_F(ActivityQueue, ARecoveredTaskWaitsAgainUnlessAWorkerHasIt) {
  schedule(1, true, true);
  schedule(2, true, false);
  poll();
  poll();
  EXPECT_EQ(answers_, Answers{"token-2"});
}

TEST_F(ActivityQueue, AWorkerWhoseConnectionIsGoneIsPassedOver) {
  poll([] { return true; });
  poll();
  schedule(1);
  EXPECT_EQ(answers_, Answers{"token-1"});
}

TEST_F(ActivityQueue, ManyWorkersAndTasksMeetExactlyOnce) {
  const auto alarms = make_alarms();
  ActivityConnector connector(*alarms);
  std::mutex mutex;
  std::map<std::string, int> taken;
  constexpr int kTasks = 200;
  std::thread scheduler([&] {
    for (int i = 1; i <= kTasks; ++i) {
      TaskCall call;
      call.execution_arn = "execution";
      call.task.work = i;
      call.task.kind = states::TaskKind::kActivity;
      call.task.resource = "activity";
      call.task.token = std::to_string(i);
      connector.call(call, std::make_shared<Reply>());
    }
  });
  std::vector<std::thread> workers;
  for (int w = 0; w < 4; ++w) {
    workers.emplace_back([&] {
      for (int i = 0; i < kTasks / 4; ++i) {
        connector.poll(
            "activity", {}, std::chrono::minutes(1), [&](const std::optional<ActivityTask>& task) {
              const std::lock_guard lock(mutex);
              if (task) ++taken[task->token];
            });
      }
    });
  }
  scheduler.join();
  for (std::thread& worker : workers) worker.join();
  EXPECT_EQ(taken.size(), static_cast<std::size_t>(kTasks));
  for (const auto& [token, count] : taken) EXPECT_EQ(count, 1) << token;
}

TEST(Alarms, RingOnceUnlessCancelled) {
  std::mutex mutex;
  std::condition_variable rang;
  std::vector<int> order;
  const auto note = [&](int value) {
    const std::lock_guard lock(mutex);
    order.push_back(value);
    rang.notify_all();
  };
  const auto alarms = make_alarms();
  const auto cancelled = alarms->after(std::chrono::milliseconds(1'000'000), [&] { note(9); });
  alarms->after(std::chrono::milliseconds(20), [&] { note(2); });
  alarms->after(std::chrono::milliseconds(1), [&] { note(1); });
  alarms->cancel(cancelled);
  std::unique_lock lock(mutex);
  rang.wait(lock, [&] { return order.size() == 2; });
  EXPECT_EQ(order, (std::vector<int>{1, 2}));
}

}  // namespace
}  // namespace pawl::engine

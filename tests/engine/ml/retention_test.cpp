#include "engine/ml/retention.h"

#include "engine/ml/documents.h"
#include "tests/engine/ml/ml_fixture.h"

namespace pawl::engine {
namespace {

namespace fs = std::filesystem;
using asl::Json;

class Retained : public MlTest {
 protected:
  // Calls a function for the work `work` of an execution called `execution`; empty: for nobody.
  void call(const std::string& execution, int work) {
    if (!functions_) {
      functions_ = std::make_unique<Functions>(
          *context_,
          std::map<std::string, FunctionSpec>{{"f", CommandFunction{"echo >>runs; cat"}}},
          std::nullopt);
    }
    FunctionCall call;
    call.function = "f";
    if (!execution.empty()) call.idempotency_token = execution + "#" + std::to_string(work);
    auto done = std::make_shared<std::promise<FunctionResult>>();
    functions_->invoke(call, [done](FunctionResult result) { done->set_value(std::move(result)); });
    wait(done->get_future());
  }
  // Makes all that has ended `by` older.
  void age(std::chrono::hours by) {
    for (const char* folder : {"/jobs", "/functions"}) {
      std::error_code none;
      for (const auto& entry : fs::recursive_directory_iterator(folder_ + folder, none)) {
        if (entry.is_directory() || entry.path().filename() == "status.json")
          fs::last_write_time(entry.path(), fs::last_write_time(entry.path()) - by);
      }
    }
  }
  std::size_t sweep(Keep calls, Keep jobs = {100, std::chrono::hours(1000)}) {
    return Cleaner(*context_,
                   {calls, jobs},
                   [this](const std::string& execution) { return running_ == execution; })
        .sweep();
  }
  std::size_t count(const std::string& folder) const {
    std::size_t number = 0;
    std::error_code none;
    for (const auto& entry : fs::directory_iterator(folder_ + folder, none))
      number += entry.is_directory() ? 1 : 0;
    return number;
  }
  ~Retained() override { executor_->stop(); }

  std::unique_ptr<Functions> functions_;
  std::string running_;
};

constexpr Keep kAllCalls = {100, std::chrono::hours(1000)};

TEST_F(Retained, CallsAreTheNewestOnes) {
  for (int i = 0; i < 5; ++i) call("", i);
  age(std::chrono::hours(1));
  EXPECT_EQ(sweep(kAllCalls), 0U);
  EXPECT_EQ(sweep({2, std::chrono::hours(1000)}), 3U);
  EXPECT_EQ(count("/functions"), 2U);
  EXPECT_EQ(count("/jobs/function"), 2U);
}

TEST_F(Retained, CallsAreNotOlderThanTheyMayBe) {
  call("", 1);
  age(std::chrono::hours(50));
  call("", 2);
  age(std::chrono::hours(1));
  EXPECT_EQ(sweep({100, std::chrono::hours(24)}), 1U);
  EXPECT_EQ(count("/functions"), 1U);
}

TEST_F(Retained, CallsOfAnExecutionThatRunsStayAndAreAnsweredWithoutRunningAgain) {
  call("busy", 1);
  call("over", 1);
  age(std::chrono::hours(50));
  running_ = "busy";
  EXPECT_EQ(sweep({0, std::chrono::hours(0)}), 1U);
  call("busy", 1);
  ASSERT_EQ(count("/functions"), 1U);
  const fs::path folder = fs::directory_iterator(folder_ + "/functions")->path();
  EXPECT_EQ(fs::file_size(folder / "runs"), 1U);
  running_ = "";
  EXPECT_EQ(sweep({0, std::chrono::hours(0)}), 1U);
  EXPECT_EQ(count("/functions"), 0U);
}

TEST_F(Retained, CallsThatHaveJustEndedStay) {
  call("", 1);
  EXPECT_EQ(sweep({0, std::chrono::hours(0)}), 0U);
}

TEST_F(Retained, CallsWhoseRemovalWasCutShortGoWithTheNextSweep) {
  call("", 1);
  const std::string name = fs::directory_iterator(folder_ + "/functions")->path().filename();
  age(std::chrono::hours(1));
  ASSERT_TRUE(jobs_->remove("function/" + name));  // and there the server died
  EXPECT_EQ(sweep(kAllCalls), 1U);
  EXPECT_EQ(count("/functions"), 0U);
}

TEST_F(Retained, JobsThatRunStay) {
  services_->training_jobs.create(training_request("slow", "test/slow:1"), "");
  while (!jobs_->exists("training/slow")) std::this_thread::yield();
  while (!fs::exists(jobs_->folder_of("training/slow") + "/status.json")) std::this_thread::yield();
  age(std::chrono::hours(5000));
  EXPECT_EQ(sweep(kAllCalls, {0, std::chrono::hours(0)}), 0U);
  EXPECT_FALSE(jobs_->remove("training/slow"));
  services_->training_jobs.stop("slow");
  EXPECT_EQ(text_of(end_of("slow"), "TrainingJobStatus"), "Stopped");
}

TEST_F(Retained, JobsThatHaveEndedLoseTheirLogsButNotTheirRecords) {
  services_->training_jobs.create(training_request("old", "test/good:1"), "");
  end_of("old");
  age(std::chrono::hours(5000));
  EXPECT_EQ(sweep(kAllCalls), 1U);
  EXPECT_FALSE(jobs_->exists("training/old"));
  EXPECT_EQ(text_of(services_->training_jobs.describe("old"), "TrainingJobStatus"), "Completed");
}

TEST_F(Retained, HalfRemovedJobsAreNoJobs) {
  call("", 1);
  const std::string name = fs::directory_iterator(folder_ + "/functions")->path().filename();
  fs::create_directories(folder_ + "/jobs/.removed");
  fs::rename(folder_ + "/jobs/function/" + name, folder_ + "/jobs/.removed/1");
  close();
  open();
  EXPECT_FALSE(fs::exists(folder_ + "/jobs/.removed"));
  EXPECT_FALSE(jobs_->exists("function/" + name));
}

}  // namespace
}  // namespace pawl::engine

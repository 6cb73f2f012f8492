#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/jobs/job_folder.h"
#include "engine/jobs/process_tree.h"
#include "tests/engine/jobs/job_fixture.h"

namespace pawl::engine {
namespace {

using Jobs = JobTest;
using How = JobEnd::How;

TEST_F(Jobs, ExitCodeIsHandedOver) {
  JobManager manager(options());
  const JobEnd end = run(manager, shell_job("training/a", "exit 7"));
  EXPECT_EQ(end.how, How::kExited);
  EXPECT_EQ(end.code, 7);
  EXPECT_GT(end.started_at_ms, 1'600'000'000'000);
  EXPECT_GE(end.ended_at_ms, end.started_at_ms);
  EXPECT_TRUE(manager.exists("training/a"));
  EXPECT_FALSE(manager.exists("training/b"));
  ASSERT_TRUE(manager.end_of("training/a"));
  EXPECT_EQ(manager.end_of("training/a")->code, 7);
}

TEST_F(Jobs, AKillingSignalIsHandedOverWithAndWithoutSandbox) {
  JobManager boxed(options());
  JobEnd end = run(boxed, shell_job("boxed", "kill -SEGV $$"));
  EXPECT_EQ(end.how, How::kSignalled);
  EXPECT_EQ(end.code, SIGSEGV);
  auto plain = options();
  plain.sandbox = false;
  JobManager unboxed(plain);
  end = run(unboxed, shell_job("unboxed", "kill -SEGV $$"));
  EXPECT_EQ(end.how, How::kSignalled);
  EXPECT_EQ(end.code, SIGSEGV);
}

TEST_F(Jobs, AnIdIsStartedOnce) {
  const std::string counter = scratch_.make("count");
  JobManager manager(options());
  JobSpec spec = shell_job("once", "echo run >> " + counter + "/runs; exit 3");
  spec.mounts = {{counter, counter, false}};
  EXPECT_EQ(run(manager, spec).code, 3);
  EXPECT_EQ(run(manager, spec).code, 3);
  JobManager later(options());
  EXPECT_EQ(run(later, spec).code, 3);
  EXPECT_EQ(text_of(counter + "/runs"), "run\n");
}

TEST_F(Jobs, AClaimWithoutAProcessIsStartedByTheNextServer) {
  JobManager manager(options());
  const JobFolder folder(manager.folder_of("claimed"));
  JobSpec claimed = shell_job("claimed", "exit 5");
  ASSERT_TRUE(folder.claim({claimed, {}}));
  EXPECT_FALSE(folder.claim({claimed, {}}));
  // The spec given now is not the one that counts.
  EXPECT_EQ(run(manager, shell_job("claimed", "exit 6")).code, 5);
}

TEST_F(Jobs, ASecondSupervisorOfAJobDoesNothing) {
  const std::string shared = scratch_.make("shared");
  JobManager manager(options());
  JobSpec spec = shell_job("twice", "echo run >> runs; until [ -e go ]; do sleep 0.02; done");
  spec.mounts = {{shared, shared, false}};
  spec.working_folder = shared;
  EndBox box;
  manager.start_or_attach(spec, box.receiver());
  ASSERT_TRUE(wait_for_file(shared + "/runs"));
  EXPECT_EQ(
      ::system(
          (options().supervisor_program + " job-supervisor " + manager.folder_of("twice")).c_str()),
      0);
  write_text(shared + "/go", "");
  EXPECT_EQ(box.wait().how, How::kExited);
  EXPECT_EQ(
      ::system(
          (options().supervisor_program + " job-supervisor " + manager.folder_of("twice")).c_str()),
      0);
  EXPECT_EQ(text_of(shared + "/runs"), "run\n");
}

TEST_F(Jobs, AJobSurvivesKillingItsServerAndIsAttachedToAgain) {
  const std::string shared = scratch_.make("shared");
  const JobSpec spec = surviving_job(shared);
  const pid_t server = ::fork();
  if (server == 0) {
    // A server of its own: another image of this program, so that no thread or lock is half copied.
    const std::string self = std::filesystem::read_symlink("/proc/self/exe");
    ::execl(self.c_str(),
            self.c_str(),
            "serve-jobs",
            (scratch_.path() + "/jobs").c_str(),
            shared.c_str(),
            static_cast<char*>(nullptr));
    ::_exit(1);
  }
  ASSERT_TRUE(wait_for_file(shared + "/runs"));
  const JobFolder folder(scratch_.path() + "/jobs/survivor");
  const pid_t supervisor = folder.lock_holder();
  ASSERT_GT(supervisor, 0);
  const auto before = folder.status();
  ASSERT_TRUE(before);
  ASSERT_EQ(::kill(server, SIGKILL), 0);
  ASSERT_EQ(::waitpid(server, nullptr, 0), server);

  JobManager manager(options());
  EndBox box;
  manager.start_or_attach(spec, box.receiver());
  EXPECT_FALSE(manager.end_of("survivor"));
  EXPECT_EQ(folder.lock_holder(), supervisor);
  EXPECT_EQ(folder.status()->process.pid, before->process.pid);
  EXPECT_TRUE(is_alive(before->process));
  write_text(shared + "/go", "");
  EXPECT_EQ(box.wait().code, 9);
  EXPECT_EQ(text_of(shared + "/runs"), "run\n");
}

TEST_F(Jobs, StopGivesTheJobTimeToPutThingsInOrder) {
  const std::string shared = scratch_.make("shared");
  JobManager manager(options());
  JobSpec spec = shell_job(
      "polite", "trap 'echo saved; exit 4' TERM; touch ready; while :; do sleep 0.02; done");
  spec.mounts = {{shared, shared, false}};
  spec.working_folder = shared;
  EndBox box;
  manager.start_or_attach(spec, box.receiver());
  ASSERT_TRUE(wait_for_file(shared + "/ready"));
  manager.stop("polite");
  const JobEnd end = box.wait();
  EXPECT_EQ(end.how, How::kStopped);
  EXPECT_EQ(end.code, 4);
  EXPECT_NE(text_of(manager.log_file("polite")).find(" out saved\n"), std::string::npos);
  manager.stop("polite");
  manager.stop("nobody");
}

TEST_F(Jobs, StopKillsWhatIgnoresTheSignalOnceTheGraceIsOver) {
  for (const bool sandbox : {true, false}) {
    const std::string shared = scratch_.make(sandbox ? "boxed" : "unboxed");
    auto chosen = options_in(scratch_.path() + (sandbox ? "/jobs1" : "/jobs2"));
    chosen.sandbox = sandbox;
    JobManager manager(chosen);
    JobSpec spec = shell_job("stubborn",
                             "trap '' TERM; (setsid sleep 600 & echo $! > " + shared +
                                 "/pid); touch " + shared + "/ready; while :; do sleep 0.02; done");
    if (sandbox) spec.mounts = {{shared, shared, false}};
    spec.stop_grace = std::chrono::seconds(1);
    EndBox box;
    manager.start_or_attach(spec, box.receiver());
    ASSERT_TRUE(wait_for_file(shared + "/ready"));
    const auto leader = JobFolder(manager.folder_of("stubborn")).status()->process;
    const pid_t supervisor = JobFolder(manager.folder_of("stubborn")).lock_holder();
    std::vector<ProcessIdentity> all{leader};
    for (const auto& entry : descendants_of(supervisor)) all.push_back(identify(entry.pid));
    ASSERT_GE(all.size(), 3U);
    manager.stop("stubborn");
    const JobEnd end = box.wait();
    EXPECT_EQ(end.how, How::kStopped);
    EXPECT_EQ(end.code, SIGKILL);
    EXPECT_GE(end.ended_at_ms - end.started_at_ms, 1000);
    for (const auto& process : all) EXPECT_FALSE(is_alive(process)) << process.pid;
  }
}

TEST_F(Jobs, WhatAJobLeavesBehindIsKilledWithIt) {
  auto chosen = options();
  chosen.sandbox = false;
  JobManager manager(chosen);
  const JobEnd end = run(
      manager,
      shell_job(
          "litter",
          "(setsid sleep 600 &); (setsid sh -c 'echo $$; exec sleep 600' &); sleep 0.1; exit 2"));
  EXPECT_EQ(end.how, How::kExited);
  EXPECT_EQ(end.code, 2);
  const std::string log = text_of(manager.log_file("litter"));
  const pid_t left = std::stoi(log.substr(log.find(" out ") + 5));
  const auto entry = process_entry(left);
  EXPECT_TRUE(!entry || entry->state == 'Z');
}

TEST_F(Jobs, AJobPastItsTimeIsStoppedAndTimedOut) {
  JobManager manager(options());
  JobSpec spec = shell_job("slow", "sleep 600");
  spec.timeout = std::chrono::seconds(1);
  const JobEnd end = run(manager, spec);
  EXPECT_EQ(end.how, How::kTimedOut);
  EXPECT_NE(text_of(manager.log_file("slow")).find("sys its time limit of 1 s is over"),
            std::string::npos);
}

TEST_F(Jobs, AStopAskedForBeforeTheProcessIsMadeHolds) {
  const std::string shared = scratch_.make("shared");
  JobManager manager(options());
  JobSpec spec = shell_job("early", "touch " + shared + "/ran");
  const JobFolder folder(manager.folder_of("early"));
  folder.claim({spec, {}});
  manager.stop("early");
  const JobEnd end = run(manager, spec);
  EXPECT_EQ(end.how, How::kStopped);
  EXPECT_FALSE(std::filesystem::exists(shared + "/ran"));
}

TEST_F(Jobs, AJobWhoseSupervisorIsKilledIsLostAndSoAreItsProcesses) {
  for (const bool sandbox : {true, false}) {
    auto chosen = options_in(scratch_.path() + (sandbox ? "/jobs1" : "/jobs2"));
    chosen.sandbox = sandbox;
    JobManager manager(chosen);
    EndBox box;
    manager.start_or_attach(shell_job("orphan", "sleep 600"), box.receiver());
    const JobFolder folder(manager.folder_of("orphan"));
    const auto leader = folder.status()->process;
    ASSERT_TRUE(is_alive(leader));
    ASSERT_EQ(::kill(folder.lock_holder(), SIGKILL), 0);
    EXPECT_EQ(box.wait().how, How::kLost);
    EXPECT_EQ(manager.end_of("orphan")->how, How::kLost);
    for (int attempt = 0; attempt < 500 && is_alive(leader); ++attempt) ::usleep(10'000);
    EXPECT_FALSE(is_alive(leader));
    JobManager later(chosen);
    EXPECT_EQ(run(later, shell_job("orphan", "exit 0")).how, How::kLost);
  }
}

TEST_F(Jobs, ASupervisorWhoseFolderWasDeletedEndsWithItsJob) {
  const std::string shared = scratch_.make("shared");
  const ProcessIdentity supervisor = [&] {
    JobManager manager(options());
    EndBox box;
    manager.start_or_attach(surviving_job(shared), box.receiver());
    return JobFolder(manager.folder_of("survivor")).status()->supervisor;
  }();
  // Not while its sandbox is being made of that folder.
  ASSERT_TRUE(wait_for_file(shared + "/runs"));
  std::filesystem::remove_all(scratch_.path() + "/jobs");
  EXPECT_TRUE(is_alive(supervisor));  // its job runs on
  write_text(shared + "/go", "");
  for (int attempt = 0; attempt < 3000 && is_alive(supervisor); ++attempt) ::usleep(10'000);
  EXPECT_FALSE(is_alive(supervisor));
}

TEST_F(Jobs, AMissingProgramIsRefusedByName) {
  JobManager manager(options());
  JobSpec spec;
  spec.id = "nothing";
  spec.argv = {"/usr/bin/no-such-program"};
  try {
    manager.start_or_attach(spec, [](const JobEnd&) {});
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("no program /usr/bin/no-such-program"),
              std::string::npos);
  }
  EXPECT_FALSE(manager.exists("nothing"));
  spec.argv = {"/bin/true"};
  spec.mounts = {{scratch_.path() + "/missing", "/opt/ml", false}};
  EXPECT_THROW(manager.start_or_attach(spec, [](const JobEnd&) {}), std::runtime_error);
}

TEST_F(Jobs, AMissingSupervisorProgramIsToldAndTheIdStaysStartable) {
  auto broken = options();
  broken.supervisor_program = "/usr/bin/no-such-pawl";
  {
    JobManager manager(broken);
    EXPECT_THROW(manager.start_or_attach(shell_job("later", "exit 1"), [](const JobEnd&) {}),
                 std::runtime_error);
  }
  JobManager manager(options());
  EXPECT_EQ(run(manager, shell_job("later", "exit 1")).code, 1);
}

TEST_F(Jobs, WithoutBubblewrapOnlyAJobThatCanBeMovedGetsPrivateFolders) {
  auto bare = options();
  bare.sandbox_program = "no-such-bwrap";
  JobManager manager(bare);
  const std::string base = scratch_.make("base");
  JobSpec spec =
      shell_job("moved", "echo $SAGEMAKER_BASE_DIR; echo $DATA; cat /opt/ml/input/data/train/x");
  const std::string channel = scratch_.make("channel");
  write_text(channel + "/x", "hello\n");
  spec.mounts = {{base, "/opt/ml", false}, {channel, "/opt/ml/input/data/train", true}};
  spec.environment["DATA"] = "/opt/ml/input/data";
  try {
    manager.start_or_attach(spec, [](const JobEnd&) {});
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_NE(std::string(error.what()).find("apt-get install bubblewrap"), std::string::npos);
  }
  spec.relocatable = true;
  spec.argv[2] = "echo $SAGEMAKER_BASE_DIR; echo $DATA; cat $DATA/train/x";
  EXPECT_EQ(run(manager, spec).code, 0);
  const std::string log = text_of(manager.log_file("moved"));
  EXPECT_NE(log.find(" out " + base + "\n"), std::string::npos) << log;
  EXPECT_NE(log.find(" out " + base + "/input/data\n"), std::string::npos) << log;
  EXPECT_NE(log.find(" out hello\n"), std::string::npos) << log;
}

TEST_F(Jobs, AnIdCannotLeaveTheFolder) {
  JobManager manager(options());
  for (const char* id : {"", "/a", "a/", "../a", "a/../b", "a//b", ".a", "a b", "a/.b"})
    EXPECT_THROW(manager.exists(id), std::invalid_argument) << id;
  EXPECT_FALSE(manager.exists("training/digits-1.2"));
}

}  // namespace
}  // namespace pawl::engine

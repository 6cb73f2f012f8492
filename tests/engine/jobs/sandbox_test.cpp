#include "engine/jobs/sandbox.h"

#include <algorithm>

#include "tests/engine/jobs/job_fixture.h"

namespace pawl::engine {
namespace {

using Sandbox = JobTest;

std::string output(JobManager& manager, const std::string& id) {
  std::istringstream log(text_of(manager.log_file(id)));
  std::string text;
  for (std::string line; std::getline(log, line);) text += line.substr(line.find(' ') + 1) + "\n";
  return text;
}

TEST_F(Sandbox, TwoJobsAtOnceHaveAnOptMlOfTheirOwn) {
  JobManager manager(options());
  const std::string one = scratch_.make("one");
  const std::string two = scratch_.make("two");
  const auto spec =
      [&](const std::string& name, const std::string& folder, const std::string& other) {
        JobSpec job = shell_job(
            name,
            "mkdir -p /opt/ml/model; echo " + name + " > /opt/ml/model/who; touch /meet/" + name +
                "; until [ -e /meet/" + other +
                " ]; do sleep 0.02; done; cat /opt/ml/model/who; ls /opt/ml/model");
        job.mounts = {{folder, "/opt/ml", false}, {scratch_.make("meet"), "/meet", false}};
        return job;
      };
  EndBox first;
  EndBox second;
  manager.start_or_attach(spec("alpha", one, "beta"), first.receiver());
  manager.start_or_attach(spec("beta", two, "alpha"), second.receiver());
  EXPECT_EQ(first.wait().code, 0);
  EXPECT_EQ(second.wait().code, 0);
  EXPECT_EQ(output(manager, "alpha"), "out alpha\nout who\n");
  EXPECT_EQ(output(manager, "beta"), "out beta\nout who\n");
  EXPECT_EQ(text_of(one + "/model/who"), "alpha\n");
  EXPECT_EQ(text_of(two + "/model/who"), "beta\n");
  EXPECT_FALSE(std::filesystem::exists("/meet"));
}

TEST_F(Sandbox, TmpIsPrivateButForFilesTheCommandNames) {
  JobManager manager(options());
  const std::string script = scratch_.path() + "/script.sh";
  write_text(script, "ls /tmp | wc -l; echo mine > /tmp/mine; echo $HOME; echo $TMPDIR\n");
  JobSpec spec;
  spec.id = "tmp";
  spec.argv = {"/bin/sh", script};
  EXPECT_EQ(run(manager, spec).code, 0);
  // Only what leads to the script itself.
  EXPECT_EQ(output(manager, "tmp"), "out 1\nout /tmp\nout /tmp\n");
  EXPECT_FALSE(std::filesystem::exists("/tmp/mine"));
  EXPECT_TRUE(std::filesystem::exists(manager.folder_of("tmp") + "/tmp/mine"));
}

TEST_F(Sandbox, ReadOnlyMountsCannotBeWritten) {
  JobManager manager(options());
  const std::string base = scratch_.make("base");
  const std::string channel = scratch_.make("channel");
  write_text(channel + "/x", "kept\n");
  JobSpec spec = shell_job(
      "ro",
      "cat /opt/ml/input/data/train/x; echo spoilt > /opt/ml/input/data/train/x || echo refused");
  spec.mounts = {{channel, "/opt/ml/input/data/train", true}, {base, "/opt/ml", false}};
  EXPECT_EQ(run(manager, spec).code, 0);
  EXPECT_NE(output(manager, "ro").find("out refused\n"), std::string::npos);
  EXPECT_EQ(text_of(channel + "/x"), "kept\n");
}

TEST_F(Sandbox, TheJobSeesNoOtherProcessesAndLeavesNoCore) {
  JobManager manager(options());
  EXPECT_EQ(run(manager, shell_job("alone", "ls -d /proc/[0-9]* | wc -l; ulimit -c")).code, 0);
  const std::string text = output(manager, "alone");
  // The reaper, the shell and the two commands of the pipe; /proc is the host's where a new one is
  // refused.
  EXPECT_TRUE(text.starts_with("out 4\n") || text.starts_with("out 3\n")) << text;
  EXPECT_TRUE(text.ends_with("out 0\n")) << text;
}

TEST_F(Sandbox, TheEnvironmentIsCleanAndTheSpecsOwnIsAdded) {
  ::setenv("PAWL_SECRET", "secret", 1);
  JobManager manager(options());
  JobSpec spec = shell_job("env", "env | cut -d= -f1 | sort | tr '\\n' ' '");
  spec.environment = {{"SM_MODEL_DIR", "/opt/ml/model"}};
  EXPECT_EQ(run(manager, spec).code, 0);
  EXPECT_EQ(output(manager, "env"), "out HOME LANG LC_ALL PATH PWD SM_MODEL_DIR TMPDIR \n");
  ::unsetenv("PAWL_SECRET");
}

TEST_F(Sandbox, AFolderLaidOverShowsWhatTheOneBelowHolds) {
  const std::string below = scratch_.make("machine");
  std::filesystem::create_directories(below + "/conda");
  std::filesystem::create_symlink("conda", below + "/latest");
  JobSpec spec = shell_job("x", "true");
  spec.mounts = {{"/data", below + "/ml/deep", false}};
  // As if the machine's folder did not lie under /tmp, which is private anyway.
  ASSERT_TRUE(below.starts_with("/tmp/"));
  auto command = sandbox_command({"/usr/bin/bwrap", {"--unshare-pid"}}, spec, "/tmp");
  EXPECT_EQ(std::count(command.begin(), command.end(), "--tmpfs"), 0);
  spec.mounts = {{"/data", "/usr/no-such-folder/deep", false}};
  command = sandbox_command({"/usr/bin/bwrap", {"--unshare-pid"}}, spec, "/tmp");
  const auto overlay = std::find(command.begin(), command.end(), "--tmpfs");
  ASSERT_NE(overlay, command.end());
  EXPECT_EQ(*(overlay + 1), "/usr");
  EXPECT_NE(std::find(overlay, command.end(), "/usr/bin"), command.end());
  EXPECT_LT(std::find(overlay, command.end(), "/usr/bin"),
            std::find(overlay, command.end(), "/usr/no-such-folder/deep"));
}

}  // namespace
}  // namespace pawl::engine

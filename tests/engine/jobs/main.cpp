// The test program is its own supervisor program, as pawl is; and a server that one of the tests
// kills.
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "engine/jobs/job.h"
#include "tests/engine/jobs/job_fixture.h"

namespace {

int serve_jobs(const std::string& folder, const std::string& shared) {
  pawl::engine::JobManager manager(pawl::engine::JobTest::options_in(folder));
  manager.start_or_attach(pawl::engine::surviving_job(shared), [](const pawl::engine::JobEnd&) {});
  ::pause();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "job-supervisor" && argc == 3) return pawl::engine::run_job_supervisor(argv[2]);
  if (command == "serve-jobs" && argc == 4) return serve_jobs(argv[2], argv[3]);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

// The test program is its own supervisor program, as pawl is.
#include <gtest/gtest.h>

#include <string>

#include "engine/jobs/job.h"

int main(int argc, char** argv) {
  if (argc == 3 && std::string(argv[1]) == "job-supervisor")
    return pawl::engine::run_job_supervisor(argv[2]);
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}

// What no client should send, for a few seconds: tests/protocol/fuzz.py goes on for as long as it
// is told.
#include <gtest/gtest.h>

#include <iostream>

#include "tests/end_to_end/server_process.h"

namespace pawl::engine {
namespace {

TEST(Protocol, NothingThatAClientSendsBreaksTheServer) {
  const ServerProcess server;
  const ProgramEnd end = run_program({"/usr/bin/python3",
                                      source_path("tests/protocol/fuzz.py"),
                                      "--url",
                                      server.url(),
                                      "--seconds",
                                      "10"});
  std::cout << end.output << std::endl;  // its seed too
  EXPECT_EQ(end.exit_code, 0) << end.errors << server.log();
}

}  // namespace
}  // namespace pawl::engine

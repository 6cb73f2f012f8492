// Real answers of a real server, held against the OpenAPI document by a JSON Schema validator.
#include <gtest/gtest.h>

#include "tests/end_to_end/server_process.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

constexpr const char* kPython = "/usr/bin/python3";

TEST(RestContract, WhatTheServerAnswersAndRefusesIsWhatItsOpenApiDocumentSays) {
  const ProgramEnd has_validator = run_program({kPython, "-c", "import jsonschema"});
  ASSERT_EQ(has_validator.exit_code, 0)
      << "python3-jsonschema is missing: ./check installs cmake/test_packages.txt";
  const ServerProcess server;
  const ServerProcess virtual_server({"--virtual-time"});
  const TemporaryFolder folder;
  write_file(folder.file("secured.toml"), "auth = \"required\"\n");
  const ServerProcess secured({"--config", folder.file("secured.toml")});
  const ProgramEnd token = run_program({test::kPawlProgram,
                                        "token",
                                        "create",
                                        "--name",
                                        "reader",
                                        "--scope",
                                        "read",
                                        "--data",
                                        secured.data("")});
  ASSERT_EQ(token.exit_code, 0) << token.errors;
  write_file(folder.file("limited.toml"), "rate-limit = 1\nrate-burst = 1\n");
  const ServerProcess limited({"--config", folder.file("limited.toml")});
  const ProgramEnd end = run_program({kPython,
                                      source_path("tests/contract/rest_contract.py"),
                                      server.url(),
                                      virtual_server.url(),
                                      secured.url(),
                                      token.output.substr(0, token.output.find('\n')),
                                      limited.url()},
                                     std::chrono::seconds(200));
  EXPECT_EQ(end.exit_code, 0) << end.output << end.errors;
}

}  // namespace
}  // namespace pawl::engine

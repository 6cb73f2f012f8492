// Real answers of a real server, held against the OpenAPI document by a JSON Schema validator.
#include <gtest/gtest.h>

#include "tests/end_to_end/server_process.h"
#include "tests/places.h"

namespace pawl::engine {
namespace {

constexpr const char* kPython = "/usr/bin/python3";
// Serves: answers in capitals, and fails at "boom". Trains: says what its loss is. Copies: its
// model is its data.
constexpr const char* kImages = R"json([
  {"image": "test/train:*", "train": ["/usr/bin/python3", "-c", "for loss in 3, 1, 2: print(f'loss={loss}', flush=True)\nopen('/opt/ml/model/m', 'w').write('m')"]},
  {"image": "test/serve:*", "serve": ["/usr/bin/python3", "-c", "import os\nfrom http.server import *\nclass H(BaseHTTPRequestHandler):\n  def do_GET(s):\n    s.send_response(200); s.end_headers()\n  def do_POST(s):\n    b=s.rfile.read(int(s.headers['Content-Length'])); s.send_response(500 if b==b'boom' else 200); s.send_header('Content-Type','text/plain'); s.end_headers(); s.wfile.write(b.upper())\nHTTPServer(('127.0.0.1',int(os.environ['SAGEMAKER_BIND_TO_PORT'])),H).serve_forever()"]},
  {"image": "test/copy:*", "train": ["/bin/sh", "-c", "cat /opt/ml/input/data/train/* >/opt/ml/model/m"]}
])json";

TEST(RestContract, WhatTheServerAnswersAndRefusesIsWhatItsOpenApiDocumentSays) {
  const ProgramEnd has_validator = run_program({kPython, "-c", "import jsonschema"});
  ASSERT_EQ(has_validator.exit_code, 0)
      << "python3-jsonschema is missing: ./check installs cmake/test_packages.txt";
  ServerProcess server;
  server.kill9();
  write_file(server.data("images.json"), kImages);
  server.start();
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

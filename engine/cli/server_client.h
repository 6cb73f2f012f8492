// The command line's way to a running server: its REST API.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <stdexcept>
#include <string>

#include "asl/json.h"
#include "engine/http/client.h"

namespace pawl::engine {

// No server answers: exit code kUnreachable.
struct Unreachable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

class ServerClient {
 public:
  // With the token of PAWL_TOKEN, and the authorities of PAWL_CA_BUNDLE or AWS_CA_BUNDLE.
  explicit ServerClient(std::string url);

  // What the server's audit shall say why; at first what PAWL_REASON says.
  void give_reason(std::string reason) { reason_ = std::move(reason); }

  // GET below /api/v1, as JSON. Throws Unreachable; std::runtime_error with the server's own words
  // for its refusals.
  asl::Json get(const std::string& path);
  // The same of an execution, that waits for its end; it may still run.
  asl::Json get_ended(const std::string& path);
  // POST below /api/v1.
  asl::Json post(const std::string& path, const asl::Json& body);
  // Any method below /api/v1, with a body of JSON or none.
  HttpResponse call(const std::string& method, const std::string& path, const std::string& body);
  // Every item of a paged resource, at most `most`.
  asl::Json items(const std::string& path, std::size_t most);
  HttpResponse raw(const std::string& path);
  // The same of any request; its `url` is the path below /api/v1.
  HttpResponse request(ClientRequest request);
  // An action of the AWS protocol ("AWSStepFunctions.StartExecution").
  asl::Json action(const std::string& target, const asl::Json& request);

 private:
  HttpResponse send(ClientRequest request);

  std::string url_;
  std::string token_;
  std::string reason_;
  HttpClient http_;
};

// Declares --endpoint (default: PAWL_ENDPOINT, else http://127.0.0.1:8083) on a command.
std::shared_ptr<std::string> declare_endpoint(CLI::App& app);

// Declares --format text|json, and --json, on a command.
std::shared_ptr<std::string> declare_format(CLI::App& app);

// "machine:name" or an ARN, as a path segment.
std::string path_segment(const std::string& text);

// "1.2 s", "350 ms", "2 min 5 s".
std::string duration_text(std::int64_t ms);

}  // namespace pawl::engine

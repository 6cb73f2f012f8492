// The record of changes: one JSON object a line for every request that was more than a look, and
// for those that a known caller was refused.
//
//   {"time": "2026-01-31T12:00:00.123Z", "caller": "token:ci", "action": "states:StartExecution",
//    "resource": "arn:aws:states:...", "status": 200, "requestId": "...", "address": "10.0.0.7",
//    "reason": "ticket 17"}
//
// It holds no payload, no token and no secret.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "asl/timestamp.h"
#include "engine/http/message.h"

namespace pawl::engine {

struct AuditOptions {
  std::string file;  // rotated as <name>.1.<extension>
  std::uint32_t megabytes = 64;
  std::uint32_t files = 5;  // older ones that are kept
};

// What is recorded of a request besides its answer.
struct AuditedRequest {
  std::string caller;
  std::string action;
  std::string resource;     // when the answer names none
  std::string address;      // with or without a port
  std::string reason = {};  // as the client gave it, in X-Pawl-Reason
};
AuditedRequest audited(const HttpRequest& request, const Access& access);

// Thread-safe. A line is with the operating system before the answer is sent.
class AuditLog {
 public:
  // Throws std::runtime_error when the file cannot be written.
  AuditLog(AuditOptions options, std::function<asl::Timestamp()> now);
  ~AuditLog();

  void record(const AuditedRequest& request, const HttpResponse& response);
  // Opens the file anew, as after it was moved away; a file that cannot be opened is logged.
  void reopen();

 private:
  class File;
  const AuditOptions options_;
  const std::function<asl::Timestamp()> now_;
  const std::unique_ptr<File> file_;
};

}  // namespace pawl::engine

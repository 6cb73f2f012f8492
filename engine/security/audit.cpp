#include "engine/security/audit.h"

#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <stdexcept>
#include <thread>

#include "asl/text.h"
#include "engine/http/answers_together.h"

namespace pawl::engine {
namespace {

using Sink = spdlog::sinks::rotating_file_sink_st;

std::unique_ptr<Sink> sink_of(const AuditOptions& options) {
  auto sink =
      std::make_unique<Sink>(options.file, std::size_t{options.megabytes} << 20, options.files);
  sink->set_pattern("%v");
  return sink;
}

std::string_view request_id_of(const HttpResponse& response) {
  for (const char* header : {"x-amzn-RequestId", "X-Request-Id", "x-amz-request-id"}) {
    if (response.headers.has(header)) return response.headers.get(header);
  }
  return {};
}

// One JSON object, written as it comes: every change makes one.
class Line {
 public:
  Line() { text_.reserve(kBytesExpected); }
  void add(std::string_view name, std::string_view value) {
    begin(name);
    asl::append_quoted(text_, value);
  }
  void add(std::string_view name, int value) {
    begin(name);
    text_ += std::to_string(value);
  }
  std::string text() && {
    text_ += '}';
    return std::move(text_);
  }

 private:
  static constexpr std::size_t kBytesExpected = 512;

  void begin(std::string_view name) {
    text_ += text_.empty() ? '{' : ',';
    asl::append_quoted(text_, name);
    text_ += ':';
  }

  std::string text_;
};

template <class Work>
void logged(const Work& work) {
  try {
    work();
  } catch (const spdlog::spdlog_ex& failure) {
    spdlog::error("the audit cannot be written: {}", failure.what());
  }
}

}  // namespace

class AuditLog::File {
 public:
  explicit File(const AuditOptions& options) : sink_(sink_of(options)) {}

  void write(const std::string& line) {
    const spdlog::details::log_msg message("audit", spdlog::level::info, line);
    const std::unique_lock guard = soon_locked();
    sink_->log(message);
  }
  // Gives the operating system what was written.
  void flush() {
    const std::unique_lock guard = soon_locked();
    sink_->flush();
  }
  void replace(std::unique_ptr<Sink> sink) {
    const std::lock_guard guard(mutex_);
    sink_ = std::move(sink);
  }

 private:
  // A line takes the other thread less than it takes this one to fall asleep and wake up.
  std::unique_lock<std::mutex> soon_locked() {
    constexpr int kTries = 200;
    for (int i = 0; i < kTries; ++i) {
      if (mutex_.try_lock()) return {mutex_, std::adopt_lock};
      std::this_thread::yield();
    }
    return std::unique_lock(mutex_);
  }

  std::mutex mutex_;
  std::unique_ptr<Sink> sink_;
};

AuditedRequest audited(const HttpRequest& request, const Access& access) {
  constexpr std::size_t kReasonBytesMax = 256;
  AuditedRequest what{request.caller.name,
                      access.action,
                      {},
                      request.remote_address,
                      std::string(request.headers.get("X-Pawl-Reason").substr(0, kReasonBytesMax))};
  // Of the other services the path says what a request is about.
  if (access.dialect != Dialect::kAwsJson) what.resource = request.path;
  return what;
}

AuditLog::AuditLog(AuditOptions options, std::function<asl::Timestamp()> now)
    : options_(std::move(options)), now_(std::move(now)), file_([this] {
        try {
          return std::make_unique<File>(options_);
        } catch (const spdlog::spdlog_ex& error) {
          throw std::runtime_error(std::string("the audit cannot be written: ") + error.what());
        }
      }()) {}

AuditLog::~AuditLog() = default;

void AuditLog::record(const AuditedRequest& request, const HttpResponse& response) {
  Line line;
  line.add("time", asl::format_timestamp(now_()));
  line.add("caller", request.caller);
  line.add("action", request.action);
  line.add("resource", response.about.empty() ? request.resource : response.about);
  line.add("status", response.status);
  const std::string_view error = response.headers.get("x-amzn-ErrorType");
  if (!error.empty()) line.add("error", error);
  line.add("requestId", request_id_of(response));
  line.add("address", request.address);
  if (!request.reason.empty()) line.add("reason", request.reason);
  logged([&] { file_->write(std::move(line).text()); });
  const auto flush = [this] { logged([this] { file_->flush(); }); };
  if (!before_answers_leave(this, flush)) flush();
}

void AuditLog::reopen() {
  try {
    file_->replace(sink_of(options_));
  } catch (const spdlog::spdlog_ex& error) {
    spdlog::error("the audit goes where it went: {}", error.what());
  }
}

}  // namespace pawl::engine

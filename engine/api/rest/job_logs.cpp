// What a job has said: a file, or a stream that goes on until the job has ended.
#include <atomic>
#include <charconv>

#include "asl/text.h"
#include "engine/api/rest/ml.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/query.h"
#include "engine/api/rest/resources.h"
#include "engine/http/response_stream.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::chrono::milliseconds kLookEvery{200};
constexpr std::size_t kPartBytesMax = 8U << 20;  // as events; what is read is far less
constexpr int kLooksPerSignOfLife = 75;          // 15 seconds
constexpr std::string_view kPlain = "text/plain; charset=utf-8";
constexpr std::string_view kEvents = "text/event-stream";

// One client's way through a log. The answer owns it, and so whoever sends that: when the client
// has gone, or nobody was there to take the answer, it goes too. The next part is read when the
// client has taken the one before, however long that takes.
class LogFeed : public std::enable_shared_from_this<LogFeed> {
 public:
  LogFeed(const RestCall& call, std::unique_ptr<MlLog> log, bool follows, bool as_events)
      : streams_(call.api.event_streams),
        alarms_(call.api.alarms),
        workers_(call.workers),
        log_(std::move(log)),
        follows_(follows),
        as_events_(as_events),
        end_(log_->size()) {
    if (as_events_) ++streams_;
  }
  ~LogFeed() {
    if (as_events_) --streams_;
  }
  LogFeed(const LogFeed&) = delete;
  LogFeed& operator=(const LogFeed&) = delete;

  static std::shared_ptr<ResponseStream> stream_of(const std::shared_ptr<LogFeed>& feed) {
    return {feed, &feed->stream_};
  }

  void begin() {
    stream_.on_taken([weak = weak_from_this()] {
      if (const auto feed = weak.lock()) feed->go_on();
    });
    // One thing at a time leads to the next part: what was taken, or else an alarm.
    if (as_events_) {
      stream_.write("retry: 2000\n\n");
    } else {
      go_on();
    }
  }

 private:
  // On any thread: has the next part read by a worker.
  void go_on() {
    const bool taken = workers_.post([weak = weak_from_this()] {
      if (const auto feed = weak.lock()) feed->advance();
    });
    if (!taken) look_later();
  }

  void look_later() {
    alarms_.after(kLookEvery, [weak = weak_from_this()] {
      if (const auto feed = weak.lock()) feed->go_on();
    });
  }

  // On a worker.
  void advance() {
    try {
      if (!said_all_ && stream_.is_open()) write_more();
    } catch (const std::exception&) {  // the store or the disk; the client may come back
      stream_.finish();
    }
  }

  void write_more() {
    // In this order: what it said before it ended is in the log.
    const bool is_over = !follows_ || log_->is_over();
    std::string part;
    while (part.empty() && has_more() && log_->read(is_over, [&](const MlLog::Line& line) {
      part += as_events_ ? event_of(line) : std::string(line.whole) + "\n";
    })) {
    }
    if (!part.empty()) {
      looks_ = 0;
      stream_.write(part);  // on_taken goes on
    } else if (is_over) {
      said_all_ = true;  // before the client can have taken it, which would go on
      if (as_events_) {
        stream_.write("event: end\ndata: " + asl::to_text({{"status", log_->status()}}) + "\n\n");
      }
      stream_.finish();
    } else {
      wait();
    }
  }

  bool has_more() const { return follows_ || log_->offset() < end_; }

  void wait() {
    if (as_events_ && ++looks_ % kLooksPerSignOfLife == 0) {
      stream_.write(": still here\n\n");  // on_taken goes on
    } else {
      look_later();
    }
  }

  static std::string event_of(const MlLog::Line& line) {
    Json data = {{"text", line.text}};
    if (line.at_ms >= 0) data["at"] = time_json({line.at_ms});
    if (!line.stream.empty()) data["stream"] = line.stream;
    return "id: " + std::to_string(line.end) + "\nevent: line\ndata: " + asl::to_text(data) +
           "\n\n";
  }

  std::atomic<std::int64_t>& streams_;
  Alarms& alarms_;
  WorkerPool& workers_;
  const std::unique_ptr<MlLog> log_;
  const bool follows_;
  const bool as_events_;
  const std::uint64_t end_;  // what was there when it began, where it does not follow
  int looks_ = 0;
  std::atomic<bool> said_all_ = false;
  ResponseStream stream_{kPartBytesMax};
};

std::optional<std::uint64_t> bytes_in(std::string_view text) {
  std::uint64_t bytes = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (error != std::errc() || stop != text.data() + text.size()) return std::nullopt;
  return bytes;
}

// Where to begin: that of a reconnecting EventSource, or ?since=, or ?offset=.
void set_beginning(const RestCall& call, MlLogSelection& selection) {
  const std::string_view seen = call.request->headers.get("Last-Event-ID");
  const auto since = call.request->query_value("since");
  const auto offset = call.request->query_value("offset");
  if (since && offset) throw bad_field("?offset", "It does not go together with since");
  if (!seen.empty() || offset) {
    const auto bytes = bytes_in(seen.empty() ? std::string_view(*offset) : seen);
    if (!bytes) throw bad_field("?offset", "A number of bytes is expected");
    selection.offset = *bytes;
  } else if (since) {
    if (const auto bytes = bytes_in(*since)) {
      selection.offset = *bytes;
    } else if (const auto time = asl::parse_timestamp(*since)) {
      selection.since_ms = time->ms;
    } else {
      throw bad_field("?since", "A number of bytes or an RFC 3339 timestamp is expected");
    }
  }
}

MlLogSelection selection_in(const RestCall& call) {
  MlLogSelection selection;
  set_beginning(call, selection);
  selection.stream = call.request->query_value("stream").value_or("");
  const std::string& stream = selection.stream;
  if (!stream.empty() && stream != "stdout" && stream != "stderr" && stream != "system") {
    throw bad_field("?stream", "stdout, stderr or system is expected");
  }
  return selection;
}

bool wants_events(const RestCall& call) {
  return call.request->headers.get("Accept").find(kEvents) != std::string_view::npos;
}

}  // namespace

void get_job_log(const RestCall& call) {
  const std::string job = call.arguments[0] + "/" + call.arguments[1];
  const MlLogSelection selection = selection_in(call);
  const bool follows = flag_in_query(call, "follow");
  auto log = ml_of(call).log(job, selection);
  if (!log) throw not_found("There is no job " + job);
  HttpResponse response;
  const bool as_events = wants_events(call);
  const std::uint64_t size = log->size();
  response.headers.set("Content-Type", std::string(as_events ? kEvents : kPlain));
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Pawl-Log-Size", std::to_string(size));
  response.headers.set("X-Request-Id", new_uuid());
  if (!follows && !as_events && selection.stream.empty() && !selection.since_ms) {
    if (selection.offset < size) {
      response.file = FileRange{log->file(), selection.offset, size - selection.offset};
    }
    return call.respond(std::move(response));
  }
  const auto feed = std::make_shared<LogFeed>(call, std::move(log), follows, as_events);
  response.stream = LogFeed::stream_of(feed);
  call.respond(std::move(response));
  feed->begin();
}

}  // namespace pawl::engine::rest

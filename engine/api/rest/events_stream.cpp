#include <atomic>
#include <charconv>
#include <mutex>

#include "asl/text.h"
#include "engine/api/execution_json.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"
#include "engine/http/response_stream.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr std::chrono::seconds kHeartbeat{15};

// One client's view of a growing history: what is recorded first, then what becomes durable, each
// event once and in order. Kept alive by the listener and the alarms.
class EventFeed : public std::enable_shared_from_this<EventFeed> {
 public:
  EventFeed(const RestCall& call, ExecutionRow row, states::EventId since)
      : api_(call.api),
        row_(std::move(row)),
        last_(since),
        stream_(std::make_shared<ResponseStream>()) {}

  const std::shared_ptr<ResponseStream>& stream() const { return stream_; }

  // On a worker.
  void begin() {
    const auto self = shared_from_this();
    listener_ = api_.engine.listen(row_.what.info.arn, [self](const Recorded& recorded) {
      for (const states::Event& event : recorded.events) self->happened(event);
    });
    // Unlistening from the engine's own callback could wait for itself: the alarms' thread does it.
    stream_->on_close([weak = weak_from_this()] {
      if (const auto feed = weak.lock()) feed->leave();
    });
    read_recorded();
    {
      const std::lock_guard lock(mutex_);
      for (const states::Event& event : backlog_) show(event);
      backlog_.clear();
      catching_up_ = false;
    }
    keep_alive();
  }

 private:
  // On the runtime's thread.
  void happened(const states::Event& event) {
    const std::lock_guard lock(mutex_);
    if (catching_up_) {
      backlog_.push_back(event);
    } else {
      show(event);
    }
  }

  void read_recorded() {
    constexpr std::size_t kPortion = 256;
    for (;;) {
      const auto events = api_.store.journal().read_public(row_.key, last_ + 1, kPortion, false);
      const std::lock_guard lock(mutex_);
      for (const states::Event& event : events) show(event);
      if (events.size() < kPortion || ended_) return;
    }
  }

  // REQUIRES: the lock is held.
  void show(const states::Event& event) {
    if (ended_ || event.id <= last_) return;  // private, or seen already
    last_ = event.id;
    const Json shown = event_view(event, row_);
    write("id: " + std::to_string(event.id) + "\nevent: event\ndata: " + asl::to_text(shown));
    const auto outcome = outcome_of(event.what);
    if (!outcome) return;
    ended_ = true;
    write("event: end\ndata: " + asl::to_text({{"status", states::to_string(outcome->status)}}));
    stream_->finish();
    leave();
  }

  void write(const std::string& message) { stream_->write(message + "\n\n"); }

  void leave() {
    const auto self = shared_from_this();
    api_.alarms.after(std::chrono::milliseconds(0), [self] {
      if (!self->left_.exchange(true)) self->api_.engine.unlisten(self->listener_);
    });
  }

  void keep_alive() {
    const auto self = shared_from_this();
    api_.alarms.after(kHeartbeat, [self] {
      if (self->stream_->write(": still here\n\n")) self->keep_alive();
    });
  }

  Api& api_;
  const ExecutionRow row_;
  std::mutex mutex_;
  states::EventId last_;
  bool catching_up_ = true;
  bool ended_ = false;
  std::vector<states::Event> backlog_;
  std::shared_ptr<ResponseStream> stream_;
  std::atomic<std::uint64_t> listener_ = 0;
  std::atomic<bool> left_ = false;
};

// The id after which to go on: that of a reconnecting EventSource, or ?since=.
states::EventId since_of(const RestCall& call) {
  std::string text(call.request->headers.get("Last-Event-ID"));
  if (text.empty()) text = call.request->query_value("since").value_or("0");
  states::EventId since = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), since);
  if (error != std::errc() || stop != text.data() + text.size() || since < 0) {
    throw bad_field("?since", "The id of an event is expected");
  }
  return since;
}

}  // namespace

void stream_events(const RestCall& call) {
  const auto feed = std::make_shared<EventFeed>(call, execution_of(call), since_of(call));
  HttpResponse response;
  response.headers.set("Content-Type", "text/event-stream");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Request-Id", new_uuid());
  response.stream = feed->stream();
  call.respond(std::move(response));
  feed->begin();
}

}  // namespace pawl::engine::rest

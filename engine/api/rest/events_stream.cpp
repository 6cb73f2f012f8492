#include <charconv>
#include <mutex>

#include "asl/text.h"
#include "engine/api/execution_json.h"
#include "engine/api/rest/feed.h"
#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/api/rest/views.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

// One client's view of a growing history: what is recorded first, then what becomes durable, each
// event once and in order.
class EventFeed : public Feed {
 public:
  EventFeed(const RestCall& call, ExecutionRow row, states::EventId since)
      : Feed(call.api), row_(std::move(row)), last_(since) {}

  // On a worker.
  void begin() {
    open(row_.what.info.arn);
    read_recorded();
    // From here on its end is told, if it has not come yet.
    const auto now = api_.store.journal().find(row_.key);
    const std::lock_guard lock(mutex_);
    for (const states::Event& event : backlog_) show(event);
    backlog_.clear();
    catching_up_ = false;
    // The client has seen the end already.
    if (!end_ && now && now->status != states::Status::kRunning) end_ = now->status;
    close_if_ended();
  }

 private:
  void happened(const Recorded& recorded) override {
    const std::lock_guard lock(mutex_);
    for (const states::Event& event : recorded.events) {
      if (catching_up_) {
        backlog_.push_back(event);
      } else {
        show(event);
      }
    }
    if (!catching_up_) close_if_ended();
  }

  void read_recorded() {
    constexpr std::size_t kPortion = 256;
    for (;;) {
      const auto events = api_.store.journal().read_public(row_.key, last_ + 1, kPortion, false);
      const std::lock_guard lock(mutex_);
      for (const states::Event& event : events) show(event);
      if (events.size() < kPortion) return;
    }
  }

  // REQUIRES of both: the lock is held.
  void show(const states::Event& event) {
    if (closed_ || event.id <= last_) return;  // private, or seen already
    last_ = event.id;
    const Json shown = event_view(event, row_);
    write("id: " + std::to_string(event.id) + "\nevent: event\ndata: " + asl::to_text(shown) +
          "\n\n");
    const auto outcome = outcome_of(event.what);
    end_ = outcome ? std::optional(outcome->status) : std::nullopt;  // a redrive goes on behind it
  }

  void close_if_ended() {
    if (!end_ || closed_) return;
    closed_ = true;
    write("event: end\ndata: " + asl::to_text({{"status", states::to_string(*end_)}}) + "\n\n");
    finish();
  }

  const ExecutionRow row_;
  std::mutex mutex_;
  states::EventId last_;
  bool catching_up_ = true;
  std::optional<states::Status> end_;  // of the last event, or of the row
  bool closed_ = false;
  std::vector<states::Event> backlog_;
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
  call.respond(feed->response());
  feed->begin();
}

}  // namespace pawl::engine::rest

#include "engine/api/rest/feed.h"

#include "engine/http/aws_json.h"

namespace pawl::engine::rest {

namespace {

constexpr std::chrono::seconds kSignOfLife{15};

}  // namespace

HttpResponse Feed::response() const {
  HttpResponse response;
  response.headers.set("Content-Type", "text/event-stream");
  response.headers.set("Cache-Control", "no-store");
  response.headers.set("X-Request-Id", new_uuid());
  response.stream = stream_;
  return response;
}

void Feed::open(const std::string& execution_arn) {
  ++api_.event_streams;
  const auto self = shared_from_this();
  listener_ = api_.engine.listen(execution_arn,
                                 [self](const Recorded& recorded) { self->happened(recorded); });
  stream_->on_close([weak = weak_from_this()] {
    if (const auto feed = weak.lock()) feed->leave();
  });
  keep_alive();
}

void Feed::finish() {
  stream_->finish();
  leave();
}

// Unlistening from the engine's own callback could wait for itself: the alarms' thread does it.
void Feed::leave() {
  if (left_.exchange(true)) return;
  --api_.event_streams;
  api_.alarms.after(std::chrono::milliseconds(0),
                    [self = shared_from_this()] { self->api_.engine.unlisten(self->listener_); });
}

void Feed::keep_alive() {
  api_.alarms.after(kSignOfLife, [self = shared_from_this()] {
    if (self->stream_->write(": still here\n\n")) self->keep_alive();
  });
}

}  // namespace pawl::engine::rest

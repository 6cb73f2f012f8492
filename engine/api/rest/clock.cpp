// The clock that executions go by: what it shows, and, where time is virtual, setting it forward.
#include <algorithm>

#include "engine/api/rest/problem.h"
#include "engine/api/rest/resources.h"
#include "engine/runtime/virtual_clock.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr asl::Timestamp kLastTime{253'402'300'799'999};  // 9999-12-31T23:59:59.999Z

Json clock_view(Api& api) {
  return {{"now", time_json(api.clock.now())}, {"virtual", api.virtual_clock != nullptr}};
}

asl::Timestamp wanted_time(const RestCall& call) {
  const Json body = body_of(call);
  if (body.contains("seconds") == body.contains("to")) {
    throw bad_request("Either seconds or to is expected");
  }
  const asl::Timestamp now = call.api.clock.now();
  asl::Timestamp wanted = now;
  if (const auto text = body_text(body, "to")) {
    const auto time = asl::parse_timestamp(*text);
    if (!time) throw bad_field("/to", "An RFC 3339 timestamp is expected");
    wanted = *time;
  } else {
    const Json& seconds = body.at("seconds");
    if (!seconds.is_number()) throw bad_field("/seconds", "A number is expected");
    const double ms = seconds.get<double>() * 1000;
    if (!(ms >= 0 && ms <= static_cast<double>(kLastTime.ms - now.ms))) {
      throw bad_field("/seconds", "Time goes forward, and not beyond the year 9999");
    }
    // A request that is taken up again goes no further than it would have gone.
    const asl::Timestamp from = call.once ? call.once->begun_at : now;
    wanted.ms = std::max(now.ms, from.ms + static_cast<std::int64_t>(ms));
  }
  if (wanted < now || wanted > kLastTime) {
    throw bad_field("/to", "Time goes forward, and not beyond the year 9999");
  }
  return wanted;
}

}  // namespace

void get_clock(const RestCall& call) { answer_json(call, 200, clock_view(call.api)); }

void advance_clock(const RestCall& call) {
  if (call.api.virtual_clock == nullptr) {
    throw Problem{.status = 409,
                  .name = "clock-is-real",
                  .title = "Time is real here",
                  .detail = "Only a server started with --virtual-time sets its clock forward"};
  }
  call.api.virtual_clock->advance_to(wanted_time(call));
  answer_json(call, 200, clock_view(call.api));
}

}  // namespace pawl::engine::rest

#include "engine/schedules/schedule.h"

#include <algorithm>
#include <array>

namespace pawl::engine {
namespace {

constexpr std::array<std::pair<Missed, std::string_view>, 3> kMissedNames = {
    {{Missed::kSkip, "skip"}, {Missed::kOne, "one"}, {Missed::kAll, "all"}}};

Timestamp whole_second(Timestamp time) { return {time.ms / 1000 * 1000}; }

// The last times in (after, until], in order, at most `most`: looks back in ever longer stretches,
// so that what it costs does not depend on how long ago `after` is.
std::vector<Timestamp> latest_fires(const Schedule& schedule,
                                    Timestamp after,
                                    Timestamp until,
                                    std::size_t most) {
  constexpr std::int64_t kFirstStretchMs = 3'600'000;
  std::vector<Timestamp> found;
  for (std::int64_t stretch = kFirstStretchMs;; stretch *= 4) {
    const Timestamp from{std::max(after.ms, until.ms - stretch)};
    found.clear();
    for (auto next = next_fire(schedule, from); next && *next <= until;
         next = next_fire(schedule, *next)) {
      found.push_back(*next);
    }
    if (from == after || found.size() >= most) break;
  }
  if (found.size() > most) found.erase(found.begin(), found.end() - static_cast<long>(most));
  return found;
}

bool is_about_when(const ScheduleDefinition& before, const ScheduleDefinition& after) {
  return before.expression.text != after.expression.text || before.timezone != after.timezone ||
         before.start_date != after.start_date;
}

// [aws] "If you do not provide a StartDate for a rate-based schedule, your schedule starts invoking
// the target immediately."
void begin_counting(Schedule& schedule, Timestamp now) {
  schedule.anchor = whole_second(schedule.what.start_date.value_or(now));
  const bool is_due_now = schedule.what.expression.is_rate() && !schedule.what.start_date;
  schedule.considered = is_due_now ? Timestamp{schedule.anchor.ms - 1} : now;
}

}  // namespace

std::string_view to_string(Missed missed) {
  for (const auto& [value, name] : kMissedNames) {
    if (value == missed) return name;
  }
  return "one";
}

std::optional<Missed> parse_missed(std::string_view text) {
  for (const auto& [value, name] : kMissedNames) {
    if (name == text) return value;
  }
  return std::nullopt;
}

bool is_schedule_name(std::string_view name) {
  constexpr std::size_t kLongest = 64;
  return !name.empty() && name.size() <= kLongest &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '-' || c == '_' || c == '.';
         });
}

Schedule new_schedule(std::string name, ScheduleDefinition what, Timestamp now) {
  Schedule schedule;
  schedule.name = std::move(name);
  schedule.what = std::move(what);
  schedule.created_at = schedule.updated_at = now;
  begin_counting(schedule, now);
  return schedule;
}

Schedule changed(Schedule schedule, ScheduleDefinition what, Timestamp now) {
  const bool has_other_times = is_about_when(schedule.what, what);
  const bool ends_pause = schedule.what.paused && !what.paused;
  schedule.what = std::move(what);
  schedule.updated_at = now;
  ++schedule.revision;
  if (has_other_times) {
    begin_counting(schedule, now);
  } else if (ends_pause) {
    schedule.considered = now;
  }
  return schedule;
}

std::optional<Timestamp> next_fire(const Schedule& schedule, Timestamp after) {
  const ScheduleDefinition& what = schedule.what;
  if (!what.zone) return std::nullopt;
  Timestamp from = after;
  if (what.expression.is_rate()) {
    from.ms = std::max(from.ms, schedule.anchor.ms - 1);
  } else if (what.start_date && !what.expression.is_one_time()) {
    from.ms = std::max(from.ms, what.start_date->ms - 1);
  }
  const auto next = next_after(what.expression, *what.zone, schedule.anchor, from);
  if (next && what.end_date && !what.expression.is_one_time() && *next > *what.end_date) {
    return std::nullopt;
  }
  return next;
}

DueFires due_fires(const Schedule& schedule, Timestamp now) {
  constexpr std::size_t kPunctualMost = 2;  // of a time each minute
  if (schedule.what.paused) return {};
  const Missed policy = schedule.what.missed;
  const std::size_t most = policy == Missed::kAll ? kMissedFiresMax : kPunctualMost;
  DueFires due;
  due.times = latest_fires(schedule, schedule.considered, now, most);
  if (due.times.empty()) return due;
  due.considered = due.times.back();
  const auto is_missed = [&](Timestamp time) { return time.ms < now.ms - kPunctualMs; };
  if (policy == Missed::kAll || !is_missed(due.times.front())) return due;
  if (policy == Missed::kOne) {
    due.times = {due.times.back()};
  } else {
    std::erase_if(due.times, is_missed);
  }
  return due;
}

std::vector<Timestamp> times_between(const Schedule& schedule,
                                     Timestamp from,
                                     Timestamp to,
                                     std::size_t most) {
  std::vector<Timestamp> times;
  const ScheduleDefinition& what = schedule.what;
  if (!what.zone) return times;
  Timestamp after{from.ms - 1};
  while (times.size() < most) {
    const auto next = next_after(what.expression, *what.zone, schedule.anchor, after);
    if (!next || *next > to) break;
    times.push_back(*next);
    after = *next;
  }
  return times;
}

}  // namespace pawl::engine

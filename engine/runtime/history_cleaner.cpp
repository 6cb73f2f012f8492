#include "engine/runtime/history_cleaner.h"

#include <spdlog/spdlog.h>

#include <charconv>
#include <exception>

namespace pawl::engine {

namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::uint32_t kDaysMax = 1'000'000;
constexpr std::size_t kEventsPerStep = 2'000;
constexpr std::chrono::milliseconds kPause{20};  // others write in between
constexpr std::chrono::hours kBetweenSweeps{1};

}  // namespace

std::optional<KeepDays> parse_keep_days(const std::string& text) {
  if (text == "forever") return std::optional<KeepDays>(std::in_place);
  std::uint32_t days = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, days);
  if (error != std::errc() || rest != end || days > kDaysMax) return std::nullopt;
  return std::optional<KeepDays>(std::in_place, days);
}

void HistoryCleaner::start() { go_on({}); }

std::size_t HistoryCleaner::sweep() {
  Place place;
  while (step(place)) {
  }
  return place.removed;
}

void HistoryCleaner::go_on(Place place) {
  run_after_(kPause, [this, place]() mutable {
    bool more = false;
    try {
      more = step(place);
    } catch (const std::exception& error) {
      spdlog::error("retention: executions cannot be removed: {}", error.what());
    }
    if (more) return go_on(std::move(place));
    if (place.removed > 0) spdlog::info("retention: {} executions removed", place.removed);
    run_after_(kBetweenSweeps, [this] { go_on({}); });
  });
}

// A machine after the other; false: that was the last.
bool HistoryCleaner::step(Place& place) {
  if (!place.machine.empty()) {
    const KeepDays days = days_of(place.machine);
    if (days) {
      const Timestamp ended_before{clock_.now().ms - *days * kDayMs};
      const Expiry::Step done =
          store_.expiry().remove_some(place.machine, ended_before, kEventsPerStep);
      place.removed += done.executions;
      if (done.more) return true;
    }
  }
  const std::vector<std::string> next = store_.expiry().machines(place.machine, 1);
  if (next.empty()) return false;
  place.machine = next.front();
  return true;
}

KeepDays HistoryCleaner::days_of(const std::string& state_machine_arn) {
  // The children of a Map Run go by the machine whose Map it is.
  const auto tags = store_.catalog().tags(state_machine_arn.substr(0, state_machine_arn.find('/')));
  const auto tag = tags.find(kKeepDaysTag);
  if (tag == tags.end()) return days_;
  const std::optional<KeepDays> days = parse_keep_days(tag->second);
  if (days) return *days;
  spdlog::warn("retention: '{}' of the tag {} of {} is neither a number of days nor forever",
               tag->second,
               kKeepDaysTag,
               state_machine_arn);
  return days_;
}

}  // namespace pawl::engine

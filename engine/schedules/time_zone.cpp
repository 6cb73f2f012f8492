#include "engine/schedules/time_zone.h"

#include <algorithm>
#include <cstdlib>

namespace pawl::engine {
namespace {

constexpr std::size_t kHeaderBytes = 44;
constexpr std::size_t kTypeBytes = 6;

// Big-endian, two's complement. REQUIRES: the bytes are there.
std::int64_t number_at(std::string_view bytes, std::size_t at, std::size_t size) {
  std::uint64_t value = (bytes[at] & 0x80) != 0 ? ~std::uint64_t{0} : 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = (value << 8) | static_cast<unsigned char>(bytes[at + i]);
  }
  return static_cast<std::int64_t>(value);
}

// A header and where the parts of its block lie.
struct Block {
  char version = 0;
  std::size_t time_bytes = 0;  // of each time: 4 or 8
  std::size_t changes = 0;
  std::size_t types = 0;
  std::size_t times_at = 0;
  std::size_t indices_at = 0;
  std::size_t types_at = 0;
  std::size_t end = 0;
};

std::optional<Block> block_at(std::string_view bytes, std::size_t at, std::size_t time_bytes) {
  if (bytes.size() < at + kHeaderBytes || bytes.substr(at, 4) != "TZif") return std::nullopt;
  const auto count = [&](std::size_t i) {
    return static_cast<std::size_t>(number_at(bytes, at + 20 + 4 * i, 4) & 0xffff'ffff);
  };
  const std::size_t indicators = count(0) + count(1);
  const std::size_t leaps = count(2);
  const std::size_t names_bytes = count(5);
  Block block;
  block.version = bytes[at + 4];
  block.time_bytes = time_bytes;
  block.changes = count(3);
  block.types = count(4);
  block.times_at = at + kHeaderBytes;
  block.indices_at = block.times_at + block.changes * time_bytes;
  block.types_at = block.indices_at + block.changes;
  block.end = block.types_at + block.types * kTypeBytes + names_bytes + leaps * (time_bytes + 4) +
              indicators;
  if (block.end > bytes.size() || block.types == 0) return std::nullopt;
  return block;
}

// Between two newlines after the last block; empty: there is none.
std::string_view footer_of(std::string_view bytes, std::size_t at) {
  std::string_view rest = bytes.substr(at);
  if (rest.empty() || rest.front() != '\n') return {};
  rest.remove_prefix(1);
  return rest.substr(0, std::min(rest.find('\n'), rest.size()));
}

}  // namespace

std::optional<TimeZone> TimeZone::parse(std::string_view bytes) {
  auto block = block_at(bytes, 0, 4);
  if (!block) return std::nullopt;
  const bool is_first_version = block->version == 0;
  if (!is_first_version) block = block_at(bytes, block->end, 8);
  if (!block) return std::nullopt;
  const auto offset_of_type = [&](std::size_t type) {
    return number_at(bytes, block->types_at + type * kTypeBytes, 4);
  };
  TimeZone zone;
  zone.first_offset_ = offset_of_type(0);
  for (std::size_t i = 0; i < block->changes; ++i) {
    const auto type = static_cast<unsigned char>(bytes[block->indices_at + i]);
    if (type >= block->types) return std::nullopt;
    zone.changes_.push_back(
        {number_at(bytes, block->times_at + i * block->time_bytes, block->time_bytes),
         offset_of_type(type)});
  }
  const bool in_order = std::is_sorted(
      zone.changes_.begin(), zone.changes_.end(), [](const Change& a, const Change& b) {
        return a.at < b.at;
      });
  if (!in_order) return std::nullopt;
  const std::string_view footer = is_first_version ? "" : footer_of(bytes, block->end);
  if (!footer.empty()) {
    zone.rule_ = parse_posix_rule(footer);
    if (!zone.rule_) return std::nullopt;
  }
  return zone;
}

std::int64_t TimeZone::offset_at(std::int64_t utc_seconds) const {
  const auto after = std::upper_bound(
      changes_.begin(), changes_.end(), utc_seconds, [](std::int64_t at, const Change& change) {
        return at < change.at;
      });
  if (after == changes_.end() && rule_) return rule_->offset_at(utc_seconds);
  return after == changes_.begin() ? first_offset_ : std::prev(after)->offset;
}

std::optional<std::int64_t> TimeZone::utc_of(std::int64_t local_seconds) const {
  // No zone is further than this from UTC, and none changes twice within it.
  constexpr std::int64_t kFurthest = std::int64_t{26} * 3600;
  std::optional<std::int64_t> first;
  for (const std::int64_t around : {local_seconds - kFurthest, local_seconds + kFurthest}) {
    const std::int64_t utc = local_seconds - offset_at(around);
    if (utc + offset_at(utc) != local_seconds) continue;
    first = std::min(first.value_or(utc), utc);
  }
  return first;
}

std::string format_in_zone(asl::Timestamp time, const TimeZone& zone) {
  const std::int64_t offset = zone.offset_at(time.ms / 1000);
  std::string text = asl::format_timestamp_short({time.ms + offset * 1000});
  text.pop_back();  // the Z
  const std::int64_t minutes = std::abs(offset) / 60;
  const auto two_digits = [](std::int64_t value) {
    return (value < 10 ? "0" : "") + std::to_string(value);
  };
  return text + (offset < 0 ? "-" : "+") + two_digits(minutes / 60) + ":" +
         two_digits(minutes % 60);
}

}  // namespace pawl::engine

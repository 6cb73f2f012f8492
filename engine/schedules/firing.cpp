#include "engine/schedules/firing.h"

#include <algorithm>
#include <array>

namespace pawl::engine {
namespace {

constexpr std::size_t kExecutionNameMax = 80;

// FNV-1a, as 16 hexadecimal digits: to tell names apart, not to hide anything.
std::string digest_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (int shift = 60; shift >= 0; shift -= 4) hex += kDigits[(hash >> shift) & 15];
  return hex;
}

void replace_all(std::string& text, std::string_view what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

}  // namespace

std::string fire_name(std::string_view schedule, Timestamp time) {
  std::string suffix = asl::format_timestamp_short(time);
  std::replace(suffix.begin(), suffix.end(), ':', '-');
  return fire_name(schedule, suffix);
}

std::string fire_name(std::string_view schedule, std::string_view suffix) {
  constexpr std::size_t kDigestDigits = 8;
  std::string name(schedule);
  const std::size_t room = kExecutionNameMax - std::min(kExecutionNameMax, suffix.size() + 1);
  if (name.size() > room) {
    const std::size_t kept = room - std::min(room, kDigestDigits + 1);
    name = name.substr(0, kept) + "-" + digest_of(schedule).substr(0, kDigestDigits);
  }
  return name + "-" + std::string(suffix);
}

std::string FireContext::execution_id() const {
  return digest_of(schedule_arn + "#" + std::to_string(time.ms) + "#" + std::to_string(attempt));
}

std::string fire_input(const asl::Payload& input, const FireContext& context) {
  std::string text = input.text();
  // None of the values holds what JSON would have to escape.
  replace_all(text, "<aws.scheduler.schedule-arn>", context.schedule_arn);
  replace_all(text, "<aws.scheduler.scheduled-time>", asl::format_timestamp_short(context.time));
  replace_all(text, "<aws.scheduler.execution-id>", context.execution_id());
  replace_all(text, "<aws.scheduler.attempt-number>", std::to_string(context.attempt));
  return text;
}

}  // namespace pawl::engine

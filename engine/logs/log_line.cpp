#include "engine/logs/log_line.h"

#include <charconv>
#include <fstream>

#include "asl/text.h"
#include "engine/logs/limits.h"

namespace pawl::engine {
namespace {

using asl::Json;

constexpr std::string_view kAt = R"({"timestamp":)";
constexpr std::string_view kTakenAt = R"(,"ingestionTime":)";
constexpr std::string_view kMessage = R"(,"message":")";

// A number after `before`, which both are taken off `text`.
bool take_number(std::string_view& text, std::string_view before, std::int64_t& number) {
  if (!text.starts_with(before)) return false;
  text.remove_prefix(before.size());
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return error == std::errc();
}

// As log_line() writes it; other programs may have written it otherwise.
std::optional<LogLineTimes> own_times(std::string_view line) {
  LogLineTimes times;
  if (!line.ends_with("\"}") || !take_number(line, kAt, times.at.ms) ||
      !take_number(line, kTakenAt, times.taken_at.ms) || !line.starts_with(kMessage)) {
    return std::nullopt;
  }
  return times;
}

}  // namespace

std::size_t StoredLogEvent::size_bytes() const { return message.size() + kLogEventBytes; }

std::string log_line(const LogEvent& event, asl::Timestamp now) {
  return asl::to_text(
             {{"timestamp", event.at.ms}, {"ingestionTime", now.ms}, {"message", event.message}}) +
         "\n";
}

std::optional<LogLineTimes> log_line_times(std::string_view line) {
  if (const auto times = own_times(line)) return times;
  const auto event = stored_log_event(line, 0);
  if (!event) return std::nullopt;
  return LogLineTimes{event->at, event->taken_at};
}

std::optional<StoredLogEvent> stored_log_event(std::string_view line, std::uint64_t position) {
  auto parsed = asl::parse_text(line);
  auto* json = std::get_if<Json>(&parsed);
  if (json == nullptr || !json->is_object()) return std::nullopt;
  const auto number = [json](const char* name) -> std::int64_t {
    const auto found = json->find(name);
    return found != json->end() && found->is_number_integer() ? found->get<std::int64_t>() : 0;
  };
  const auto message = json->find("message");
  if (message == json->end() || !message->is_string()) return std::nullopt;
  return StoredLogEvent{{number("timestamp")},
                        {number("ingestionTime")},
                        std::move(message->get_ref<std::string&>()),
                        position,
                        position + line.size() + 1};
}

void each_log_line(const std::filesystem::path& path,
                   std::uint64_t from,
                   std::uint64_t to,
                   const std::function<bool(std::string_view, std::uint64_t)>& visit) {
  if (from >= to) return;
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(from));
  std::uint64_t position = from;
  for (std::string line; position < to && std::getline(file, line) && !file.eof();) {
    const std::uint64_t begin = position;
    position += line.size() + 1;
    if (!visit(line, begin)) return;
  }
}

}  // namespace pawl::engine

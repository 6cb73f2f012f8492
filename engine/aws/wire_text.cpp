#include "engine/aws/wire_text.h"

#include <time.h>

#include <array>
#include <charconv>
#include <cmath>
#include <ctime>

#include "asl/text.h"
#include "asl/utf8.h"
#include "engine/objects/digest.h"

namespace pawl::engine {

namespace {

using asl::Json;
using asl::Timestamp;

std::string http_time(Timestamp time) {
  const auto seconds = static_cast<std::time_t>(time.ms / 1000);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text.data();
}

std::string epoch_text(Timestamp time) {
  std::string text = std::to_string(time.ms / 1000);
  const auto rest = static_cast<int>(time.ms % 1000);
  if (rest == 0) return text;
  std::string fraction = std::to_string(1000 + rest).substr(1);
  while (fraction.ends_with('0')) fraction.pop_back();
  return text + "." + fraction;
}

bool is_utf8_text(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t length = asl::decode_utf8(bytes).bytes;
    if (length == 0) return false;
    bytes.remove_prefix(length);
  }
  return true;
}

template <class Number>
std::optional<Number> whole_number(std::string_view text) {
  Number number{};
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size()) return std::nullopt;
  return number;
}

Json number_value(ShapeKind kind, const std::string& text) {
  if (kind == ShapeKind::kDouble) {
    if (const auto number = whole_number<double>(text); number && std::isfinite(*number))
      return *number;
  } else if (const auto number = whole_number<std::int64_t>(text)) {
    return *number;
  }
  return text;
}

}  // namespace

std::string time_text(Timestamp time, TimeFormat format) {
  switch (format) {
    case TimeFormat::kHttpDate:
      return http_time(time);
    case TimeFormat::kEpochSeconds:
      return epoch_text(time);
    case TimeFormat::kIso8601:
    case TimeFormat::kOfProtocol:
      break;
  }
  return asl::format_timestamp_short({time.ms - time.ms % 1000});
}

std::string sdk_time_text(Timestamp time) {
  return time.ms % 1000 == 0 ? asl::format_timestamp_short(time) : asl::format_timestamp(time);
}

std::optional<Timestamp> time_of_text(std::string_view text) {
  if (auto iso = asl::parse_timestamp(text)) return iso;
  if (const auto seconds = whole_number<double>(text); seconds && std::isfinite(*seconds))
    return Timestamp{std::llround(*seconds * 1000.0)};
  std::tm parts{};
  const std::string copy(text);
  const char* rest = ::strptime(copy.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (rest == nullptr || *rest != '\0') return std::nullopt;
  return Timestamp{static_cast<std::int64_t>(timegm(&parts)) * 1000};
}

std::optional<Timestamp> time_of_value(const Json& value) {
  if (value.is_string()) return time_of_text(value.get<std::string>());
  if (!value.is_number()) return std::nullopt;
  return Timestamp{std::llround(value.get<double>() * 1000.0)};
}

TimeFormat time_format_of(const ModelMember& use, TimeFormat of_protocol) {
  if (use.time != TimeFormat::kOfProtocol) return use.time;
  if (use.shape->time != TimeFormat::kOfProtocol) return use.shape->time;
  return of_protocol;
}

std::string blob_bytes(const Json& value) {
  return value.is_string() ? value.get<std::string>() : asl::to_text(value);
}

Json blob_value(const std::string& bytes) {
  return is_utf8_text(bytes) ? Json(bytes) : Json(to_base64(bytes));
}

std::string scalar_text(const ModelMember& use, const Json& value, TimeFormat of_protocol) {
  if (use.shape->kind == ShapeKind::kBlob) return to_base64(blob_bytes(value));
  if (use.shape->kind == ShapeKind::kTimestamp) {
    if (const auto time = time_of_value(value))
      return time_text(*time, time_format_of(use, of_protocol));
  }
  return value.is_string() ? value.get<std::string>() : asl::to_text(value);
}

Json scalar_value(const ModelMember& use, const std::string& text) {
  switch (use.shape->kind) {
    case ShapeKind::kBlob: {
      const auto bytes = from_base64(text);
      return bytes ? blob_value(*bytes) : Json(text);
    }
    case ShapeKind::kBoolean:
      if (text == "true") return true;
      if (text == "false") return false;
      return text;
    case ShapeKind::kInteger:
    case ShapeKind::kLong:
    case ShapeKind::kDouble:
      return number_value(use.shape->kind, text);
    case ShapeKind::kTimestamp:
      if (const auto time = time_of_text(text)) return sdk_time_text(*time);
      return text;
    case ShapeKind::kStructure:
    case ShapeKind::kList:
    case ShapeKind::kMap:
    case ShapeKind::kString:
      break;
  }
  return text;
}

}  // namespace pawl::engine

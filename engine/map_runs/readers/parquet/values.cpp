// Stored values as JSON: native types, times since 1970 in whole milliseconds.
#include <cmath>
#include <cstdio>
#include <cstring>

#include "asl/timestamp.h"
#include "engine/map_runs/item_source.h"
#include "engine/map_runs/readers/parquet/column.h"

namespace pawl::engine::parquet {

namespace {

using asl::Json;

constexpr std::int64_t kDayMs = 86'400'000;

std::int64_t floor_div(std::int64_t value, std::int64_t by) {
  return value / by - (value % by < 0 ? 1 : 0);
}

// "1970-01-02"
std::string date_text(std::int64_t days) {
  if (std::abs(days) > 100'000'000) return std::to_string(days);
  return asl::format_timestamp({days * kDayMs}).substr(0, 10);
}

// "23:59:59.5", the fraction without zeros at its end.
std::string time_text(std::int64_t value, std::int64_t per_second) {
  const std::int64_t seconds = value / per_second;
  char text[32];
  std::snprintf(text,
                sizeof text,
                "%02lld:%02lld:%02lld",
                static_cast<long long>(seconds / 3600),
                static_cast<long long>(seconds / 60 % 60),
                static_cast<long long>(seconds % 60));
  std::string out = text;
  std::string fraction = std::to_string(per_second + value % per_second).substr(1);
  while (fraction.ends_with('0')) fraction.pop_back();
  return fraction.empty() ? out : out + "." + fraction;
}

// [pawl] Exact, so as text.
std::string decimal_text(std::string digits, int scale) {
  const bool negative = digits.starts_with('-');
  if (negative) digits.erase(0, 1);
  if (scale > 0) {
    const auto places = static_cast<std::size_t>(scale);
    if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
    digits.insert(digits.size() - places, 1, '.');
  }
  return negative ? "-" + digits : digits;
}

// Two's complement, the most significant byte first, of any length.
std::string big_integer_text(const std::string& bytes) {
  const bool negative = !bytes.empty() && (static_cast<std::uint8_t>(bytes[0]) & 0x80U) != 0;
  std::string digits = "0";  // least significant first
  const auto times_256_plus = [&digits](int carry) {
    for (char& digit : digits) {
      carry += (digit - '0') * 256;
      digit = static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    for (; carry > 0; carry /= 10) digits += static_cast<char>('0' + carry % 10);
  };
  std::string magnitude = bytes;
  if (negative) {
    int carry = 1;
    for (auto at = magnitude.rbegin(); at != magnitude.rend(); ++at) {
      const int value = (~static_cast<unsigned char>(*at) & 0xFF) + carry;
      *at = static_cast<char>(value & 0xFF);
      carry = value >> 8;
    }
  }
  for (const char byte : magnitude) times_256_plus(static_cast<unsigned char>(byte));
  std::string out(digits.rbegin(), digits.rend());
  return negative ? "-" + out : out;
}

std::string base64(const std::string& bytes) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t bits = 0;
    const std::size_t held = std::min<std::size_t>(3, bytes.size() - i);
    for (std::size_t j = 0; j < 3; ++j) {
      bits = (bits << 8U) | (j < held ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    }
    for (std::size_t j = 0; j < 4; ++j) {
      out += j <= held ? kAlphabet[(bits >> (18 - 6 * j)) & 63U] : '=';
    }
  }
  return out;
}

bool is_utf8(const std::string& bytes) {
  try {
    (void)Json(bytes).dump();
    return true;
  } catch (const Json::type_error&) {
    return false;
  }
}

std::string uuid_text(const std::string& bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += "0123456789abcdef"[static_cast<unsigned char>(bytes[i]) >> 4U];
    out += "0123456789abcdef"[static_cast<unsigned char>(bytes[i]) & 15U];
  }
  return out;
}

double half_of(const std::string& bytes) {
  const auto bits = static_cast<unsigned>(static_cast<unsigned char>(bytes[0]) |
                                          (static_cast<unsigned char>(bytes[1]) << 8U));
  const int exponent = static_cast<int>((bits >> 10U) & 31U);
  const double fraction = static_cast<double>(bits & 1023U) / 1024.0;
  const double sign = (bits & 0x8000U) != 0 ? -1.0 : 1.0;
  if (exponent == 31) return fraction == 0 ? sign * INFINITY : NAN;
  if (exponent == 0) return sign * std::ldexp(fraction, -14);
  return sign * std::ldexp(1.0 + fraction, exponent - 15);
}

// [pawl] JSON has no number for these.
Json real_json(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  return value;
}

// Nanoseconds within a day, and the Julian day.
Json int96_json(const std::string& bytes) {
  std::int64_t nanos = 0;
  std::int32_t day = 0;
  std::memcpy(&nanos, bytes.data(), sizeof nanos);
  std::memcpy(&day, bytes.data() + sizeof nanos, sizeof day);
  constexpr std::int64_t kJulianDayOf1970 = 2'440'588;
  return (day - kJulianDayOf1970) * kDayMs + nanos / 1'000'000;
}

Json integer_json(const Node& leaf, std::int64_t value) {
  switch (leaf.meaning) {
    case Meaning::kDate:
      return date_text(value);
    case Meaning::kTimeMillis:
      return time_text(value, 1'000);
    case Meaning::kTimeMicros:
      return time_text(value, 1'000'000);
    case Meaning::kTimeNanos:
      return time_text(value, 1'000'000'000);
    case Meaning::kTimestampMicros:
      return floor_div(value, 1'000);
    case Meaning::kTimestampNanos:
      return floor_div(value, 1'000'000);
    case Meaning::kDecimal:
      return decimal_text(std::to_string(value), leaf.scale);
    case Meaning::kUnsigned:
      if (leaf.physical == Physical::kInt32) return static_cast<std::uint32_t>(value);
      return static_cast<std::uint64_t>(value);
    default:
      return leaf.physical == Physical::kBoolean ? Json(value != 0) : Json(value);
  }
}

Json text_json(const Node& leaf, std::string bytes) {
  if (leaf.physical == Physical::kInt96) return int96_json(bytes);
  switch (leaf.meaning) {
    case Meaning::kDecimal:
      return decimal_text(big_integer_text(bytes), leaf.scale);
    case Meaning::kUuid:
      if (bytes.size() == 16) return uuid_text(bytes);
      break;
    case Meaning::kFloat16:
      if (bytes.size() == 2) return real_json(half_of(bytes));
      break;
    default:
      break;
  }
  // Older writers do not say that a byte array is text.
  const bool may_be_text = leaf.physical == Physical::kByteArray;
  if (may_be_text && is_utf8(bytes)) return bytes;
  return base64(bytes);
}

}  // namespace

std::vector<Json> json_values(const Node& leaf, RawValues raw) {
  std::vector<Json> out;
  out.reserve(raw.integers.size() + raw.reals.size() + raw.texts.size());
  for (const std::int64_t value : raw.integers) out.push_back(integer_json(leaf, value));
  for (const double value : raw.reals) out.push_back(real_json(value));
  for (std::string& bytes : raw.texts) out.push_back(text_json(leaf, std::move(bytes)));
  return out;
}

}  // namespace pawl::engine::parquet

// Values -> text and JSON.
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

#include "asl/jsonata/failure.h"
#include "asl/jsonata/value.h"

namespace pawl::asl::jsonata {
namespace {

void append_quoted_text(std::string& out, std::string_view text) {
  constexpr std::string_view kMeanings = "\"\\\b\f\n\r\t";
  constexpr std::string_view kNames = "\"\\bfnrt";
  out.push_back('"');
  for (const char c : text) {
    const std::size_t which = kMeanings.find(c);
    if (which != std::string_view::npos) {
      out.push_back('\\');
      out.push_back(kNames[which]);
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    } else {
      out.push_back(c);
    }
  }
  out.push_back('"');
}

class JsonTextWriter {
 public:
  explicit JsonTextWriter(const TextStyle& style) : style_(style) {}

  void write(const Value& value) {
    switch (value.kind()) {
      case Value::Kind::kBoolean:
        out += value.boolean() ? "true" : "false";
        return;
      case Value::Kind::kInteger:
        out += std::to_string(value.integer());
        return;
      case Value::Kind::kDouble:
        write_double(value.number());
        return;
      case Value::Kind::kString:
        append_quoted_text(out, value.string());
        return;
      case Value::Kind::kArray:
        write_array(value.array());
        return;
      case Value::Kind::kObject:
        write_object(value.object());
        return;
      case Value::Kind::kFunction:
        out += "\"\"";
        return;
      default:
        out += "null";
    }
  }

  std::string out;

 private:
  void write_double(double number) {
    if (std::isinf(number) && style_.refuses_infinity) fail_with("D1001", Value::of(number));
    if (!std::isfinite(number)) {
      out += "null";
    } else if (std::trunc(number) == number) {
      out += number_to_text(number);
    } else {
      out += number_to_rounded_text(number);
    }
  }
  void write_array(const Array& array) {
    if (array.items.empty()) {
      out += "[]";
      return;
    }
    out.push_back('[');
    ++depth_;
    bool is_first = true;
    for (const Value& item : array.items) {
      separate(is_first);
      write(item);
    }
    --depth_;
    break_line();
    out.push_back(']');
  }
  void write_object(const Object& object) {
    bool is_first = true;
    out.push_back('{');
    ++depth_;
    for (const auto& [name, member] : object.members) {
      if (member.is_undefined()) continue;
      separate(is_first);
      append_quoted_text(out, name);
      out += style_.is_pretty ? ": " : ":";
      write(member);
    }
    --depth_;
    if (!is_first) break_line();
    out.push_back('}');
  }
  void separate(bool& is_first) {
    if (!is_first) out.push_back(',');
    is_first = false;
    break_line();
  }
  void break_line() {
    if (style_.is_pretty) out += "\n" + std::string(2 * depth_, ' ');
  }

  TextStyle style_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string number_to_text(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return "0";
  char buffer[400];
  const double magnitude = std::fabs(value);
  if (magnitude < 1e21 && magnitude >= 1e-6) {
    // The shortest digits, then zeros: std::to_chars alone would print all the digits of 2^63.
    const auto scientific = std::to_chars(
        std::begin(buffer), std::end(buffer), magnitude, std::chars_format::scientific);
    const std::string_view text(buffer, static_cast<std::size_t>(scientific.ptr - buffer));
    const std::size_t e = text.find('e');
    std::string digits(1, text[0]);
    if (e > 2) digits += text.substr(2, e - 2);
    const int exponent = std::atoi(std::string(text.substr(e + 1)).c_str());
    std::string plain;
    if (exponent < 0) {
      plain = "0." + std::string(static_cast<std::size_t>(-exponent - 1), '0') + digits;
    } else {
      const auto whole = static_cast<std::size_t>(exponent) + 1;
      if (digits.size() <= whole) {
        plain = digits + std::string(whole - digits.size(), '0');
      } else {
        plain = digits.substr(0, whole) + "." + digits.substr(whole);
      }
    }
    return value < 0 ? "-" + plain : plain;
  }
  const auto end =
      std::to_chars(std::begin(buffer), std::end(buffer), value, std::chars_format::scientific).ptr;
  const std::string text(buffer, end);
  const std::size_t e = text.find('e');
  std::size_t digits = e + 2;
  while (digits + 1 < text.size() && text[digits] == '0') ++digits;
  return text.substr(0, e + 2) + text.substr(digits);
}

std::string number_to_rounded_text(double value) {
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.14e", value);
  return number_to_text(std::strtod(buffer, nullptr));
}

std::string to_json_text(const Value& value, const TextStyle& style) {
  JsonTextWriter writer(style);
  writer.write(value);
  return std::move(writer.out);
}

Json to_json(const Value& value, NonFinite non_finite) {
  switch (value.kind()) {
    case Value::Kind::kBoolean:
      return value.boolean();
    case Value::Kind::kInteger:
      return value.integer();
    case Value::Kind::kDouble:
      if (std::isfinite(value.number())) return value.number();
      return non_finite == NonFinite::kNull ? Json() : Json(number_to_text(value.number()));
    case Value::Kind::kString:
      return value.string();
    case Value::Kind::kArray: {
      Json array = Json::array();
      for (const Value& item : value.array().items) array.push_back(to_json(item, non_finite));
      return array;
    }
    case Value::Kind::kObject: {
      Json object = Json::object();
      for (const auto& [name, member] : value.object().members) {
        if (!member.is_undefined() && !member.is_function()) {
          object.emplace(name, to_json(member, non_finite));
        }
      }
      return object;
    }
    default:
      return nullptr;
  }
}

}  // namespace pawl::asl::jsonata

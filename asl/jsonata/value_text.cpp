// Values -> text and JSON.
#include <algorithm>
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
  std::size_t plain = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (static_cast<unsigned char>(c) >= 0x20 && c != '"' && c != '\\') continue;
    out.append(text, plain, at - plain);
    plain = at + 1;
    const std::size_t which = kMeanings.find(c);
    if (which != std::string_view::npos) {
      out.push_back('\\');
      out.push_back(kNames[which]);
    } else {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u%04x", static_cast<unsigned>(c));
      out += escape;
    }
  }
  out.append(text, plain);
  out.push_back('"');
}

void append_integer(std::string& out, std::int64_t value) {
  char digits[24];
  out.append(digits, std::to_chars(std::begin(digits), std::end(digits), value).ptr);
}

class JsonTextWriter {
 public:
  explicit JsonTextWriter(const TextStyle& style) : style_(style) {}

  void write(const Value& value) {
    if (is_full()) return;
    switch (value.kind()) {
      case Value::Kind::kBoolean:
        out += value.boolean() ? "true" : "false";
        return;
      case Value::Kind::kInteger:
        append_integer(out, value.integer());
        return;
      case Value::Kind::kDouble:
        write_double(value.number());
        return;
      case Value::Kind::kString:
        append_quoted_text(out, value.string());
        return;
      case Value::Kind::kArray:
        write_array(value);
        return;
      case Value::Kind::kObject:
        write_object(value);
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
  bool is_full() const {
    if (out.size() <= style_.bytes_max) return false;
    if (!style_.ends_at_bound) fail_bound(Bound::kMemory);
    return true;
  }
  void write_array(const Value& array) {
    const Items items(array);
    if (items.size() == 0) {
      out += "[]";
      return;
    }
    out.push_back('[');
    ++depth_;
    bool is_first = true;
    for (std::size_t i = 0; i < items.size() && !is_full(); ++i) {
      separate(is_first);
      write(items[i]);
    }
    --depth_;
    break_line();
    out.push_back(']');
  }
  void write_object(const Value& object) {
    bool is_first = true;
    out.push_back('{');
    ++depth_;
    if (const Json* document = object.json()) {
      for (const auto& [name, member] : document->get_ref<const Json::object_t&>()) {
        write_member(name, Value::view_of(member), is_first);
      }
    } else {
      for (const auto& [name, member] : object.object().members) {
        write_member(name, member, is_first);
      }
    }
    --depth_;
    if (!is_first) break_line();
    out.push_back('}');
  }
  void write_member(const std::string& name, const Value& member, bool& is_first) {
    if (member.is_undefined() || is_full()) return;
    separate(is_first);
    append_quoted_text(out, name);
    out += style_.is_pretty ? ": " : ":";
    write(member);
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

// Documents have whole numbers below 2^53 as integers, as Value has.
void make_numbers_whole(Json& json) {
  if (json.is_number_float()) {
    const Value number = Value::view_of(json);
    if (number.is_integer()) json = number.integer();
  } else if (json.is_number_unsigned()) {
    const Value number = Value::view_of(json);
    json = number.is_integer() ? Json(number.integer()) : Json(number.number());
  } else if (json.is_structured()) {
    for (Json& item : json) make_numbers_whole(item);
  }
}

class JsonMaker {
 public:
  JsonMaker(NonFinite non_finite, std::size_t bytes_max)
      : non_finite_(non_finite), bytes_left_(bytes_max) {}

  Json make(Value value) {
    if (const Json* document = value.json()) {
      spend_on(*document);
      Json copy = *document;
      make_numbers_whole(copy);
      return copy;
    }
    spend(value.is_string() ? value.string().size() : kNumberBytes);
    switch (value.kind()) {
      case Value::Kind::kBoolean:
        return value.boolean();
      case Value::Kind::kInteger:
        return value.integer();
      case Value::Kind::kDouble:
        if (std::isfinite(value.number())) return value.number();
        return non_finite_ == NonFinite::kNull ? Json() : Json(number_to_text(value.number()));
      case Value::Kind::kString:
        return value.take_string();
      case Value::Kind::kArray:
        return make_array(std::move(value));
      case Value::Kind::kObject:
        return make_object(std::move(value));
      default:
        return nullptr;
    }
  }

 private:
  void spend(std::size_t bytes) {
    if (bytes > bytes_left_) fail_bound(Bound::kMemory);
    bytes_left_ -= bytes;
  }
  void spend_on(const Json& json) {
    if (json.is_string()) {
      spend(json.get_ref<const std::string&>().size());
    } else if (json.is_object()) {
      for (const auto& [name, member] : json.get_ref<const Json::object_t&>()) {
        spend(name.size());
        spend_on(member);
      }
    } else if (json.is_array()) {
      for (const Json& item : json) spend_on(item);
    } else {
      spend(kNumberBytes);
    }
  }
  // What nobody else holds is moved out of the value, not copied.
  Json make_array(Value value) {
    const bool is_own = value.is_held_once();
    Array& array = value.shared_array();
    Json::array_t result;
    result.reserve(array.items.size());
    for (Value& item : array.items) result.push_back(make(is_own ? std::move(item) : item));
    return result;
  }
  Json make_object(Value value) {
    const bool is_own = value.is_held_once();
    Json::object_t result;
    for (auto& [name, member] : value.shared_object().members) {
      if (member.is_undefined() || member.is_function()) continue;
      spend(name.size());
      if (is_own) {
        result.emplace(std::move(name), make(std::move(member)));
      } else {
        result.emplace(name, make(member));
      }
    }
    return result;
  }

  NonFinite non_finite_;
  std::size_t bytes_left_;
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
  // What has no more digits than that in its shortest form is the same rounded.
  char shortest[64];
  const auto end =
      std::to_chars(std::begin(shortest), std::end(shortest), value, std::chars_format::scientific)
          .ptr;
  const auto e = std::find(std::begin(shortest), end, 'e');
  if (e - std::begin(shortest) <= 16) return number_to_text(value);
  char buffer[64];
  std::snprintf(buffer, sizeof buffer, "%.14e", value);
  return number_to_text(std::strtod(buffer, nullptr));
}

std::string to_json_text(const Value& value, const TextStyle& style) {
  JsonTextWriter writer(style);
  writer.write(value);
  return std::move(writer.out);
}

Json to_json(Value value, NonFinite non_finite, std::size_t bytes_max) {
  return JsonMaker(non_finite, bytes_max).make(std::move(value));
}

}  // namespace pawl::asl::jsonata

#include "engine/api/rest/openapi/schema_check.h"

#include <algorithm>
#include <optional>

#include "asl/text.h"
#include "engine/api/rest/openapi/operation.h"
#include "engine/api/rest/problem.h"

namespace pawl::engine {

using asl::Json;

namespace {

constexpr std::size_t kFaultsMax = 20;

bool has_type(const Json& value, const std::string& type) {
  if (type == "object") return value.is_object();
  if (type == "array") return value.is_array();
  if (type == "string") return value.is_string();
  if (type == "boolean") return value.is_boolean();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  return value.is_null();
}

std::string in_words(const std::string& type) {
  if (type == "object") return "An object";
  if (type == "array") return "A list";
  if (type == "string") return "A text";
  if (type == "boolean") return "true or false";
  if (type == "integer") return "A whole number";
  if (type == "number") return "A number";
  return "null";
}

std::string escaped(std::string name) {
  for (std::size_t at = 0; (at = name.find_first_of("~/", at)) != std::string::npos; at += 2) {
    name.replace(at, 1, name[at] == '~' ? "~0" : "~1");
  }
  return name;
}

// Code points: UTF-8's continuation bytes do not count.
std::int64_t length_of(const std::string& text) {
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
}

class Check {
 public:
  void value(const Json& value, const Json& schema, const std::string& pointer) {
    if (const auto reference = schema.find("$ref"); reference != schema.end()) {
      const std::string name = reference->get<std::string>();
      return this->value(value, rest_schemas().at(name.substr(name.rfind('/') + 1)), pointer);
    }
    if (!type(value, schema, pointer)) return;
    if (const auto allowed = schema.find("enum"); allowed != schema.end()) {
      if (std::find(allowed->begin(), allowed->end(), value) == allowed->end()) {
        fault(pointer, "One of " + asl::to_text(*allowed) + " is expected");
      }
    }
    if (value.is_object()) object(value, schema, pointer);
    if (value.is_array()) array(value, schema, pointer);
    if (value.is_string()) {
      size(length_of(value.get_ref<const std::string&>()), schema, "Length", pointer);
    }
    if (value.is_number()) number(value, schema, pointer);
  }

  Json faults = Json::array();
  std::optional<std::string> own_words;  // of the last fault that has such

 private:
  void fault(const std::string& pointer, const std::string& detail) {
    if (faults.size() < kFaultsMax) faults.push_back({{"pointer", pointer}, {"detail", detail}});
  }

  bool type(const Json& value, const Json& schema, const std::string& pointer) {
    const auto wanted = schema.find("type");
    if (wanted == schema.end()) return true;
    const Json types = wanted->is_array() ? *wanted : Json::array({*wanted});
    std::string words;
    for (const Json& each : types) {
      if (has_type(value, each.get<std::string>())) return true;
      words += (words.empty() ? "" : " or ") + in_words(each.get<std::string>());
    }
    words += " is expected";
    if (const auto refusal = schema.find("x-refusal"); refusal != schema.end()) {
      words = refusal->get<std::string>();
      own_words = words;
    }
    fault(pointer, words);
    return false;
  }

  void object(const Json& value, const Json& schema, const std::string& pointer) {
    const Json properties = schema.value("properties", Json::object());
    const auto others = schema.find("additionalProperties");
    for (const auto& [name, member] : value.items()) {
      const std::string at = pointer + "/" + escaped(name);
      if (const auto known = properties.find(name); known != properties.end()) {
        this->value(member, *known, at);
      } else if (others == schema.end()) {
        continue;
      } else if (others->is_object()) {
        this->value(member, *others, at);
      } else if (*others == false) {
        fault(at, "Unknown field");
      }
    }
    for (const Json& name : schema.value("required", Json::array())) {
      const std::string text = name.get<std::string>();
      if (!value.contains(text)) fault(pointer + "/" + escaped(text), "It is required");
    }
  }

  void array(const Json& value, const Json& schema, const std::string& pointer) {
    size(static_cast<std::int64_t>(value.size()), schema, "Items", pointer);
    const auto items = schema.find("items");
    if (items == schema.end()) return;
    for (std::size_t i = 0; i < value.size(); ++i) {
      this->value(value[i], *items, pointer + "/" + std::to_string(i));
    }
  }

  // minLength and maxLength, minItems and maxItems.
  void size(std::int64_t size, const Json& schema, const char* what, const std::string& pointer) {
    const auto least = schema.find(std::string("min") + what);
    const auto most = schema.find(std::string("max") + what);
    if (least != schema.end() && size < least->get<std::int64_t>()) {
      fault(pointer, "It is shorter than " + least->dump());
    } else if (most != schema.end() && size > most->get<std::int64_t>()) {
      fault(pointer, "It is longer than " + most->dump());
    }
  }

  void number(const Json& value, const Json& schema, const std::string& pointer) {
    const auto least = schema.find("minimum");
    const auto most = schema.find("maximum");
    if (least != schema.end() && value < *least) fault(pointer, "It is less than " + least->dump());
    if (most != schema.end() && value > *most) fault(pointer, "It is more than " + most->dump());
  }
};

}  // namespace

void check_body(const Json& body, const Json& schema) {
  Check check;
  check.value(body, schema, "");
  if (check.faults.empty()) return;
  Problem problem = bad_field(check.faults[0]["pointer"].get<std::string>(), "");
  // The reason is all that one wants to read.
  if (check.own_words && check.faults.size() == 1) problem.detail = *check.own_words;
  problem.errors = std::move(check.faults);
  throw problem;
}

}  // namespace pawl::engine

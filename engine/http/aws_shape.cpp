#include "engine/http/aws_shape.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <limits>
#include <stdexcept>

#include "asl/text.h"
#include "engine/http/text.h"

namespace pawl::engine {

using asl::Json;

class Pattern {
 public:
  explicit Pattern(const std::string& expression) {
    int error = 0;
    PCRE2_SIZE offset = 0;
    code_ = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(expression.data()),
                          expression.size(),
                          PCRE2_ANCHORED | PCRE2_ENDANCHORED | PCRE2_UTF,
                          &error,
                          &offset,
                          nullptr);
    if (code_ == nullptr) throw std::invalid_argument("not a regular expression: " + expression);
  }
  ~Pattern() { pcre2_code_free(code_); }
  Pattern(const Pattern&) = delete;
  Pattern& operator=(const Pattern&) = delete;

  bool matches(const std::string& text) const {
    pcre2_match_data* data = pcre2_match_data_create_from_pattern(code_, nullptr);
    const int found = pcre2_match(
        code_, reinterpret_cast<PCRE2_SPTR>(text.data()), text.size(), 0, 0, data, nullptr);
    pcre2_match_data_free(data);
    return found >= 0;
  }

 private:
  pcre2_code* code_ = nullptr;
};

Shape Shape::length(std::int64_t least, std::int64_t most) const {
  Shape changed = *this;
  changed.min = least;
  changed.max = most;
  return changed;
}

Shape Shape::at_least(std::int64_t least) const {
  Shape changed = *this;
  changed.min = least;
  return changed;
}

Shape Shape::at_most(std::int64_t most) const {
  Shape changed = *this;
  changed.max = most;
  return changed;
}

Shape Shape::at_most_bytes(std::int64_t most) const {
  Shape changed = at_most(most);
  changed.counts_bytes = true;
  return changed;
}

Shape Shape::matching(std::string expression) const {
  Shape changed = *this;
  changed.pattern = std::make_shared<const Pattern>(expression);
  changed.pattern_text = std::move(expression);
  return changed;
}

Shape Shape::one_of(std::vector<std::string> allowed) const {
  Shape changed = *this;
  changed.values = std::move(allowed);
  return changed;
}

Shape Shape::secret() const {
  Shape changed = *this;
  changed.sensitive = true;
  return changed;
}

namespace shapes {
namespace {
Shape of(Shape::Type type) {
  Shape shape;
  shape.type = type;
  return shape;
}
}  // namespace

Shape text() { return of(Shape::Type::kString); }
Shape integer() { return of(Shape::Type::kInteger); }
Shape whole() { return of(Shape::Type::kLong); }
Shape number() { return of(Shape::Type::kNumber); }
Shape boolean() { return of(Shape::Type::kBoolean); }
Shape timestamp() { return of(Shape::Type::kTimestamp); }
Shape any() { return of(Shape::Type::kAny); }

Shape list(Shape element) {
  Shape shape = of(Shape::Type::kList);
  shape.element = std::make_shared<const Shape>(std::move(element));
  return shape;
}

Shape map(Shape value) {
  Shape shape = of(Shape::Type::kMap);
  shape.element = std::make_shared<const Shape>(std::move(value));
  return shape;
}

Shape structure(std::vector<Member> members) {
  Shape shape = of(Shape::Type::kStructure);
  shape.members = std::move(members);
  return shape;
}

Member required(std::string name, Shape shape) { return {std::move(name), std::move(shape), true}; }
Member optional(std::string name, Shape shape) {
  return {std::move(name), std::move(shape), false};
}
}  // namespace shapes

namespace {

const char* expected_name(Shape::Type type) {
  switch (type) {
    case Shape::Type::kString:
      return "a String";
    case Shape::Type::kInteger:
      return "an Integer";
    case Shape::Type::kLong:
      return "a Long";
    case Shape::Type::kNumber:
      return "a Double";
    case Shape::Type::kBoolean:
      return "a Boolean";
    case Shape::Type::kTimestamp:
      return "milliseconds since epoch";
    case Shape::Type::kList:
      return "a List";
    case Shape::Type::kMap:
      return "a Map";
    case Shape::Type::kStructure:
      return "a Structure";
    case Shape::Type::kAny:
      return "a Document";
  }
  return "";
}

// [pawl] The words of AWS's own parsers differ from service to service; these are the commonest.
std::string wrong_type(const Json& value, Shape::Type type) {
  if (value.is_object()) return "Start of structure or map found where not expected.";
  if (value.is_array()) return "Start of list found where not expected";
  std::string found = "STRING_VALUE";
  if (value.is_number_integer()) found = "NUMBER_VALUE";
  if (value.is_number_float()) found = "DECIMAL_VALUE";
  if (value.is_boolean()) found = value.get<bool>() ? "TRUE_VALUE" : "FALSE_VALUE";
  return found + " can not be converted to " + expected_name(type);
}

bool is_integer_within(const Json& value, std::int64_t least, std::int64_t most) {
  if (value.is_number_unsigned()) {
    return value.get<std::uint64_t>() <= static_cast<std::uint64_t>(most);
  }
  if (value.is_number_integer()) {
    return value.get<std::int64_t>() >= least && value.get<std::int64_t>() <= most;
  }
  return false;
}

bool has_type(const Json& value, Shape::Type type) {
  switch (type) {
    case Shape::Type::kString:
      return value.is_string();
    case Shape::Type::kInteger:
      return is_integer_within(value,
                               std::numeric_limits<std::int32_t>::min(),
                               std::numeric_limits<std::int32_t>::max());
    case Shape::Type::kLong:
      return is_integer_within(value,
                               std::numeric_limits<std::int64_t>::min(),
                               std::numeric_limits<std::int64_t>::max());
    case Shape::Type::kNumber:
    case Shape::Type::kTimestamp:
      return value.is_number();
    case Shape::Type::kBoolean:
      return value.is_boolean();
    case Shape::Type::kList:
      return value.is_array();
    case Shape::Type::kMap:
    case Shape::Type::kStructure:
      return value.is_object();
    case Shape::Type::kAny:
      return true;
  }
  return false;
}

std::optional<std::string> type_fault(const Shape& shape, const Json& value) {
  if (value.is_null()) return std::nullopt;
  if (!has_type(value, shape.type)) return wrong_type(value, shape.type);
  if (shape.type == Shape::Type::kStructure) {
    for (const Member& member : shape.members) {
      const auto found = value.find(member.name);
      if (found == value.end()) continue;
      if (auto fault = type_fault(member.shape, *found)) return fault;
    }
  }
  if (shape.type == Shape::Type::kList || shape.type == Shape::Type::kMap) {
    for (const Json& element : value) {
      if (auto fault = type_fault(*shape.element, element)) return fault;
    }
  }
  return std::nullopt;
}

std::int64_t characters(const std::string& utf8) {
  std::int64_t count = 0;
  for (const char c : utf8) count += (static_cast<unsigned char>(c) & 0xC0U) != 0x80U ? 1 : 0;
  return count;
}

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) {
    if (!text.empty()) text += ", ";
    text += value;
  }
  return text;
}

// Collects every violated constraint of one request.
class Checker {
 public:
  void check(const Shape& shape, const Json& value, const std::string& path) {
    switch (shape.type) {
      case Shape::Type::kString:
        check_text(shape, value, path);
        return;
      case Shape::Type::kInteger:
      case Shape::Type::kLong:
      case Shape::Type::kNumber:
        check_bounds(shape, value, path, "value", value.get<double>());
        return;
      case Shape::Type::kList:
      case Shape::Type::kMap:
        check_elements(shape, value, path);
        return;
      case Shape::Type::kStructure:
        check_members(shape, value, path);
        return;
      case Shape::Type::kBoolean:
      case Shape::Type::kTimestamp:
      case Shape::Type::kAny:
        return;
    }
  }

  std::optional<ServiceError> error() const {
    if (faults_.empty()) return std::nullopt;
    std::string message = std::to_string(faults_.size()) + " validation error" +
                          (faults_.size() == 1 ? "" : "s") + " detected: ";
    for (std::size_t i = 0; i < faults_.size(); ++i) message += (i == 0 ? "" : "; ") + faults_[i];
    return ServiceError{"ValidationException", message};
  }

 private:
  void check_text(const Shape& shape, const Json& value, const std::string& path) {
    const auto& text = value.get_ref<const std::string&>();
    if (!shape.values.empty() &&
        std::find(shape.values.begin(), shape.values.end(), text) == shape.values.end()) {
      report(shape, value, path, "satisfy enum value set: [" + joined(shape.values) + "]");
    }
    const std::size_t length = shape.counts_bytes ? text.size() : characters(text);
    check_bounds(shape, value, path, "length", static_cast<double>(length));
    if (shape.pattern && !shape.pattern->matches(text)) {
      report(shape, value, path, "satisfy regular expression pattern: " + shape.pattern_text);
    }
  }

  void check_elements(const Shape& shape, const Json& value, const std::string& path) {
    check_bounds(shape, value, path, "length", static_cast<double>(value.size()));
    std::size_t index = 0;
    for (const auto& item : value.items()) {
      ++index;
      // [aws] The elements of a list count from 1: 'tags.1.member.key'.
      const std::string place =
          path + "." + (value.is_array() ? std::to_string(index) : item.key()) + ".member";
      if (item.value().is_null()) {
        report(*shape.element, item.value(), place, "not be null");
      } else {
        check(*shape.element, item.value(), place);
      }
    }
  }

  // [seen] "at 'authorizationType'" of the member AuthorizationType.
  static std::string property_name(std::string name) {
    name.front() = ascii_lower(name.front());
    return name;
  }

  void check_members(const Shape& shape, const Json& value, const std::string& path) {
    for (const Member& member : shape.members) {
      const std::string name = property_name(member.name);
      const std::string place = path.empty() ? name : path + "." + name;
      const auto found = value.find(member.name);
      if (found != value.end() && !found->is_null()) {
        check(member.shape, *found, place);
      } else if (member.required) {
        report(member.shape, Json(), place, "not be null");
      }
    }
  }

  void check_bounds(const Shape& shape,
                    const Json& value,
                    const std::string& path,
                    const char* what,
                    double amount) {
    if (shape.max && amount > static_cast<double>(*shape.max)) {
      report(shape,
             value,
             path,
             std::string("have ") + what + " less than or equal to " + std::to_string(*shape.max));
    }
    if (shape.min && amount < static_cast<double>(*shape.min)) {
      report(
          shape,
          value,
          path,
          std::string("have ") + what + " greater than or equal to " + std::to_string(*shape.min));
    }
  }

  // [seen] "Value '1001' at 'maxResults' failed to satisfy constraint: Member must have value less
  //        than or equal to 1000"
  void report(const Shape& shape,
              const Json& value,
              const std::string& path,
              const std::string& rule) {
    std::string shown = " ";
    if (value.is_null()) {
      shown = " null ";
    } else if (!shape.sensitive) {
      shown = " '" + (value.is_string() ? value.get<std::string>() : asl::to_text(value)) + "' ";
    }
    faults_.push_back("Value" + shown + "at '" + path +
                      "' failed to satisfy constraint: Member must " + rule);
  }

  std::vector<std::string> faults_;
};

}  // namespace

void drop_null_members(const Shape& shape, Json& request) {
  if (request.is_null()) return;
  if (shape.type == Shape::Type::kStructure) {
    for (const Member& member : shape.members) {
      const auto found = request.find(member.name);
      if (found == request.end()) continue;
      if (found->is_null()) {
        request.erase(found);
      } else {
        drop_null_members(member.shape, *found);
      }
    }
  } else if (shape.element != nullptr) {  // a list or a map
    for (Json& element : request) drop_null_members(*shape.element, element);
  }
}

std::optional<ServiceError> check_request(const Shape& shape, const Json& request) {
  if (!request.is_object()) {
    return ServiceError{"SerializationException", wrong_type(request, shape.type)};
  }
  if (const auto fault = type_fault(shape, request)) {
    return ServiceError{"SerializationException", *fault};
  }
  Checker checker;
  checker.check(shape, request, "");
  return checker.error();
}

}  // namespace pawl::engine

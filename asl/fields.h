// Tables of fields: which members an object of the language has, of which type, in which query
// language; and the check of an object against its table.
#pragma once

#include <limits>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/findings.h"
#include "asl/json.h"
#include "asl/scope_data.h"
#include "asl/template.h"

namespace pawl::asl {

enum class Shape { kAny, kText, kTextOrNull, kBoolean, kInteger, kNumber, kObject, kArray };
enum class Speaks { kBoth, kJsonPath, kJsonata };  // the query language a field belongs to

struct ObjectRules;

// One row of a table. Built by the functions below, which read like a sentence:
// integer("TimeoutSeconds").between(1, kSecondsMax).or_expression()
struct FieldRule {
  std::string_view name;
  Shape shape = Shape::kAny;
  Speaks speaks = Speaks::kBoth;
  bool is_required = false;
  bool takes_expression = false;  // in JSONata: "{% ... %}" instead of the value
  bool is_never_empty = false;
  double minimum = -std::numeric_limits<double>::infinity();
  double maximum = std::numeric_limits<double>::infinity();
  std::span<const std::string_view> values = {};
  // Of what a field holds: of the object, or of each element of the array. check_object() leaves it
  // to whoever reads the field; asl/schema.h tells it.
  const ObjectRules* holds = nullptr;
  Shape elements = Shape::kAny;

  constexpr FieldRule with(auto&& change) const {
    FieldRule rule = *this;
    change(rule);
    return rule;
  }
  constexpr FieldRule required() const {
    return with([](FieldRule& r) { r.is_required = true; });
  }
  constexpr FieldRule or_expression() const {
    return with([](FieldRule& r) { r.takes_expression = true; });
  }
  constexpr FieldRule not_empty() const {
    return with([](FieldRule& r) { r.is_never_empty = true; });
  }
  constexpr FieldRule in_jsonpath() const {
    return with([](FieldRule& r) { r.speaks = Speaks::kJsonPath; });
  }
  constexpr FieldRule in_jsonata() const {
    return with([](FieldRule& r) { r.speaks = Speaks::kJsonata; });
  }
  constexpr FieldRule at_least(double least) const {
    return with([=](FieldRule& r) { r.minimum = least; });
  }
  constexpr FieldRule between(double least, double most) const {
    return with([=](FieldRule& r) {
      r.minimum = least;
      r.maximum = most;
    });
  }
  constexpr FieldRule of(const ObjectRules& rules) const {
    return with([&](FieldRule& r) { r.holds = &rules; });
  }
  constexpr FieldRule of_texts() const {
    return with([](FieldRule& r) { r.elements = Shape::kText; });
  }
  constexpr FieldRule one_of(std::span<const std::string_view> allowed) const {
    return with([=](FieldRule& r) { r.values = allowed; });
  }
};

constexpr FieldRule any(std::string_view name) { return {name, Shape::kAny}; }
constexpr FieldRule text(std::string_view name) { return {name, Shape::kText}; }
constexpr FieldRule text_or_null(std::string_view name) { return {name, Shape::kTextOrNull}; }
constexpr FieldRule boolean(std::string_view name) { return {name, Shape::kBoolean}; }
constexpr FieldRule integer(std::string_view name) { return {name, Shape::kInteger}; }
constexpr FieldRule number(std::string_view name) { return {name, Shape::kNumber}; }
constexpr FieldRule object(std::string_view name) { return {name, Shape::kObject}; }
constexpr FieldRule array(std::string_view name) { return {name, Shape::kArray}; }
constexpr FieldRule path(std::string_view name) { return text(name).in_jsonpath(); }

// Fields of which an object has at most one, or exactly one. Named in messages in this order.
struct FieldGroup {
  std::span<const std::string_view> names;
  bool one_is_required = false;
};

// Other rules for an object with this value in a member of it.
struct RulesVariant {
  std::string_view member;
  std::string_view value;
  const ObjectRules* rules = nullptr;
};

struct ObjectRules {
  std::span<const FieldRule> fields;
  std::span<const FieldGroup> groups = {};
  bool ignores_others = false;  // members that are not in the table are read by someone else
  RulesVariant variant = {};    // for asl/schema.h; whoever reads the object picks its rules
};

// The members of one object that its table accepts: known, of this language, of the right type and
// range.
class Fields {
 public:
  const Json* find(std::string_view name) const {
    for (const auto& [known, value] : members_) {
      if (known == name) return value;
    }
    return nullptr;
  }
  bool has(std::string_view name) const { return find(name) != nullptr; }

 private:
  friend class ObjectCheck;
  std::vector<std::pair<std::string_view, const Json*>> members_;
};

struct Reading {
  QueryLanguage language = QueryLanguage::kJsonPath;
  // [seen] A JSONPath state in a JSONata machine is told so, and not about fields of the other
  // language.
  bool hides_language_findings = false;
  // What JSONata's $states has in Output and Assign; elsewhere it is kStatesAtEntry.
  StatesMembers states_at_exit = kStatesAtEntry;
};

// Checks `value`, which stands at `place`, and reports what is wrong. Not an object: reported, and
// no fields.
Fields check_object(const Json& value,
                    const ObjectRules& rules,
                    const Reading& reading,
                    const Place& place,
                    Findings& findings);

// "[A, B]"
std::string bracketed(std::span<const std::string_view> names);
std::string bracketed(const std::vector<std::string_view>& names);

// A string of a JSONata state that is meant as an expression.
bool opens_expression(std::string_view text);
bool closes_expression(std::string_view text);
bool is_expression(std::string_view text);
// What stands between {% and %}, trimmed. REQUIRES: is_expression(text).
std::string_view expression_text(std::string_view text);

inline constexpr const char* kExpressionNotClosed =
    "JSONata string must start with {% and end with %}";

// The message for a field that belongs to the other query language.
std::string other_language_message(QueryLanguage set, std::string_view field);

}  // namespace pawl::asl

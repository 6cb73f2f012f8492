// The shapes of AWS requests as data: which members an action takes, of which type, within which
// bounds; and the check that words a violation as AWS does.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "asl/json.h"
#include "engine/http/service_error.h"

namespace pawl::engine {

class Pattern;  // a compiled regular expression
struct Member;

// [aws] The constraint traits of the API models. `min` and `max` bound the length of strings (in
// characters), lists and maps, and the value of numbers.
struct Shape {
  enum class Type {
    kString,
    kInteger,  // 32 bits
    kLong,
    kNumber,
    kBoolean,
    kTimestamp,  // epoch seconds
    kList,
    kMap,
    kStructure,
    kAny,  // a document: not looked into
  };
  Type type = Type::kAny;
  std::optional<std::int64_t> min;
  std::optional<std::int64_t> max;
  std::string pattern_text;
  std::shared_ptr<const Pattern> pattern;
  std::vector<std::string> values;       // enum
  std::vector<Member> members;           // structure
  std::shared_ptr<const Shape> element;  // list, map
  bool counts_bytes = false;             // of UTF-8: `max` of a string bounds them
  bool sensitive = false;                // the value is not repeated in messages

  // Each returns the changed copy, so that a table reads as a sentence:
  // shapes::text().length(1, 80).matching("[a-z]+").
  Shape length(std::int64_t least, std::int64_t most) const;
  Shape range(std::int64_t least, std::int64_t most) const { return length(least, most); }
  Shape at_least(std::int64_t least) const;
  Shape at_most(std::int64_t most) const;
  Shape at_most_bytes(std::int64_t most) const;
  // The whole value matches. REQUIRES: a valid expression.
  Shape matching(std::string expression) const;
  // In the order in which messages list them.
  Shape one_of(std::vector<std::string> allowed) const;
  Shape secret() const;
};

struct Member {
  std::string name;
  Shape shape;
  bool required = false;
};

namespace shapes {
Shape text();
Shape integer();
Shape whole();  // 64 bits
Shape number();
Shape boolean();
Shape timestamp();
Shape any();
Shape list(Shape element);
Shape map(Shape value);
Shape structure(std::vector<Member> members);
Member required(std::string name, Shape shape);
Member optional(std::string name, Shape shape);
}  // namespace shapes

// Nothing when `request` satisfies `shape` (a structure); else what AWS answers: a
// SerializationException for the first value of a wrong type, or one ValidationException that names
// every violated constraint. Null members count as absent, unknown ones are ignored.
std::optional<ServiceError> check_request(const Shape& shape, const asl::Json& request);

// Takes the null members of every structure away, so that what counts as absent is absent.
// REQUIRES: check_request() found nothing.
void drop_null_members(const Shape& shape, asl::Json& request);

}  // namespace pawl::engine

// Functions that look for a pattern: a string, a regular expression, or any function that answers
// like one.
#include <cmath>

#include "asl/jsonata/evaluator.h"
#include "asl/jsonata/failure.h"
#include "asl/jsonata/functions.h"
#include "asl/jsonata/pattern.h"
#include "asl/jsonata/strings.h"

namespace pawl::asl::jsonata {
namespace {

struct Found {
  std::string match;
  std::size_t begin = 0;  // in bytes
  std::size_t end = 0;
  std::vector<std::string> groups;
};

std::size_t byte_of_unit(std::string_view text, double unit) {
  std::size_t units = 0;
  std::size_t byte = 0;
  while (byte < text.size() && static_cast<double>(units) < unit) {
    const std::size_t bytes = code_point_bytes(text.substr(byte));
    units += bytes == 4 ? 2U : 1U;
    byte += bytes;
  }
  return byte;
}

// Goes through the matches of a matcher in a text.
class Matches {
 public:
  Matches(Evaluator& evaluator, const Value& matcher, const Value& text)
      : evaluator_(evaluator), matcher_(matcher), text_(text), next_(matcher) {}

  std::optional<Found> next() {
    evaluator_.charge();
    const auto* regex = std::get_if<Matcher>(&matcher_.function().what);
    return regex != nullptr ? next_of(*regex->pattern) : next_of_function();
  }

 private:
  std::optional<Found> next_of(const Pattern& pattern) {
    const std::string& text = text_.string();
    if (!subject_) subject_.emplace(text);
    const auto match = pattern.find(evaluator_, *subject_, offset_);
    if (!match) return std::nullopt;
    if (match->begin == match->end) fail_with("D1004", text_);
    offset_ = match->end;
    Found found{.match = text.substr(match->begin, match->end - match->begin),
                .begin = match->begin,
                .end = match->end,
                .groups = {}};
    for (const auto& group : match->groups) {
      found.groups.push_back(group ? text.substr(group->first, group->second - group->first)
                                   : std::string());
    }
    return found;
  }

  std::optional<Found> next_of_function() {
    const Value result =
        evaluator_.apply(next_, is_first_ ? Arguments{text_} : Arguments{}, Value::null());
    is_first_ = false;
    if (result.is_undefined()) return std::nullopt;
    const Value match = lookup_member(evaluator_, result, "match");
    const Value begin = lookup_member(evaluator_, result, "start");
    const Value end = lookup_member(evaluator_, result, "end");
    const Value groups = lookup_member(evaluator_, result, "groups");
    next_ = lookup_member(evaluator_, result, "next");
    if (!begin.is_number() || !end.is_number() || !groups.is_array() || !next_.is_function()) {
      fail("T1010");
    }
    Found found{.match = match.is_string() ? match.string() : "",
                .begin = byte_of_unit(text_.string(), begin.number()),
                .end = byte_of_unit(text_.string(), end.number()),
                .groups = {}};
    for (const Value& group : groups.array().items) {
      found.groups.push_back(group.is_string() ? group.string() : "");
    }
    return found;
  }

  Evaluator& evaluator_;
  const Value& matcher_;
  const Value& text_;
  Value next_;
  bool is_first_ = true;
  std::size_t offset_ = 0;
  std::optional<PatternSubject> subject_;
};

Value groups_of(const std::vector<std::string>& groups) {
  Array array;
  for (const std::string& group : groups) array.items.push_back(Value::of(group));
  return Value::of(std::move(array));
}

// Where bytes of a text stand in UTF-16 units; asked from left to right it reads the text once.
class UnitCounter {
 public:
  explicit UnitCounter(std::string_view text) : text_(text) {}
  Value before(std::size_t byte) {
    if (byte < at_) at_ = units_ = 0;
    units_ += utf16_units(text_.substr(at_, byte - at_));
    at_ = byte;
    return Value::of(static_cast<std::int64_t>(units_));
  }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t units_ = 0;
};

Value fn_match(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  const Value& limit = arguments[2];
  if (!limit.is_undefined() && limit.number() < 0) fail_with("D3040", limit);
  Array results = Array::sequence();
  Matches matches(evaluator, arguments[1], arguments[0]);
  UnitCounter units(arguments[0].string());
  while (limit.is_undefined() || static_cast<double>(results.items.size()) < limit.number()) {
    const auto found = matches.next();
    if (!found) break;
    Object object;
    object.members.emplace("match", Value::of(found->match));
    object.members.emplace("index", units.before(found->begin));
    object.members.emplace("groups", groups_of(found->groups));
    results.items.push_back(Value::of(std::move(object)));
  }
  return Value::of(std::move(results));
}

Value fn_contains(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined() || arguments[1].is_undefined()) return {};
  if (arguments[1].is_string()) {
    return Value::of(arguments[0].string().find(arguments[1].string()) != std::string::npos);
  }
  return Value::of(Matches(evaluator, arguments[1], arguments[0]).next().has_value());
}

void split_by_text(const std::string& text,
                   const std::string& separator,
                   double limit,
                   Array& out) {
  const auto has_room = [&] { return static_cast<double>(out.items.size()) < limit; };
  if (separator.empty()) {
    for (const std::string_view character : split_code_points(text)) {
      if (has_room()) out.items.push_back(Value::of(std::string(character)));
    }
    return;
  }
  std::size_t begin = 0;
  while (has_room()) {
    const std::size_t end = text.find(separator, begin);
    out.items.push_back(Value::of(text.substr(begin, end - begin)));
    if (end == std::string::npos) return;
    begin = end + separator.size();
  }
}

Value fn_split(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  const Value& limit = arguments[2];
  if (!limit.is_undefined() && limit.number() < 0) fail_with("D3020", limit);
  const double most = limit.is_undefined() ? 1e18 : std::trunc(limit.number());
  const std::string& text = arguments[0].string();
  Array parts;
  if (arguments[1].is_undefined()) return Value::of(Array({arguments[0]}));
  if (arguments[1].is_string()) {
    split_by_text(text, arguments[1].string(), most, parts);
    return Value::of(std::move(parts));
  }
  Matches matches(evaluator, arguments[1], arguments[0]);
  std::size_t begin = 0;
  while (static_cast<double>(parts.items.size()) < most) {
    const auto found = matches.next();
    if (!found) {
      parts.items.push_back(Value::of(text.substr(begin)));
      break;
    }
    parts.items.push_back(Value::of(text.substr(begin, found->begin - begin)));
    begin = found->end;
  }
  return Value::of(std::move(parts));
}

// "$2, $1": $0 is the match, $n a group, $$ a dollar. Digits that make no group's number are text.
std::string expand(const std::string& replacement, const Found& found) {
  std::string out;
  std::size_t at = 0;
  while (at < replacement.size()) {
    const std::size_t dollar = replacement.find('$', at);
    out.append(replacement, at, dollar == std::string::npos ? dollar : dollar - at);
    if (dollar == std::string::npos) break;
    at = dollar + 1;
    const char next = at < replacement.size() ? replacement[at] : '\0';
    if (next == '$') {
      out.push_back('$');
      ++at;
    } else if (next == '0') {
      out += found.match;
      ++at;
    } else if (next < '1' || next > '9') {
      out.push_back('$');
    } else if (found.groups.empty()) {
      ++at;  // one digit is the number of a group that is not there
    } else {
      std::size_t digits = std::to_string(found.groups.size()).size();
      while (digits > 1 && (at + digits > replacement.size() ||
                            replacement.find_first_not_of("0123456789", at) < at + digits ||
                            std::stoul(replacement.substr(at, digits)) > found.groups.size())) {
        --digits;
      }
      const std::size_t group = std::stoul(replacement.substr(at, digits));
      if (group <= found.groups.size()) out += found.groups[group - 1];
      at += digits;
    }
  }
  return out;
}

std::string replacement_for(Evaluator& evaluator,
                            const Value& replacement,
                            UnitCounter& units,
                            const Found& found) {
  if (replacement.is_string()) return expand(replacement.string(), found);
  Object match;
  match.members.emplace("match", Value::of(found.match));
  match.members.emplace("start", units.before(found.begin));
  match.members.emplace("end", units.before(found.end));
  match.members.emplace("groups", groups_of(found.groups));
  const Value result = evaluator.apply(replacement, {Value::of(std::move(match))}, Value::null());
  if (!result.is_string()) fail_with("D3012", result);
  return result.string();
}

Value fn_replace(Evaluator& evaluator, const Arguments& arguments, const Value&) {
  if (arguments[0].is_undefined()) return {};
  const std::string& text = arguments[0].string();
  const Value& pattern = arguments[1];
  const Value& limit = arguments[3];
  if (pattern.is_string() && pattern.string().empty()) fail_with("D3010", pattern);
  if (!limit.is_undefined() && limit.number() < 0) fail_with("D3011", limit);
  if (pattern.is_undefined() || arguments[2].is_undefined()) return arguments[0];
  const double most = limit.is_undefined() ? 1e18 : limit.number();
  std::string out;
  std::size_t begin = 0;
  double count = 0;
  if (pattern.is_string()) {
    if (!arguments[2].is_string()) fail_with("D3012", arguments[2]);
    for (; count < most; ++count) {
      const std::size_t at = text.find(pattern.string(), begin);
      if (at == std::string::npos) break;
      out.append(text, begin, at - begin);
      out += arguments[2].string();
      begin = at + pattern.string().size();
      evaluator.check_bytes(out.size());
    }
    return Value::of(out + text.substr(begin));
  }
  Matches matches(evaluator, pattern, arguments[0]);
  UnitCounter units(text);
  for (; count < most; ++count) {
    const auto found = matches.next();
    if (!found || found->begin < begin) break;
    out.append(text, begin, found->begin - begin);
    out += replacement_for(evaluator, arguments[2], units, *found);
    begin = found->end;
    evaluator.check_bytes(out.size());
  }
  return Value::of(out + text.substr(begin));
}

constexpr Builtin kMatchFunctions[] = {
    {"match", "<s-f<s:o>n?:a<o>>", 3, fn_match},
    {"contains", "<s-(sf):b>", 2, fn_contains},
    {"split", "<s-(sf)n?:a<s>>", 3, fn_split},
    {"replace", "<s-(sf)(sf)n?:s>", 4, fn_replace},
};

}  // namespace

std::span<const Builtin> match_functions() { return kMatchFunctions; }

bool matches(Evaluator& evaluator, const Pattern& pattern, const Value& text) {
  if (!text.is_string()) return false;
  const auto match = pattern.find(evaluator, PatternSubject(text.string()), 0);
  if (match && match->begin == match->end) fail_with("D1004", text);
  return match.has_value();
}

Value match_object(Evaluator& evaluator,
                   const Pattern& pattern,
                   const Value& text,
                   std::size_t offset) {
  if (!text.is_string() || offset > text.string().size()) return {};
  const std::string& subject = text.string();
  const auto match = pattern.find(evaluator, PatternSubject(subject), offset);
  if (!match) return {};
  if (match->begin == match->end) fail_with("D1004", text);
  UnitCounter units(subject);
  Object object;
  object.members.emplace("match",
                         Value::of(subject.substr(match->begin, match->end - match->begin)));
  object.members.emplace("start", units.before(match->begin));
  object.members.emplace("end", units.before(match->end));
  std::vector<std::string> groups;
  for (const auto& group : match->groups) {
    groups.push_back(group ? subject.substr(group->first, group->second - group->first) : "");
  }
  object.members.emplace("groups", groups_of(groups));
  object.members.emplace("next", Value::of(Function{{}, NextMatch{&pattern, text, match->end}}));
  return Value::of(std::move(object));
}

}  // namespace pawl::asl::jsonata

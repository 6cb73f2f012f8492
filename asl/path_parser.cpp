// The dialect of Jayway's JsonPath 2.0.0, which is what AWS's answers on record agree with; a few
// things that release reads by accident (unbalanced brackets and quotes) are refused.
#include "asl/path_parser.h"

#include <charconv>

namespace pawl::asl {
namespace {

constexpr std::size_t kStepsMax = 200;  // [pawl] bounds the evaluator's recursion

bool is_blank(char c) { return c == ' '; }

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

class StepParser {
 public:
  StepParser(std::string_view text, std::size_t offset, int nesting)
      : text_(text), offset_(offset), nesting_(nesting) {}

  std::vector<Step> parse() {
    if (!text_.empty() && text_.back() == '.') {
      fail("Path must not end with a '.' or '..'", text_.size() - 1);
    }
    while (at_ < text_.size()) {
      if (steps_.size() >= kStepsMax) {
        fail("A path has at most " + std::to_string(kStepsMax) + " steps", at_);
      }
      step();
    }
    return std::move(steps_);
  }

 private:
  [[noreturn]] void fail(std::string message, std::size_t at) const {
    throw PathFault{std::move(message), offset_ + at};
  }

  char at(std::size_t position) const { return position < text_.size() ? text_[position] : '\0'; }

  void step() {
    if (at(at_) == '[') {
      bracket();
    } else if (at(at_) == '.') {
      dot();
    } else if (at_ > 0 && text_[at_ - 1] == ']' && text_[at_] != ']') {
      // [seen] Jayway takes "[*]foo" for "[*].foo".
      name_or_wildcard();
    } else {
      fail("Illegal character, expected '.' or '['", at_);
    }
  }

  void dot() {
    if (at(at_ + 1) == '.') {
      steps_.emplace_back(ScanStep{});
      at_ += 2;
      if (at(at_) == '.') {
        fail("Character '.' is not valid here", at_);
      }
    } else {
      ++at_;
    }
    if (at(at_) == '[') {
      bracket();
    } else {
      name_or_wildcard();
    }
  }

  void name_or_wildcard() {
    if (at(at_) == '*') {
      ++at_;
      steps_.emplace_back(WildcardStep{});
      return;
    }
    const std::size_t start = at_;
    while (at_ < text_.size() && text_[at_] != '.' && text_[at_] != '[') {
      if (is_blank(text_[at_])) {
        fail("Use bracket notation ['my prop'] if your property contains blank characters", at_);
      }
      ++at_;
    }
    if (at_ == start) {
      fail("Expected a name", at_);
    }
    steps_.emplace_back(NamesStep{{std::string(text_.substr(start, at_ - start))}});
  }

  void skip_blanks() {
    while (is_blank(at(at_))) {
      ++at_;
    }
  }

  void bracket() {
    const std::size_t start = at_++;
    skip_blanks();
    const char c = at(at_);
    if (c == '\'') {
      names();
    } else if (c == '*') {
      ++at_;
      steps_.emplace_back(WildcardStep{});
    } else if (c == '?') {
      filter();
    } else if ((c >= '0' && c <= '9') || c == '-' || c == ':') {
      indexes();
    } else {
      fail("Could not parse token. Expected ?, ', 0-9, *", start);
    }
    skip_blanks();
    if (at(at_) != ']') {
      fail("Expected ']'", at_);
    }
    ++at_;
  }

  // A backslash is an ordinary character in a quoted name [seen].
  void names() {
    NamesStep step;
    while (true) {
      if (at(at_) != '\'') {
        fail("Expected a name in single quotes", at_);
      }
      const std::size_t end = closing_quote(at_ + 1);
      step.names.emplace_back(text_.substr(at_ + 1, end - at_ - 1));
      at_ = end + 1;
      skip_blanks();
      if (at(at_) != ',') {
        break;
      }
      ++at_;
      skip_blanks();
    }
    steps_.emplace_back(std::move(step));
  }

  // The quote that a ',' or ']' follows: "it's" may stand in single quotes.
  std::size_t closing_quote(std::size_t from) const {
    for (std::size_t i = from; i < text_.size(); ++i) {
      if (text_[i] == '\'') {
        std::size_t next = i + 1;
        while (is_blank(at(next))) {
          ++next;
        }
        if (at(next) == ',' || at(next) == ']') {
          return i;
        }
      }
    }
    fail("The name lacks its closing quote", from);
  }

  void indexes() {
    const std::size_t end = text_.find(']', at_);
    if (end == std::string_view::npos) {
      fail("Expected ']'", text_.size());
    }
    const std::string_view inside = trim(text_.substr(at_, end - at_));
    if (inside.find(':') != std::string_view::npos) {
      slice(inside);
    } else {
      IndexesStep step;
      for_each_part(
          inside, ',', [&](std::string_view part) { step.indexes.push_back(integer(part)); });
      steps_.emplace_back(std::move(step));
    }
    at_ = end;
  }

  // [from:to]; a third part is read over, as Jayway does.
  void slice(std::string_view inside) {
    SliceStep step;
    std::size_t index = 0;
    for_each_part(inside, ':', [&](std::string_view part) {
      if (!part.empty() && index < 2) {
        (index == 0 ? step.from : step.to) = integer(part);
      }
      ++index;
    });
    if (!step.from && !step.to) {
      fail("Failed to parse SliceOperation: " + std::string(inside), at_);
    }
    steps_.emplace_back(step);
  }

  template <class Take>
  static void for_each_part(std::string_view text, char separator, const Take& take) {
    while (true) {
      const std::size_t end = text.find(separator);
      take(trim(text.substr(0, end)));
      if (end == std::string_view::npos) {
        return;
      }
      text.remove_prefix(end + 1);
    }
  }

  std::int64_t integer(std::string_view digits) const {
    std::int32_t value = 0;  // Java's int: what does not fit does not parse
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size()) {
      fail("Failed to parse array index: " + std::string(digits), at_);
    }
    return value;
  }

  void filter() {
    ++at_;
    skip_blanks();
    if (at(at_) != '(') {
      fail("A filter needs parentheses: [?(...)]", at_);
    }
    const std::size_t end = closing_parenthesis(at_);
    steps_.emplace_back(FilterStep{std::make_shared<const Filter>(
        parse_filter(text_.substr(at_, end + 1 - at_), offset_ + at_, nesting_ + 1))});
    at_ = end + 1;
  }

  // Skips over quoted strings and regular expressions.
  std::size_t closing_parenthesis(std::size_t from) const {
    std::size_t depth = 0;
    char quote = '\0';
    for (std::size_t i = from; i < text_.size(); ++i) {
      const char c = text_[i];
      if (quote != '\0') {
        if (c == '\\') {
          ++i;
        } else if (c == quote) {
          quote = '\0';
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if (c == '/' && regex_may_start(i)) {
        quote = c;
      } else if (c == '(') {
        ++depth;
      } else if (c == ')' && --depth == 0) {
        return i;
      }
    }
    fail("The filter lacks its closing parenthesis", from);
  }

  bool regex_may_start(std::size_t at) const {
    while (at > 0 && is_blank(text_[at - 1])) {
      --at;
    }
    return at > 0 && (text_[at - 1] == '~' || text_[at - 1] == '(');
  }

  std::string_view text_;
  std::size_t offset_;
  int nesting_;
  std::size_t at_ = 0;
  std::vector<Step> steps_;
};

}  // namespace

std::vector<Step> parse_steps(std::string_view text, std::size_t offset, int nesting) {
  constexpr int kNestingMax = 3;  // filters inside the paths of filters
  if (nesting > kNestingMax) {
    throw PathFault{"The filters of this path nest too deeply", offset};
  }
  return StepParser(text, offset, nesting).parse();
}

bool is_definite(const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    const auto* indexes = std::get_if<IndexesStep>(&step);
    if (!std::holds_alternative<NamesStep>(step) &&
        !(indexes != nullptr && indexes->indexes.size() == 1)) {
      return false;
    }
  }
  return true;
}

std::string to_string(const Step& step) {
  std::string out;
  if (const auto* names = std::get_if<NamesStep>(&step)) {
    for (const std::string& name : names->names) {
      out += (out.empty() ? "['" : "','") + name;
    }
    return out + "']";
  }
  if (const auto* indexes = std::get_if<IndexesStep>(&step)) {
    for (const std::int64_t index : indexes->indexes) {
      out += (out.empty() ? "[" : ",") + std::to_string(index);
    }
    return out + "]";
  }
  if (const auto* slice = std::get_if<SliceStep>(&step)) {
    return "[" + (slice->from ? std::to_string(*slice->from) : "") + ":" +
           (slice->to ? std::to_string(*slice->to) : "") + "]";
  }
  if (std::holds_alternative<WildcardStep>(step)) {
    return "[*]";
  }
  return std::holds_alternative<ScanStep>(step) ? ".." : "[?]";
}

}  // namespace pawl::asl

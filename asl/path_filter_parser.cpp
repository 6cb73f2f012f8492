// [?( ... )]: comparisons of paths and literals, joined by && || !. The word operators of later
// Jayway releases (in, subsetof ...) are refused, as AWS refuses them.
#include <array>

#include "asl/path_parser.h"
#include "asl/regex.h"
#include "asl/text.h"

namespace pawl::asl {
namespace {

class FilterParser {
 public:
  FilterParser(std::string_view text, std::size_t offset, int nesting)
      : text_(text), offset_(offset), nesting_(nesting) {}

  Filter parse() {
    Filter filter = any_of(0);
    blanks();
    if (at_ < text_.size()) {
      fail("Expected an operator or the end of the filter");
    }
    return filter;
  }

 private:
  [[noreturn]] void fail(std::string message) const {
    throw PathFault{std::move(message), offset_ + at_};
  }

  void blanks() {
    while (at_ < text_.size() && text_[at_] == ' ') {
      ++at_;
    }
  }
  bool take(std::string_view token) {
    blanks();
    if (text_.substr(at_, token.size()) != token) {
      return false;
    }
    at_ += token.size();
    return true;
  }

  Filter any_of(int depth) { return joined("||", Filter::Kind::kOr, depth); }
  Filter all_of(int depth) { return joined("&&", Filter::Kind::kAnd, depth); }

  Filter joined(std::string_view token, Filter::Kind kind, int depth) {
    const auto part = [&] { return kind == Filter::Kind::kOr ? all_of(depth) : unary(depth); };
    Filter first = part();
    if (!take(token)) {
      return first;
    }
    Filter all;
    all.kind = kind;
    all.children.push_back(std::move(first));
    do {
      all.children.push_back(part());
    } while (take(token));
    return all;
  }

  Filter unary(int depth) {
    constexpr int kDepthMax = 100;
    if (depth > kDepthMax) {
      fail("The filter nests too deeply");
    }
    blanks();
    if (text_.substr(at_, 2) != "!=" && take("!")) {
      Filter negated;
      negated.kind = Filter::Kind::kNot;
      negated.children.push_back(unary(depth + 1));
      return negated;
    }
    if (take("(")) {
      Filter inner = any_of(depth + 1);
      if (!take(")")) {
        fail("Expected ')'");
      }
      return inner;
    }
    return test();
  }

  Filter test() {
    Filter filter;
    filter.left = operand();
    constexpr std::array<std::pair<std::string_view, FilterOperator>, 7> kOperators{
        {{"==", FilterOperator::kEqual},
         {"!=", FilterOperator::kNotEqual},
         {"=~", FilterOperator::kMatches},
         {"<=", FilterOperator::kLessEqual},
         {">=", FilterOperator::kGreaterEqual},
         {"<", FilterOperator::kLess},
         {">", FilterOperator::kGreater}}};
    for (const auto& [token, op] : kOperators) {
      if (take(token)) {
        filter.op = op;
        if (op == FilterOperator::kMatches) {
          regex(filter);
        } else {
          filter.right = operand(true);
        }
        return filter;
      }
    }
    if (filter.left.kind == FilterOperand::Kind::kLiteral) {
      fail("Expected a comparison");
    }
    return filter;
  }

  // [seen] What stands on the right and is no JSON is a text without quotes: [?(@.lang == es)].
  FilterOperand operand(bool may_be_bare = false) {
    blanks();
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (c == '@' || c == '$') {
      return path(c);
    }
    FilterOperand operand;
    if (c == '\'' || c == '"') {
      operand.literal = quoted(c);
      return operand;
    }
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           std::string_view(" )&|=<>!~(").find(text_[at_]) == std::string_view::npos) {
      ++at_;
    }
    const std::string_view word = text_.substr(start, at_ - start);
    auto parsed = parse_text(word);
    const Json* literal = std::get_if<Json>(&parsed);
    if (literal == nullptr && may_be_bare && is_bare_text(word)) {
      operand.literal = word;
      return operand;
    }
    if (literal == nullptr || literal->is_structured()) {
      at_ = start;
      fail("Expected a path, a number, a text in single quotes, true, false or null");
    }
    operand.literal = *literal;
    return operand;
  }

  static bool is_bare_text(std::string_view word) {
    return !word.empty() && word.find_first_of("[]{}'\"/") == std::string_view::npos;
  }

  // [seen] Double quotes quote nothing in 2.0.0: they are part of the text.
  std::string quoted(char quote) {
    const std::size_t start = at_++;
    std::string out;
    while (at_ < text_.size() && text_[at_] != quote) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
        ++at_;
        if (text_[at_] != quote && text_[at_] != '\\') {
          out.push_back('\\');
        }
      }
      out.push_back(text_[at_++]);
    }
    if (at_ == text_.size()) {
      at_ = start;
      fail("The text lacks its closing quote");
    }
    ++at_;
    return quote == '"' ? '"' + out + '"' : out;
  }

  FilterOperand path(char root) {
    FilterOperand operand;
    operand.kind = root == '@' ? FilterOperand::Kind::kElement : FilterOperand::Kind::kDocument;
    const std::size_t start = ++at_;
    std::size_t brackets = 0;
    char quote = '\0';
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quote != '\0') {
        quote = c == quote ? '\0' : quote;
      } else if (brackets > 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == '[') {
        ++brackets;
      } else if (c == ']' && brackets > 0) {
        --brackets;
      } else if (brackets == 0 && text_.substr(at_, 2) == "()") {
        ++at_;  // a function call by its looks, a name in this dialect
      } else if (brackets == 0 && std::string_view(" )&|=<>!~").find(c) != std::string_view::npos) {
        break;
      }
    }
    operand.steps = parse_steps(text_.substr(start, at_ - start), offset_ + start, nesting_);
    operand.is_definite = is_definite(operand.steps);
    return operand;
  }

  // /pattern/flags
  void regex(Filter& filter) {
    blanks();
    const std::size_t start = at_;
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '/') {
      end += text_[end] == '\\' ? 2 : 1;
    }
    if (at_ >= text_.size() || text_[at_] != '/' || end >= text_.size()) {
      fail("Expected a regular expression: /.../");
    }
    at_ = end + 1;
    const bool ignore_case = take("i");
    filter.regex = Regex::compile(text_.substr(start + 1, end - start - 1), ignore_case);
    if (!filter.regex) {
      at_ = start;
      fail("Not a valid regular expression");
    }
  }

  std::string_view text_;
  std::size_t offset_;
  int nesting_;
  std::size_t at_ = 0;
};

}  // namespace

Filter parse_filter(std::string_view text, std::size_t offset, int nesting) {
  return FilterParser(text, offset, nesting).parse();
}

}  // namespace pawl::asl

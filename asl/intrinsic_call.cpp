#include "asl/intrinsic_call.h"

#include "asl/errors.h"
#include "asl/text.h"

namespace pawl::asl {
namespace {

// Thrown inside this file and caught by parse_intrinsic_call. AWS has one sentence for every fault.
struct NotACall {};

class CallParser {
 public:
  explicit CallParser(std::string_view text) : text_(text) {}

  IntrinsicCall parse() {
    IntrinsicCall call = this->call(1);
    blanks();
    if (at_ != text_.size()) {
      throw NotACall();
    }
    return call;
  }

 private:
  static constexpr int kNestingMax = 10;  // [aws] "You can nest up to 10 intrinsic functions"

  void blanks() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\t' || text_[at_] == '\r')) {
      ++at_;
    }
  }
  bool take(char c) {
    blanks();
    if (at_ == text_.size() || text_[at_] != c) {
      return false;
    }
    ++at_;
    return true;
  }

  IntrinsicCall call(int nesting) {
    const std::size_t end = text_.find('(', at_);
    if (nesting > kNestingMax || end == std::string_view::npos) {
      throw NotACall();
    }
    IntrinsicCall call;
    call.function = find_intrinsic(text_.substr(at_, end - at_));
    if (call.function == nullptr) {
      throw NotACall();
    }
    at_ = end + 1;
    if (take(')')) {
      return call;
    }
    const bool is_format = call.function->name == "States.Format";
    do {
      blanks();
      call.arguments.push_back(argument(nesting, is_format && call.arguments.empty()));
    } while (take(','));
    if (!take(')')) {
      throw NotACall();
    }
    return call;
  }

  IntrinsicCall::Argument argument(int nesting, bool is_template) {
    const char c = at_ < text_.size() ? text_[at_] : '\0';
    if (c == '\'') {
      return Json(quoted(is_template));
    }
    if (c == '$') {
      return path();
    }
    if (text_.substr(at_, 7) == "States.") {
      return call(nesting + 1);
    }
    const std::size_t start = at_;
    while (at_ < text_.size() &&
           std::string_view(" ,)\n\t\r").find(text_[at_]) == std::string_view::npos) {
      ++at_;
    }
    auto literal = parse_text(text_.substr(start, at_ - start));
    if (!std::holds_alternative<Json>(literal) || !std::get<Json>(literal).is_primitive() ||
        std::get<Json>(literal).is_string()) {
      throw NotACall();
    }
    return std::get<Json>(std::move(literal));
  }

  // [seen] Only \' \{ \} \\ are escapes. A template of States.Format keeps all but \' for the
  // function to tell \{ from {.
  std::string quoted(bool is_template) {
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != '\''; ++at_) {
      if (text_[at_] == '\\') {
        ++at_;
        if (at_ == text_.size() ||
            std::string_view("'{}\\").find(text_[at_]) == std::string_view::npos) {
          throw NotACall();
        }
        if (is_template && text_[at_] != '\'') {
          out.push_back('\\');
        }
      }
      out.push_back(text_[at_]);
    }
    if (!take('\'')) {
      throw NotACall();
    }
    return out;
  }

  // Up to the comma or parenthesis that stands outside of brackets and quotes.
  Path path() {
    const std::size_t start = at_;
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
      } else if (brackets == 0 && (c == ',' || c == ')')) {
        break;
      }
    }
    auto path = Path::parse(text_.substr(start, at_ - start));
    if (!std::holds_alternative<Path>(path)) {
      throw NotACall();
    }
    return std::get<Path>(std::move(path));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Evaluator {
 public:
  Evaluator(std::string_view text, const Documents& documents, Meter& meter)
      : text_(text), documents_(documents), meter_(meter) {}

  Result<Json> call(const IntrinsicCall& call) {
    IntrinsicArguments arguments(documents_.entropy);
    for (const IntrinsicCall::Argument& argument : call.arguments) {
      auto value = this->argument(argument);
      if (!value) {
        return std::move(value).error();
      }
      if (!meter_.take(weight(value->value()))) {
        return Meter::exceeded();
      }
      arguments.push_back(*std::move(value));
    }
    auto result = call_intrinsic(*call.function, arguments);
    if (const auto* fault = std::get_if<IntrinsicFault>(&result)) {
      return failure(errors::kIntrinsicFailure, fault->message);
    }
    return std::get<Json>(std::move(result));
  }

 private:
  Result<Selection> argument(const IntrinsicCall::Argument& argument) {
    if (const Json* literal = std::get_if<Json>(&argument)) {
      return Selection(literal);
    }
    if (const auto* inner = std::get_if<IntrinsicCall>(&argument)) {
      auto value = call(*inner);
      if (!value) {
        return std::move(value).error();
      }
      return Selection(*std::move(value));
    }
    const Path& path = std::get<Path>(argument);
    auto selected = path.select(documents_);
    if (const auto* miss = std::get_if<PathMiss>(&selected)) {
      return missing(path, *miss);
    }
    return std::get<Selection>(std::move(selected));
  }

  // [seen] A miss is States.Runtime; the context object's paths are quoted with one $, and with the
  // state's input.
  StateError missing(const Path& path, const PathMiss& miss) const {
    if (miss.kind == PathMiss::Kind::kNotApplicable) {
      return failure(errors::kRuntime, miss.text);
    }
    const std::string_view shown =
        std::string_view(path.text()).substr(path.reads_context() ? 1 : 0);
    return failure(errors::kRuntime,
                   "The JsonPath argument for the field '" + std::string(shown) +
                       "' could not be found in the input '" +
                       (documents_.input == nullptr ? "null" : to_text(*documents_.input)) + "'");
  }

  StateError failure(const char* error, const std::string& detail) const {
    return {error, "The function '" + std::string(text_) + "' had the following error: " + detail};
  }

  std::string_view text_;
  const Documents& documents_;
  Meter& meter_;
};

}  // namespace

std::optional<IntrinsicCall> parse_intrinsic_call(std::string_view text) {
  try {
    return CallParser(text).parse();
  } catch (const NotACall&) {
    return std::nullopt;
  }
}

Result<Json> evaluate_intrinsic_call(const IntrinsicCall& call,
                                     std::string_view text,
                                     const Documents& documents,
                                     Meter& meter) {
  return Evaluator(text, documents, meter).call(call);
}

void collect_variables(const IntrinsicCall& call, std::vector<std::string>& names) {
  for (const IntrinsicCall::Argument& argument : call.arguments) {
    if (const auto* path = std::get_if<Path>(&argument);
        path != nullptr && !path->variable().empty()) {
      names.push_back(path->variable());
    } else if (const auto* inner = std::get_if<IntrinsicCall>(&argument)) {
      collect_variables(*inner, names);
    }
  }
}

}  // namespace pawl::asl

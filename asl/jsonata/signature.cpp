#include "asl/jsonata/signature.h"

#include <algorithm>
#include <map>
#include <optional>

#include "asl/jsonata/failure.h"

namespace pawl::asl::jsonata {
namespace {

// [pawl] More are no use to anybody; it keeps the matching's stack small.
constexpr std::size_t kParametersMax = 200;

std::uint32_t bit_of(char symbol) {
  return symbol >= 'a' && symbol <= 'z' ? 1U << static_cast<unsigned>(symbol - 'a') : 0U;
}

char symbol_of(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::kNull:
      return 'l';
    case Value::Kind::kBoolean:
      return 'b';
    case Value::Kind::kInteger:
    case Value::Kind::kDouble:
      return 'n';
    case Value::Kind::kString:
      return 's';
    case Value::Kind::kArray:
      return 'a';
    case Value::Kind::kObject:
      return 'o';
    case Value::Kind::kFunction:
      return 'f';
    default:
      return 'm';
  }
}

std::size_t closing_bracket(std::string_view text, std::size_t at, char open, char close) {
  int depth = 0;
  for (; at < text.size(); ++at) {
    if (text[at] == open) ++depth;
    if (text[at] == close && --depth == 0) break;
  }
  return at;
}

[[noreturn]] void fail_type(const char* code, std::size_t index, const Value& value) {
  throw Failure{.code = code, .value = value, .index = index};
}

// Matches the types of the arguments against the parameters, greedily, as a regular expression of
// the types would.
class SignatureMatch {
 public:
  SignatureMatch(const std::vector<Parameter>& parameters, std::string_view types)
      : parameters_(parameters),
        types_(types),
        counts_(parameters.size()),
        is_dead_((parameters.size() + 1) * (types.size() + 1)) {}

  bool matches_all() { return matches(0, 0, parameters_.size(), true); }
  // How many types the first `parameters` match, looking at the front only.
  std::optional<std::size_t> matches_front(std::size_t parameters) {
    if (!matches(0, 0, parameters, false)) return std::nullopt;
    std::size_t sum = 0;
    for (std::size_t i = 0; i < parameters; ++i) sum += counts_[i];
    return sum;
  }
  const std::vector<std::size_t>& counts() const { return counts_; }

 private:
  bool matches(std::size_t parameter, std::size_t at, std::size_t end, bool is_whole) {
    if (parameter == end) return !is_whole || at == types_.size();
    const std::size_t place = parameter * (types_.size() + 1) + at;
    if (is_dead_[place]) return false;  // so that no signature takes exponential time
    const Parameter& wanted = parameters_[parameter];
    std::size_t most = 0;
    const std::size_t bound = wanted.is_repeated ? types_.size() : 1;
    while (most < bound && at + most < types_.size() &&
           wanted.symbols.find(types_[at + most]) != std::string::npos) {
      ++most;
    }
    const std::size_t least = wanted.is_optional || wanted.takes_context ? 0 : 1;
    for (std::size_t count = most + 1; count-- > least;) {
      counts_[parameter] = count;
      if (matches(parameter + 1, at + count, end, is_whole)) return true;
    }
    is_dead_[place] = true;
    return false;
  }

  const std::vector<Parameter>& parameters_;
  std::string_view types_;
  std::vector<std::size_t> counts_;
  std::vector<bool> is_dead_;  // by parameter and type: what follows cannot match
};

Value fit_array(const Parameter& parameter, const Value& argument, std::size_t index) {
  static const std::map<char, const char*> kNames = {{'a', "arrays"},
                                                     {'b', "booleans"},
                                                     {'f', "functions"},
                                                     {'n', "numbers"},
                                                     {'o', "objects"},
                                                     {'s', "strings"}};
  if (argument.is_undefined()) return argument;
  const char type = symbol_of(argument);
  if (!parameter.subtype.empty()) {
    const char wanted = parameter.subtype.front();
    const Items items(argument);
    bool is_ok = true;
    for (std::size_t i = 0; i < items.size() && is_ok; ++i) is_ok = symbol_of(items[i]) == wanted;
    if (!is_ok) {
      const auto name = kNames.find(wanted);
      throw Failure{.code = "T0412",
                    .value = argument,
                    .value2 = Value::of(name == kNames.end() ? "" : name->second),
                    .index = index};
    }
  }
  return type == 'a' ? argument : Value::of(Array(std::vector<Value>{argument}));
}

// Which argument is wrong: the one behind the longest front that fits.
[[noreturn]] void fail_unfit(const std::vector<Parameter>& parameters,
                             const Arguments& arguments,
                             std::string_view types) {
  std::size_t good = 0;
  for (std::size_t i = 1; i <= parameters.size(); ++i) {
    const auto front = SignatureMatch(parameters, types).matches_front(i);
    if (!front) break;
    good = *front;
  }
  fail_type("T0410", good + 1, good < arguments.size() ? arguments[good] : Value());
}

}  // namespace

std::shared_ptr<const Signature> Signature::parse(std::string_view text) {
  auto signature = std::make_shared<Signature>();
  auto& parameters = signature->parameters;
  for (std::size_t at = 1; at < text.size() && text[at] != ':'; ++at) {
    const char symbol = text[at];
    Parameter parameter;
    parameter.type = symbol;
    switch (symbol) {
      case 's':
      case 'n':
      case 'b':
      case 'l':
      case 'o':
        parameter.symbols = {symbol, 'm'};
        break;
      case 'a':
      case 'x':
        parameter.symbols = "asnblfom";
        break;
      case 'f':
        parameter.symbols = "f";
        break;
      case 'j':
        parameter.symbols = "asnblom";
        break;
      case '-':
        if (!parameters.empty()) parameters.back().takes_context = true;
        continue;
      case '?':
        if (!parameters.empty()) parameters.back().is_optional = true;
        continue;
      case '+':
        if (!parameters.empty()) parameters.back().is_repeated = true;
        continue;
      case '(': {
        const std::size_t end = closing_bracket(text, at, '(', ')');
        const std::string choice(text.substr(at + 1, end - at - 1));
        if (choice.find('<') != std::string::npos) fail_at("S0402", at, choice);
        parameter.symbols = choice + 'm';
        at = end;
        break;
      }
      case '<': {
        if (parameters.empty() ||
            (parameters.back().type != 'a' && parameters.back().type != 'f')) {
          fail_at("S0401", at);
        }
        const std::size_t end = closing_bracket(text, at, '<', '>');
        parameters.back().subtype = text.substr(at + 1, end - at - 1);
        at = end;
        continue;
      }
      default:
        continue;
    }
    for (const char type : parameter.symbols) parameter.mask |= bit_of(type);
    parameters.push_back(std::move(parameter));
    if (parameters.size() > kParametersMax) fail_bound(Bound::kDepth);
  }
  return signature;
}

// True when the first parameters take one argument each and the others can do without.
bool Signature::fits_directly(const Arguments& arguments, const Value& context) const {
  if (arguments.size() > parameters.size()) return false;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& parameter = parameters[i];
    if (i < arguments.size()) {
      if (parameter.is_repeated || (parameter.mask & bit_of(symbol_of(arguments[i]))) == 0) {
        return false;
      }
    } else if (parameter.takes_context) {
      if ((parameter.mask & bit_of(symbol_of(context))) == 0) return false;
    } else if (!parameter.is_optional) {
      return false;
    }
  }
  return true;
}

Arguments Signature::fit(Arguments arguments, const Value& context) const {
  if (fits_directly(arguments, context)) {
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      if (i >= arguments.size()) {
        arguments.push_back(parameters[i].takes_context ? context : Value());
      } else if (parameters[i].type == 'a') {
        arguments[i] = fit_array(parameters[i], arguments[i], i + 1);
      }
    }
    return arguments;
  }
  std::string types;
  for (const Value& argument : arguments) types.push_back(symbol_of(argument));
  SignatureMatch match(parameters, types);
  if (!match.matches_all()) fail_unfit(parameters, arguments, types);
  Arguments fitted;
  std::size_t at = 0;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const Parameter& parameter = parameters[i];
    if (match.counts()[i] == 0) {
      if (parameter.takes_context) {
        if (parameter.symbols.find(symbol_of(context)) == std::string::npos) {
          fail_type("T0411", at + 1, context);
        }
        fitted.push_back(context);
      } else {
        fitted.push_back(at < arguments.size() ? arguments[at] : Value());
        ++at;
      }
      continue;
    }
    for (std::size_t n = 0; n < match.counts()[i]; ++n, ++at) {
      fitted.push_back(parameter.type == 'a' ? fit_array(parameter, arguments[at], at + 1)
                                             : arguments[at]);
    }
  }
  return fitted;
}

}  // namespace pawl::asl::jsonata

#include "asl/eval.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "asl/errors.h"
#include "asl/jsonata/jsonata.h"
#include "asl/path.h"
#include "asl/template.h"
#include "asl/text.h"

namespace pawl::asl {
namespace {

Json error_answer(Json answer, const std::string& code, const std::string& message) {
  answer["error"] = Json{{"code", code}, {"message", message}, {"position", 0}};
  return answer;
}

const Json* member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? nullptr : &*found;
}

bool has_string(const Json& request, const char* name) {
  const Json* value = member(request, name);
  return value != nullptr && value->is_string();
}

Json evaluate_jsonpath(Json answer, const Json& request, Entropy* entropy) {
  Json context;
  Variables variables;
  if (const Json* bindings = member(request, "bindings");
      bindings != nullptr && bindings->is_object()) {
    for (const auto& [name, value] : bindings->get_ref<const Json::object_t&>()) {
      if (name == "$") {
        context = value;
      } else {
        variables.emplace(name, Payload::of(value));
      }
    }
  }
  auto parsed = PathOrIntrinsic::parse(request.at("expr").get_ref<const std::string&>());
  if (const auto* message = std::get_if<std::string>(&parsed)) {
    return error_answer(std::move(answer), "InvalidExpression", *message);
  }
  const auto& expression = std::get<PathOrIntrinsic>(parsed);
  const Json* input = member(request, "data");
  const Documents documents{.input = input,
                            .context = &context,
                            .variables = &variables,
                            .states = nullptr,
                            .entropy = entropy};
  // A path alone answers as the library does: past the end of an array is an error here, null only
  // in a template.
  auto value = expression.path() != nullptr ? expression.path()->read(documents)
                                            : expression.evaluate(documents, "expr");
  if (!value) {
    return error_answer(std::move(answer),
                        value.error().name.value_or(errors::kRuntime),
                        value.error().cause.value_or(""));
  }
  answer["result"] = *std::move(value);
  return answer;
}

// [pawl] More than any stack of a thread holds for an evaluation.
constexpr std::int64_t kDepthAskedMax = 1000;

jsonata::Limits limits_of(const Json& request, bool is_aws) {
  jsonata::Limits limits = is_aws ? jsonata::Limits::aws() : jsonata::Limits{};
  if (const Json* depth = member(request, "depth"); depth != nullptr && depth->is_number()) {
    limits.depth =
        static_cast<int>(std::clamp<std::int64_t>(depth->get<std::int64_t>(), 1, kDepthAskedMax));
  }
  if (const Json* time = member(request, "timelimit_ms"); time != nullptr && time->is_number()) {
    limits.steps =
        static_cast<std::uint64_t>(std::clamp<std::int64_t>(time->get<std::int64_t>(), 1, 60'000)) *
        jsonata::Limits::kStepsPerMs;
  }
  return limits;
}

Json jsonata_error(Json answer, const std::string& message, const auto& error) {
  answer["error"] = Json{{"code", error.code}, {"message", message}, {"position", error.position}};
  if (!error.token.empty()) answer["error"]["token"] = error.token;
  return answer;
}

Json evaluate_jsonata(Json answer, const Json& request, Entropy* entropy, Timestamp now) {
  auto parsed = jsonata::Program::parse(request.at("expr").get_ref<const std::string&>());
  if (const auto* error = std::get_if<jsonata::SyntaxError>(&parsed)) {
    return jsonata_error(std::move(answer), error->message, *error);
  }
  const Json* mode = member(request, "mode");
  const bool is_aws = mode != nullptr && *mode == "aws";
  const Json* bindings = member(request, "bindings");
  const jsonata::Input input{.root = member(request, "data"),
                             .variable = [bindings](std::string_view name) -> const Json* {
                               if (bindings == nullptr || !bindings->is_object()) return nullptr;
                               return member(*bindings, std::string(name).c_str());
                             },
                             .entropy = entropy,
                             .now = now,
                             .limits = limits_of(request, is_aws),
                             .mode = is_aws ? jsonata::Mode::kAws : jsonata::Mode::kPlain};
  auto result = std::get<jsonata::Program>(parsed).evaluate(input);
  if (const auto* error = std::get_if<jsonata::EvaluationError>(&result)) {
    return jsonata_error(std::move(answer), error->message, *error);
  }
  auto& value = std::get<jsonata::Result>(result).value;
  if (value) {
    answer["result"] = *std::move(value);
  } else {
    answer["undefined"] = true;
  }
  return answer;
}

// The unit of an escape "\\ud800" at the front of `text`; 0 when there is none.
std::uint32_t escaped_unit(std::string_view text) {
  if (!text.starts_with("\\u") || text.size() < 6) return 0;
  std::uint32_t unit = 0;
  const auto read = std::from_chars(text.data() + 2, text.data() + 6, unit, 16);
  return read.ptr == text.data() + 6 ? unit : 0;
}
bool is_high(std::uint32_t unit) { return unit >= 0xd800 && unit < 0xdc00; }
bool is_low(std::uint32_t unit) { return unit >= 0xdc00 && unit < 0xe000; }

// JSON text with a backslash put before the escapes that are half a surrogate pair.
std::string escape_lone_surrogates(std::string_view text, std::size_t& escaped) {
  std::string out;
  while (!text.empty()) {
    std::size_t length = 1;
    if (text[0] == '\\') {
      const std::uint32_t unit = escaped_unit(text);
      const bool is_pair =
          is_high(unit) && is_low(escaped_unit(text.substr(std::min<std::size_t>(6, text.size()))));
      if ((is_high(unit) || is_low(unit)) && !is_pair) {
        out.push_back('\\');
        ++escaped;
      }
      length = is_pair ? 12 : unit != 0 ? 6 : 2;
    }
    out += text.substr(0, length);
    text.remove_prefix(std::min(length, text.size()));
  }
  return out;
}

std::size_t surrogate_escapes_in(std::string_view text) {
  std::size_t count = 0;
  for (std::size_t at = text.find('\\'); at != std::string_view::npos; at = text.find('\\', at)) {
    const std::uint32_t unit = escaped_unit(text.substr(at));
    count += is_high(unit) || is_low(unit) ? 1U : 0U;
    ++at;
  }
  return count;
}

}  // namespace

Json evaluate_request(const Json& request, Entropy* entropy, Timestamp now) {
  Json answer = Json::object();
  if (!request.is_object()) {
    answer["id"] = nullptr;
    return error_answer(std::move(answer), "InvalidRequest", "The request is not a JSON object");
  }
  const Json* id = member(request, "id");
  answer["id"] = id == nullptr ? Json() : *id;
  if (!has_string(request, "language") || !has_string(request, "expr")) {
    return error_answer(
        std::move(answer), "InvalidRequest", "The request needs the texts 'language' and 'expr'");
  }
  const std::string& language = request.at("language").get_ref<const std::string&>();
  if (language == "jsonpath") {
    return evaluate_jsonpath(std::move(answer), request, entropy);
  }
  if (language == "jsonata") {
    return evaluate_jsonata(std::move(answer), request, entropy, now);
  }
  return error_answer(std::move(answer), "InvalidRequest", "Unknown language '" + language + "'");
}

Json evaluate_line(std::string_view line, Entropy* entropy, Timestamp now) {
  const auto parsed = parse_text(line);
  if (const auto* request = std::get_if<Json>(&parsed)) {
    return evaluate_request(*request, entropy, now);
  }
  const auto& error = std::get<TextError>(parsed);
  Json answer = {{"id", nullptr}};
  std::size_t escaped = 0;
  const auto again = parse_text(escape_lone_surrogates(line, escaped));
  if (const auto* request = std::get_if<Json>(&again); request != nullptr && request->is_object()) {
    if (const Json* id = member(*request, "id")) answer["id"] = *id;
    if (escaped > 0 && has_string(*request, "expr") &&
        surrogate_escapes_in(request->at("expr").get_ref<const std::string&>()) >= escaped) {
      return evaluate_request(*request, entropy, now);
    }
  }
  answer["error"] =
      Json{{"code", "InvalidRequest"}, {"message", error.message}, {"position", error.column}};
  return answer;
}

}  // namespace pawl::asl

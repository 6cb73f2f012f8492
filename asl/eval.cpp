#include "asl/eval.h"

#include <algorithm>
#include <cstdint>

#include "asl/errors.h"
#include "asl/jsonata/jsonata.h"
#include "asl/path.h"
#include "asl/template.h"

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

}  // namespace pawl::asl

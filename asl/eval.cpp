#include "asl/eval.h"

#include "asl/errors.h"
#include "asl/expression.h"
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

}  // namespace

Json evaluate_request(const Json& request, Entropy* entropy) {
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
    return error_answer(std::move(answer), "U1000", jsonata_not_available().message);
  }
  return error_answer(std::move(answer), "InvalidRequest", "Unknown language '" + language + "'");
}

}  // namespace pawl::asl

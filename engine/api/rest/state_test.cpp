// A test of one state, or of one state of a machine: nothing is kept.
#include "asl/text.h"
#include "engine/api/rest/definition_body.h"
#include "engine/api/rest/resources.h"

namespace pawl::engine::rest {

using asl::Json;

namespace {

Json parsed_or_text(const Json& value) {
  if (!value.is_string()) return value;
  auto parsed = asl::parse_text(value.get_ref<const std::string&>());
  auto* document = std::get_if<Json>(&parsed);
  return document == nullptr ? value : std::move(*document);
}

// As TestState takes it: documents are texts.
Json test_request(const Json& body) {
  Json request = {{"definition", definition_of(body)}};
  for (const char* name : {"inspectionLevel", "revealSecrets", "roleArn", "stateName"}) {
    if (body.contains(name)) request[name] = body.at(name);
  }
  for (const char* name : {"context", "input", "variables"}) {
    if (body.contains(name)) request[name] = asl::to_text(body.at(name));
  }
  if (body.contains("mock")) {
    request["mock"] = body.at("mock");
    if (request["mock"].contains("result")) {
      request["mock"]["result"] = asl::to_text(request["mock"]["result"]);
    }
  }
  if (body.contains("stateConfiguration")) {
    Json configuration = body.at("stateConfiguration");
    if (configuration.contains("mapItemReaderData") &&
        !configuration["mapItemReaderData"].is_string()) {
      configuration["mapItemReaderData"] = asl::to_text(configuration["mapItemReaderData"]);
    }
    request["stateConfiguration"] = std::move(configuration);
  }
  return request;
}

Json test_view(const Json& result) {
  Json body = {{"status", result.at("status")}};
  if (result.contains("output")) body["output"] = parsed_or_text(result.at("output"));
  if (result.contains("error") || result.contains("cause")) {
    body["error"] = Json::object();
    if (result.contains("error")) body["error"]["name"] = result.at("error");
    if (result.contains("cause")) body["error"]["cause"] = result.at("cause");
  }
  if (result.contains("nextState")) body["nextState"] = result.at("nextState");
  if (!result.contains("inspectionData")) return body;
  body["inspectionData"] = Json::object();
  for (const auto& [name, value] : result.at("inspectionData").items()) {
    body["inspectionData"][name] = parsed_or_text(value);
  }
  return body;
}

}  // namespace

void test_state(const RestCall& call) {
  call_action(
      call, "TestState", test_request(body_of(call)), [](const RestCall& c, const Json& result) {
        answer_json(c, 200, test_view(result));
      });
}

}  // namespace pawl::engine::rest

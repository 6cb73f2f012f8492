#include "engine/api/rest/redaction.h"

#include <set>
#include <string>

namespace pawl::engine::rest {

using asl::Json;

namespace {

constexpr const char* kRedacted = "[redacted]";

void redact_member(Json& object, const char* name) {
  if (const auto found = object.find(name); found != object.end()) *found = redacted(*found);
}

// Of what an event tells, all but this may come from a document.
bool is_of_the_definition(const std::string& name) {
  static const std::set<std::string> kNames = {"error",
                                               "index",
                                               "length",
                                               "mapRunArn",
                                               "name",
                                               "redriveCount",
                                               "region",
                                               "resource",
                                               "resourceType",
                                               "roleArn",
                                               "heartbeatInSeconds",
                                               "stateMachineAliasArn",
                                               "stateMachineVersionArn",
                                               "timeoutInSeconds"};
  return kNames.contains(name);
}

}  // namespace

Json redacted(const Json& document) {
  if (document.is_string() || document.is_number()) return kRedacted;
  if (!document.is_structured()) return document;
  Json shown = document.is_array() ? Json::array() : Json::object();
  for (const auto& [name, value] : document.items()) {
    if (document.is_array()) {
      shown.push_back(redacted(value));
    } else {
      shown[name] = redacted(value);
    }
  }
  return shown;
}

void redact_execution(Json& execution) {
  redact_member(execution, "input");
  redact_member(execution, "output");
  redact_member(execution, "labels");
  if (execution.contains("error")) redact_member(execution["error"], "cause");
}

void redact_event(Json& event) {
  const auto details = event.find("details");
  if (details == event.end()) return;
  for (auto at = details->begin(); at != details->end(); ++at) {
    if (!is_of_the_definition(at.key())) *at = redacted(*at);
  }
}

}  // namespace pawl::engine::rest

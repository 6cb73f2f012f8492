#include "engine/connectors/states_json.h"

#include <array>
#include <cctype>
#include <cmath>
#include <cstdio>

#include "asl/text.h"
#include "asl/timestamp.h"
#include "engine/connectors/sdk_answer.h"
#include "engine/http/aws_json.h"
#include "engine/objects/digest.h"

namespace pawl::engine {

namespace {

using asl::Json;

std::string lower_first(std::string name) {
  if (!name.empty())
    name.front() = static_cast<char>(std::tolower(static_cast<unsigned char>(name.front())));
  return name;
}

std::string upper_first(std::string name) {
  if (!name.empty())
    name.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(name.front())));
  return name;
}

bool is_json_text(const std::string& member) {
  return member == "input" || member == "output" || member == "definition";
}

// Tags are {key, value} lists here, so that no member's name is a user's.
Json request_value(const Json& value) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& element : value) out.push_back(request_value(element));
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  for (const auto& [name, member] : value.items()) {
    const std::string wire = lower_first(name);
    const bool as_text = is_json_text(wire) && !member.is_string() && !member.is_null();
    out[wire] = as_text ? Json(asl::to_text(member)) : request_value(member);
  }
  return out;
}

bool is_time(const std::string& member) {
  return member.ends_with("Date") || member == "timestamp";
}

std::int64_t milliseconds_of(const Json& seconds) {
  return std::llround(seconds.get<double>() * 1000.0);
}

using TimeForm = Json (*)(std::int64_t milliseconds);
Json iso_time(std::int64_t milliseconds) { return asl::format_timestamp({milliseconds}); }
Json epoch_milliseconds(std::int64_t milliseconds) { return milliseconds; }

Json answer_value(const Json& value, TimeForm time) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& element : value) out.push_back(answer_value(element, time));
    return out;
  }
  if (!value.is_object()) return value;
  Json out = Json::object();
  for (const auto& [name, member] : value.items()) {
    if (member.is_null()) continue;
    out[upper_first(name)] = is_time(name) && member.is_number() ? time(milliseconds_of(member))
                                                                 : answer_value(member, time);
  }
  return out;
}

Json parsed_text(const Json& text) {
  auto parsed = asl::parse_text(text.get<std::string>());
  Json* value = std::get_if<Json>(&parsed);
  return value == nullptr ? text : std::move(*value);
}

// [seen] The wire's epoch seconds as Java writes them: 1.691851539023E9. Only the length of the
// body depends on it.
std::size_t wire_size(const Json& answer) {
  Json body = answer;
  std::size_t size = 0;
  for (const auto& [name, member] : answer.items()) {
    if (!member.is_number()) continue;
    std::array<char, 32> digits{};
    std::snprintf(digits.data(), digits.size(), "%.12f", member.get<double>() / 1e9);
    std::string text = digits.data();
    while (text.ends_with('0') && !text.ends_with(".0")) text.pop_back();
    size += text.size() + 2;  // "E9"
    body[name] = "";
    size -= 2;  // the quotes of the text that stands in for it
  }
  return size + asl::to_text(body).size();
}

}  // namespace

Json states_request(const Json& parameters) { return request_value(parameters); }

Json states_answer(const Json& answer) { return answer_value(answer, iso_time); }

Payload ended_execution(const Json& description, bool parsed) {
  const Json document = answer_value(description, epoch_milliseconds);
  Json sorted = Json::object();
  // [seen] The members that tell of an execution's end, and no others.
  for (const char* name : {"Cause",
                           "Error",
                           "ExecutionArn",
                           "Input",
                           "InputDetails",
                           "Name",
                           "Output",
                           "OutputDetails",
                           "RedriveCount",
                           "RedriveStatus",
                           "RedriveStatusReason",
                           "StartDate",
                           "StateMachineAliasArn",
                           "StateMachineArn",
                           "StateMachineVersionArn",
                           "Status",
                           "StopDate",
                           "TraceHeader"}) {
    const auto member = document.find(name);
    if (member == document.end()) continue;
    const std::string text = name;
    const bool is_json = parsed && (text == "Input" || text == "Output");
    sorted[text] = is_json ? parsed_text(*member) : *member;
  }
  return Payload::of(std::move(sorted));
}

Payload started_execution(const Json& answer) {
  Headers headers;
  headers.set("x-amzn-RequestId", new_uuid());
  headers.set("connection", "keep-alive");
  headers.set("Content-Length", std::to_string(wire_size(answer)));
  headers.set("Date", http_date());
  headers.set("Content-Type", "application/x-amz-json-1.0");
  return Payload::of(with_sdk_metadata(states_answer(answer), headers, 200));
}

std::string uuid_of(const std::string& idempotency_token) {
  std::string name = to_hex(digest(DigestKind::kSha256, idempotency_token)).substr(0, 32);
  name[12] = '8';  // [spec] RFC 9562: version 8 is free for such use
  name[16] = '8';
  for (const std::size_t at : {20U, 16U, 12U, 8U}) name.insert(at, "-");
  return name;
}

std::string nested_execution_arn(const std::string& machine, const std::string& name) {
  constexpr std::string_view kMarker = ":stateMachine:";
  const std::size_t marker = machine.find(kMarker);
  if (marker == std::string::npos) return {};
  const std::string rest = machine.substr(marker + kMarker.size());
  return machine.substr(0, marker) + ":execution:" + rest.substr(0, rest.find(':')) + ":" + name;
}

}  // namespace pawl::engine

#include "engine/aws/answer.h"

#include <algorithm>
#include <array>
#include <pugixml.hpp>
#include <stdexcept>
#include <string_view>

#include "asl/text.h"
#include "engine/aws/answer_values.h"
#include "engine/aws/customisations.h"
#include "engine/aws/sdk_names.h"
#include "engine/aws/wire_text.h"
#include "engine/http/text.h"
#include "engine/objects/digest.h"

namespace pawl::engine {

namespace {

using asl::Json;

bool is_xml(const ServiceModel& model) {
  return model.protocol != WireProtocol::kJson && model.protocol != WireProtocol::kRestJson;
}

Json json_of_body(const std::string& body) {
  if (body.empty()) return Json::object();
  auto parsed = asl::parse_text(body);
  if (Json* value = std::get_if<Json>(&parsed)) return std::move(*value);
  throw std::runtime_error("the answer is no JSON");
}

Json value_of_header(const ModelMember& member, const std::string& text) {
  if (member.json_value) {
    const auto document = from_base64(text);
    auto parsed = asl::parse_text(document.value_or(text));
    if (Json* value = std::get_if<Json>(&parsed)) return std::move(*value);
    return text;
  }
  if (member.shape->kind != ShapeKind::kList) return scalar_value(member, text);
  Json list = Json::array();
  std::size_t begin = 0;
  while (begin <= text.size()) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    const std::string_view one = trimmed(std::string_view(text).substr(begin, comma - begin));
    list.push_back(scalar_value(*member.shape->element, std::string(one)));
    begin = comma + 1;
  }
  return list;
}

bool has_prefix(std::string_view name, std::string_view prefix) {
  if (name.size() < prefix.size()) return false;
  for (std::size_t i = 0; i < prefix.size(); ++i) {
    if (ascii_lower(name[i]) != ascii_lower(prefix[i])) return false;
  }
  return true;
}

void add_places(const ModelShape& shape, const HttpResponse& response, Json& out) {
  for (const ModelMember& member : shape.members) {
    if (member.place == MemberPlace::kStatus) {
      out[member.sdk_name] = response.status;
    } else if (member.place == MemberPlace::kHeader) {
      const std::string_view text = response.headers.get(member.wire_name());
      if (!text.empty()) out[member.sdk_name] = value_of_header(member, std::string(text));
    } else if (member.place == MemberPlace::kPrefixHeaders) {
      Json all = Json::object();
      for (const auto& [name, value] : response.headers.fields()) {
        if (has_prefix(name, member.location_name))
          all[name.substr(member.location_name.size())] = value;
      }
      out[member.sdk_name] = std::move(all);
    }
  }
}

// Bytes that are no UTF-8 have no text: each becomes U+FFFD, as in S3's GetObject.
Json streamed_text(const std::string& bytes) {
  const std::string json = Json(bytes).dump(-1, ' ', false, Json::error_handler_t::replace);
  return Json::parse(json);
}

Json payload_of(const ServiceModel& model, const ModelMember& member, const std::string& body) {
  const ModelShape& shape = *member.shape;
  if (shape.event_stream) throw std::runtime_error("the answer is a stream of events");
  if (shape.kind == ShapeKind::kBlob)
    return member.streams() ? streamed_text(body) : blob_value(body);
  if (shape.kind == ShapeKind::kString) return streamed_text(body);
  if (is_xml(model)) return answer_of_xml(member, body, "");
  return answer_of_json(member, json_of_body(body));
}

// "ns#Name:http://..." -> "Name"
std::string bare_code(std::string code) {
  code = code.substr(code.find('#') + 1);
  return code.substr(0, code.find(':'));
}

std::string text_of_any(const Json& body, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const auto found = body.find(name);
    if (found != body.end() && found->is_string()) return found->get<std::string>();
  }
  return "";
}

void read_json_error(const HttpResponse& response, ServiceError& error) {
  auto parsed = asl::parse_text(response.body);
  const Json* body = std::get_if<Json>(&parsed);
  static const Json kEmpty = Json::object();
  if (body == nullptr || !body->is_object()) body = &kEmpty;
  const std::string header(response.headers.get("x-amzn-ErrorType"));
  error.type = bare_code(header.empty() ? text_of_any(*body, {"__type", "code", "Code"}) : header);
  error.message = text_of_any(*body, {"message", "Message", "errorMessage"});
}

pugi::xml_node descendant(const pugi::xml_node& from, std::string_view name) {
  return from.find_node([name](const pugi::xml_node& node) {
    const std::string_view whole(node.name());
    return whole.substr(whole.find(':') + 1) == name;
  });
}

void read_xml_error(const HttpResponse& response, ServiceError& error, std::string& request_id) {
  pugi::xml_document document;
  document.load_buffer(response.body.data(), response.body.size());
  error.type = descendant(document, "Code").text().as_string();
  error.message = descendant(document, "Message").text().as_string();
  for (const char* name : {"RequestId", "RequestID"}) {
    if (request_id.empty()) request_id = descendant(document, name).text().as_string();
  }
  const std::string host = descendant(document, "HostId").text().as_string();
  if (!host.empty()) error.members.emplace_back("ExtendedRequestId", host);
}

constexpr std::array<std::string_view, 13> kThrottled = {"BandwidthLimitExceeded",
                                                         "EC2ThrottledException",
                                                         "PriorRequestNotComplete",
                                                         "ProvisionedThroughputExceededException",
                                                         "RequestLimitExceeded",
                                                         "RequestThrottled",
                                                         "RequestThrottledException",
                                                         "SlowDown",
                                                         "ThrottledException",
                                                         "Throttling",
                                                         "ThrottlingException",
                                                         "TooManyRequestsException",
                                                         "TransactionInProgressException"};

}  // namespace

Json operation_answer(const ServiceModel& model,
                      const ModelOperation& operation,
                      const HttpResponse& response) {
  const ModelShape* shape = operation.output.shape;
  if (shape == nullptr) return Json::object();
  if (model.protocol == WireProtocol::kJson)
    return answer_of_json(operation.output, json_of_body(response.body));
  Json out = Json::object();
  const ModelMember* payload = shape->payload.empty() ? nullptr : shape->find(shape->payload);
  const bool streams = payload != nullptr && payload->streams();
  if (payload != nullptr) {
    if (!response.body.empty() || streams)
      out[payload->sdk_name] = payload_of(model, *payload, response.body);
  } else if (!is_xml(model)) {
    out = answer_of_json(operation.output, json_of_body(response.body));
  } else if (!response.body.empty()) {
    out = answer_of_xml(operation.output, response.body, operation.output_wrapper);
  }
  add_places(*shape, response, out);
  return with_plain_ids(model, operation.output, std::move(out));
}

ServiceError operation_error(const ServiceModel& model, const HttpResponse& response) {
  ServiceError error;
  error.status = response.status;
  std::string request_id;
  for (const char* name : {"x-amzn-RequestId", "x-amz-request-id"}) {
    if (request_id.empty()) request_id = std::string(response.headers.get(name));
  }
  if (is_xml(model)) {
    read_xml_error(response, error, request_id);
  } else {
    read_json_error(response, error);
  }
  error.members.emplace_back("RequestId", request_id);
  const std::string host(response.headers.get("x-amz-id-2"));
  if (!host.empty() && error.members.size() == 1)
    error.members.emplace_back("ExtendedRequestId", host);
  return error;
}

std::string sdk_error_name(const ServiceModel& model, const std::string& code) {
  const ModelShape* shape = model.find_error(code);
  return shape == nullptr ? model.sdk_name + "Exception" : sdk_exception_name(shape->name);
}

bool is_throttled(const ServiceError& error) {
  if (error.status == 429) return true;
  for (const std::string_view code : kThrottled) {
    if (error.type == code) return true;
  }
  return false;
}

bool is_transient(const ServiceError& error) {
  return error.status == 500 || error.status == 502 || error.status == 503 || error.status == 504 ||
         error.type == "RequestTimeout" || error.type == "RequestTimeoutException";
}

}  // namespace pawl::engine

#include "engine/aws/request.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "asl/text.h"
#include "engine/aws/bodies.h"
#include "engine/aws/customisations.h"
#include "engine/aws/wire_text.h"
#include "engine/objects/digest.h"

namespace pawl::engine {

namespace {

using asl::Json;

using QueryFields = std::vector<std::pair<std::string, std::string>>;

const Json* given(const Json& parameters, const ModelMember& member) {
  const auto found = parameters.find(member.sdk_name);
  return found == parameters.end() || found->is_null() ? nullptr : &*found;
}

// "{Bucket}/{Key+}" with the members' values: a label with a plus keeps its slashes.
std::string filled_labels(std::string text, const ModelShape& shape, const Json& parameters) {
  for (const ModelMember& member : shape.members) {
    const Json* value = given(parameters, member);
    if (member.place != MemberPlace::kUri) continue;
    const std::string content =
        value == nullptr ? "" : scalar_text(member, *value, TimeFormat::kIso8601);
    for (const char* end : {"}", "+}"}) {
      const std::string label = "{" + member.wire_name() + end;
      const std::size_t at = text.find(label);
      if (at == std::string::npos) continue;
      text.replace(at, label.size(), percent_encode(content, end[0] == '+' ? "/" : ""));
    }
  }
  return text;
}

void add_query(QueryFields& fields, const ModelMember& member, const Json& value) {
  if (member.shape->kind == ShapeKind::kList) {
    for (const Json& one : value) {
      fields.emplace_back(member.wire_name(),
                          scalar_text(*member.shape->element, one, TimeFormat::kIso8601));
    }
  } else if (member.shape->kind == ShapeKind::kMap) {
    for (const auto& [name, one] : value.items()) {
      if (!one.is_array()) {
        fields.emplace_back(name, scalar_text(*member.shape->value, one, TimeFormat::kIso8601));
        continue;
      }
      for (const Json& each : one)
        fields.emplace_back(name, each.is_string() ? each.get<std::string>() : asl::to_text(each));
    }
  } else {
    fields.emplace_back(member.wire_name(), scalar_text(member, value, TimeFormat::kIso8601));
  }
}

// [aws] A list in a header: commas between, quotes round elements that have one.
std::string header_list(const ModelMember& element, const Json& list) {
  std::string text;
  for (const Json& one : list) {
    std::string value = scalar_text(element, one, TimeFormat::kHttpDate);
    const bool is_time = element.shape->kind == ShapeKind::kTimestamp;
    if (!is_time && value.find_first_of(",\"") != std::string::npos) {
      std::string quoted = "\"";
      for (const char c : value)
        quoted += c == '"' || c == '\\' ? std::string{'\\', c} : std::string{c};
      value = quoted + "\"";
    }
    text += (text.empty() ? "" : ",") + value;
  }
  return text;
}

void add_header(Headers& headers, const ModelMember& member, const Json& value) {
  if (member.place == MemberPlace::kPrefixHeaders) {
    for (const auto& [name, one] : value.items()) {
      headers.set(member.location_name + name,
                  scalar_text(*member.shape->value, one, TimeFormat::kHttpDate));
    }
  } else if (member.json_value) {
    headers.set(member.wire_name(), to_base64(asl::to_text(value)));
  } else if (member.shape->kind == ShapeKind::kList) {
    headers.set(member.wire_name(), header_list(*member.shape->element, value));
  } else {
    headers.set(member.wire_name(), scalar_text(member, value, TimeFormat::kHttpDate));
  }
}

std::string query_text(QueryFields fields) {
  for (auto& [name, value] : fields) {
    name = percent_encode(name);
    value = percent_encode(value);
  }
  std::stable_sort(fields.begin(), fields.end());
  std::string text;
  for (const auto& [name, value] : fields) text += (text.empty() ? "" : "&") + name + "=" + value;
  return text;
}

void set_type(OperationRequest& request, const std::string& type) {
  if (!request.headers.has("Content-Type")) request.headers.set("Content-Type", type);
}

// The member that is the whole body.
void put_payload(const ServiceModel& model,
                 OperationRequest& request,
                 const ModelMember& member,
                 const Json& value) {
  const ModelShape& shape = *member.shape;
  if (shape.kind == ShapeKind::kBlob || shape.kind == ShapeKind::kString) {
    // [seen] S3 puts a value's JSON, of a text too: with its quotes. So does whatever is streamed.
    request.body = member.streams() ? asl::to_text(value) : blob_bytes(value);
    const bool is_text = member.streams() || shape.kind == ShapeKind::kString;
    return set_type(request, is_text ? "text/plain; charset=UTF-8" : "application/octet-stream");
  }
  if (model.protocol == WireProtocol::kRestJson) {
    request.body = asl::to_text(json_form(member, value));
    return set_type(request, "application/json");
  }
  std::string space = member.xml_namespace;
  if (space.empty())
    space = shape.xml_namespace.empty() ? model.xml_namespace : shape.xml_namespace;
  const std::string& name = !member.location_name.empty()  ? member.location_name
                            : !shape.location_name.empty() ? shape.location_name
                                                           : member.name;
  request.body = xml_form({name, space}, member, value);
  set_type(request, "application/xml");
}

// The members that are nowhere else, as one document.
void put_members(const ServiceModel& model,
                 const ModelOperation& operation,
                 OperationRequest& request,
                 const Json& parameters) {
  const ModelShape& shape = *operation.input.shape;
  const bool has_body =
      std::any_of(shape.members.begin(), shape.members.end(), [](const ModelMember& member) {
        return member.place == MemberPlace::kBody;
      });
  if (!has_body) return;
  if (model.protocol == WireProtocol::kRestJson) {
    request.body = asl::to_text(json_form(operation.input, parameters, true));
    return set_type(request, "application/json");
  }
  const bool is_given =
      std::any_of(shape.members.begin(), shape.members.end(), [&](const ModelMember& member) {
        return member.place == MemberPlace::kBody && given(parameters, member) != nullptr;
      });
  if (!is_given && operation.input.location_name.empty()) return;
  const std::string& name =
      operation.input.location_name.empty() ? shape.name : operation.input.location_name;
  std::string space = operation.input.xml_namespace;
  if (space.empty()) space = model.xml_namespace;
  request.body = xml_form({name, space}, operation.input, parameters);
  set_type(request, "application/xml");
}

OperationRequest rest_request(const ServiceModel& model,
                              const ModelOperation& operation,
                              const Json& parameters) {
  static const ModelShape kNothing;
  OperationRequest request;
  const ModelShape& shape = operation.input.shape == nullptr ? kNothing : *operation.input.shape;
  const std::size_t question = operation.uri.find('?');
  request.path = filled_labels(operation.uri.substr(0, question), shape, parameters);
  QueryFields query;
  if (question != std::string::npos) query = parse_query(operation.uri.substr(question + 1));
  for (const ModelMember& member : shape.members) {
    const Json* value = given(parameters, member);
    if (value == nullptr) continue;
    if (member.place == MemberPlace::kQuery) add_query(query, member, *value);
    if (member.place == MemberPlace::kHeader || member.place == MemberPlace::kPrefixHeaders)
      add_header(request.headers, member, *value);
  }
  request.query = query_text(std::move(query));
  const ModelMember* payload = shape.payload.empty() ? nullptr : shape.find(shape.payload);
  if (payload == nullptr) {
    if (operation.input.shape != nullptr) put_members(model, operation, request, parameters);
  } else if (const Json* value = given(parameters, *payload)) {
    put_payload(model, request, *payload, *value);
  }
  return request;
}

OperationRequest rpc_request(const ServiceModel& model,
                             const ModelOperation& operation,
                             const Json& parameters) {
  OperationRequest request;
  request.path = "/";
  if (model.protocol == WireProtocol::kJson) {
    request.headers.set("Content-Type", "application/x-amz-json-" + model.json_version);
    request.headers.set("X-Amz-Target", model.target_prefix + "." + operation.name);
    request.body = operation.input.shape == nullptr
                       ? "{}"
                       : asl::to_text(json_form(operation.input, parameters));
  } else {
    request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
    request.body = query_form(model, operation, parameters);
  }
  return request;
}

bool is_rest(const ServiceModel& model) {
  return model.protocol == WireProtocol::kRestJson || model.protocol == WireProtocol::kRestXml;
}

// "{AccountId}." with the members' values.
std::string filled_host(std::string text, const ModelOperation& operation, const Json& parameters) {
  if (text.empty() || operation.input.shape == nullptr) return text;
  for (const ModelMember& member : operation.input.shape->members) {
    const Json* value = given(parameters, member);
    const std::string label = "{" + member.name + "}";
    const std::size_t at = text.find(label);
    if (member.host_label && value != nullptr && at != std::string::npos)
      text.replace(at, label.size(), scalar_text(member, *value, TimeFormat::kIso8601));
  }
  return text;
}

}  // namespace

OperationRequest operation_request(const ServiceModel& model,
                                   const ModelOperation& operation,
                                   const Json& parameters) {
  const Json sent = with_plain_ids(model, operation.input, parameters);
  OperationRequest request =
      is_rest(model) ? rest_request(model, operation, sent) : rpc_request(model, operation, sent);
  request.method = operation.method.empty() ? "POST" : operation.method;
  request.host_prefix = filled_host(operation.host_prefix, operation, parameters);
  // [aws] API Gateway answers HAL without it, Glacier demands its version.
  if (model.protocol == WireProtocol::kRestJson) request.headers.set("Accept", "application/json");
  if (model.endpoint_prefix == "glacier")
    request.headers.set("x-amz-glacier-version", model.api_version);
  if (operation.needs_checksum && !request.headers.has("Content-MD5"))
    request.headers.set("Content-MD5", to_base64(digest(DigestKind::kMd5, request.body)));
  return request;
}

Json with_idempotency_tokens(const ModelOperation& operation,
                             Json parameters,
                             const std::string& token) {
  if (!parameters.is_object()) parameters = Json::object();
  if (operation.input.shape == nullptr) return parameters;
  for (const ModelMember& member : operation.input.shape->members) {
    if (member.idempotency_token && given(parameters, member) == nullptr)
      parameters[member.sdk_name] = token;
  }
  return parameters;
}

}  // namespace pawl::engine

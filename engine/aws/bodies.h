// Bodies of requests in the forms that AWS's protocols have, of parameters that parameter_faults
// found nothing wrong with.
#pragma once

#include <string>

#include "asl/json.h"
#include "engine/aws/service_model.h"

namespace pawl::engine {

// The value as JSON 1.0, 1.1 and REST-JSON have it: members by their wire names, times as epoch
// seconds, blobs as base64; null members left out. `body_only`: without members that are elsewhere
// (path, query, headers).
// [aws] https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
asl::Json json_form(const ModelMember& use, const asl::Json& value, bool body_only = false);

// "Action=Publish&Version=2010-03-31&Message=..."
// [aws] https://smithy.io/2.0/aws/protocols/aws-query-protocol.html and aws-ec2-query-protocol.html
std::string query_form(const ServiceModel& model,
                       const ModelOperation& operation,
                       const asl::Json& parameters);

// The value as an XML document with `root` as its outermost element; members that are elsewhere
// left out. `space`: the document's namespace, or empty.
// [aws] https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
struct XmlRoot {
  std::string name;
  std::string space;
};
std::string xml_form(const XmlRoot& root, const ModelMember& use, const asl::Json& value);

}  // namespace pawl::engine

#include "engine/connectors/sdk_answer.h"

#include <array>
#include <ctime>
#include <functional>

#include "asl/text.h"
#include "asl/timestamp.h"
#include "engine/http/aws_json.h"
#include "engine/ml/documents.h"

namespace pawl::engine {

namespace {

using asl::Json;
using asl::StateError;

std::string with_exception(const std::string& name) {
  return name.ends_with("Exception") ? name : name + "Exception";
}

std::string request_id_of(const ServiceError& error) {
  for (const auto& [name, value] : error.members) {
    if (name == "RequestId" && !value.empty()) return value;
  }
  return new_uuid();
}

}  // namespace

std::string http_date() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  return text.data();
}

Json with_sdk_metadata(Json answer, const Headers& headers, int status) {
  Json all = Json::object();
  Json single = Json::object();
  for (const auto& [name, value] : headers.fields()) {
    if (!all.contains(name)) all[name] = Json::array();
    all[name].push_back(value);
    single[name] = value;
  }
  const std::string request_id(headers.get("x-amzn-RequestId"));
  answer["SdkHttpMetadata"] = {
      {"AllHttpHeaders", all}, {"HttpHeaders", single}, {"HttpStatusCode", status}};
  answer["SdkResponseMetadata"] = {{"RequestId", request_id.empty() ? new_uuid() : request_id}};
  return answer;
}

Json with_sdk_metadata(Json answer) {
  Headers headers;
  headers.set("x-amzn-RequestId", new_uuid());
  headers.set("Content-Length", std::to_string(asl::to_text(answer).size()));
  headers.set("Date", http_date());
  headers.set("Content-Type", "application/x-amz-json-1.1");
  return with_sdk_metadata(std::move(answer), headers, 200);
}

StateError optimised_error(const SdkService& service, const ServiceError& error, bool modelled) {
  const std::string name = modelled ? with_exception(error.type) : service.generic;
  return {service.prefix + "." + name,
          error.message + " (Service: " + service.client_name +
              "; Status Code: " + std::to_string(error.status) + "; Error Code: " + error.type +
              "; Request ID: " + request_id_of(error) + "; Proxy: null)"};
}

StateError sdk_error(const std::string& service, const ServiceError& error, bool modelled) {
  const std::string name = modelled ? with_exception(error.type) : service + "Exception";
  return {service + "." + name,
          error.message + " (Service: " + service + ", Status Code: " +
              std::to_string(error.status) + ", Request ID: " + request_id_of(error) + ")"};
}

Json with_iso_times(const Json& document) {
  const Json seconds = with_times_in_seconds(document);
  // with_times_in_seconds knows which members are times: those it turned into fractions of what
  // they were.
  const std::function<Json(const Json&, const Json&)> walk = [&walk](const Json& before,
                                                                     const Json& after) -> Json {
    if (before.is_object()) {
      Json out = Json::object();
      for (const auto& [member, value] : after.items())
        out[member] = walk(before.at(member), value);
      return out;
    }
    if (before.is_array()) {
      Json out = Json::array();
      for (std::size_t i = 0; i < before.size(); ++i) out.push_back(walk(before[i], after[i]));
      return out;
    }
    const bool is_time = before.is_number_integer() && after.is_number_float();
    return is_time ? Json(asl::format_timestamp({before.get<std::int64_t>()})) : after;
  };
  return walk(public_part(document), seconds);
}

}  // namespace pawl::engine

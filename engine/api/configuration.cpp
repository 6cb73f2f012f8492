#include "engine/api/configuration.h"

#include "engine/api/shapes.h"

namespace pawl::engine {

using asl::Json;

namespace shapes {

Shape logging_configuration() {
  const Shape group = structure({optional("logGroupArn", arn())});
  const Shape destination = structure({optional("cloudWatchLogsLogGroup", group)});
  return structure({optional("level", text().one_of({"ALL", "ERROR", "FATAL", "OFF"})),
                    optional("includeExecutionData", boolean()),
                    optional("destinations", list(destination))});
}

Shape tracing_configuration() { return structure({optional("enabled", boolean())}); }

Shape encryption_configuration() {
  return structure(
      {optional("kmsKeyId", text().length(1, 2048)),
       optional("kmsDataKeyReusePeriodSeconds", integer().range(60, 900)),
       required("type", text().one_of({"AWS_OWNED_KEY", "CUSTOMER_MANAGED_KMS_KEY"}))});
}

}  // namespace shapes

namespace {

constexpr std::size_t kTagsMax = 50;  // [documented]

ServiceError invalid_logging(const std::string& why) {
  return {"InvalidLoggingConfiguration", "Invalid Logging Configuration: " + why};
}

Json member(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found == object.end() ? Json() : *found;
}

// [seen] The texts; a destination is a CloudWatch log group with the qualifier "*".
void check_destination(const Json& destination) {
  const Json group = member(destination, "cloudWatchLogsLogGroup");
  const auto arn = group.is_null() ? std::nullopt : text_member(group, "logGroupArn");
  if (!arn) throw invalid_logging("Must set valid CloudWatch Log Group ARN.");
  if (!arn->starts_with("arn:") || arn->find(":logs:") == std::string::npos ||
      arn->find(":log-group:") == std::string::npos) {
    throw invalid_logging("Provided ARN is not CloudWatch Logs Log Group ARN.");
  }
  if (!arn->ends_with(":*")) {
    throw invalid_logging("Log Group ARN must be provided with '*' qualifier.");
  }
}

}  // namespace

std::string log_group_of(const std::string& arn) {
  constexpr std::string_view kMark = ":log-group:";
  std::string group = arn.substr(arn.find(kMark) + kMark.size());
  if (group.ends_with(":*")) group.resize(group.size() - 2);
  return group;
}

void check_log_group(Api& api, const Json& logging) {
  const auto destinations = logging.find("destinations");
  if (logging.at("level") == "OFF" || destinations == logging.end()) return;
  const Json& group = (*destinations)[0].at("cloudWatchLogsLogGroup");
  if (!api.logs.takes(log_group_of(text_of(group, "logGroupArn")))) {
    throw invalid_logging("Log Destination not found.");  // [seen]
  }
}

Json logging_configuration_of(const Json& sent) {
  const Json given = sent.is_null() ? Json::object() : sent;
  const std::string level = text_member(given, "level").value_or("OFF");
  const Json destinations = member(given, "destinations");
  const std::size_t count = destinations.is_null() ? 0 : destinations.size();
  if ((level != "OFF" && count != 1) || count > 1) {
    throw invalid_logging("Must specify exactly one Log Destination.");
  }
  Json configuration = {{"level", level},
                        {"includeExecutionData", flag_of(given, "includeExecutionData", false)}};
  if (count == 1) {
    check_destination(destinations[0]);
    configuration["destinations"] = destinations;
  }
  return configuration;
}

Json tracing_configuration_of(const Json& sent) {
  return {{"enabled", !sent.is_null() && flag_of(sent, "enabled", false)}};
}

Json encryption_configuration_of(const Json& sent) {
  if (sent.is_null()) return {{"type", "AWS_OWNED_KEY"}};
  const bool has_key = text_member(sent, "kmsKeyId").has_value();
  const auto invalid = [](const std::string& why) {
    return ServiceError{"InvalidEncryptionConfiguration", why};
  };
  if (text_of(sent, "type") == "CUSTOMER_MANAGED_KMS_KEY") {
    if (!has_key) throw invalid("Must set a valid kmsKeyId.");
    // [pawl] There is no key service to encrypt with, and pretending would be worse.
    throw invalid("Customer managed keys are not available in this version of Pawl.");
  }
  if (has_key) throw invalid("Custom kmsKeyId is not allowed when selecting AWS_OWNED_KEY.");
  if (!member(sent, "kmsDataKeyReusePeriodSeconds").is_null()) {
    throw invalid(
        "Custom kmsDataKeyReusePeriodSeconds is not allowed when selecting AWS_OWNED_KEY.");
  }
  return {{"type", "AWS_OWNED_KEY"}};
}

Json configuration_of(const Json& request) {
  return {
      {"loggingConfiguration", logging_configuration_of(member(request, "loggingConfiguration"))},
      {"tracingConfiguration", tracing_configuration_of(member(request, "tracingConfiguration"))},
      {"encryptionConfiguration",
       encryption_configuration_of(member(request, "encryptionConfiguration"))}};
}

void check_tag_count(const std::map<std::string, std::string>& tags, const std::string& arn) {
  if (tags.size() > kTagsMax) throw ServiceError{"TooManyTags", "Too many tags: '" + arn + "'"};
}

std::map<std::string, std::string> tags_of(const Json& list, const std::string& arn) {
  std::map<std::string, std::string> tags;
  if (list.is_null()) return tags;
  for (const Json& tag : list) {
    tags[text_member(tag, "key").value_or("")] = text_member(tag, "value").value_or("");
  }
  check_tag_count(tags, arn);
  return tags;
}

}  // namespace pawl::engine

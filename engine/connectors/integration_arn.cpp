#include "engine/connectors/connector.h"

namespace pawl::engine {

IntegrationArn parse_integration(const std::string& resource) {
  // Partitions differ (aws, aws-cn, aws-us-gov) and mean nothing here.
  const std::size_t marker = resource.find(":states:::");
  if (!resource.starts_with("arn:") || marker == std::string::npos) return {};
  std::string rest = resource.substr(marker + 10);
  IntegrationArn arn;
  for (const char* pattern : {".waitForTaskToken", ".sync:2", ".sync"}) {
    if (!rest.ends_with(pattern)) continue;
    arn.pattern = pattern + 1;
    rest.resize(rest.size() - arn.pattern.size() - 1);
    break;
  }
  const std::size_t colon = rest.rfind(':');
  if (colon == std::string::npos) return {};
  arn.service = rest.substr(0, colon);
  arn.action = rest.substr(colon + 1);
  return arn;
}

}  // namespace pawl::engine

// Where AWS's services are: the host, and the region that signatures name.
// [aws] https://docs.aws.amazon.com/general/latest/gr/rande.html
#pragma once

#include <string>
#include <string_view>

#include "asl/json.h"

namespace pawl::engine {

struct ServiceEndpoint {
  std::string url;             // "https://iam.amazonaws.com"
  std::string signing_region;  // "us-east-1"
  std::string signing_name;    // empty: the model's
};

// Immutable and thread-safe.
class AwsEndpoints {
 public:
  // Without a table: https://<prefix>.<region>.amazonaws.com, and the global services.
  AwsEndpoints() = default;
  // `table`: botocore's endpoints.json. Throws std::runtime_error when it is none.
  static AwsEndpoints of(std::string_view table);

  ServiceEndpoint find(const std::string& endpoint_prefix, const std::string& region) const;

 private:
  asl::Json table_;
};

}  // namespace pawl::engine

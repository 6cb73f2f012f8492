// The answers of S3's ListObjects and ListObjectsV2, as a state machine sees them.
// [aws] https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjects.html
#pragma once

#include <string>

#include "asl/json.h"

namespace pawl::engine {

// {"Contents": [{"Key", "LastModified", "ETag", "Size", ...}], "IsTruncated": false, ...}; members
// that the XML has not are left out. Throws std::runtime_error when `xml` is no listing.
asl::Json s3_listing(const std::string& xml);

}  // namespace pawl::engine

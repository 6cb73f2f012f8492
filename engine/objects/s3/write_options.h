// What a write carries besides bytes: content type, metadata, further headers.
#pragma once

#include "engine/objects/s3/call.h"

namespace pawl::engine {

// From the headers of PutObject, CopyObject with REPLACE, CreateMultipartUpload. Throws
// ObjectError.
ObjectStore::PutOptions put_options(const Headers& headers);
// Refuses by name what would need features that are not there (ACLs, tags, customer keys, object
// lock).
void refuse_unsupported(const Headers& headers);
// The object that x-amz-copy-source names.
S3Target copy_source(const S3Call& call);

}  // namespace pawl::engine

// Every operation of the S3 API, one function each. They throw ObjectError, or std::system_error
// when the disk fails.
#pragma once

#include "engine/objects/s3/call.h"

namespace pawl::engine {

// bucket_operations.cpp
HttpResponse s3_list_buckets(const S3Call& call);
HttpResponse s3_create_bucket(const S3Call& call);
HttpResponse s3_head_bucket(const S3Call& call);
HttpResponse s3_delete_bucket(const S3Call& call);
HttpResponse s3_get_bucket_location(const S3Call& call);
HttpResponse s3_get_bucket_versioning(const S3Call& call);
// list_operations.cpp
HttpResponse s3_list_objects(const S3Call& call);
HttpResponse s3_list_objects_v2(const S3Call& call);
// read_operations.cpp
HttpResponse s3_get_object(const S3Call& call);
HttpResponse s3_head_object(const S3Call& call);
HttpResponse s3_get_object_tagging(const S3Call& call);
// write_operations.cpp
HttpResponse s3_put_object(const S3Call& call);
HttpResponse s3_copy_object(const S3Call& call);
HttpResponse s3_delete_object(const S3Call& call);
HttpResponse s3_delete_objects(const S3Call& call);
// multipart_operations.cpp
HttpResponse s3_create_multipart_upload(const S3Call& call);
HttpResponse s3_upload_part(const S3Call& call);
HttpResponse s3_upload_part_copy(const S3Call& call);
HttpResponse s3_complete_multipart_upload(const S3Call& call);
HttpResponse s3_abort_multipart_upload(const S3Call& call);
HttpResponse s3_list_parts(const S3Call& call);
HttpResponse s3_list_multipart_uploads(const S3Call& call);
// s3_api.cpp
HttpResponse s3_not_implemented(const S3Call& call);

}  // namespace pawl::engine

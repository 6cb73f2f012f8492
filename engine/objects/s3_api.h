// The S3 REST API over an object store: path style and virtual-host style, as the aws CLI, boto3
// and the SDKs speak it. Presigned URLs work like any other request; who may send one is decided
// before.
#pragma once

#include <memory>
#include <string>

#include "engine/http/message.h"
#include "engine/objects/object_store.h"

namespace pawl::engine {

class S3Api {
 public:
  // REQUIRES: `store` outlives this.
  S3Api(ObjectStore& store, std::string region);
  // Answers what is still queued.
  ~S3Api();

  // Does not block: the work is done on threads of its own, where `respond` is called.
  void handle(HttpRequest request, Responder respond);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Whether a request is S3's and no other service's, by its head alone: the credential scope, a
// presigned URL's query, the Host, or the header that S3's signing alone sends.
bool is_s3_request(const HttpRequest& request);
// Reading objects and buckets wants Scope::kRead, all else Scope::kAdmin: scripts and models are
// objects too. REQUIRES: is_s3_request(request).
Access s3_access(const HttpRequest& request);
// Whether its body is an object's, or a part's, and should go to a file.
bool s3_spool(const HttpRequest& request);

}  // namespace pawl::engine

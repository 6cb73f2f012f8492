// The S3 REST API over an object store: path style and virtual-host style, as the aws CLI, boto3
// and the SDKs speak it. Presigned URLs work like any other request; who may send one is decided
// before.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "engine/http/message.h"
#include "engine/http/sigv4.h"
#include "engine/objects/object_store.h"

namespace pawl::engine {

// What the chunks of a body have to be signed with.
struct ChunkSigning {
  std::string secret;
  CredentialScope scope;
  std::string time;  // "20150830T123600Z"
  std::string seed;  // the signature of the request itself
};

class S3Api {
 public:
  // Of a request that was admitted; nothing: nobody knows the key, so its chunks are taken as they
  // come. Thread-safe.
  using SigningOf = std::function<std::optional<ChunkSigning>(const HttpRequest&)>;

  // REQUIRES: `store` outlives this, and what `signing_of` refers to.
  S3Api(ObjectStore& store, std::string region, SigningOf signing_of = nullptr);
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

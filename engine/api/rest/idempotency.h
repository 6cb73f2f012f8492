// The header Idempotency-Key of POST requests: the same request under the same key is carried out
// once, and answered the same every time, for 24 hours.
// [spec] draft-ietf-httpapi-idempotency-key-header. docs/decisions/0028
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "engine/api/rest/rest.h"

namespace pawl::engine {

// Thread-safe.
class IdempotencyKeys {
 public:
  IdempotencyKeys(Api& api, WorkerPool& workers);

  // True: the request is to be carried out; it may have got `once`, and then what answers it is
  // kept. False: it has been answered as it was before. Throws Problem: the key is unusable,
  // belongs to another request, or to one in progress. Waits for the disk.
  bool admit(RestCall& call);

 private:
  // Fingerprints of the requests in progress, by key.
  struct InProgress {
    std::mutex mutex;
    std::map<std::string, std::string> requests;
  };
  class Claim;
  class Keeper;

  Api& api_;
  WorkerPool& workers_;
  const std::shared_ptr<InProgress> in_progress_;
};

}  // namespace pawl::engine

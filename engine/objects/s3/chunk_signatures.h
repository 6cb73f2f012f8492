// The signatures of an aws-chunked body: each chunk is signed over its bytes and the signature
// before it, the first one over that of the request; trailers over that of the last chunk.
// [aws] https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
//       https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
#pragma once

#include <string>
#include <string_view>

#include "engine/objects/digest.h"
#include "engine/objects/s3_api.h"

namespace pawl::engine {

// One body, in order. Throws ObjectError SignatureDoesNotMatch.
class ChunkSignatures {
 public:
  explicit ChunkSignatures(const ChunkSigning& signing);

  // The head of a chunk, with the signature that it says it has.
  void begin(std::string_view signature);
  void update(std::string_view bytes) { bytes_.update(bytes); }
  // The chunk's end.
  void end();
  // "name:value\n" of each trailer, as they were sent, and what they are signed with.
  void check_trailers(const std::string& trailers, std::string_view signature);

 private:
  std::string sign(const std::string& kind, const std::string& hashes) const;

  const std::string key_;  // derived from the secret
  const std::string time_;
  const std::string scope_;
  std::string previous_;
  std::string claimed_;
  Digest bytes_{DigestKind::kSha256};
};

}  // namespace pawl::engine

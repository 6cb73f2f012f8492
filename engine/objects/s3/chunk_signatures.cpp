#include "engine/objects/s3/chunk_signatures.h"

#include "engine/http/hash.h"
#include "engine/objects/object_store.h"

namespace pawl::engine {

namespace {

std::string derived_key(const std::string& secret, const CredentialScope& scope) {
  std::string key = hash::hmac_sha256("AWS4" + secret, scope.day);
  for (const std::string& part : {scope.region, scope.service, std::string("aws4_request")})
    key = hash::hmac_sha256(key, part);
  return key;
}

void require_equal(std::string_view expected, std::string_view claimed) {
  if (hash::equal(expected, claimed)) return;
  throw ObjectError("SignatureDoesNotMatch",
                    403,
                    "The request signature we calculated does not match the signature you "
                    "provided. Check your key and signing method.");
}

}  // namespace

ChunkSignatures::ChunkSignatures(const ChunkSigning& signing)
    : key_(derived_key(signing.secret, signing.scope)),
      time_(signing.time),
      scope_(signing.scope.text()),
      previous_(signing.seed) {}

std::string ChunkSignatures::sign(const std::string& kind, const std::string& hashes) const {
  return hash::hex(hash::hmac_sha256(
      key_, kind + "\n" + time_ + "\n" + scope_ + "\n" + previous_ + "\n" + hashes));
}

void ChunkSignatures::begin(std::string_view signature) {
  claimed_ = signature;
  bytes_ = Digest(DigestKind::kSha256);
}

void ChunkSignatures::end() {
  const std::string hashes = hash::hex(hash::sha256("")) + "\n" + to_hex(bytes_.finish());
  const std::string expected = sign("AWS4-HMAC-SHA256-PAYLOAD", hashes);
  require_equal(expected, claimed_);
  previous_ = expected;
}

void ChunkSignatures::check_trailers(const std::string& trailers, std::string_view signature) {
  require_equal(sign("AWS4-HMAC-SHA256-TRAILER", hash::hex(hash::sha256(trailers))), signature);
}

}  // namespace pawl::engine

// AWS Signature Version 4 as a server reads it: from the Authorization header, or from the query of
// a presigned URL. Pure; from any thread.
// [aws] https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
//       https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "asl/timestamp.h"
#include "engine/http/message.h"
#include "engine/security/refusals.h"

namespace pawl::engine {

struct Signature {
  std::string key_id;
  std::string day;  // "20150830", of the credential
  std::string region;
  std::string service;                      // "states"
  std::string time;                         // "20150830T123600Z"
  asl::Timestamp at{};                      // the same
  std::vector<std::string> signed_headers;  // in lower case, as they were listed
  std::string value;                        // in hexadecimal digits
  std::string session_token;                // of temporary credentials, or empty
  bool presigned = false;
  std::int64_t expires_s = 0;  // of a presigned one, from `at` on
  // Of the payload as x-amz-content-sha256 has it: a hash, or a name such as "UNSIGNED-PAYLOAD".
  // Empty: the request does not say, and the body itself is to be hashed.
  std::string payload_hash;
};

// Whether a request has a signature, or something that was meant to be one.
bool is_signed(const HttpRequest& head);

// What the head says; a Refused when it says too little, or contradicts itself.
std::variant<Signature, Refused> read_signature(const HttpRequest& head);

// Whether `now` lies within what the signature allows: five minutes on both sides, fifteen for S3;
// a presigned one ends when it says.
std::optional<Refused> check_time(const Signature& signature, asl::Timestamp now);

// [aws] The canonical request whose hash is signed. `payload_hash` stands for the body.
std::string canonical_request(const HttpRequest& request,
                              const Signature& signature,
                              std::string_view payload_hash);

// Whether the holder of `secret` has signed the request so.
bool is_signed_with(const std::string& secret,
                    const HttpRequest& request,
                    const Signature& signature,
                    std::string_view payload_hash);

inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

}  // namespace pawl::engine

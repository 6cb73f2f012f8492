// The body of a PUT: unwrapped from aws-chunked, and checked against every digest the client sent.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "engine/http/message.h"
#include "engine/objects/s3/chunk_signatures.h"

namespace pawl::engine {

// Unwraps `Content-Encoding: aws-chunked`: "SIZE;chunk-signature=...\r\n" bytes "\r\n" ... "0\r\n"
// trailers "\r\n".
class ChunkDecoder {
 public:
  // `signatures`: to check those of the chunks and of the trailers; null: they are not looked at.
  explicit ChunkDecoder(ChunkSignatures* signatures = nullptr) : signatures_(signatures) {}

  // Appends decoded bytes to `out`. Throws ObjectError.
  void feed(std::string_view bytes, std::string& out);
  // REQUIRES: all bytes were fed. Throws when the last chunk is missing.
  void finish();
  // Lower-case names.
  const std::map<std::string, std::string>& trailers() const { return trailers_; }

 private:
  void take_line(std::string_view line);
  void take_size(std::string_view line);
  void take_trailer(std::string_view line);

  enum class Expect { kSize, kData, kDataEnd, kTrailer, kNothing } expect_ = Expect::kSize;
  std::uint64_t left_ = 0;
  std::string line_;
  std::size_t trailer_bytes_ = 0;
  std::map<std::string, std::string> trailers_;
  std::string signed_trailers_;  // "name:value\n" each
  ChunkSignatures* signatures_;
};

struct S3Call;

struct S3Body {
  S3Body() = default;
  S3Body(S3Body&& other) noexcept;
  S3Body& operator=(S3Body&&) = delete;
  ~S3Body();

  std::string bytes;  // when `file` is empty
  std::string file;
  std::map<std::string, std::string>
      checksums;           // "x-amz-checksum-crc32" -> base64: verified, to be kept and answered
  bool owns_file = false;  // made by unwrapping; removed unless taken over
};

// Throws ObjectError: BadDigest, InvalidDigest, IncompleteBody, XAmzContentSHA256Mismatch, ...
S3Body receive_body(const S3Call& call);

}  // namespace pawl::engine

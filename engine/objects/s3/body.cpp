#include "engine/objects/s3/body.h"

#include <algorithm>
#include <array>

#include "engine/objects/digest.h"
#include "engine/objects/local/files.h"
#include "engine/objects/object_store.h"
#include "engine/objects/s3/call.h"

namespace pawl::engine {

namespace {

constexpr std::size_t kLineBytesMax = 1024;
constexpr std::size_t kTrailerBytesMax = 8 * 1024;
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";
constexpr std::size_t kFlushBytes = 1 << 20;
constexpr std::uint64_t kObjectBytesMax = 5ULL << 40;  // [aws]

struct ChecksumName {
  std::string_view header;
  DigestKind kind;
};
constexpr std::array<ChecksumName, 5> kChecksums = {
    {{"x-amz-checksum-crc32", DigestKind::kCrc32},
     {"x-amz-checksum-crc32c", DigestKind::kCrc32c},
     {"x-amz-checksum-crc64nvme", DigestKind::kCrc64Nvme},
     {"x-amz-checksum-sha1", DigestKind::kSha1},
     {"x-amz-checksum-sha256", DigestKind::kSha256}}};

ObjectError incomplete_body() {
  return ObjectError("IncompleteBody", 400, "The request body terminated unexpectedly");
}

// A digest over the body, and what the client says it must be.
struct Check {
  std::string name;
  Digest digest;
  std::string expected;  // raw bytes; of a trailer only known at the end
  bool trailer = false;
};

class Checks {
 public:
  explicit Checks(const HttpRequest& request) {
    if (request.headers.has("Content-MD5")) {
      const std::optional<std::string> md5 = from_base64(request.headers.get("Content-MD5"));
      if (!md5 || md5->size() != 16) {
        throw ObjectError("InvalidDigest", 400, "The Content-MD5 you specified was invalid.");
      }
      add("Content-MD5", DigestKind::kMd5, *md5);
    }
    const std::string_view sha256 = request.headers.get("x-amz-content-sha256");
    if (sha256.size() == 64) {
      const std::optional<std::string> raw = from_hex(sha256);
      if (raw) add("x-amz-content-sha256", DigestKind::kSha256, *raw);
    }
    const std::string trailers = lower_case(request.headers.get("x-amz-trailer"));
    for (const ChecksumName& checksum : kChecksums) {
      const std::string name(checksum.header);
      if (request.headers.has(name)) {
        add(name, checksum.kind, decoded(name, request.headers.get(name)));
      } else if (trailers == name) {
        add(name, checksum.kind, "");
        checks_.back().trailer = true;
      }
    }
  }

  bool empty() const { return checks_.empty(); }

  void update(std::string_view bytes) {
    for (Check& check : checks_) check.digest.update(bytes);
  }

  // The verified checksums, by header.
  std::map<std::string, std::string> finish(const std::map<std::string, std::string>& trailers) {
    std::map<std::string, std::string> verified;
    for (Check& check : checks_) {
      if (check.trailer) {
        const auto sent = trailers.find(check.name);
        if (sent == trailers.end()) {
          throw ObjectError("MalformedTrailerError",
                            400,
                            "The request contained trailing data that was not well-formed or did "
                            "not conform to our published schema.");
        }
        check.expected = decoded(check.name, sent->second);
      }
      const std::string actual = check.digest.finish();
      if (actual != check.expected) throw mismatch(check.name);
      if (check.name.starts_with("x-amz-checksum-")) verified[check.name] = to_base64(actual);
    }
    return verified;
  }

 private:
  void add(std::string name, DigestKind kind, std::string expected) {
    checks_.push_back({std::move(name), Digest(kind), std::move(expected)});
  }

  static std::string decoded(const std::string& name, std::string_view value) {
    std::optional<std::string> raw = from_base64(value);
    if (!raw) {
      throw ObjectError("InvalidRequest", 400, "Value for " + name + " header is invalid.");
    }
    return *raw;
  }

  static ObjectError mismatch(const std::string& name) {
    if (name == "x-amz-content-sha256") {
      return ObjectError(
          "XAmzContentSHA256Mismatch",
          400,
          "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
    if (name == "Content-MD5") {
      return ObjectError(
          "BadDigest", 400, "The Content-MD5 you specified did not match what we received.");
    }
    std::string algorithm = name.substr(std::string_view("x-amz-checksum-").size());
    for (char& c : algorithm) {
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    }
    return ObjectError(
        "BadDigest",
        400,
        "The " + algorithm + " you specified did not match the calculated checksum.");
  }

  std::vector<Check> checks_;
};

void each_chunk(const HttpRequest& request, const std::function<void(std::string_view)>& take) {
  if (request.body_file) {
    read_all(open_file(*request.body_file), take);
  } else {
    take(request.body);
  }
}

// Nothing: the body has no signatures, or nobody knows what they should be.
std::optional<ChunkSignatures> signatures_of(const S3Call& call) {
  const std::string_view kind = call.http.headers.get("x-amz-content-sha256");
  if (!call.signing_of || !kind.starts_with("STREAMING-AWS4-HMAC-SHA256-")) return std::nullopt;
  const std::optional<ChunkSigning> signing = call.signing_of(call.http);
  if (!signing) return std::nullopt;
  return std::optional<ChunkSignatures>(std::in_place, *signing);
}

void unwrap(const S3Call& call, Checks& checks, S3Body& body) {
  const HttpRequest& request = call.http;
  std::optional<ChunkSignatures> signatures = signatures_of(call);
  ChunkDecoder decoder(signatures ? &*signatures : nullptr);
  std::optional<Fd> out;
  if (request.body_file) {
    body.file = *request.body_file + ".unwrapped";
    out = create_file(body.file);
    body.owns_file = true;
  }
  std::uint64_t size = 0;
  const auto flush = [&] {
    if (!out) return;
    write_all(*out, body.bytes);
    body.bytes.clear();
  };
  each_chunk(request, [&](std::string_view bytes) {
    const std::size_t before = body.bytes.size();
    decoder.feed(bytes, body.bytes);
    checks.update(std::string_view(body.bytes).substr(before));
    size += body.bytes.size() - before;
    if (body.bytes.size() >= kFlushBytes) flush();
  });
  flush();
  decoder.finish();
  const std::string_view expected = request.headers.get("x-amz-decoded-content-length");
  if (!expected.empty() && parse_number(expected, kObjectBytesMax) != size) throw incomplete_body();
  body.checksums = checks.finish(decoder.trailers());
}

}  // namespace

void ChunkDecoder::feed(std::string_view bytes, std::string& out) {
  while (!bytes.empty()) {
    if (expect_ == Expect::kNothing) throw incomplete_body();
    if (expect_ == Expect::kData) {
      const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      out += bytes.substr(0, size);
      if (signatures_ != nullptr) signatures_->update(bytes.substr(0, size));
      bytes.remove_prefix(size);
      left_ -= size;
      if (left_ == 0) expect_ = Expect::kDataEnd;
      continue;
    }
    const std::size_t end = bytes.find('\n');
    line_ += bytes.substr(0, end);
    if (line_.size() > kLineBytesMax) throw incomplete_body();
    if (end == std::string_view::npos) return;
    bytes.remove_prefix(end + 1);
    if (line_.ends_with('\r')) line_.pop_back();
    take_line(line_);
    line_.clear();
  }
}

void ChunkDecoder::take_line(std::string_view line) {
  if (expect_ == Expect::kDataEnd) {
    if (!line.empty()) throw incomplete_body();
    if (signatures_ != nullptr) signatures_->end();
    expect_ = Expect::kSize;
    return;
  }
  if (expect_ == Expect::kSize) return take_size(line);
  if (!line.empty()) return take_trailer(line);
  // An empty line may come before the trailers as well as after them.
  if (!trailers_.empty()) expect_ = Expect::kNothing;
}

// "400;chunk-signature=..."
void ChunkDecoder::take_size(std::string_view line) {
  const std::string_view digits = line.substr(0, line.find(';'));
  if (digits.empty() || digits.size() > 10) throw incomplete_body();
  left_ = 0;
  for (const char c : lower_case(digits)) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(c);
    if (digit == std::string_view::npos) throw incomplete_body();
    left_ = left_ * 16 + digit;
  }
  expect_ = left_ == 0 ? Expect::kTrailer : Expect::kData;
  if (signatures_ == nullptr) return;
  constexpr std::string_view kName = "chunk-signature=";
  const std::size_t at = line.find(kName);
  signatures_->begin(at == std::string_view::npos ? "" : line.substr(at + kName.size()));
  if (left_ == 0) signatures_->end();
}

void ChunkDecoder::take_trailer(std::string_view line) {
  trailer_bytes_ += line.size();
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || trailer_bytes_ > kTrailerBytesMax) {
    throw ObjectError("MalformedTrailerError",
                      400,
                      "The request contained trailing data that was not well-formed or did not "
                      "conform to our published schema.");
  }
  std::string_view value = line.substr(colon + 1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  const std::string name = lower_case(line.substr(0, colon));
  // A signature is the last trailer; its own line may end the body.
  if (name != kTrailerSignature) signed_trailers_ += name + ":" + std::string(value) + "\n";
  trailers_[name] = std::string(value);
}

void ChunkDecoder::finish() {
  const bool ended = expect_ == Expect::kTrailer || expect_ == Expect::kNothing;
  if (!ended || !line_.empty()) throw incomplete_body();
  if (signatures_ == nullptr || trailers_.empty()) return;
  const auto signature = trailers_.find(std::string(kTrailerSignature));
  signatures_->check_trailers(signed_trailers_,
                              signature == trailers_.end() ? "" : signature->second);
}

S3Body::S3Body(S3Body&& other) noexcept
    : bytes(std::move(other.bytes)),
      file(std::move(other.file)),
      checksums(std::move(other.checksums)),
      owns_file(other.owns_file) {
  other.owns_file = false;
}

S3Body::~S3Body() {
  if (owns_file) std::remove(file.c_str());
}

S3Body receive_body(const S3Call& call) {
  const HttpRequest& request = call.http;
  Checks checks(request);
  S3Body body;
  if (request.headers.get("x-amz-content-sha256").starts_with("STREAMING-")) {
    unwrap(call, checks, body);
    return body;
  }
  if (!checks.empty()) {
    each_chunk(request, [&](std::string_view bytes) { checks.update(bytes); });
    body.checksums = checks.finish({});
  }
  if (request.body_file) {
    body.file = *request.body_file;
  } else {
    body.bytes = request.body;
  }
  return body;
}

}  // namespace pawl::engine

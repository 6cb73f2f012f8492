#include "engine/api/rest/conditions.h"

#include <openssl/evp.h>

#include <array>

#include "asl/text.h"
#include "engine/api/rest/problem.h"
#include "engine/http/text.h"

namespace pawl::engine::rest {

namespace {

constexpr std::size_t kTagBytes = 12;

// The tag as the server made it: without W/ and without what compression has added.
std::string_view plain_tag(std::string_view tag) {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') {
    tag = tag.substr(1, tag.size() - 2);
  }
  if (tag.ends_with(kCompressedTag)) tag.remove_suffix(kCompressedTag.size());
  return tag;
}

// Whether the list of a condition names the tag. No tag of ours has a comma in it.
// [spec] RFC 9110: If-Match compares strongly, so that a weak tag is nobody's.
bool names_tag(std::string_view list, const std::string& etag, bool is_strong = false) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view each = trimmed(list.substr(0, end));
    const bool counts = !each.empty() && !(is_strong && each.starts_with("W/"));
    if (each == "*" || (counts && plain_tag(each) == plain_tag(etag))) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

}  // namespace

std::string etag_of_body(const std::string& body) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(body.data(), body.size(), digest.data(), &size, EVP_sha256(), nullptr);
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string tag = "\"";
  for (std::size_t i = 0; i < kTagBytes; ++i) {
    tag += kDigits[digest[i] >> 4];
    tag += kDigits[digest[i] & 15];
  }
  return tag + "\"";
}

void require_conditions(const RestCall& call, const std::optional<std::string>& etag) {
  const std::string_view wanted = call.request->headers.get("If-Match");
  const std::string_view excluded = call.request->headers.get("If-None-Match");
  const bool fails_match = !wanted.empty() && !(etag && names_tag(wanted, *etag, true));
  const bool fails_none = !excluded.empty() && etag && names_tag(excluded, *etag);
  if (!fails_match && !fails_none) return;
  throw Problem{.status = 412,
                .name = "precondition-failed",
                .title = "Precondition failed",
                .detail = fails_match ? "The resource is not the one that If-Match names"
                                      : "The resource is one that If-None-Match excludes"};
}

bool is_unchanged(const RestCall& call, const std::string& etag) {
  return names_tag(call.request->headers.get("If-None-Match"), etag);
}

void answer_tagged(const RestCall& call, const asl::Json& body, Headers headers) {
  if (!headers.has("ETag")) headers.set("ETag", etag_of_body(asl::to_text(body)));
  const std::string etag(headers.get("ETag"));
  if (!is_unchanged(call, etag)) {
    return answer_json(call, 200, body, std::move(headers));
  }
  HttpResponse response;
  response.status = 304;
  response.headers.set("ETag", etag);
  response.headers.set("X-Request-Id", new_uuid());
  call.respond(std::move(response));
}

}  // namespace pawl::engine::rest

#include "engine/api/page_token.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <optional>
#include <vector>

#include "asl/text.h"
#include "engine/http/service_error.h"

namespace pawl::engine {
namespace {

// [documented] "Each pagination token is unique for each page" and expires after 24 hours.
constexpr std::int64_t kLifetimeMs = 24LL * 3600 * 1000;
constexpr std::size_t kSealBytes = 16;

std::string encode(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(bytes.data()),
                                     static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<std::string> decode(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  std::string bytes(text.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  if (length < 0) return std::nullopt;
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  if (encode(bytes) != text) return std::nullopt;  // one spelling per token
  return bytes;
}

}  // namespace

std::string PageTokens::seal(std::string_view scope, std::string_view content) const {
  std::string message(scope);
  message += '\0';
  message += content;
  std::string mac(EVP_MAX_MD_SIZE, '\0');
  unsigned int length = 0;
  HMAC(EVP_sha256(),
       key_.data(),
       static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(message.data()),
       message.size(),
       reinterpret_cast<unsigned char*>(mac.data()),
       &length);
  return mac.substr(0, kSealBytes);
}

std::string PageTokens::make(std::string_view scope,
                             const asl::Json& cursor,
                             asl::Timestamp now) const {
  const std::string content = asl::to_text({{"c", cursor}, {"e", now.ms + kLifetimeMs}});
  return encode(seal(scope, content) + content);
}

asl::Json PageTokens::open(std::string_view scope,
                           std::string_view token,
                           asl::Timestamp now) const {
  // [seen] "Invalid Token: 'Invalid token'"
  const ServiceError invalid{"InvalidToken", "Invalid Token: 'Invalid token'"};
  const std::optional<std::string> bytes = decode(token);
  if (!bytes || bytes->size() <= kSealBytes) throw invalid;
  const std::string content = bytes->substr(kSealBytes);
  const std::string expected = seal(scope, content);
  if (CRYPTO_memcmp(expected.data(), bytes->data(), kSealBytes) != 0) throw invalid;
  auto parsed = asl::parse_text(content);
  const auto* document = std::get_if<asl::Json>(&parsed);
  if (document == nullptr || (*document)["e"].get<std::int64_t>() < now.ms) throw invalid;
  return (*document)["c"];
}

}  // namespace pawl::engine

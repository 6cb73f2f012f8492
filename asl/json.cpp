#include "asl/json.h"

#include <sys/random.h>

#include <array>
#include <cstring>
#include <mutex>
#include <optional>
#include <utility>

#include "asl/assert.h"
#include "asl/text.h"

namespace pawl::asl {
namespace {

__extension__ using Uint128 = unsigned __int128;

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  const Uint128 product = static_cast<Uint128>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

// Not part of any result: member order never depends on it. So it is no breach of "no randomness in
// the language".
std::array<std::uint64_t, 3> make_secret() {
  std::array<std::uint64_t, 3> secret{0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb};
  std::array<std::uint64_t, 3> noise{};
  if (getrandom(noise.data(), sizeof(noise), GRND_NONBLOCK) ==
      static_cast<ssize_t>(sizeof(noise))) {
    for (std::size_t i = 0; i < secret.size(); ++i) {
      secret[i] ^= noise[i];
    }
  }
  return secret;
}

}  // namespace

std::uint64_t hash_of_name(std::string_view name) {
  static const std::array<std::uint64_t, 3> secret = make_secret();
  std::uint64_t hash = mix(secret[0] ^ name.size(), secret[1]);
  for (std::size_t at = 0; at < name.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, name.data() + at, std::min(sizeof(word), name.size() - at));
    hash = mix(hash ^ word ^ secret[2], secret[1] + hash);
  }
  return mix(hash, secret[2]);
}

// Either part is made from the other at most once; `call_once` publishes it to every thread.
struct Payload::Document {
  mutable std::once_flag json_once;
  mutable std::once_flag text_once;
  mutable std::optional<Json> json;
  mutable std::optional<std::string> text;
};

namespace {

template <class Document>
std::shared_ptr<const Document> document_of(Json value) {
  auto document = std::make_shared<Document>();
  document->json = std::move(value);
  return document;
}

}  // namespace

Payload::Payload(std::shared_ptr<const Document> document) : document_(std::move(document)) {}

Payload::Payload() {
  static const auto null = document_of<Document>(nullptr);
  document_ = null;
}

Payload Payload::of(Json value) { return Payload(document_of<Document>(std::move(value))); }

Payload Payload::of(Json value, std::string text) {
  auto document = std::make_shared<Document>();
  document->json = std::move(value);
  document->text = std::move(text);
  return Payload(std::move(document));
}

Payload Payload::of_text(std::string text) {
  auto document = std::make_shared<Document>();
  document->text = std::move(text);
  return Payload(std::move(document));
}

Payload Payload::empty_object() {
  static const auto empty = document_of<Document>(Json::object());
  return Payload(empty);
}

const Json& Payload::json() const {
  std::call_once(document_->json_once, [this] {
    if (!document_->json) {
      // It was checked where it came in, under limits that may be other than ours: so none here.
      auto parsed = parse_text(*document_->text, TextLimits::none());
      PAWL_ASSERT(std::holds_alternative<Json>(parsed));
      document_->json = std::get<Json>(std::move(parsed));
    }
  });
  return *document_->json;
}

const std::string& Payload::text() const {
  std::call_once(document_->text_once, [this] {
    if (!document_->text) {
      document_->text = to_text(*document_->json);
    }
  });
  return *document_->text;
}

}  // namespace pawl::asl

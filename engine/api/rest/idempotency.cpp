#include "engine/api/rest/idempotency.h"

#include <openssl/evp.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <atomic>

#include "asl/text.h"
#include "engine/api/rest/problem.h"
#include "engine/http/text.h"
#include "engine/runtime/virtual_clock.h"

namespace pawl::engine {

using asl::Json;

namespace {

constexpr std::string_view kHeader = "Idempotency-Key";
constexpr std::int64_t kKeptMs = 24LL * 60 * 60 * 1000;
constexpr std::size_t kKeyLengthMax = 255;
constexpr std::size_t kAnswerBytesMax = 4U << 20;        // larger ones are made anew
constexpr std::int64_t kAllAnswersBytesMax = 1LL << 30;  // then no new key is taken

Problem unusable_key(const std::string& why) {
  return {.status = 400,
          .name = "idempotency-key-invalid",
          .title = "Idempotency-Key invalid",
          .detail = why};
}

Problem key_of_another() {
  return {.status = 422,
          .name = "idempotency-key-reused",
          .title = "Idempotency-Key is already used",
          .detail =
              "Another request, of other method, path, query or body, had this key; a key is "
              "free again after 24 hours"};
}

Problem key_in_progress() {
  return {.status = 409,
          .name = "idempotency-key-in-progress",
          .title = "A request is outstanding for this Idempotency-Key",
          .detail = "The first request with this key has not been answered yet; try again later"};
}

Problem no_room() {
  return {.status = 503,
          .name = "idempotency-keys-full",
          .title = "No room for another Idempotency-Key",
          .detail =
              "The answers of the last 24 hours take up all the space that they may; send "
              "the request without a key, or later"};
}

// A Structured Field string ("\"k\"") or, as most clients send it, the key itself; empty: none.
std::string key_of(const HttpRequest& request) {
  const auto& fields = request.headers.fields();
  const auto count = std::count_if(fields.begin(), fields.end(), [](const auto& field) {
    return equal_without_case(field.first, kHeader);
  });
  if (count == 0) return "";
  if (count > 1) throw unusable_key("There is more than one");
  std::string_view text = request.headers.get(kHeader);
  const bool is_quoted = text.size() >= 2 && text.front() == '"' && text.back() == '"';
  if (is_quoted) text = text.substr(1, text.size() - 2);
  const bool is_plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c > 0x20 && c < 0x7f && c != '"' && c != '\\';
  });
  if (text.empty() || text.size() > kKeyLengthMax || !is_plain) {
    throw unusable_key(
        "1 to 255 visible ASCII characters are expected, without quotes and backslashes; a UUID "
        "is a good key");
  }
  return std::string(text);
}

std::string fingerprint_of(const HttpRequest& request) {
  const std::string text = request.method + "\n" + request.target + "\n" + request.body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += kDigits[digest[i] >> 4];
    hex += kDigits[digest[i] & 15];
  }
  return hex;
}

KeptAnswer kept(const HttpResponse& response) {
  Json headers = Json::array();
  for (const auto& [name, value] : response.headers.fields()) {
    headers.push_back(Json::array({name, value}));
  }
  return {response.status, asl::to_text(headers), response.body};
}

HttpResponse replayed(const KeptAnswer& answer) {
  HttpResponse response;
  response.status = answer.status;
  for (const Json& field : Json::parse(answer.headers)) {
    response.headers.add(field.at(0).get<std::string>(), field.at(1).get<std::string>());
  }
  response.headers.set("Idempotency-Replayed", "true");
  response.body = answer.body;
  return response;
}

// A failure of the server is no answer to keep: the request is taken up again.
bool is_worth_keeping(const HttpResponse& response) {
  return response.status < 500 && !response.stream && !response.file &&
         response.body.size() <= kAnswerBytesMax;
}

}  // namespace

// The key is in use for as long as this lives, or until it is released.
class IdempotencyKeys::Claim {
 public:
  Claim(std::shared_ptr<InProgress> in_progress, std::string key, const std::string& fingerprint)
      : in_progress_(std::move(in_progress)), key_(std::move(key)) {
    const std::lock_guard lock(in_progress_->mutex);
    const auto [at, is_new] = in_progress_->requests.emplace(key_, fingerprint);
    if (!is_new) throw at->second == fingerprint ? key_in_progress() : key_of_another();
  }
  ~Claim() { release(); }
  Claim(const Claim&) = delete;
  Claim& operator=(const Claim&) = delete;

  void release() {
    if (released_.exchange(true)) return;
    const std::lock_guard lock(in_progress_->mutex);
    in_progress_->requests.erase(key_);
  }

 private:
  const std::shared_ptr<InProgress> in_progress_;
  const std::string key_;
  std::atomic<bool> released_ = false;
};

// Writes an answer down, then gives it to the client: who has got an answer gets it again. Dropped
// without an answer it lets go of the key.
class IdempotencyKeys::Keeper : public std::enable_shared_from_this<Keeper> {
 public:
  Keeper(Api& api,
         WorkerPool& workers,
         std::shared_ptr<Claim> claim,
         KeyedRequest request,
         Responder respond)
      : api_(api),
        workers_(workers),
        claim_(std::move(claim)),
        request_(std::move(request)),
        respond_(std::move(respond)) {}

  // On any thread.
  void answer(HttpResponse response) {
    if (answered_.exchange(true)) return;
    if (!is_worth_keeping(response)) return send(std::move(response));
    const auto held = std::make_shared<HttpResponse>(std::move(response));
    const bool taken = workers_.post([self = shared_from_this(), held] {
      self->keep(*held);
      self->send(std::move(*held));
    });
    if (!taken) send(std::move(*held));
  }

 private:
  // Without it the request would be taken up again, which is worse only for the time it takes.
  void keep(const HttpResponse& response) {
    try {
      api_.store.answers().keep(request_.key, request_.seed, kept(response));
    } catch (const std::exception& error) {
      spdlog::warn("rest: an answer under an idempotency key is not kept: {}", error.what());
    }
  }

  void send(HttpResponse response) {
    claim_->release();
    respond_(std::move(response));
  }

  Api& api_;
  WorkerPool& workers_;
  const std::shared_ptr<Claim> claim_;
  const KeyedRequest request_;
  const Responder respond_;
  std::atomic<bool> answered_ = false;
};

IdempotencyKeys::IdempotencyKeys(Api& api, WorkerPool& workers)
    : api_(api), workers_(workers), in_progress_(std::make_shared<InProgress>()) {}

bool IdempotencyKeys::admit(RestCall& call) {
  if (call.request->method != "POST") return true;
  KeyedRequest wanted;
  wanted.key = key_of(*call.request);
  if (wanted.key.empty()) return true;
  wanted.key = call.request->caller.name + " " + wanted.key;  // another caller's keys are others
  wanted.fingerprint = fingerprint_of(*call.request);
  wanted.seed = new_uuid();
  wanted.begun_at = api_.clock.now();
  // Clients live in real time, also where the server's is virtual.
  wanted.reserved_at =
      api_.virtual_clock == nullptr ? wanted.begun_at : api_.virtual_clock->real_now();
  auto claim = std::make_shared<Claim>(in_progress_, wanted.key, wanted.fingerprint);
  const auto owner =
      api_.store.answers().reserve(wanted, {wanted.reserved_at.ms - kKeptMs}, kAllAnswersBytesMax);
  if (!owner) throw no_room();
  if (owner->fingerprint != wanted.fingerprint) throw key_of_another();
  if (owner->answer) {
    claim->release();
    call.respond(replayed(*owner->answer));
    return false;
  }
  call.once = Once{owner->seed, owner->begun_at, owner->seed != wanted.seed};
  call.respond = [keeper = std::make_shared<Keeper>(
                      api_, workers_, std::move(claim), *owner, std::move(call.respond))](
                     HttpResponse response) { keeper->answer(std::move(response)); };
  return true;
}

}  // namespace pawl::engine

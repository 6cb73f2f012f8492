#include "tests/crash/observer.h"

#include "asl/text.h"
#include "tests/crash/workload.h"

namespace pawl::crash {
namespace {

constexpr int kLatencyMsMax = 40;  // so that a kill finds calls in flight
constexpr int kObserverThreads = 2;

}  // namespace

std::int64_t now_ms() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

Observer::Observer(Ledger& ledger, std::uint64_t seed)
    : ledger_(ledger), random_(seed), alarms_(engine::make_alarms()) {
  engine::HttpServerOptions options;
  options.threads = kObserverThreads;
  server_ = std::make_unique<engine::HttpServer>(
      options, [this](const engine::HttpRequest& request, engine::Responder respond) {
        answer(request, std::move(respond));
      });
}

std::string Observer::url(std::size_t server) const {
  return "http://127.0.0.1:" + std::to_string(server_->port()) +
         "/effect?server=" + std::to_string(server);
}

void Observer::answer(const engine::HttpRequest& request, engine::Responder respond) {
  const std::string key = Json::parse(request.body).at("key").get<std::string>();
  ledger_.arrived(key, std::stoul(request.query_value("server").value()));
  engine::HttpResponse response;
  response.headers.set("Content-Type", "application/json");
  response.body = asl::to_text(Json{{"done", key}});
  if (key.ends_with(kFailsFirst)) response.status = 500;
  std::chrono::milliseconds delay{};
  {
    const std::lock_guard lock(mutex_);
    delay = std::chrono::milliseconds(random_() % kLatencyMsMax);
  }
  alarms_->after(
      delay, [respond = std::move(respond), response = std::move(response)] { respond(response); });
}

void Silence::answered() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  const auto silence = std::chrono::duration_cast<std::chrono::milliseconds>(now - last_).count();
  longest_ms_ = std::max<std::int64_t>(longest_ms_, silence);
  last_ = now;
}

std::int64_t Silence::take_longest_ms() {
  const std::lock_guard lock(mutex_);
  return std::exchange(longest_ms_, 0);
}

}  // namespace pawl::crash

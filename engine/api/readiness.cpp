#include "engine/api/readiness.h"

namespace pawl::engine {

using asl::Json;

namespace {

constexpr std::int64_t kDiskFloorBytes = 64LL << 20;  // [pawl] below, writes are about to fail

Json recovery_json(Api& api) {
  const Engine::Readiness engine = api.engine.readiness();
  Json check = {
      {"ready", engine.ready}, {"recovered", engine.recovered}, {"toRecover", engine.to_recover}};
  if (!engine.problem.empty()) check["problem"] = engine.problem;
  return check;
}

Json store_json(Api& api) {
  const std::string problem = api.store.problem();
  Json check = {{"ready", problem.empty()}};
  if (!problem.empty()) check["problem"] = problem;
  return check;
}

// Of a server that knows its disk.
Json disk_json(const Json& server) {
  const std::int64_t free = server.at("disk").at("freeBytes").get<std::int64_t>();
  Json check = {{"ready", free >= kDiskFloorBytes}, {"freeBytes", free}};
  if (free < kDiskFloorBytes) {
    check["problem"] = "fewer than " + std::to_string(kDiskFloorBytes) + " bytes are free";
  }
  return check;
}

}  // namespace

Json readiness_json(Api& api) {
  Json checks = {{"recovery", recovery_json(api)}, {"store", store_json(api)}};
  if (api.config.diagnostics) {
    const Json server = api.config.diagnostics();
    if (server.contains("disk") && server.at("disk").contains("freeBytes")) {
      checks["disk"] = disk_json(server);
    }
  }
  bool ready = true;
  for (const auto& [name, check] : checks.items()) ready = ready && check.at("ready").get<bool>();
  return {{"ready", ready}, {"checks", std::move(checks)}};
}

}  // namespace pawl::engine

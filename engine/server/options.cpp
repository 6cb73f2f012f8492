#include "engine/server/options.h"

#include <chrono>
#include <filesystem>
#include <stdexcept>

#include "engine/api/rest/rest.h"
#include "engine/http/hash.h"
#include "engine/objects/s3_api.h"
#include "engine/server/security.h"

namespace pawl::engine {

namespace fs = std::filesystem;

std::string data_folder_of(const Config& config) {
  const std::string folder =
      config.data_folder.empty() ? default_data_folder() : config.data_folder;
  // Inputs, outputs and models are in it: of nobody else's business, unless the folder was there.
  if (fs::create_directories(folder)) fs::permissions(folder, fs::perms::owner_all);
  return fs::absolute(folder).lexically_normal().string();
}

states::Limits limits_of(Profile profile) {
  states::Limits limits;
  if (profile == Profile::kOpen) {
    limits.payload_bytes_max = 64LL << 20;
    limits.history_events_max = 10'000'000;
    limits.inline_map_concurrency_max = 10'000;
    limits.variables_bytes_max = 256LL << 20;
  }
  return limits;
}

std::map<std::string, FunctionSpec> functions_of(const Config& config) {
  std::map<std::string, FunctionSpec> functions;
  for (const auto& [name, text] : config.functions) {
    functions.emplace(name, parse_function(text, config.config_folder));
  }
  return functions;
}

Retention retention_of(const Config& config) {
  return {{config.keep_calls, std::chrono::hours(24) * config.keep_calls_days},
          {config.keep_jobs, std::chrono::hours(24) * config.keep_jobs_days}};
}

std::optional<VirtualClock> virtual_clock_of(const Config& config, Store& store, Clock& real) {
  const std::optional<Timestamp> latest =
      config.virtual_time ? store.journal().latest_time() : std::nullopt;
  const bool begins_virtual = config.virtual_time && !latest;
  const bool is_virtual =
      store.setting("time", [&] { return begins_virtual ? "virtual" : "real"; }) == "virtual";
  if (is_virtual != config.virtual_time) {
    throw std::runtime_error(is_virtual ? "the time of this data folder is virtual: start with "
                                          "--virtual-time, or with another folder"
                                        : "the executions of this data folder have real times: "
                                          "--virtual-time needs a folder of its own");
  }
  if (!is_virtual) return std::nullopt;
  return std::optional<VirtualClock>(std::in_place, real, latest.value_or(Timestamp{}));
}

AwsCredentials credentials_of_jobs(Store& store) {
  const auto random = [] { return hash::hex(hash::random_bytes(32)); };
  return {"pawl-jobs", store.setting("job-secret-key", random), ""};
}

std::optional<TlsFiles> tls_files_of(const Config& config) {
  if (config.tls_certificate.empty() != config.tls_key.empty())
    throw std::runtime_error("TLS needs both: tls-certificate and tls-key");
  if (config.tls_certificate.empty()) return std::nullopt;
  const fs::path folder = config.config_folder;
  return TlsFiles{(folder / config.tls_certificate).string(), (folder / config.tls_key).string()};
}

HttpServerOptions http_options(const Config& config, const std::string& folder) {
  HttpServerOptions options;
  options.host = config.host;
  options.port = config.port;
  constexpr std::uint32_t kPerClientBeyondLoopback = 256;
  options.connections_max = static_cast<int>(config.connections_max);
  options.connections_per_client_max = static_cast<int>(config.connections_per_client.value_or(
      is_loopback(config.host) ? 0 : kPerClientBeyondLoopback));
  options.tls = tls_files_of(config);
  options.spool = [](const HttpRequest& head) { return s3_spool(head) || Rest::spools(head); };
  options.spool_folder = folder + "/spool";
  fs::remove_all(options.spool_folder);  // what a killed server left half received
  fs::create_directories(options.spool_folder);
  return options;
}

}  // namespace pawl::engine

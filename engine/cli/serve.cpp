#include <signal.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <iostream>
#include <memory>

#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/logging.h"
#include "engine/cli/service_manager.h"
#include "engine/server/server.h"

namespace pawl::engine {

namespace {

struct ServeOptions {
  std::string data;
  std::string listen;
  std::string profile;
  std::string config_file;
  std::string log_level;
  std::string log_format;
  std::string log_file;
  std::string region;
  std::string account;
  std::string auth;
  std::string tls_certificate;
  std::string tls_key;
  std::string audit_log;
  bool insecure = false;
  bool virtual_time = false;
};

// Paths of the configuration are relative to its file, those of flags to where the program runs.
std::string absolute(const std::string& path) { return std::filesystem::absolute(path).string(); }

// Flags count more than the file, the file more than variables, variables more than defaults.
Config config_of(const ServeOptions& options) {
  Config config;
  read_environment(config);
  if (!options.config_file.empty()) read_config_file(options.config_file, config);
  if (!options.data.empty()) config.data_folder = options.data;
  if (!options.listen.empty()) set_listen(options.listen, config);
  if (!options.profile.empty()) set_profile(options.profile, config);
  if (!options.log_level.empty()) set_log_level(options.log_level, config);
  if (!options.log_format.empty()) set_log_format(options.log_format, config);
  if (!options.log_file.empty()) config.log_file = options.log_file;
  if (!options.region.empty()) config.region = options.region;
  if (!options.account.empty()) config.account = options.account;
  if (!options.auth.empty()) config.auth_required = options.auth == "required";
  if (!options.tls_certificate.empty()) config.tls_certificate = absolute(options.tls_certificate);
  if (!options.tls_key.empty()) config.tls_key = absolute(options.tls_key);
  if (!options.audit_log.empty()) config.audit_log = options.audit_log;
  config.insecure = config.insecure || options.insecure;
  config.virtual_time = config.virtual_time || options.virtual_time;
  return config;
}

// What can change while the server runs: the log, access keys and tokens, the rates, the
// certificate. A configuration that is wrong changes nothing.
void reload(const ServeOptions& options, Logging& logging, Server& server) {
  try {
    const Config config = config_of(options);
    logging.reload(config);
    server.reload(config);
    spdlog::info(
        "the configuration was read again: log, access keys, tokens, rates and certificate are "
        "its");
  } catch (const std::exception& error) {
    spdlog::error("the configuration stays as it was: {}", error.what());
  }
}

int serve(const ServeOptions& options) {
  const Config config = config_of(options);
  Logging logging(config);

  // Threads inherit the mask: the signals then wait for sigwait below, whichever thread they reach.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);

  Server server(config);
  std::cout << "pawl is ready on " << server.url() << std::endl;
  notify_service_manager("READY=1");
  while (true) {
    int received = 0;
    sigwait(&signals, &received);
    if (received != SIGHUP) break;
    reload(options, logging, server);
  }
  spdlog::info("stopping");
  notify_service_manager("STOPPING=1");
  return kSucceeded;
}

}  // namespace

std::function<int()> declare_serve(CLI::App& app) {
  auto options = std::make_shared<ServeOptions>();
  app.add_option("--data", options->data, "Data folder (default: $XDG_DATA_HOME/pawl)");
  app.add_option("--listen", options->listen, "HOST:PORT to listen on (default: 127.0.0.1:8083)");
  app.add_option(
      "--profile", options->profile, "Limits: aws (AWS's quotas) or open (default: aws)");
  app.add_option("--config", options->config_file, "Configuration file (TOML)");
  app.add_option(
      "--log-level", options->log_level, "trace, debug, info, warn, error or off (default: info)");
  app.add_option("--log-format",
                 options->log_format,
                 "text, json (one object a line) or auto: text on a terminal (default: auto)");
  app.add_option(
      "--log-file", options->log_file, "File of the log, rotated (default: standard error)");
  app.add_option("--region", options->region, "Region in ARNs (default: AWS_REGION or us-east-1)");
  app.add_option("--account", options->account, "Account in ARNs (default: 123456789012)");
  app.add_flag("--virtual-time",
               options->virtual_time,
               "End waits at once, by a clock that jumps (in a data folder of its own)");
  app.add_option("--auth",
                 options->auth,
                 "When to ask for credentials: auto (beyond loopback) or required (always)")
      ->check(CLI::IsMember({"auto", "required"}));
  app.add_option("--tls-certificate",
                 options->tls_certificate,
                 "Speak https, with the certificate (and its chain) in this PEM file");
  app.add_option("--tls-key", options->tls_key, "The private key of the certificate (PEM)");
  app.add_option("--audit-log",
                 options->audit_log,
                 "File of the audit, or off (default: audit.log in the data folder)");
  app.add_flag(
      "--insecure", options->insecure, "Listen beyond loopback although nobody has to log in");
  return [options] { return serve(*options); };
}

}  // namespace pawl::engine

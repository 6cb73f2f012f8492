// Every setting of a server, with its default, and where it may come from: a flag, a variable, the
// configuration file.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/tracing/settings.h"

namespace pawl::engine {

enum class Profile {
  kAws,   // AWS's quotas and name rules: what would fail there fails here
  kOpen,  // only the bounds that protect the server
};

// Of a log: kJson is one object a line; kAuto text on a terminal, else kJson.
enum class LogFormat { kAuto, kText, kJson };

// An access key that requests may be signed with.
struct KeyConfig {
  std::string secret;       // one of the three
  std::string secret_file;  // read at start and by SIGHUP; relative to the configuration file
  std::string secret_env;
  std::string scope = "read";
  // Of temporary credentials, which requests must bring: again one of three, or none at all.
  std::string session_token = {};
  std::string session_token_file = {};
  std::string session_token_env = {};
};

struct Config {
  std::string data_folder;  // default_data_folder(); made when missing
  std::string host = "127.0.0.1";
  std::uint16_t port = 8083;  // [aws] the port of Step Functions Local; 0: any free one
  Profile profile = Profile::kAws;
  std::string region = "us-east-1";  // AWS_REGION
  std::string account = "123456789012";
  std::string python = "/usr/bin/python3";  // interpreter of jobs and functions
  bool virtual_time = false;                // waits end at once: engine/runtime/virtual_clock.h
  bool insecure = false;                    // listen beyond loopback without authentication
  bool auth_required = false;               // ask for credentials on loopback too
  // What each caller may send a second, and at once; 0: as much as it likes.
  std::uint32_t rate_limit = 0;
  std::uint32_t rate_burst = 0;  // 0: twice the rate
  std::uint32_t connections_max = 4096;
  // Of one address; nullopt: as many as there are on loopback, 256 beyond.
  std::optional<std::uint32_t> connections_per_client;
  // PEM files: with them the server speaks https.
  std::string tls_certificate;
  std::string tls_key;
  std::string audit_log;  // file of the audit; empty: audit.log in the data folder; "off": none
  std::string log_level = "info";  // trace debug info warn error off
  LogFormat log_format = LogFormat::kAuto;
  std::string log_file;                   // empty: standard error
  std::uint32_t log_file_megabytes = 64;  // at this size it becomes <name>.1.<extension>
  std::uint32_t log_files = 5;            // older ones that are kept
  std::map<std::string, std::string>
      functions;                          // [functions]: name -> command, "file.py:handler" or URL
  std::map<std::string, KeyConfig> keys;  // [keys.<access key id>]
  std::string config_folder = ".";  // what relative paths in the configuration file are relative to
  std::optional<std::string> lambda_url;  // AWS_ENDPOINT_URL_LAMBDA: functions live there instead
  // SFN_MOCK_CONFIG: mocked integrations in the format of Step Functions Local's MockConfigFile.
  std::optional<std::string> mock_config;
  // What is kept of function calls and jobs that have ended: so many of each, for so many days.
  std::uint32_t keep_calls = 1000;
  std::uint32_t keep_calls_days = 7;
  std::uint32_t keep_jobs = 10'000;
  std::uint32_t keep_jobs_days = 90;
  std::optional<std::uint32_t> keep_executions_days = 90;  // nullopt: forever
  // OTEL_*: where traces go; nullopt: nowhere.
  std::optional<TraceSettings> traces;
  // AWS_CA_BUNDLE: PEM certificates of the authorities that https services are trusted by, instead
  // of the machine's.
  std::string ca_bundle;
  // Hosts that HTTP Tasks may call without TLS, besides this machine.
  std::vector<std::string> plain_http_hosts;
  std::optional<std::string> logs_url;  // AWS_ENDPOINT_URL_CLOUDWATCH_LOGS: logs go there instead
  std::optional<std::string> s3_url;    // AWS_ENDPOINT_URL_S3: of aws-sdk:s3 tasks and Map Runs
  // AWS_ENDPOINT_URL_DYNAMODB and the like: "DYNAMODB" -> where that service is; "" of
  // AWS_ENDPOINT_URL -> where all others are but those that this server has itself.
  std::map<std::string, std::string> service_urls;
  // PAWL_SERVICE_MODELS: folders of models, separated by colons (engine/aws/service_models.h);
  // they go before those that botocore is installed in.
  std::string service_models;
};

// $XDG_DATA_HOME/pawl, else ~/.local/share/pawl, else ./pawl-data.
std::string default_data_folder();

// Where the tokens of a data folder are.
std::string tokens_file(const std::string& data_folder);

// Reads the file's settings over `config`. TOML's simple form: `key = value` and a section
// [functions]. Throws std::runtime_error that names file and key for a setting that is none or has
// no such value.
void read_config_file(const std::string& path, Config& config);
// AWS_REGION, AWS_CA_BUNDLE, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_<SERVICE>, PAWL_SERVICE_MODELS,
// SFN_MOCK_CONFIG.
void read_environment(Config& config);
// "127.0.0.1:8083", "[::1]:8083", ":8083", "8083". Throws std::runtime_error.
void set_listen(const std::string& text, Config& config);
void set_profile(const std::string& text, Config& config);
void set_log_level(const std::string& text, Config& config);
void set_log_format(const std::string& text, Config& config);

}  // namespace pawl::engine

#include "engine/server/config.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "engine/http/access.h"
#include "engine/runtime/history_cleaner.h"

namespace pawl::engine {

namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::uint16_t parse_port(const std::string& text) {
  try {
    std::size_t used = 0;
    const int port = std::stoi(text, &used);
    if (used == text.size() && port >= 0 && port <= 65535) return static_cast<std::uint16_t>(port);
  } catch (const std::exception&) {
    // said below
  }
  throw std::runtime_error("'" + text + "' is no port: use a number from 0 to 65535");
}

bool parse_switch(const std::string& text) {
  if (text == "true" || text == "1" || text == "on") return true;
  if (text == "false" || text == "0" || text == "off") return false;
  throw std::runtime_error("'" + text + "' is neither true nor false");
}

// Whether credentials are asked for on loopback too.
bool parse_auth(const std::string& text) {
  if (text == "required") return true;
  if (text == "auto") return false;
  throw std::runtime_error("'" + text + "' is no rule: use required, or auto (beyond loopback)");
}

std::uint32_t parse_count(const std::string& text) {
  constexpr std::uint32_t kMost = 1'000'000;
  std::uint32_t count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error == std::errc() && rest == end && count <= kMost) return count;
  throw std::runtime_error("'" + text + "' is no number from 0 to " + std::to_string(kMost));
}

std::uint32_t parse_megabytes(const std::string& text) {
  const std::uint32_t count = parse_count(text);
  if (count == 0) throw std::runtime_error("'0' is no size of a file: use a number from 1 on");
  return count;
}

// "a.example b.example" or "a.example, b.example"
std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> words;
  std::string word;
  for (const char c : text + " ") {
    if (c != ' ' && c != ',') {
      word += c;
    } else if (!word.empty()) {
      words.push_back(std::exchange(word, {}));
    }
  }
  return words;
}

std::optional<std::uint32_t> parse_days(const std::string& text) {
  const std::optional<KeepDays> days = parse_keep_days(text);
  if (!days) throw std::runtime_error("'" + text + "' is neither a number of days nor forever");
  return *days;
}

// A path of the configuration file is relative to the file.
std::string beside(const Config& config, const std::string& path) {
  const std::filesystem::path as_given(path);
  if (path.empty() || as_given.is_absolute()) return path;
  return (std::filesystem::path(config.config_folder) / as_given).lexically_normal().string();
}

// "a:b"
std::string all_beside(const Config& config, const std::string& paths) {
  std::string text;
  std::istringstream in(paths);
  for (std::string path; std::getline(in, path, ':');) {
    text += (text.empty() ? "" : ":") + beside(config, path);
  }
  return text;
}

using Setter = std::function<void(const std::string&, Config&)>;

const std::map<std::string, Setter>& setters() {
  static const std::map<std::string, Setter> kSetters = {
      {"account", [](const std::string& v, Config& c) { c.account = v; }},
      {"audit-log",
       [](const std::string& v, Config& c) { c.audit_log = v == "off" ? v : beside(c, v); }},
      {"auth", [](const std::string& v, Config& c) { c.auth_required = parse_auth(v); }},
      {"ca-bundle", [](const std::string& v, Config& c) { c.ca_bundle = beside(c, v); }},
      {"connections-max",
       [](const std::string& v, Config& c) { c.connections_max = parse_count(v); }},
      {"connections-per-client",
       [](const std::string& v, Config& c) { c.connections_per_client = parse_count(v); }},
      {"data", [](const std::string& v, Config& c) { c.data_folder = beside(c, v); }},
      {"insecure", [](const std::string& v, Config& c) { c.insecure = parse_switch(v); }},
      {"keep-calls", [](const std::string& v, Config& c) { c.keep_calls = parse_count(v); }},
      {"keep-calls-days",
       [](const std::string& v, Config& c) { c.keep_calls_days = parse_count(v); }},
      {"keep-executions-days",
       [](const std::string& v, Config& c) { c.keep_executions_days = parse_days(v); }},
      {"keep-jobs", [](const std::string& v, Config& c) { c.keep_jobs = parse_count(v); }},
      {"keep-jobs-days",
       [](const std::string& v, Config& c) { c.keep_jobs_days = parse_count(v); }},
      {"listen", set_listen},
      {"log-file", [](const std::string& v, Config& c) { c.log_file = beside(c, v); }},
      {"log-file-megabytes",
       [](const std::string& v, Config& c) { c.log_file_megabytes = parse_megabytes(v); }},
      {"log-files", [](const std::string& v, Config& c) { c.log_files = parse_count(v); }},
      {"log-format", set_log_format},
      {"log-level", set_log_level},
      {"mock-config", [](const std::string& v, Config& c) { c.mock_config = beside(c, v); }},
      {"plain-http-hosts",
       [](const std::string& v, Config& c) { c.plain_http_hosts = words_of(v); }},
      {"profile", set_profile},
      {"python", [](const std::string& v, Config& c) { c.python = v; }},
      {"rate-burst", [](const std::string& v, Config& c) { c.rate_burst = parse_count(v); }},
      {"rate-limit", [](const std::string& v, Config& c) { c.rate_limit = parse_count(v); }},
      {"region", [](const std::string& v, Config& c) { c.region = v; }},
      {"service-models",
       [](const std::string& v, Config& c) { c.service_models = all_beside(c, v); }},
      {"tls-certificate",
       [](const std::string& v, Config& c) { c.tls_certificate = beside(c, v); }},
      {"tls-key", [](const std::string& v, Config& c) { c.tls_key = beside(c, v); }},
      {"virtual-time", [](const std::string& v, Config& c) { c.virtual_time = parse_switch(v); }},
  };
  return kSetters;
}

// A setting of a section [keys.<id>].
void set_key(const std::string& path,
             const std::string& name,
             const std::string& value,
             KeyConfig& key) {
  if (name == "secret") {
    key.secret = value;
  } else if (name == "secret-file") {
    key.secret_file = value;
  } else if (name == "secret-env") {
    key.secret_env = value;
  } else if (name == "session-token") {
    key.session_token = value;
  } else if (name == "session-token-file") {
    key.session_token_file = value;
  } else if (name == "session-token-env") {
    key.session_token_env = value;
  } else if (name == "scope") {
    if (!parse_scope(value)) {
      throw std::runtime_error(path + ": '" + value + "' is no scope: use read, run or admin");
    }
    key.scope = value;
  } else {
    throw std::runtime_error(path + ": a key has no setting '" + name + "'");
  }
}

std::string joined(const std::vector<std::string>& inputs) {
  std::string text;
  for (const std::string& input : inputs) text += (text.empty() ? "" : " ") + input;
  return text;
}

void read_service_urls(Config& config) {
  constexpr std::string_view kPrefix = "AWS_ENDPOINT_URL";
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (!text.starts_with(kPrefix) || equals == std::string_view::npos) continue;
    std::string_view service = text.substr(kPrefix.size(), equals - kPrefix.size());
    const std::string_view url = text.substr(equals + 1);
    if (url.empty() || (!service.empty() && service.front() != '_')) continue;
    if (!service.empty()) service.remove_prefix(1);
    config.service_urls[std::string(service)] = url;
  }
}

}  // namespace

std::string default_data_folder() {
  const std::string data_home = variable("XDG_DATA_HOME");
  if (!data_home.empty()) return data_home + "/pawl";
  const std::string home = variable("HOME");
  return home.empty() ? "./pawl-data" : home + "/.local/share/pawl";
}

std::string tokens_file(const std::string& data_folder) { return data_folder + "/tokens.json"; }

void set_listen(const std::string& text, Config& config) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) {
    config.port = parse_port(text);
    return;
  }
  std::string host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!host.empty()) config.host = host == "localhost" ? "127.0.0.1" : host;
  config.port = parse_port(text.substr(colon + 1));
}

void set_profile(const std::string& text, Config& config) {
  if (text == "aws") {
    config.profile = Profile::kAws;
  } else if (text == "open") {
    config.profile = Profile::kOpen;
  } else {
    throw std::runtime_error("'" + text + "' is no profile: use aws or open");
  }
}

void set_log_level(const std::string& text, Config& config) {
  for (const char* level : {"trace", "debug", "info", "warn", "error", "off"}) {
    if (text != level) continue;
    config.log_level = text;
    return;
  }
  throw std::runtime_error("'" + text +
                           "' is no level: use trace, debug, info, warn, error or off");
}

void set_log_format(const std::string& text, Config& config) {
  if (text == "auto") {
    config.log_format = LogFormat::kAuto;
  } else if (text == "text") {
    config.log_format = LogFormat::kText;
  } else if (text == "json") {
    config.log_format = LogFormat::kJson;
  } else {
    throw std::runtime_error("'" + text + "' is no format of a log: use auto, text or json");
  }
}

void read_config_file(const std::string& path, Config& config) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + " cannot be read");
  std::vector<CLI::ConfigItem> items;
  try {
    items = CLI::ConfigTOML().from_config(in);
  } catch (const CLI::Error& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
  config.config_folder = std::filesystem::absolute(path).parent_path().string();
  for (const CLI::ConfigItem& item : items) {
    if (item.name == "++" || item.name == "--") continue;  // section marks of the parser
    if (item.parents == std::vector<std::string>{"functions"}) {
      config.functions[item.name] = joined(item.inputs);
      continue;
    }
    if (item.parents.size() == 2 && item.parents.front() == "keys") {
      set_key(path, item.name, joined(item.inputs), config.keys[item.parents.back()]);
      continue;
    }
    const auto setter = setters().find(item.name);
    if (!item.parents.empty() || setter == setters().end()) {
      throw std::runtime_error(path + ": there is no setting '" + item.fullname() + "'");
    }
    try {
      setter->second(joined(item.inputs), config);
    } catch (const std::runtime_error& error) {
      throw std::runtime_error(path + ": " + item.name + ": " + error.what());
    }
  }
}

void read_environment(Config& config) {
  const std::string region = variable("AWS_REGION");
  if (!region.empty()) config.region = region;
  const std::string mocks = variable("SFN_MOCK_CONFIG");
  if (!mocks.empty()) config.mock_config = mocks;
  const std::string ca_bundle = variable("AWS_CA_BUNDLE");
  if (!ca_bundle.empty()) config.ca_bundle = ca_bundle;
  std::string s3 = variable("AWS_ENDPOINT_URL_S3");
  while (s3.ends_with('/')) s3.pop_back();
  if (!s3.empty()) config.s3_url = s3;
  const std::string lambda = variable("AWS_ENDPOINT_URL_LAMBDA");
  if (!lambda.empty()) config.lambda_url = lambda;
  const std::string logs = variable("AWS_ENDPOINT_URL_CLOUDWATCH_LOGS");
  if (!logs.empty()) config.logs_url = logs;
  const std::string models = variable("PAWL_SERVICE_MODELS");
  if (!models.empty()) config.service_models = models;
  read_service_urls(config);
  config.traces = trace_settings(variable, PAWL_VERSION);
}

}  // namespace pawl::engine

// pawl token: who may use a server beyond loopback. Works on the data folder; a server that runs
// notices by itself.
#include <charconv>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>

#include "asl/text.h"
#include "engine/cli/columns.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/server_client.h"
#include "engine/runtime/system_world.h"
#include "engine/security/tokens.h"
#include "engine/server/config.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kNameWidth = 24;
constexpr std::size_t kScopeWidth = 5;

struct TokenOptions {
  std::string data;
  std::string config_file;
  std::string name;
  std::string scope = "read";
  std::string expires;
  std::shared_ptr<std::string> format;
};

TokenFile tokens_of(const TokenOptions& options) {
  Config config;
  if (!options.config_file.empty()) read_config_file(options.config_file, config);
  if (!options.data.empty()) config.data_folder = options.data;
  if (config.data_folder.empty()) config.data_folder = default_data_folder();
  return TokenFile(tokens_file(config.data_folder));
}

// "90s", "45m", "12h", "30d", "4w".
std::int64_t lifetime_ms(const std::string& text) {
  static const std::map<char, std::int64_t> kUnits = {
      {'s', 1'000}, {'m', 60'000}, {'h', 3'600'000}, {'d', 86'400'000}, {'w', 604'800'000}};
  constexpr std::int64_t kMost = 1'000'000;
  std::int64_t count = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  const auto unit = rest == end ? kUnits.end() : kUnits.find(*rest);
  if (error != std::errc() || rest + 1 != end || unit == kUnits.end() || count < 1 ||
      count > kMost) {
    throw std::runtime_error("'" + text + "' is no length of time: use 12h, 30d or the like");
  }
  return count * unit->second;
}

int create_token(const TokenOptions& options) {
  NewToken wanted;
  wanted.name = options.name;
  wanted.scope = parse_scope(options.scope).value_or(Scope::kRead);
  wanted.created_at = SystemClock().now();
  if (!options.expires.empty())
    wanted.expires_at = asl::Timestamp{wanted.created_at.ms + lifetime_ms(options.expires)};
  const std::string text = tokens_of(options).create(wanted);
  // Alone on the standard output, for scripts.
  std::cout << text << std::endl;
  std::cerr << "Keep it: it is not shown again. Clients send it as Authorization: Bearer; the "
               "pawl command takes it from PAWL_TOKEN.\n";
  return kSucceeded;
}

int list_tokens(const TokenOptions& options) {
  const asl::Timestamp now = SystemClock().now();
  Json items = Json::array();
  std::string text;
  for (const Token& token : tokens_of(options).list()) {
    const std::string created = asl::format_timestamp(token.created_at);
    const std::string expires = token.expires_at ? asl::format_timestamp(*token.expires_at) : "";
    items.push_back({{"name", token.name},
                     {"scope", to_string(token.scope)},
                     {"createdAt", created},
                     {"expired", token.is_expired(now)}});
    if (token.expires_at) items.back()["expiresAt"] = expires;
    text += padded(token.name, kNameWidth) + "  " +
            padded(std::string(to_string(token.scope)), kScopeWidth) + "  " + created + "  " +
            (expires.empty() ? "never" : expires) + (token.is_expired(now) ? " (expired)" : "") +
            "\n";
  }
  if (*options.format == "json") {
    std::cout << asl::to_text(items) << "\n";
  } else {
    std::cout << text;
  }
  return kSucceeded;
}

int revoke_token(const TokenOptions& options) {
  if (!tokens_of(options).revoke(options.name))
    throw std::runtime_error("there is no token " + options.name);
  return kSucceeded;
}

CLI::App& declare_verb(CLI::App& app,
                       const std::shared_ptr<TokenOptions>& options,
                       const std::string& verb,
                       const std::string& summary) {
  CLI::App* sub = app.add_subcommand(verb, summary);
  sub->add_option("--data", options->data, "Data folder (default: $XDG_DATA_HOME/pawl)");
  sub->add_option("--config", options->config_file, "Configuration file that names the folder");
  return *sub;
}

}  // namespace

std::function<int()> declare_token(CLI::App& app) {
  auto options = std::make_shared<TokenOptions>();
  app.require_subcommand(1);
  CLI::App& create = declare_verb(app, options, "create", "Make a token and print it, once");
  create.add_option("--name", options->name, "Its name")->required();
  create.add_option("--scope", options->scope, "read, run or admin")
      ->check(CLI::IsMember({"read", "run", "admin"}))
      ->required();
  create.add_option("--expires", options->expires, "After how long: 12h, 30d (default: never)");
  CLI::App& list = declare_verb(app, options, "list", "List the tokens, without their texts");
  options->format = declare_format(list);
  CLI::App& revoke = declare_verb(app, options, "revoke", "End a token, at once");
  revoke.add_option("name", options->name, "Its name")->required();
  return [options, &create, &list] {
    if (create.parsed()) return create_token(*options);
    if (list.parsed()) return list_tokens(*options);
    return revoke_token(*options);
  };
}

}  // namespace pawl::engine

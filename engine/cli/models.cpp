// pawl models: what is registered at a server, its versions and their aliases.
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <vector>

#include "asl/text.h"
#include "engine/cli/arguments.h"
#include "engine/cli/columns.h"
#include "engine/cli/command.h"
#include "engine/cli/commands.h"
#include "engine/cli/server_client.h"
#include "engine/cli/verbs.h"

namespace pawl::engine {

namespace {

using asl::Json;

constexpr std::size_t kModelsShownMax = 10'000;
constexpr std::size_t kModelWidth = 24;
constexpr std::size_t kModelKindWidth = 10;
constexpr std::size_t kModelTimeWidth = 24;
constexpr std::size_t kVersionWidth = 7;
constexpr std::size_t kApprovalWidth = 21;
constexpr std::size_t kAliasesWidth = 20;

struct ModelOptions {
  std::string name;
  std::string alias;
  std::int64_t version = 0;
  std::string from;
  std::string model;
  std::string image;
  std::string model_data;
  std::string description;
  std::vector<std::string> metrics;
  std::vector<std::string> metadata;
  bool approve = false;
  std::string format;
  bool is_json() const { return format == "json"; }
};

void print_model_json(const Json& answer) { std::cout << asl::to_text(answer) << "\n"; }

// "/models/NAME/versions"
std::string model_path(const ModelOptions& options, const std::string& rest) {
  return "/models/" + percent_encode(options.name) + rest;
}

// "champion latest", or {"accuracy": 0.9} as "accuracy=0.9".
std::string words_of(const Json& item, const char* member) {
  std::string words;
  const Json values = item.value(member, Json::object());
  for (const auto& [name, value] : values.items()) {
    const std::string word = value.is_string() ? value.get<std::string>() : asl::to_text(value);
    words += (words.empty() ? "" : " ") + (values.is_object() ? name + "=" + word : word);
  }
  return words;
}

void print_version_head() {
  std::cout << padded("VERSION", kVersionWidth) << "  " << padded("APPROVAL", kApprovalWidth)
            << "  " << padded("CREATED", kModelTimeWidth) << "  "
            << padded("ALIASES", kAliasesWidth) << "  METRICS\n";
}

void print_version(const Json& version) {
  std::cout << padded(member_text(version, "version"), kVersionWidth) << "  "
            << padded(member_text(version, "approval"), kApprovalWidth) << "  "
            << padded(member_text(version, "createdAt"), kModelTimeWidth) << "  "
            << padded(words_of(version, "aliases"), kAliasesWidth) << "  "
            << words_of(version, "metrics") << "\n";
}

void show_version(const ModelOptions& options, const Json& version) {
  if (options.is_json()) return print_model_json(version);
  print_version_head();
  print_version(version);
}

int list_registered(ServerClient& client, const ModelOptions& options) {
  const Json items = client.items("/models", kModelsShownMax);
  if (options.is_json()) {
    print_model_json(items);
    return kSucceeded;
  }
  std::cout << padded("MODEL", kModelWidth) << "  " << padded("KIND", kModelKindWidth) << "  "
            << padded("CREATED", kModelTimeWidth) << "  DESCRIPTION\n";
  for (const Json& item : items) {
    std::cout << padded(member_text(item, "name"), kModelWidth) << "  "
              << padded(member_text(item, "kind"), kModelKindWidth) << "  "
              << padded(member_text(item, "createdAt"), kModelTimeWidth) << "  "
              << member_text(item, "description") << words_of(item, "modelPackages") << "\n";
  }
  return kSucceeded;
}

int list_versions_of_model(ServerClient& client, const ModelOptions& options) {
  const Json items = client.items(model_path(options, "/versions"), kModelsShownMax);
  if (options.is_json()) {
    print_model_json(items);
    return kSucceeded;
  }
  print_version_head();
  for (const Json& item : items) print_version(item);
  return kSucceeded;
}

Json numbers_of(const std::vector<std::string>& texts) {
  Json numbers = Json::object();
  const Json labels = labels_of(texts);
  for (const auto& [name, text] : labels.items()) {
    const Json number = Json::parse(text.get<std::string>(), nullptr, false);
    if (!number.is_number()) throw std::runtime_error("no number: " + name);
    numbers[name] = number;
  }
  return numbers;
}

int register_version(ServerClient& client, const ModelOptions& options) {
  Json body = Json::object();
  const auto add = [&](const char* member, const std::string& value) {
    if (!value.empty()) body[member] = value;
  };
  add("from", options.from);
  add("model", options.model);
  add("image", options.image);
  add("modelDataUrl", options.model_data);
  add("description", options.description);
  if (!options.metrics.empty()) body["metrics"] = numbers_of(options.metrics);
  if (!options.metadata.empty()) body["metadata"] = labels_of(options.metadata);
  if (options.approve) body["approval"] = "Approved";
  show_version(options, client.post(model_path(options, "/versions"), body));
  return kSucceeded;
}

int set_alias(ServerClient& client, const ModelOptions& options) {
  Json body = {{"version", options.version}};
  if (!options.description.empty()) body["description"] = options.description;
  const HttpResponse answer = client.call(
      "PUT", model_path(options, "/aliases/" + percent_encode(options.alias)), asl::to_text(body));
  if (options.is_json()) {
    std::cout << answer.body << "\n";
  } else {
    std::cout << options.name << " " << options.alias << " is version " << options.version << "\n";
  }
  return kSucceeded;
}

int decide(ServerClient& client, const ModelOptions& options, const char* approval) {
  Json body = {{"approval", approval}};
  if (!options.description.empty()) body["approvalDescription"] = options.description;
  const HttpResponse answer =
      client.call("PATCH",
                  model_path(options, "/versions/" + std::to_string(options.version)),
                  asl::to_text(body));
  show_version(options, Json::parse(answer.body));
  return kSucceeded;
}

int approve(ServerClient& client, const ModelOptions& options) {
  return decide(client, options, "Approved");
}

int reject(ServerClient& client, const ModelOptions& options) {
  return decide(client, options, "Rejected");
}

void declare_model(CLI::App& app, ModelOptions& options) {
  app.add_option("name", options.name, "The registered model")->required();
}

void declare_version(CLI::App& app, ModelOptions& options) {
  app.add_option("version", options.version, "Its number")->required();
}

void declare_decision(CLI::App& app, ModelOptions& options) {
  declare_model(app, options);
  declare_version(app, options);
  app.add_option("--description", options.description, "Why");
}

void declare_registration(CLI::App& app, ModelOptions& options) {
  declare_model(app, options);
  app.add_option("--from", options.from, "A training job that has completed");
  app.add_option("--model", options.model, "A model that CreateModel has made");
  app.add_option("--image", options.image, "What serves it");
  app.add_option("--model-data", options.model_data, "s3://BUCKET/KEY of a tar.gz");
  app.add_option("--description", options.description, "What is new in it");
  app.add_option("--metric", options.metrics, "NAME=NUMBER; repeatable");
  app.add_option("--metadata", options.metadata, "NAME=VALUE; repeatable");
  app.add_flag("--approve", options.approve, "It may be served at once");
}

const std::vector<ServerVerb<ModelOptions>>& model_verbs() {
  static const std::vector<ServerVerb<ModelOptions>> kVerbs = {
      {"alias",
       "Have an alias name a version",
       set_alias,
       [](CLI::App& app, ModelOptions& options) {
         declare_model(app, options);
         app.add_option("alias", options.alias, "As champion")->required();
         declare_version(app, options);
         app.add_option("--description", options.description, "What it is for");
       }},
      {"approve", "Let a version be served", approve, declare_decision},
      {"ls", "List the models", list_registered, [](CLI::App&, ModelOptions&) {}},
      {"register", "Register the next version of a model", register_version, declare_registration},
      {"reject", "Let no model be made of a version", reject, declare_decision},
      {"versions", "List the versions of a model", list_versions_of_model, declare_model},
  };
  return kVerbs;
}

}  // namespace

std::function<int()> declare_models(CLI::App& app) { return declare_verbs(app, model_verbs()); }

}  // namespace pawl::engine

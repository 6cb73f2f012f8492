#include "engine/ml/endpoints.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <utility>

#include "engine/jobs/archive.h"
#include "engine/jobs/contract_serving.h"
#include "engine/ml/channels.h"
#include "engine/ml/documents.h"
#include "engine/ml/endpoint_deployment.h"
#include "engine/ml/errors.h"
#include "engine/ml/models.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;
using asl::Json;

constexpr const char* kEndpointRecord = "endpoint";
constexpr std::int64_t kStartupMs = 4 * 60 * 1000;  // [aws] "healthy within 4 minutes"
constexpr auto kPingEvery = std::chrono::milliseconds(100);
constexpr auto kPingTimeout = std::chrono::seconds(2);  // [aws] "must respond within 2 seconds"
constexpr auto kRestartFirst = std::chrono::milliseconds(500);
constexpr int kRestartDoublings = 6;

// A port of loopback that nobody listens on. Somebody may take it before the server does; then the
// server dies, and is started again on another.
std::uint16_t free_port() {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool ok = fd >= 0 && ::bind(fd, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                  ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  if (fd >= 0) ::close(fd);
  if (!ok) throw std::system_error(errno, std::generic_category(), "no free port on loopback");
  return ntohs(address.sin_port);
}

// Neither Creating nor Updating nor Deleting.
bool is_settled(const Json& document) {
  const std::string status = text_of(document, "EndpointStatus");
  return status == "InService" || status == "Failed";
}

Json variant_summary(const Json& variant, const Json& images) {
  const double weight = variant.value("InitialVariantWeight", 1.0);
  const std::int64_t count = variant.value("InitialInstanceCount", 1);
  return {{"VariantName", text_of(variant, "VariantName")},
          {"DeployedImages", images},
          {"CurrentWeight", weight},
          {"DesiredWeight", weight},
          {"CurrentInstanceCount", count},
          {"DesiredInstanceCount", count}};
}

}  // namespace

Json Endpoints::create(const Json& request, const std::string& owner) {
  const std::string name = text_of(request, "EndpointName");
  const std::string arn = sagemaker_arn(context_, "endpoint", name);
  if (!owner.empty() && context_.records.find_by_owner(kEndpointRecord, owner))
    return {{"EndpointArn", arn}};
  const std::string config_name = text_of(request, "EndpointConfigName");
  const auto config = context_.records.find("endpoint-config", config_name);
  if (!config) {
    throw validation_error("Could not find endpoint configuration \"" +
                           sagemaker_arn(context_, "endpoint-config", config_name) + "\".");
  }
  const std::int64_t now = context_.now().ms;
  Json document = {{"EndpointName", name},
                   {"EndpointArn", arn},
                   {"EndpointConfigName", config_name},
                   {"EndpointStatus", "Creating"},
                   {"CreationTime", now},
                   {"LastModifiedTime", now}};
  document["_Tags"] = request.value("Tags", Json::array());
  document["_Generation"] = now;
  if (!context_.records.insert({kEndpointRecord, name, document, owner, {now}, {now}, 1})) {
    throw validation_error("Cannot create already existing endpoint \"" + arn + "\".");
  }
  context_.executor.post([this, name] { deploy(name, false); });
  return {{"EndpointArn", arn}};
}

Json Endpoints::describe(const std::string& name) {
  const std::optional<Record> record = context_.records.find(kEndpointRecord, name);
  if (!record) {
    throw validation_error("Could not find endpoint \"" +
                           sagemaker_arn(context_, "endpoint", name) + "\".");
  }
  return public_part(record->document);
}

void Endpoints::remove(const std::string& name) {
  const Json document = describe(name);
  const std::string status = text_of(document, "EndpointStatus");
  if (status == "Creating" || status == "Updating") {
    throw validation_error("Cannot update in-progress endpoint \"" +
                           text_of(document, "EndpointArn") + "\".");
  }
  const std::int64_t now = context_.now().ms;
  modify(context_.records, kEndpointRecord, name, {now}, [&](Json& stored) {
    stored["EndpointStatus"] = "Deleting";
    stored["LastModifiedTime"] = now;
    return true;
  });
  context_.executor.post([this, name] { shut_down(name); });
}

void Endpoints::watch(const std::string& name, std::function<void(const Json&)> settled) {
  completions_.add(name, std::move(settled));
  const Json document = describe(name);
  if (is_settled(document)) completions_.complete(name, document);
}

std::shared_ptr<Endpoints::Deployment> Endpoints::new_deployment(const std::string& name,
                                                                 const Json& document) {
  auto deployment = std::make_shared<Deployment>();
  deployment->name = name;
  deployment->generation = document.at("_Generation").get<std::int64_t>();
  deployment->folder =
      context_.folder + "/endpoints/" + name + "-" + std::to_string(deployment->generation);
  return deployment;
}

void Endpoints::plan(Deployment& deployment, const Json& document) {
  const auto config =
      context_.records.find("endpoint-config", text_of(document, "EndpointConfigName"));
  // A configuration may be deleted under a running endpoint, which keeps what it was made from.
  deployment.variants = document.contains("_Variants") ? document.at("_Variants")
                        : config                       ? config->document.at("ProductionVariants")
                                                       : Json::array();
  for (Json& variant : deployment.variants) plan_variant(deployment, variant);
  const Json known = document.value("_Servers", Json::array());
  for (std::size_t i = 0; i < deployment.servers.size() && i < known.size(); ++i) {
    deployment.servers[i].port = known[i].at("Port").get<std::uint16_t>();
    deployment.servers[i].tries = known[i].at("Tries").get<int>();
  }
}

void Endpoints::plan_variant(Deployment& deployment, Json& variant) {
  const std::string variant_name = text_of(variant, "VariantName");
  Json containers = variant.value("_Containers", Json::array());
  if (containers.empty()) {
    const auto model = context_.records.find("model", text_of(variant, "ModelName"));
    if (!model) {
      throw std::runtime_error("Could not find model \"" +
                               sagemaker_arn(context_, "model", text_of(variant, "ModelName")) +
                               "\".");
    }
    containers = Models::containers_of(model->document);
    variant["_ModelMadeAt"] = model->created_at.ms;
  }
  const std::int64_t count = variant.value("InitialInstanceCount", 1);
  for (std::int64_t instance = 0; instance < count; ++instance) {
    for (std::size_t i = 0; i < containers.size(); ++i) {
      Server server;
      server.variant = variant_name;
      server.instance = instance;
      server.container = static_cast<std::int64_t>(i);
      server.definition = containers[i];
      server.model_folder = deployment.folder + "/" + variant_name + "-" + std::to_string(i);
      deployment.servers.push_back(std::move(server));
    }
  }
}

// Under its endpoint's name, so that whoever deletes the endpoint finds it.
void Endpoints::keep(const std::shared_ptr<Deployment>& deployment) {
  const std::lock_guard lock(mutex_);
  (deployment->is_update ? updates_ : deployments_)[deployment->name] = deployment;
}

void Endpoints::deploy(const std::string& name, bool is_update) {
  const auto record = context_.records.find(kEndpointRecord, name);
  if (!record) return;
  const Json source =
      is_update ? record->document.value("_Update", Json::object()) : record->document;
  if (!source.contains("_Generation")) return;
  const std::shared_ptr<Deployment> deployment = new_deployment(name, source);
  deployment->is_update = is_update;
  keep(deployment);
  try {
    plan(*deployment, source);
    record_plan(*deployment);
    for (const Server& server : deployment->servers) {
      if (server.instance == 0) prepare_model(server);
    }
    for (std::size_t i = 0; i < deployment->servers.size(); ++i) start_server(deployment, i);
    await_health(deployment, context_.now().ms + kStartupMs);
  } catch (const std::exception& error) {
    fail(deployment, error.what());
  }
}

void Endpoints::record_plan(Deployment& deployment) {
  Json summaries = Json::array();
  for (Json& variant : deployment.variants) {
    Json images = Json::array();
    Json containers = Json::array();
    for (const Server& server : deployment.servers) {
      if (server.instance != 0 || server.variant != text_of(variant, "VariantName")) continue;
      images.push_back({{"SpecifiedImage", text_of(server.definition, "Image")},
                        {"ResolvedImage", text_of(server.definition, "Image")},
                        {"ResolutionTime", context_.now().ms}});
      containers.push_back(server.definition);
    }
    summaries.push_back(variant_summary(variant, images));
    variant["_Containers"] = containers;
  }
  modify(context_.records, kEndpointRecord, deployment.name, context_.now(), [&](Json& document) {
    Json* const part = deployment.part_of(document);
    if (part == nullptr) return false;
    (*part)["ProductionVariants"] = summaries;
    (*part)["_Variants"] = deployment.variants;
    return true;
  });
}

void Endpoints::prepare_model(const Server& server) {
  fs::create_directories(server.model_folder);
  const std::string uri = text_of(server.definition, "ModelDataUrl");
  if (uri.empty()) return;
  const std::optional<S3Uri> object = parse_s3_uri(uri);
  if (!object || !context_.objects.head(object->bucket, object->key)) {
    throw std::runtime_error("Could not find model data at " + uri + ".");
  }
  unpack_archive(context_.objects.local_file(object->bucket, object->key), server.model_folder);
}

void Endpoints::start_server(const std::shared_ptr<Deployment>& deployment, std::size_t index) {
  bool is_new = false;
  const Server server = deployment->change(index, [&is_new](Server& each) {
    is_new = each.port == 0;
    if (is_new) each.port = free_port();
  });
  if (is_new) {
    Json servers = Json::array();
    for (const Server& each : deployment->snapshot())
      servers.push_back({{"Port", each.port}, {"Tries", each.tries}});
    modify(
        context_.records, kEndpointRecord, deployment->name, context_.now(), [&](Json& document) {
          Json* const part = deployment->part_of(document);
          if (part != nullptr) (*part)["_Servers"] = servers;
          return part != nullptr;
        });
  }
  ServingContract contract;
  contract.id = deployment->job_id(server);
  contract.folder = deployment->folder + "/" + server.variant + "-" +
                    std::to_string(server.instance) + "-" + std::to_string(server.container) +
                    "-ml";
  contract.model_folder = server.model_folder;
  contract.image = text_of(server.definition, "Image");
  const Json environment = server.definition.value("Environment", Json::object());
  for (const auto& [name, value] : environment.items())
    contract.environment[name] = value.get<std::string>();
  contract.runtime = context_.catalogue.find(contract.image);
  contract.around = context_.surroundings();
  contract.port = server.port;
  const JobSpec spec = prepare_serving(contract);
  context_.jobs.start_or_attach(spec, [this, deployment, index](const JobEnd& end) {
    context_.executor.post(
        [this, deployment, index, end] { server_ended(deployment, index, end); });
  });
  // Whoever ended the deployment meanwhile may have looked for this server before it was there.
  if (!is_current(*deployment)) stop_servers(*deployment);
}

bool Endpoints::is_current(const Deployment& deployment) {
  const std::lock_guard lock(mutex_);
  const auto& kept = deployment.is_update ? updates_ : deployments_;
  const auto found = kept.find(deployment.name);
  return found != kept.end() && found->second.get() == &deployment;
}

// A server that dies under an endpoint in service is replaced; under one that is being created,
// await_health sees it.
void Endpoints::server_ended(const std::shared_ptr<Deployment>& deployment,
                             std::size_t index,
                             const JobEnd& end) {
  if (!is_current(*deployment)) return;
  const Server server = deployment->change(index, [](Server& each) { each.healthy = false; });
  spdlog::warn("a server of endpoint {} has ended ({} {}); its log: {}",
               deployment->name,
               end.how == JobEnd::How::kSignalled ? "signal" : "exit code",
               end.code,
               context_.jobs.log_file(deployment->job_id(server)));
  if (!deployment->is_serving()) {
    fail(deployment,
         "The primary container for production variant " + server.variant +
             " did not pass the ping health check. Please check the log: pawl logs " +
             deployment->job_id(server));
    return;
  }
  const auto delay = kRestartFirst * (1 << std::min(server.tries, kRestartDoublings));
  context_.executor.post_after(delay, [this, deployment, index] {
    if (!is_current(*deployment)) return;
    deployment->change(index, [](Server& each) {
      ++each.tries;
      each.port = 0;
    });
    try {
      start_server(deployment, index);
      in_service(deployment);
    } catch (const std::exception& error) {
      spdlog::error(
          "endpoint {}: a server cannot be started again: {}", deployment->name, error.what());
      server_ended(deployment, index, {});
    }
  });
}

void Endpoints::await_health(const std::shared_ptr<Deployment>& deployment,
                             std::int64_t deadline_ms) {
  if (!is_current(*deployment)) return;
  bool all = true;
  const std::vector<Server> servers = deployment->snapshot();
  for (std::size_t i = 0; i < servers.size(); ++i) {
    if (servers[i].healthy) continue;
    ClientRequest ping;
    ping.url = "http://127.0.0.1:" + std::to_string(servers[i].port) + "/ping";
    ping.timeout = kPingTimeout;
    const ClientResult answer = context_.http.send(std::move(ping));
    const HttpResponse* response = std::get_if<HttpResponse>(&answer);
    const bool healthy = response != nullptr && response->status == 200;
    deployment->change(i, [healthy](Server& each) { each.healthy = healthy; });
    all = all && healthy;
  }
  if (all) {
    return all_healthy(deployment, deadline_ms);
  }
  if (context_.now().ms >= deadline_ms) {
    fail(deployment,
         "The primary container for production variant " +
             text_of(deployment->variants[0], "VariantName") +
             " did not pass the ping health check. Please check the log: pawl logs " +
             deployment->job_id(servers[0]));
    return;
  }
  context_.executor.post_after(
      kPingEvery, [this, deployment, deadline_ms] { await_health(deployment, deadline_ms); });
}

void Endpoints::all_healthy(const std::shared_ptr<Deployment>& deployment,
                            std::int64_t deadline_ms) {
  try {
    note_models(*deployment);
    if (deployment->is_update) {
      finish_update(deployment);
    } else {
      in_service(deployment);
    }
  } catch (const StoreUnavailable& error) {
    spdlog::warn("endpoint {} waits for the disk: {}", deployment->name, error.what());
    context_.executor.post_after(std::chrono::seconds(1), [this, deployment, deadline_ms] {
      await_health(deployment, deadline_ms);
    });
  }
}

// For the lineage. A model's name may be another model's by now.
void Endpoints::note_models(const Deployment& deployment) {
  const auto endpoint = context_.records.find(kEndpointRecord, deployment.name);
  if (context_.lineage == nullptr || !endpoint) return;
  Json variants;
  {
    const std::lock_guard lock(mutex_);  // reweigh() changes them
    variants = deployment.variants;
  }
  std::vector<ArtifactTable::ServedModel> models;
  for (const Json& variant : variants) {
    const std::int64_t made_at = variant.value("_ModelMadeAt", std::int64_t{0});
    if (made_at == 0) continue;  // planned by a server that did not note it
    const std::string name = text_of(variant, "ModelName");
    const auto model = context_.records.find("model", name);
    const bool is_there = model && model->created_at.ms == made_at;
    models.push_back(
        {made_node(NodeKind::kModel, name, {made_at}, is_there ? model->owner : std::string()),
         text_of(variant, "VariantName")});
  }
  context_.lineage->endpoint_serves(
      made_node(NodeKind::kEndpoint, deployment.name, endpoint->created_at, endpoint->owner),
      models);
}

// Traffic goes to these servers from now on.
void Endpoints::route(Deployment& deployment) {
  // Under the lock from the look at the servers on: of two that look, the later one has the word.
  const std::lock_guard lock(mutex_);
  const auto found = deployments_.find(deployment.name);
  if (found == deployments_.end() || found->second.get() != &deployment) return;
  const std::vector<Server> servers = deployment.serve();
  std::vector<VariantRouter::Variant> variants;
  for (const Json& variant : deployment.variants) {
    VariantRouter::Variant routed;
    routed.name = text_of(variant, "VariantName");
    routed.weight = variant.value("InitialVariantWeight", 1.0);
    for (const Server& server : servers) {
      if (server.variant != routed.name) continue;
      if (server.container == 0) routed.instances.emplace_back();
      routed.instances.back().pipeline.push_back(server.port);
    }
    variants.push_back(std::move(routed));
  }
  std::shared_ptr<VariantRouter>& router = routers_[deployment.name];
  if (!router) router = std::make_shared<VariantRouter>();
  router->set(std::move(variants));
}

void Endpoints::in_service(const std::shared_ptr<Deployment>& deployment) {
  route(*deployment);
  const std::int64_t now = context_.now().ms;
  const auto record =
      modify(context_.records, kEndpointRecord, deployment->name, {now}, [&](Json& document) {
        // A server that was started again changes nothing; an endpoint that is being deleted stays
        // so.
        if (text_of(document, "EndpointStatus") != "Creating" || !deployment->part_of(document))
          return false;
        document["EndpointStatus"] = "InService";
        document["LastModifiedTime"] = now;
        return true;
      });
  if (record && is_settled(record->document))
    completions_.complete(deployment->name, public_part(record->document));
}

void Endpoints::fail(const std::shared_ptr<Deployment>& deployment, const std::string& reason) {
  spdlog::warn("endpoint {} failed: {}", deployment->name, reason);
  {
    const std::lock_guard lock(mutex_);
    auto& kept = deployment->is_update ? updates_ : deployments_;
    const auto found = kept.find(deployment->name);
    if (found != kept.end() && found->second == deployment) kept.erase(found);
  }
  stop_servers(*deployment);
  const std::int64_t now = context_.now().ms;
  const auto record =
      modify(context_.records, kEndpointRecord, deployment->name, {now}, [&](Json& document) {
        if (is_settled(document) || !deployment->part_of(document)) return false;
        // [aws] After an update that failed the endpoint goes on with what it had.
        document["EndpointStatus"] = deployment->is_update ? "InService" : "Failed";
        document["FailureReason"] = reason;
        document["LastModifiedTime"] = now;
        document.erase("_Update");
        return true;
      });
  if (record && is_settled(record->document))
    completions_.complete(deployment->name, public_part(record->document));
}

}  // namespace pawl::engine

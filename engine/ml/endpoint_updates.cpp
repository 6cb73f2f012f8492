// Replacing and ending an endpoint's servers: updates, deletion, and the start after a crash.
#include <spdlog/spdlog.h>

#include <filesystem>
#include <utility>

#include "engine/ml/documents.h"
#include "engine/ml/endpoint_deployment.h"
#include "engine/ml/endpoints.h"
#include "engine/ml/errors.h"

namespace pawl::engine {

namespace {

namespace fs = std::filesystem;
using asl::Json;

constexpr const char* kEndpointRecords = "endpoint";
constexpr auto kLookForCallsEvery = std::chrono::milliseconds(50);
constexpr std::int64_t kDrainMs = 70'000;  // a call ends by its timeout after 60 s

// What belongs to one deployment, apart from what belongs to the endpoint.
const std::vector<std::string_view> kOfDeployment = {
    "EndpointConfigName", "ProductionVariants", "_Generation", "_Servers", "_Variants"};

ServiceError cannot_update(const std::optional<Record>& record, const std::string& arn) {
  const std::string status = record ? text_of(record->document, "EndpointStatus") : "Deleting";
  return validation_error(status == "Failed"
                              ? "Cannot update endpoint \"" + arn + "\" with status \"Failed\"."
                              : "Cannot update in-progress endpoint \"" + arn + "\".");
}

Json* variant_of(Json& variants, const std::string& name) {
  for (Json& variant : variants) {
    if (text_of(variant, "VariantName") == name) return &variant;
  }
  return nullptr;
}

// Throws ServiceError.
void check_capacities(const Json& changes, Json variants, const std::string& arn) {
  for (const Json& change : changes) {
    const std::string name = text_of(change, "VariantName");
    if (variant_of(variants, name) == nullptr) {
      throw validation_error("Could not find variant \"" + name + "\" of endpoint \"" + arn +
                             "\".");
    }
    if (change.value("DesiredInstanceCount", 1) < 1) {
      throw validation_error("DesiredInstanceCount of variant \"" + name +
                             "\" must be at least 1.");
    }
  }
}

// Of the document of an endpoint. Returns whether it takes other servers than there are.
bool change_capacities(const Json& changes, Json& variants, Json& summaries) {
  bool needs_servers = false;
  for (const Json& change : changes) {
    const std::string name = text_of(change, "VariantName");
    Json& variant = *variant_of(variants, name);
    Json& summary = *variant_of(summaries, name);
    if (change.contains("DesiredWeight")) {
      variant["InitialVariantWeight"] = change.at("DesiredWeight");
      summary["DesiredWeight"] = change.at("DesiredWeight");
    }
    if (change.contains("DesiredInstanceCount")) {
      needs_servers = needs_servers || variant.value("InitialInstanceCount", 1) !=
                                           change.at("DesiredInstanceCount").get<std::int64_t>();
      variant["InitialInstanceCount"] = change.at("DesiredInstanceCount");
      summary["DesiredInstanceCount"] = change.at("DesiredInstanceCount");
    }
  }
  return needs_servers;
}

}  // namespace

std::string Endpoints::first_job_id(const Json& document) {
  Deployment deployment;
  deployment.name = text_of(document, "EndpointName");
  deployment.generation = document.value("_Generation", std::int64_t{0});
  Server server;
  const Json variants = document.value("_Variants", Json::array());
  if (!variants.empty()) server.variant = text_of(variants[0], "VariantName");
  const Json servers = document.value("_Servers", Json::array());
  if (!servers.empty()) server.tries = servers[0].value("Tries", 0);
  return deployment.job_id(server);
}

// [aws] UpdateEndpoint: "Deploys the EndpointConfig specified in the request to a new fleet of
// instances. SageMaker shifts endpoint traffic to the new instances with the updated endpoint
// configuration and then deletes the old instances": there is no loss of availability.
Json Endpoints::update(const Json& request, const std::string& owner) {
  const std::string name = text_of(request, "EndpointName");
  const std::string config = text_of(request, "EndpointConfigName");
  const Json before = describe(name);
  if (!context_.records.find("endpoint-config", config)) {
    throw validation_error("Could not find endpoint configuration \"" +
                           sagemaker_arn(context_, "endpoint-config", config) + "\".");
  }
  const std::int64_t now = context_.now().ms;
  bool begun = false;
  bool mine = false;
  const auto record = modify(context_.records, kEndpointRecords, name, {now}, [&](Json& document) {
    mine = !owner.empty() && text_of(document, "_UpdateOwner") == owner;
    begun = !mine && text_of(document, "EndpointStatus") == "InService";
    if (!begun) return false;
    document["EndpointStatus"] = "Updating";
    document["LastModifiedTime"] = now;
    document["_Update"] = {{"EndpointConfigName", config}, {"_Generation", now}};
    document["_UpdateOwner"] = owner;
    document.erase("FailureReason");
    return true;
  });
  const std::string arn = text_of(before, "EndpointArn");
  if (begun) {
    context_.executor.post([this, name] { deploy(name, true); });
  } else if (!mine) {
    throw cannot_update(record, arn);
  }
  return {{"EndpointArn", arn}};
}

// [aws] UpdateEndpointWeightsAndCapacities: "Updates variant weight of one or more variants
// associated with an existing endpoint, or capacity of one variant".
Json Endpoints::update_capacities(const Json& request, const std::string& owner) {
  const std::string name = text_of(request, "EndpointName");
  const Json& changes = request.at("DesiredWeightsAndCapacities");
  const Json before = describe(name);
  const std::string arn = text_of(before, "EndpointArn");
  check_capacities(changes, before.value("ProductionVariants", Json::array()), arn);
  const std::int64_t now = context_.now().ms;
  bool begun = false;
  bool mine = false;
  bool needs_servers = false;
  const auto record = modify(context_.records, kEndpointRecords, name, {now}, [&](Json& document) {
    mine = !owner.empty() && text_of(document, "_UpdateOwner") == owner;
    begun = !mine && text_of(document, "EndpointStatus") == "InService";
    if (!begun) return false;
    Json variants = document.at("_Variants");
    Json& summaries = document.at("ProductionVariants");
    needs_servers = change_capacities(changes, variants, summaries);
    if (needs_servers) {
      document["EndpointStatus"] = "Updating";
      document["_Update"] = {{"EndpointConfigName", document.at("EndpointConfigName")},
                             {"_Generation", now},
                             {"_Variants", std::move(variants)}};
    } else {
      for (Json& summary : summaries) summary["CurrentWeight"] = summary.at("DesiredWeight");
      document["_Variants"] = std::move(variants);
    }
    document["LastModifiedTime"] = now;
    document["_UpdateOwner"] = owner;
    document.erase("FailureReason");
    return true;
  });
  if (!begun && !mine) throw cannot_update(record, arn);
  if (begun && needs_servers) {
    context_.executor.post([this, name] { deploy(name, true); });
  } else if (begun) {
    reweigh(*record);
  }
  return {{"EndpointArn", arn}};
}

// The servers stay; what each variant gets of the traffic is told anew.
void Endpoints::reweigh(const Record& record) {
  std::shared_ptr<Deployment> deployment;
  {
    const std::lock_guard lock(mutex_);
    const auto found = deployments_.find(record.name);
    if (found == deployments_.end()) return;
    deployment = found->second;
    if (deployment->generation != record.document.value("_Generation", std::int64_t{0})) return;
    deployment->variants = record.document.at("_Variants");
  }
  route(*deployment);
}

// The new servers answer: the endpoint is theirs. First in the record, so that a crash finds them
// there, then in the router; the old ones go when the calls they have are over.
void Endpoints::finish_update(const std::shared_ptr<Deployment>& deployment) {
  const std::string& name = deployment->name;
  const std::int64_t now = context_.now().ms;
  bool taken_over = false;
  const auto record = modify(context_.records, kEndpointRecords, name, {now}, [&](Json& document) {
    const Json* part = deployment->part_of(document);
    taken_over = part != nullptr && text_of(document, "EndpointStatus") == "Updating";
    if (!taken_over) return false;
    Json old = Json::object();
    copy_members(document, old, kOfDeployment);
    const Json update = *part;
    copy_members(update, document, kOfDeployment);
    document["_Retiring"] = std::move(old);
    document.erase("_Update");
    document["EndpointStatus"] = "InService";
    document["LastModifiedTime"] = now;
    return true;
  });
  if (!taken_over) return;
  std::shared_ptr<Deployment> old;
  {
    const std::lock_guard lock(mutex_);
    updates_.erase(name);
    old = std::exchange(deployments_[name], deployment);
    deployment->is_update = false;
  }
  route(*deployment);
  completions_.complete(name, public_part(record->document));
  if (old) retire(old, context_.now().ms + kDrainMs);
}

void Endpoints::retire(const std::shared_ptr<Deployment>& old, std::int64_t deadline_ms) {
  if (router(old->name)->has_old_calls() && context_.now().ms < deadline_ms) {
    context_.executor.post_after(kLookForCallsEvery,
                                 [this, old, deadline_ms] { retire(old, deadline_ms); });
    return;
  }
  stop_servers(*old);
  modify(context_.records, kEndpointRecords, old->name, context_.now(), [&](Json& document) {
    const auto retiring = document.find("_Retiring");
    if (retiring == document.end() ||
        retiring->value("_Generation", std::int64_t{0}) != old->generation)
      return false;
    document.erase("_Retiring");
    return true;
  });
}

void Endpoints::stop_servers(Deployment& deployment) {
  for (const Server& server : deployment.snapshot()) context_.jobs.stop(deployment.job_id(server));
  std::error_code ignored;
  fs::remove_all(deployment.folder, ignored);
}

// Servers that serve, that were to take over, that have not gone yet: whatever this process knows,
// and whatever the record tells of another process's.
void Endpoints::shut_down(const std::string& name) {
  const auto record = context_.records.find(kEndpointRecords, name);
  if (!record) return;
  for (auto* kept : {&deployments_, &updates_}) {
    std::shared_ptr<Deployment> deployment;
    {
      const std::lock_guard lock(mutex_);
      const auto found = kept->find(name);
      if (found != kept->end()) {
        deployment = found->second;
        kept->erase(found);
      }
      routers_.erase(name);
    }
    if (deployment) stop_servers(*deployment);
  }
  for (const Json& part : {record->document,
                           record->document.value("_Update", Json::object()),
                           record->document.value("_Retiring", Json::object())}) {
    if (!part.contains("_Variants")) continue;
    const std::shared_ptr<Deployment> deployment = new_deployment(name, part);
    plan(*deployment, part);
    stop_servers(*deployment);
  }
  context_.records.remove(kEndpointRecords, name);
}

// The servers of an endpoint that serves, after a restart of this process.
void Endpoints::attach(const Record& record) {
  const std::shared_ptr<Deployment> deployment = new_deployment(record.name, record.document);
  plan(*deployment, record.document);
  deployment->serving = true;
  keep(deployment);
  for (std::size_t i = 0; i < deployment->servers.size(); ++i) {
    try {
      start_server(deployment, i);
    } catch (const std::exception& error) {
      spdlog::error("endpoint {}: {}", record.name, error.what());
      server_ended(deployment, i, {});  // tries again
    }
  }
  in_service(deployment);
  const auto retiring = record.document.find("_Retiring");
  if (retiring == record.document.end()) return;
  const std::shared_ptr<Deployment> old = new_deployment(record.name, *retiring);
  plan(*old, *retiring);
  context_.executor.post([this, old] { retire(old, 0); });
}

void Endpoints::recover() {
  Records::Query query{kEndpointRecords, "", false, std::nullopt, 500};
  for (;;) {
    const std::vector<Record> page = context_.records.list(query);
    for (const Record& record : page) {
      const std::string status = text_of(record.document, "EndpointStatus");
      if (status == "InService" || status == "Updating") attach(record);
      if (status == "Creating" || status == "Updating") {
        context_.executor.post([this, name = record.name, is_update = status == "Updating"] {
          deploy(name, is_update);
        });
      } else if (status == "Deleting") {
        context_.executor.post([this, name = record.name] { shut_down(name); });
      }
    }
    if (page.size() < query.limit) return;
    query.after = page.back().name;
  }
}

std::shared_ptr<VariantRouter> Endpoints::router(const std::string& name) {
  const std::lock_guard lock(mutex_);
  std::shared_ptr<VariantRouter>& found = routers_[name];
  if (!found) found = std::make_shared<VariantRouter>();
  return found;
}

}  // namespace pawl::engine

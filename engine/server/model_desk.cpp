#include "engine/server/model_desk.h"

#include <utility>

#include "engine/ml/documents.h"
#include "engine/ml/resources.h"

namespace pawl::engine {

namespace {

using asl::Json;

// Version by version, the aliases that name it.
class AliasNames {
 public:
  explicit AliasNames(const std::vector<Record>& aliases) {
    for (const Record& alias : aliases) {
      names_[alias.document.at("Version").get<std::int64_t>()].push_back(
          text_of(alias.document, "Name"));
    }
  }
  Json of(const Record& version) const {
    const auto found = names_.find(version.document.at("ModelPackageVersion").get<std::int64_t>());
    return found == names_.end() ? Json::array() : found->second;
  }

 private:
  std::map<std::int64_t, Json> names_;
};

Json with_aliases(const Record& version, const AliasNames& aliases) {
  Json view = model_version_view(version);
  view["aliases"] = aliases.of(version);
  return view;
}

ModelRegistry::Check on_alias(const ModelDesk::Check& check) {
  return [&check](const Record* present) {
    check(present == nullptr ? Json(nullptr) : model_alias_view(*present));
  };
}

}  // namespace

Json ServerModelDesk::version_of(const std::string& model, const Record& record) {
  Json view = with_aliases(record, AliasNames(services_.registry.list_aliases(model)));
  view["document"] = with_times_in_seconds(record.document);
  return view;
}

std::optional<Json> ServerModelDesk::find(const std::string& model) {
  const auto group = services_.registry.find_group(model);
  if (!group) return std::nullopt;
  Json view = registered_model_view(*group);
  const auto latest = services_.registry.list_versions(model, 0, 1);
  if (!latest.empty()) {
    view["latestVersion"] = latest.front().document.at("ModelPackageVersion");
  }
  view["aliases"] = Json::object();
  for (const Record& alias : services_.registry.list_aliases(model)) {
    view["aliases"][text_of(alias.document, "Name")] = alias.document.at("Version");
  }
  view["document"] = with_times_in_seconds(group->document);
  return view;
}

Json ServerModelDesk::list_versions(const std::string& model,
                                    std::int64_t after,
                                    std::size_t limit) {
  const AliasNames aliases(services_.registry.list_aliases(model));
  Json items = Json::array();
  for (const Record& record : services_.registry.list_versions(model, after, limit)) {
    items.push_back(with_aliases(record, aliases));
  }
  return items;
}

std::optional<Json> ServerModelDesk::find_version(const std::string& model, std::int64_t version) {
  const auto record = services_.registry.find_version(model, version);
  if (!record) return std::nullopt;
  return version_of(model, *record);
}

void ServerModelDesk::register_version(NewModelVersion version,
                                       const std::string& owner,
                                       const ActionReply& reply) {
  version.request["ModelPackageGroupName"] = version.model;
  const ModelRegistry::Extra extra = {version.metrics, true};
  sagemaker_.call("CreateModelPackage",
                  std::move(version.request),
                  reply,
                  direct([this, &owner, &extra](const Json& checked) {
                    return services_.registry.create_package(checked, owner, extra);
                  }));
}

std::optional<Json> ServerModelDesk::containers_of(const std::string& sagemaker_model) {
  const auto record = services_.context.records.find("model", sagemaker_model);
  if (!record) return std::nullopt;
  return Models::containers_of(record->document);
}

Json ServerModelDesk::change_version(const std::string& model,
                                     std::int64_t version,
                                     Json update,
                                     const Check& check) {
  const auto present = services_.registry.find_version(model, version);
  if (!present) return nullptr;
  update["ModelPackageArn"] = present->document.at("ModelPackageArn");
  Json changed = nullptr;
  std::optional<ServiceError> refused;
  // Answered before call() returns.
  sagemaker_.call("UpdateModelPackage",
                  std::move(update),
                  ActionReply([&](const ActionResult& result) {
                    if (const auto* error = std::get_if<ServiceError>(&result)) refused = *error;
                  }),
                  [&](const Json& checked, const ActionReply&) {
                    changed = version_of(model,
                                         services_.registry.change_version(
                                             model, version, checked, [&](const Record* record) {
                                               check(version_of(model, *record));
                                             }));
                  });
  if (refused) throw ServiceError(*refused);
  return changed;
}

bool ServerModelDesk::remove_version(const std::string& model,
                                     std::int64_t version,
                                     const Check& check) {
  if (!services_.registry.find_version(model, version)) return false;
  services_.registry.remove_version(
      model, version, [&](const Record* record) { check(version_of(model, *record)); });
  return true;
}

Json ServerModelDesk::list_aliases(const std::string& model) {
  Json items = Json::array();
  for (const Record& alias : services_.registry.list_aliases(model)) {
    items.push_back(model_alias_view(alias));
  }
  return items;
}

std::optional<Json> ServerModelDesk::find_alias(const std::string& model,
                                                const std::string& alias) {
  const auto record = services_.registry.find_alias(model, alias);
  if (!record) return std::nullopt;
  return model_alias_view(*record);
}

std::optional<Json> ServerModelDesk::put_alias(const std::string& model,
                                               const std::string& alias,
                                               const ModelAliasTarget& target,
                                               const Check& check) {
  const auto record = services_.registry.put_alias(
      model, alias, {target.version, target.description}, on_alias(check));
  if (!record) return std::nullopt;
  return model_alias_view(*record);
}

bool ServerModelDesk::remove_alias(const std::string& model,
                                   const std::string& alias,
                                   const Check& check) {
  return services_.registry.remove_alias(model, alias, on_alias(check));
}

}  // namespace pawl::engine

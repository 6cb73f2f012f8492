// Aliases of registered models: names for one version, which can be moved to another.
#include <algorithm>

#include "engine/ml/documents.h"
#include "engine/ml/errors.h"
#include "engine/ml/model_registry.h"
#include "engine/ml/registry_records.h"

namespace pawl::engine {

using asl::Json;

namespace {

constexpr std::size_t kAliasesRead = 500;

}  // namespace

std::vector<Record> ModelRegistry::list_aliases(const std::string& group) {
  const std::string head = key_of(kPackageGroupRecord, group) + "/";
  Records::Query query{kModelAliasRecord, head, true, std::nullopt, kAliasesRead};
  std::vector<Record> all;
  for (;;) {
    std::vector<Record> page = context_.records.list(query);
    const bool is_last = page.size() < query.limit;
    if (!page.empty()) query.after = page.back().name;
    std::move(page.begin(), page.end(), std::back_inserter(all));
    if (is_last) break;
  }
  std::sort(
      all.begin(), all.end(), [](const Record& a, const Record& b) { return a.name < b.name; });
  return all;
}

std::optional<Record> ModelRegistry::find_alias(const std::string& group,
                                                const std::string& alias) {
  return context_.records.find(kModelAliasRecord, key_of(kPackageGroupRecord, group) + "/" + alias);
}

std::optional<Record> ModelRegistry::put_alias(const std::string& group,
                                               const std::string& alias,
                                               const AliasTarget& target,
                                               const Check& check) {
  const std::lock_guard lock(mutex_);
  const auto present = find_alias(group, alias);
  check(present ? &*present : nullptr);
  const auto version = find_version(group, target.version);
  if (!version) return std::nullopt;
  const auto set = [&](Json& document) {
    document["Version"] = target.version;
    document["VersionArn"] = version->document.at("ModelPackageArn");
    if (target.description) document["Description"] = *target.description;
    return true;
  };
  const asl::Timestamp now = context_.now();
  if (present) return modify(context_.records, kModelAliasRecord, present->name, now, set);
  Record record = {kModelAliasRecord,
                   key_of(kPackageGroupRecord, group) + "/" + alias,
                   {{"Name", alias}},
                   "",
                   now,
                   now,
                   1};
  set(record.document);
  context_.records.insert(record);
  return record;
}

bool ModelRegistry::remove_alias(const std::string& group,
                                 const std::string& alias,
                                 const Check& check) {
  const std::lock_guard lock(mutex_);
  const auto present = find_alias(group, alias);
  if (!present) return false;
  check(&*present);
  return context_.records.remove(kModelAliasRecord, present->name);
}

void ModelRegistry::require_no_alias(const Record& package) {
  for (const Record& alias : list_aliases(text_of(package.document, "_Group"))) {
    if (alias.document.at("Version") == package.document.at("ModelPackageVersion")) {
      throw service_error("ConflictException",
                          "ModelPackage " + text_of(package.document, "ModelPackageArn") +
                              " cannot be deleted: the alias " + text_of(alias.document, "Name") +
                              " names it.");
    }
  }
}

}  // namespace pawl::engine

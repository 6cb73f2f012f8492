#include "engine/api/versions.h"

#include <algorithm>
#include <random>

#include "engine/api/machine_json.h"

namespace pawl::engine {
namespace {

constexpr std::int64_t kVersionsMax = 1'000;  // [documented]

MachineTarget at_version(Api& api, const std::string& arn, VersionRow version) {
  auto row = api.store.catalog().find_revision(version.revision);
  if (!row) throw state_machine_does_not_exist(arn);
  return {std::make_shared<const MachineRow>(*std::move(row)), std::move(version), std::nullopt};
}

// Every start asks for one: so the row that is kept at hand is not copied.
std::shared_ptr<const MachineRow> machine_row(Api& api, const std::string& arn) {
  auto row = api.store.catalog().machine_at_hand(arn);
  if (row && !is_gone(api, *row)) return row;
  return std::make_shared<const MachineRow>(require_machine(api, arn));
}

// `choose` says which version of an alias.
template <class Choose>
MachineTarget target_of(Api& api, const StatesArn& arn, const Choose& choose) {
  const std::string& text = arn.text;
  if (arn.qualifier.empty()) return {machine_row(api, text), std::nullopt, std::nullopt};
  const std::string machine = arn.unqualified();
  Catalog& catalog = api.store.catalog();
  const auto number = version_number(arn.qualifier);
  const auto alias = number ? std::nullopt : catalog.find_alias(machine, arn.qualifier);
  if (!number && !alias) throw state_machine_does_not_exist(text);
  auto version = catalog.find_version(machine, number ? *number : choose(*alias));
  if (!version) throw state_machine_does_not_exist(text);
  MachineTarget target = at_version(api, text, *std::move(version));
  target.alias = alias;
  return target;
}

int draw_percent() {
  thread_local std::random_device source;
  return std::uniform_int_distribution<int>(0, 99)(source);
}

}  // namespace

std::optional<std::string> MachineTarget::version_arn() const {
  return version ? std::optional(version->arn()) : std::nullopt;
}

std::optional<std::string> MachineTarget::alias_arn() const {
  return alias ? std::optional(alias->arn()) : std::nullopt;
}

MachineTarget require_target(Api& api, const std::string& arn) {
  return target_of(api, parse_arn(arn, "stateMachine"), [](const AliasRow& alias) {
    return std::max_element(alias.routes.begin(),
                            alias.routes.end(),
                            [](const auto& a, const auto& b) { return a.weight < b.weight; })
        ->version;
  });
}

MachineTarget draw_target(Api& api, const StatesArn& arn) {
  return target_of(
      api, arn, [](const AliasRow& alias) { return version_of_draw(alias, draw_percent()); });
}

std::int64_t version_of_draw(const AliasRow& alias, int draw) {
  for (const AliasRow::Route& route : alias.routes) {
    if (draw < route.weight) return route.version;
    draw -= route.weight;
  }
  return alias.routes.back().version;
}

std::optional<std::int64_t> version_number(const std::string& qualifier) {
  constexpr std::size_t kDigitsMax = 18;  // no overflow
  if (qualifier.empty() || qualifier.size() > kDigitsMax ||
      qualifier.find_first_not_of("0123456789") != std::string::npos) {
    return std::nullopt;
  }
  return std::stoll(qualifier);
}

VersionRow publish_version(Api& api,
                           const MachineRow& row,
                           const std::optional<std::string>& description,
                           asl::Timestamp at) {
  Catalog& catalog = api.store.catalog();
  const auto kept = catalog.list_versions(row.arn, 0, static_cast<std::size_t>(kVersionsMax));
  const bool is_new = std::none_of(kept.begin(), kept.end(), [&](const VersionRow& version) {
    return version.revision == row.revision;
  });
  if (is_new && kept.size() == static_cast<std::size_t>(kVersionsMax)) {
    throw ServiceError{"ServiceQuotaExceededException",
                       "The maximum number of versions of a state machine is reached: " +
                           std::to_string(kVersionsMax)};
  }
  VersionRow version;
  version.machine_arn = row.arn;
  version.revision = row.revision;
  version.description = description;
  version.created_at = at;
  const auto published = catalog.publish_version(version);
  if (!published) {
    throw ServiceError{
        "ConflictException",
        "The state machine was changed while its version was published: '" + row.arn + "'"};
  }
  return *published;
}

bool wants_version(const asl::Json& request) {
  const bool publish = flag_of(request, "publish", false);
  if (!publish && text_member(request, "versionDescription")) {  // [seen]
    throw ServiceError{"ValidationException",
                       "Version description can only be set when publish is true"};
  }
  return publish;
}

void refuse_label(const StatesArn& arn) {
  if (arn.label.empty()) return;
  throw ServiceError{"ValidationException",
                     "Labeled state machine ARNs are not supported by this operation",
                     400,
                     {{"reason", "API_DOES_NOT_SUPPORT_LABELED_ARNS"}}};
}

StatesArn plain_machine_arn(const std::string& text) {
  StatesArn arn = parse_arn(text, "stateMachine");
  refuse_label(arn);
  if (!arn.qualifier.empty()) throw invalid_arn(text);
  return arn;
}

}  // namespace pawl::engine

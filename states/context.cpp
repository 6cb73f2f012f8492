#include "states/context.h"

namespace pawl::states {
namespace {

// [seen] RetryCount is there for the states that can be retried, from 0 on, and for no others.
bool has_retries(StateType type) {
  return type == StateType::kTask || type == StateType::kParallel || type == StateType::kMap;
}

Json entry_of(const MapItem& item) {
  Json entry = Json::object();
  entry["Index"] = item.index;
  entry["Value"] = *item.value;
  if (!item.source.empty()) entry["Source"] = item.source;
  return entry;
}

}  // namespace

void ContextObject::start() {
  const ExecutionInfo& info = *execution_.info;
  Json execution = Json::object();
  execution["Id"] = info.arn;
  execution["Input"] = execution_.input.json();
  execution["StartTime"] = asl::format_timestamp_short(
      info.start_time.ms != 0 ? info.start_time : execution_.started_at);
  execution["Name"] = info.name;
  execution["RoleArn"] = info.role_arn;
  // [seen] Who waits for an execution does not redrive it.
  if (!info.is_synchronous) execution["RedriveCount"] = execution_.redrive_count;
  if (!execution_.redrives.empty()) {
    execution["RedriveTime"] = asl::format_timestamp_short(execution_.redrives.back().at);
  }
  Json machine = Json::object();
  machine["Id"] = info.state_machine_arn;
  machine["Name"] = info.state_machine_name;
  document_ = Json::object();
  document_["Execution"] = std::move(execution);
  document_["StateMachine"] = std::move(machine);
}

std::optional<MapItem> ContextObject::item_around(const Scope& scope) const {
  const Scope* inner = &scope;
  while (inner->parent >= 0) {
    const Scope& outer = execution_.scopes.at(inner->parent);
    if (machine_.state(outer.at).type() == StateType::kMap) {
      const auto* children = std::get_if<AwaitingChildren>(&outer.phase);
      if (children == nullptr) return std::nullopt;
      const Json& items = children->items.json();
      return MapItem{inner->index, &items.at(static_cast<std::size_t>(inner->index))};
    }
    inner = &outer;
  }
  return std::nullopt;
}

// What a test gives stands for everything but the item that a Map is about to start.
const Json& ContextObject::given(const Payload& context, const std::optional<MapItem>& item) {
  if (!item) return context.json();
  document_ = context.json();
  document_["Map"]["Item"] = entry_of(*item);
  return document_;
}

const Json& ContextObject::of(ScopeId id,
                              const std::optional<std::string>& token,
                              const std::optional<MapItem>& item) {
  if (execution_.info->context) return given(*execution_.info->context, item);
  if (document_.is_null()) start();
  const Scope& scope = execution_.scopes.at(id);
  Json state = Json::object();
  state["Name"] = scope.at;
  state["EnteredTime"] = asl::format_timestamp_short(scope.entered_at);
  if (has_retries(machine_.state(scope.at).type())) state["RetryCount"] = scope.retry_count;
  document_["State"] = std::move(state);

  document_.erase("Map");
  document_.erase("Task");
  if (const std::optional<MapItem> around = item ? item : item_around(scope)) {
    document_["Map"]["Item"] = entry_of(*around);
  }
  if (token) document_["Task"]["Token"] = *token;
  return document_;
}

}  // namespace pawl::states

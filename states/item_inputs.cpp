#include "states/item_inputs.h"

#include <utility>

#include "states/context.h"
#include "states/failure.h"

namespace pawl::states {
namespace {

using asl::Result;

const asl::Map& as_map(const asl::State& state) { return std::get<asl::Map>(state.kind); }

Json item_context(const MapItemOf& item) {
  Json out = Json::object();
  out["Index"] = item.index;
  if (item.key) out["Key"] = *item.key;
  out["Value"] = item.value;
  out["Source"] = item.source;
  return out;
}

Payload without_selector(const MapItemOf& item) {
  if (!item.key) return Payload::of(item.value);
  Json member = Json::object();
  member["Key"] = *item.key;
  member["Value"] = item.value;
  return Payload::of(std::move(member));
}

}  // namespace

std::shared_ptr<const MapRunScene> scene_of(const asl::StateMachine& machine,
                                            const Execution& execution,
                                            ScopeId id) {
  const Scope& scope = execution.scopes.at(id);
  auto scene = std::make_shared<MapRunScene>();
  scene->entered_event = scope.entered_event;
  scene->input = scope.input;
  for (ScopeId at = id; at >= 0; at = execution.scopes.at(at).parent) {
    const Variables& own = execution.scopes.at(at).variables;
    scene->variables.insert(own.begin(), own.end());
  }
  ContextObject context(machine, execution);
  scene->context = context.of(id, std::nullopt, std::nullopt);
  return scene;
}

ItemInputs::ItemInputs(const asl::State& map,
                       std::shared_ptr<const MapRunScene> scene,
                       asl::Entropy& entropy)
    : map_(map), scene_(std::move(scene)), entropy_(entropy), context_(scene_->context) {}

Result<Payload> ItemInputs::of(const MapItemOf& item, Timestamp now) {
  const auto& selector = as_map(map_).item_selector;
  if (!selector) return without_selector(item);
  const Result<Payload> input = effective();
  if (!input) return worded(input.error());
  context_["Map"] = Json::object();
  context_["Map"]["Item"] = item_context(item);
  asl::Documents documents;
  documents.input = &input->json();
  documents.context = &context_;
  documents.variables = &scene_->variables;
  documents.entropy = &entropy_;
  documents.now = now;
  if (map_.language == asl::QueryLanguage::kJsonata) {
    const asl::StatesMembers wanted = selector->states_read();
    if (states_.is_null()) states_ = Json::object();
    if (wanted.input && !states_.contains("input")) states_["input"] = scene_->input.json();
    if (wanted.context) states_["context"] = context_;
    documents.states = &states_;
  }
  Result<Json> selected = selector->evaluate(documents, "ItemSelector");
  if (!selected) return worded(std::move(selected).error());
  return Payload::of(*std::move(selected));
}

// InputPath, applied once for all items.
Result<Payload> ItemInputs::effective() {
  if (effective_) return *effective_;
  const auto& field = map_.data.input_path;
  if (map_.language == asl::QueryLanguage::kJsonata || !field) return scene_->input;
  const auto* path = std::get_if<asl::Path>(&*field);
  if (path == nullptr) return Payload::empty_object();
  if (path->is_root()) return scene_->input;
  asl::Documents documents;
  documents.input = &scene_->input.json();
  documents.context = &scene_->context;
  documents.variables = &scene_->variables;
  Result<Json> value = path->read(documents);
  effective_ = value ? Result<Payload>(Payload::of(*std::move(value)))
                     : Result<Payload>(std::move(value).error());
  return *effective_;
}

StateError ItemInputs::worded(StateError error) const {
  Scope scope;
  scope.at = map_.name;
  scope.entered_event = scene_->entered_event;
  return in_state(scope, std::move(error));
}

}  // namespace pawl::states

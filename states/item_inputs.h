// What each child of a Distributed Map gets. Evaluated where the children are started, from what
// the Map's state could read when it was entered; whatever thread has the object uses it alone.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "states/step.h"

namespace pawl::states {

// What ItemSelector may read beside the item. The same after a restart, and never changed.
struct MapRunScene {
  EventId entered_event = 0;
  Payload input;  // the Map's raw input
  Variables variables;
  Json context;  // the Context Object, without Map.Item
};

// Of the Map that `scope` is in. Evaluates nothing.
std::shared_ptr<const MapRunScene> scene_of(const asl::StateMachine& machine,
                                            const Execution& execution,
                                            ScopeId scope);

struct MapItemOf {
  std::int64_t index = 0;
  Json value;
  std::optional<std::string> key;  // of a member of an object
  std::string source;              // "STATE_DATA", "S3://bucket/key"
};

class ItemInputs {
 public:
  // `map` and `entropy` outlive it.
  ItemInputs(const asl::State& map,
             std::shared_ptr<const MapRunScene> scene,
             asl::Entropy& entropy);

  // What ItemSelector makes of the item; without one the item itself, a member of an object as
  // {"Key", "Value"}.
  asl::Result<Payload> of(const MapItemOf& item, Timestamp now);

 private:
  asl::Result<Payload> effective();
  StateError worded(StateError error) const;

  const asl::State& map_;
  const std::shared_ptr<const MapRunScene> scene_;
  asl::Entropy& entropy_;
  Json context_;
  Json states_;  // JSONata's $states
  std::optional<asl::Result<Payload>> effective_;
};

}  // namespace pawl::states

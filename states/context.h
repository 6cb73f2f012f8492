// The Context Object ($$), made only when an expression asks for it.
// [spec] https://states-language.net/spec.html#the-context-object
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "states/execution.h"

namespace pawl::states {

// [aws] Where an inline Map's items come from, whatever field names them.
inline constexpr std::string_view kStateData = "STATE_DATA";

// What a Map's ItemSelector sees of the iteration that is about to start.
struct MapItem {
  std::int64_t index = 0;
  const Json* value = nullptr;
  std::string_view source = kStateData;  // empty: not known
};

// Makes the Context Object of one scope after another. The parts that hold for the whole execution
// are made once, so that a Map over many items does not copy the execution's input for each.
class ContextObject {
 public:
  ContextObject(const asl::StateMachine& machine, const Execution& execution)
      : machine_(machine), execution_(execution) {}

  // Valid until the next call. `token` is Task.Token; `item` overrides the iteration `scope` is in.
  const Json& of(ScopeId scope,
                 const std::optional<std::string>& token,
                 const std::optional<MapItem>& item);

 private:
  void start();
  const Json& given(const Payload& context, const std::optional<MapItem>& item);
  std::optional<MapItem> item_around(const Scope& scope) const;

  const asl::StateMachine& machine_;
  const Execution& execution_;
  Json document_;
};

}  // namespace pawl::states

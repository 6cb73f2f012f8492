// What the next child of a Map Run works on, and what it gets.
#pragma once

#include <deque>
#include <memory>
#include <optional>

#include "engine/map_runs/item_source.h"
#include "engine/runtime/world.h"
#include "engine/store/map_runs.h"
#include "states/item_inputs.h"
#include "states/map_run_settings.h"

namespace pawl::engine {

struct NextChild {
  std::int64_t first_item = 0;
  std::int64_t items = 1;
  asl::Payload input;
};

// The children that ran, or run, already: their items are passed over.
class CoveredItems {
 public:
  CoveredItems(MapRunTable& table, std::int64_t run);
  // How many items from `item` on are covered by the child that begins there; 0: none begins there.
  std::int64_t covered_from(std::int64_t item);
  // The first item at or after `item` that a child has; nullopt: none has.
  std::optional<std::int64_t> next_from(std::int64_t item);

 private:
  void read_on(std::int64_t item);

  MapRunTable& table_;
  const std::int64_t run_;
  std::deque<MapRunTable::Child> page_;
  bool more_ = true;
};

// One thread. Throws ReaderFault.
class Children {
 public:
  struct Parts {
    std::unique_ptr<ItemSource> source;
    states::ItemInputs inputs;
    std::optional<states::MapRunSettings::Batcher> batcher;
    std::int64_t input_bytes_max = 0;
    Clock& clock;
  };
  Children(Parts parts, CoveredItems covered);

  // nullopt: there are no more.
  asl::Result<std::optional<NextChild>> next();

 private:
  struct Prepared {
    std::int64_t index = 0;
    asl::Payload input;
  };
  asl::Result<std::optional<Prepared>> next_item();
  asl::Result<std::optional<NextChild>> next_batch();
  bool add_to_batch(const Prepared& item);

  Parts parts_;
  CoveredItems covered_;
  std::int64_t index_ = 0;            // of the next item of the source
  NextChild batch_{0, 0, {}};         // in the making
  std::string batch_text_;            // likewise, its input
  std::optional<Prepared> leftover_;  // did not fit into the last batch
};

}  // namespace pawl::engine

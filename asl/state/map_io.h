// Where a Distributed Map's items come from, how they are batched, and where results go. An
// inline Map that has them passes validation and fails at run time. [seen]
#pragma once

#include <optional>

#include "asl/state_reader.h"

namespace pawl::asl {

extern const ObjectRules kItemReaderRules;
extern const ObjectRules kItemBatcherRules;
extern const ObjectRules kResultWriterRules;

std::optional<ItemReader> read_item_reader(const StateReader& reader);
std::optional<ItemBatcher> read_item_batcher(const StateReader& reader);
std::optional<ResultWriter> read_result_writer(const StateReader& reader);

}  // namespace pawl::asl

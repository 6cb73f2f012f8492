#include "engine/map_runs/children.h"

#include <limits>
#include <utility>

namespace pawl::engine {

namespace {

using asl::Result;

constexpr std::size_t kCoveredPerRead = 1'000;

}  // namespace

CoveredItems::CoveredItems(MapRunTable& table, std::int64_t run) : table_(table), run_(run) {
  read_on(0);
}

// Only what was there at first counts: what this process starts lies behind the reader.
void CoveredItems::read_on(std::int64_t item) {
  while (!page_.empty() && page_.front().first_item < item) page_.pop_front();
  if (!page_.empty() || !more_) return;
  const auto rows = table_.children(run_, item, kCoveredPerRead);
  more_ = rows.size() == kCoveredPerRead;
  page_.assign(rows.begin(), rows.end());
}

std::int64_t CoveredItems::covered_from(std::int64_t item) {
  read_on(item);
  return !page_.empty() && page_.front().first_item == item ? page_.front().items : 0;
}

std::optional<std::int64_t> CoveredItems::next_from(std::int64_t item) {
  read_on(item);
  if (page_.empty()) return std::nullopt;
  return page_.front().first_item;
}

Children::Children(Parts parts, CoveredItems covered)
    : parts_(std::move(parts)), covered_(std::move(covered)) {}

Result<std::optional<Children::Prepared>> Children::next_item() {
  if (leftover_) return std::exchange(leftover_, std::nullopt);
  for (std::int64_t covered = covered_.covered_from(index_); covered > 0;
       covered = covered_.covered_from(index_)) {
    for (std::int64_t i = 0; i < covered; ++i) parts_.source->next();
    index_ += covered;
  }
  std::optional<ReadItem> item = parts_.source->next();
  if (!item) return std::optional<Prepared>();
  Result<asl::Payload> input = parts_.inputs.of(
      {index_, std::move(item->value), std::move(item->key), std::move(item->source)},
      parts_.clock.now());
  if (!input) return std::move(input).error();
  return std::optional(Prepared{index_++, *std::move(input)});
}

Result<std::optional<NextChild>> Children::next() {
  if (parts_.batcher) return next_batch();
  Result<std::optional<Prepared>> item = next_item();
  if (!item) return std::move(item).error();
  if (!*item) return std::optional<NextChild>();
  return std::optional(NextChild{(*item)->index, 1, (*item)->input});
}

// [aws] https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itembatcher.html
Result<std::optional<NextChild>> Children::next_batch() {
  constexpr std::int64_t kUnbounded = std::numeric_limits<std::int64_t>::max();
  const std::int64_t items_max = parts_.batcher->max_items.value_or(kUnbounded);
  while (batch_.items < items_max) {
    // A batch ends where one that ran already begins: its items stay together.
    const bool joins = batch_.items == 0 || leftover_ || covered_.covered_from(index_) == 0;
    if (!joins) break;
    Result<std::optional<Prepared>> item = next_item();
    if (!item) return std::move(item).error();
    if (!*item) break;
    if (!add_to_batch(**item)) {
      leftover_ = *std::move(item);
      break;
    }
  }
  if (batch_.items == 0) return std::optional<NextChild>();
  NextChild child = std::exchange(batch_, NextChild{0, 0, {}});
  child.input = asl::Payload::of_text(std::exchange(batch_text_, "") + "]}");
  return std::optional(std::move(child));
}

// False: the batch is full.
bool Children::add_to_batch(const Prepared& item) {
  const auto& batcher = *parts_.batcher;
  const std::int64_t bytes_max =
      std::min(batcher.max_bytes.value_or(parts_.input_bytes_max), parts_.input_bytes_max);
  if (batch_.items == 0) {
    batch_text_ = "{";
    if (!batcher.input.is_null()) batch_text_ += "\"BatchInput\":" + batcher.input.dump() + ",";
    batch_text_ += "\"Items\":[";
  }
  const std::string& input = item.input.text();
  const auto size = static_cast<std::int64_t>(batch_text_.size() + input.size() + 3);  // , ] }
  if (size > bytes_max && batch_.items > 0) return false;
  if (size > bytes_max) {
    // [pawl] AWS's wording for this is not known.
    throw ReaderFault("The item at index " + std::to_string(item.index) +
                      " does not fit into a batch of " + std::to_string(bytes_max) + " bytes.");
  }
  if (batch_.items == 0) {
    batch_.first_item = item.index;
  } else {
    batch_text_ += ',';
  }
  batch_text_ += input;
  ++batch_.items;
  return true;
}

}  // namespace pawl::engine

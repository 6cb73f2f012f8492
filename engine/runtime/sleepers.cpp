#include "engine/runtime/sleepers.h"

#include "states/step.h"

namespace pawl::engine {

namespace {
constexpr std::size_t kPage = 512;
constexpr std::size_t kInMemoryMax = 4 * kPage;
}  // namespace

Sleepers::Sleepers(Journal& journal, Mine mine) : journal_(journal), mine_(std::move(mine)) {}

void Sleepers::add(const Sleeper& sleeper) {
  if (sleeper.wake_at == states::kNever) return;
  if (known_up_to_ && sleeper > *known_up_to_) return;  // the store will tell
  next_.insert(sleeper);
  if (next_.size() <= kInMemoryMax) return;
  const auto last_kept = std::next(next_.begin(), kPage);
  known_up_to_ = *last_kept;
  next_.erase(std::next(last_kept), next_.end());
}

void Sleepers::refill() {
  while (next_.empty() && known_up_to_) {
    const std::vector<Sleeper> page = journal_.sleepers(*known_up_to_, kPage);
    for (const Sleeper& sleeper : page) {
      if (mine_(sleeper.key)) next_.insert(sleeper);
    }
    if (page.size() < kPage) {
      known_up_to_.reset();
    } else {
      known_up_to_ = page.back();
    }
  }
}

std::optional<asl::Timestamp> Sleepers::next() {
  if (next_.empty()) refill();
  if (next_.empty()) return std::nullopt;
  return next_.begin()->wake_at;
}

std::optional<ExecutionKey> Sleepers::take(asl::Timestamp now) {
  const std::optional<asl::Timestamp> due = next();
  if (!due || *due > now) return std::nullopt;
  return next_.extract(next_.begin()).value().key;
}

}  // namespace pawl::engine

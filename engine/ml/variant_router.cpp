#include "engine/ml/variant_router.h"

#include <algorithm>
#include <utility>

namespace pawl::engine {

void VariantRouter::set(std::vector<Variant> variants) {
  const std::lock_guard lock(mutex_);
  entries_.clear();
  ++generation_;
  for (Variant& variant : variants) {
    std::vector<int> in_flight(variant.instances.size(), 0);
    entries_.push_back({std::move(variant), 0, std::move(in_flight)});
  }
}

bool VariantRouter::empty() const {
  const std::lock_guard lock(mutex_);
  return entries_.empty();
}

bool VariantRouter::has_old_calls() const {
  const std::lock_guard lock(mutex_);
  return !calls_.empty() && calls_.begin()->first < generation_;
}

VariantRouter::Entry* VariantRouter::pick(const std::optional<std::string>& target) {
  if (target) {
    const auto found = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) {
      return e.variant.name == *target;
    });
    return found == entries_.end() ? nullptr : &*found;
  }
  // Smooth weighted round robin: everybody gains its weight, the richest is taken and pays the sum.
  double total = 0;
  Entry* best = nullptr;
  for (Entry& entry : entries_) {
    if (entry.variant.weight <= 0) continue;
    total += entry.variant.weight;
    entry.current += entry.variant.weight;
    if (best == nullptr || entry.current > best->current) best = &entry;
  }
  if (best != nullptr) best->current -= total;
  return best;
}

std::optional<VariantRouter::Choice> VariantRouter::acquire(
    const std::optional<std::string>& target) {
  const std::lock_guard lock(mutex_);
  Entry* entry = pick(target);
  if (entry == nullptr || entry->in_flight.empty()) return std::nullopt;
  const auto least = std::min_element(entry->in_flight.begin(), entry->in_flight.end());
  ++*least;
  ++calls_[generation_];
  const auto instance = static_cast<std::size_t>(least - entry->in_flight.begin());
  return Choice{
      entry->variant.name, instance, entry->variant.instances[instance].pipeline, generation_};
}

void VariantRouter::release(const Choice& choice) {
  const std::lock_guard lock(mutex_);
  const auto calls = calls_.find(choice.generation);
  if (calls != calls_.end() && --calls->second == 0) calls_.erase(calls);
  if (choice.generation != generation_) return;  // of a fleet that is gone
  for (Entry& entry : entries_) {
    if (entry.variant.name == choice.variant) --entry.in_flight[choice.instance];
  }
}

}  // namespace pawl::engine

#include "engine/store/memory_records.h"

#include <algorithm>

namespace pawl::engine {

bool MemoryRecords::insert(const Record& record) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, other] : records_) {
    const bool same_owner = !record.owner.empty() && other.owner == record.owner;
    if (other.kind == record.kind && (other.name == record.name || same_owner)) return false;
  }
  records_.emplace(++last_id_, record);
  return true;
}

bool MemoryRecords::update(const Record& record) {
  const std::lock_guard lock(mutex_);
  const auto found = at(record.kind, record.name);
  if (found == records_.end() || found->second.version != record.version) return false;
  found->second.document = record.document;
  found->second.updated_at = record.updated_at;
  ++found->second.version;
  return true;
}

bool MemoryRecords::remove(const std::string& kind, const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = at(kind, name);
  if (found == records_.end()) return false;
  records_.erase(found);
  return true;
}

std::optional<Record> MemoryRecords::find(const std::string& kind, const std::string& name) {
  const std::lock_guard lock(mutex_);
  const auto found = at(kind, name);
  if (found == records_.end()) return std::nullopt;
  return found->second;
}

std::optional<Record> MemoryRecords::find_by_owner(const std::string& kind,
                                                   const std::string& owner) {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, record] : records_) {
    if (!owner.empty() && record.kind == kind && record.owner == owner) return record;
  }
  return std::nullopt;
}

std::vector<Record> MemoryRecords::list(const Query& query) {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<asl::Timestamp, std::int64_t>> order;
  for (const auto& [id, record] : records_) {
    if (record.kind == query.kind) order.emplace_back(record.created_at, id);
  }
  std::sort(order.begin(), order.end());
  if (query.newest_first) std::reverse(order.begin(), order.end());
  std::vector<Record> out;
  bool reached = !query.after;
  for (const auto& [created, id] : order) {
    const Record& record = records_.at(id);
    const bool is_wanted = record.name.starts_with(query.name_prefix) &&
                           record.owner.starts_with(query.owner_prefix) &&
                           (!query.until || record.created_at <= *query.until);
    if (reached && is_wanted && out.size() < query.limit) out.push_back(record);
    reached = reached || record.name == *query.after;
  }
  return out;
}

std::map<std::int64_t, Record>::iterator MemoryRecords::at(const std::string& kind,
                                                           const std::string& name) {
  return std::find_if(records_.begin(), records_.end(), [&](const auto& entry) {
    return entry.second.kind == kind && entry.second.name == name;
  });
}

}  // namespace pawl::engine

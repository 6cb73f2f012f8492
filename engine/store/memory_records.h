// Records in memory.
#pragma once

#include <map>
#include <mutex>

#include "engine/store/records.h"

namespace pawl::engine {

class MemoryRecords final : public Records {
 public:
  bool insert(const Record& record) override;
  bool update(const Record& record) override;
  bool remove(const std::string& kind, const std::string& name) override;
  std::optional<Record> find(const std::string& kind, const std::string& name) override;
  std::optional<Record> find_by_owner(const std::string& kind, const std::string& owner) override;
  std::vector<Record> list(const Query& query) override;

 private:
  std::map<std::int64_t, Record>::iterator at(const std::string& kind, const std::string& name);

  std::mutex mutex_;
  std::int64_t last_id_ = 0;
  std::map<std::int64_t, Record> records_;
};

}  // namespace pawl::engine

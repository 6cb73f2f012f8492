// Rows by a name that users make up, for the labels of metrics: the first ones have a row each, all
// others share one, so that labels do not grow without bound.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <string_view>

namespace pawl::engine {

// Thread-safe. Rows stay where they are.
template <class Row>
class CappedRows {
 public:
  using Make = std::function<Row(const std::string& name)>;  // "other": of all beyond `rows_max`

  CappedRows(std::size_t rows_max, Make make) : rows_max_(rows_max), make_(std::move(make)) {}

  Row& of(std::string_view name) {
    {
      const std::shared_lock lock(mutex_);
      const auto at = rows_.find(name);
      if (at != rows_.end()) return at->second;
    }
    const std::unique_lock lock(mutex_);
    const auto at = rows_.find(name);
    if (at != rows_.end()) return at->second;
    return rows_.size() < rows_max_ ? made(std::string(name)) : made("other");
  }

 private:
  Row& made(std::string name) {
    const auto at = rows_.find(name);
    if (at != rows_.end()) return at->second;
    Row row = make_(name);
    return rows_.emplace(std::move(name), std::move(row)).first->second;
  }

  const std::size_t rows_max_;
  const Make make_;
  std::shared_mutex mutex_;
  std::map<std::string, Row, std::less<>> rows_;
};

}  // namespace pawl::engine

// Items, one after the other: what every reader of an ItemReader gives.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include "asl/json.h"

namespace pawl::engine {

struct ReadItem {
  asl::Json value;
  std::optional<std::string> key;  // of a member of an object
  std::string source;              // "S3://bucket/key"; the Context Object's Map.Item.Source
};

// Why the items cannot be had: the cause of States.ItemReaderFailed.
struct ReaderFault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// One thread. Holds a bounded part of what it reads.
class ItemSource {
 public:
  virtual ~ItemSource() = default;
  // nullopt: that was all. Throws ReaderFault.
  virtual std::optional<ReadItem> next() = 0;
};

inline constexpr std::size_t kItemBytesMax = 8U << 20;  // [aws] of one item, as it is read

}  // namespace pawl::engine

// Preconditions and ranges of reads; preconditions of writes.
#pragma once

#include <optional>

#include "engine/objects/s3/call.h"

namespace pawl::engine {

// Of GetObject and HeadObject: throws PreconditionFailed (412) or NotModified (304).
void check_read_conditions(const Headers& headers, const ObjectInfo& info);
// x-amz-copy-source-if-*: all failures are 412.
void check_copy_conditions(const Headers& headers, const ObjectInfo& info);
// If-Match and If-None-Match of writes.
WriteCondition write_condition(const Headers& headers);

struct Span {
  std::uint64_t offset = 0;
  std::uint64_t length = 0;
};
// nullopt: no range, or one that is to be ignored ([spec] RFC 9110: malformed or several). Throws
// InvalidRange.
std::optional<Span> read_range(std::string_view header, std::uint64_t size);

}  // namespace pawl::engine

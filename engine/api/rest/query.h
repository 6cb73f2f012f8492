// Values of query parameters.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "asl/timestamp.h"
#include "engine/api/rest/rest.h"

namespace pawl::engine::rest {

// Each gives nothing when there is no such parameter, and throws Problem when it is none.

// Milliseconds, at least 1: "500ms", "90s", "5m", "12h", "1d".
std::optional<std::int64_t> duration_in_query(const RestCall& call, const char* parameter);
// RFC 3339.
std::optional<asl::Timestamp> time_in_query(const RestCall& call, const char* parameter);
struct NumberRange {
  std::size_t least = 0;
  std::size_t most = 0;
  std::size_t otherwise = 0;  // without the parameter
};
std::size_t number_in_query(const RestCall& call, const char* parameter, const NumberRange& range);
// "true" or "false"; false without it.
bool flag_in_query(const RestCall& call, const char* parameter);

}  // namespace pawl::engine::rest

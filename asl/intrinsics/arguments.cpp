#include "asl/intrinsics/arguments.h"

#include <cmath>
#include <limits>

namespace pawl::asl::intrinsic {

std::optional<std::int64_t> integer_of(const Json& value) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int32_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int32_t>::max();
  if (value.is_number_integer()) {
    const auto integer = value.get<std::int64_t>();
    return integer >= kMin && integer <= kMax ? std::optional(integer) : std::nullopt;
  }
  if (!value.is_number()) {
    return std::nullopt;
  }
  const double rounded = std::floor(value.get<double>() + 0.5);
  const bool fits = rounded >= static_cast<double>(kMin) && rounded <= static_cast<double>(kMax);
  return fits ? std::optional(static_cast<std::int64_t>(rounded)) : std::nullopt;
}

IntrinsicFault wrong_argument(std::size_t at, std::string_view expected) {
  return {"Invalid argument " + std::to_string(at + 1) + ": expected " + std::string(expected)};
}

}  // namespace pawl::asl::intrinsic

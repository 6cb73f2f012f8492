// What the intrinsic functions ask of their arguments.
#pragma once

#include <cstdint>
#include <optional>

#include "asl/intrinsics.h"

namespace pawl::asl::intrinsic {

// [seen] A number is rounded to an integer, half up (-1.5 becomes -1). Nullopt when `value` is no
// number or does not fit the 32 bits that the functions compute in.
std::optional<std::int64_t> integer_of(const Json& value);

// "argument 2 must be ..."
IntrinsicFault wrong_argument(std::size_t at, std::string_view expected);

}  // namespace pawl::asl::intrinsic

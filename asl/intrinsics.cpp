#include "asl/intrinsics.h"

#include <algorithm>
#include <array>

namespace pawl::asl {
namespace intrinsic {

IntrinsicResult array(const IntrinsicArguments& arguments);
IntrinsicResult array_contains(const IntrinsicArguments& arguments);
IntrinsicResult array_get_item(const IntrinsicArguments& arguments);
IntrinsicResult array_length(const IntrinsicArguments& arguments);
IntrinsicResult array_partition(const IntrinsicArguments& arguments);
IntrinsicResult array_range(const IntrinsicArguments& arguments);
IntrinsicResult array_unique(const IntrinsicArguments& arguments);
IntrinsicResult base64_decode(const IntrinsicArguments& arguments);
IntrinsicResult base64_encode(const IntrinsicArguments& arguments);
IntrinsicResult format(const IntrinsicArguments& arguments);
IntrinsicResult hash(const IntrinsicArguments& arguments);
IntrinsicResult json_merge(const IntrinsicArguments& arguments);
IntrinsicResult json_to_string(const IntrinsicArguments& arguments);
IntrinsicResult math_add(const IntrinsicArguments& arguments);
IntrinsicResult math_random(const IntrinsicArguments& arguments);
IntrinsicResult string_split(const IntrinsicArguments& arguments);
IntrinsicResult string_to_json(const IntrinsicArguments& arguments);
IntrinsicResult uuid(const IntrinsicArguments& arguments);

}  // namespace intrinsic

namespace {

constexpr std::array<Intrinsic, 18> kIntrinsics{{
    {"States.Array", 0, Intrinsic::kAnyCount, intrinsic::array},
    {"States.ArrayContains", 2, 2, intrinsic::array_contains},
    {"States.ArrayGetItem", 2, 2, intrinsic::array_get_item},
    {"States.ArrayLength", 1, 1, intrinsic::array_length},
    {"States.ArrayPartition", 2, 2, intrinsic::array_partition},
    {"States.ArrayRange", 3, 3, intrinsic::array_range},
    {"States.ArrayUnique", 1, 1, intrinsic::array_unique},
    {"States.Base64Decode", 1, 1, intrinsic::base64_decode},
    {"States.Base64Encode", 1, 1, intrinsic::base64_encode},
    {"States.Format", 1, Intrinsic::kAnyCount, intrinsic::format},
    {"States.Hash", 2, 2, intrinsic::hash},
    {"States.JsonMerge", 3, 3, intrinsic::json_merge},
    {"States.JsonToString", 1, 1, intrinsic::json_to_string},
    {"States.MathAdd", 2, 2, intrinsic::math_add},
    {"States.MathRandom", 2, 3, intrinsic::math_random},
    {"States.StringSplit", 2, 2, intrinsic::string_split},
    {"States.StringToJson", 1, 1, intrinsic::string_to_json},
    {"States.UUID", 0, 0, intrinsic::uuid},
}};

}  // namespace

std::span<const Intrinsic> intrinsics() { return kIntrinsics; }

const Intrinsic* find_intrinsic(std::string_view name) {
  const auto* found = std::lower_bound(
      kIntrinsics.begin(),
      kIntrinsics.end(),
      name,
      [](const Intrinsic& row, std::string_view wanted) { return row.name < wanted; });
  return found != kIntrinsics.end() && found->name == name ? found : nullptr;
}

IntrinsicResult call_intrinsic(const Intrinsic& intrinsic, const IntrinsicArguments& arguments) {
  if (arguments.size() < intrinsic.arguments_min || arguments.size() > intrinsic.arguments_max) {
    return IntrinsicFault{"Invalid number of arguments: " + std::to_string(arguments.size())};
  }
  return intrinsic.call(arguments);
}

}  // namespace pawl::asl

#include "asl/meter.h"

#include "asl/errors.h"

namespace pawl::asl {

std::size_t weight(const Json& value) {
  constexpr std::size_t kBytesPerNode = 32;
  std::size_t sum = 1;
  if (value.is_string()) {
    sum += value.get_ref<const std::string&>().size() / kBytesPerNode;
  } else if (value.is_array()) {
    for (const Json& element : value.get_ref<const Json::array_t&>()) {
      sum += weight(element);
    }
  } else if (value.is_object()) {
    for (const auto& member : value.get_ref<const Json::object_t&>()) {
      sum += 1 + weight(member.second);
    }
  }
  return sum;
}

StateError Meter::exceeded() {
  return {errors::kDataLimitExceeded, "The evaluation makes more data than one evaluation may."};
}

}  // namespace pawl::asl

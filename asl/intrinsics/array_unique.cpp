// States.ArrayUnique(array): the first of each set of equal elements, in their order.
#include <algorithm>
#include <cmath>
#include <unordered_set>

#include "asl/intrinsics/arguments.h"
#include "asl/text.h"

namespace pawl::asl::intrinsic {
namespace {

// Equal values, and only they, have equal texts: members sorted, 1.0 written as 1.
Json canonical(const Json& value) {
  if (value.is_array()) {
    Json out = Json::array();
    for (const Json& element : value) {
      out.push_back(canonical(element));
    }
    return out;
  }
  if (value.is_object()) {
    const auto& members = value.get_ref<const Json::object_t&>();
    std::vector<const Json::object_t::value_type*> sorted;
    for (const auto& member : members) {
      sorted.push_back(&member);
    }
    std::sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) {
      return a->first < b->first;
    });
    Json out = Json::object();
    for (const auto* member : sorted) {
      out[member->first] = canonical(member->second);
    }
    return out;
  }
  if (value.is_number_float()) {
    const double number = value.get<double>();
    if (number == std::floor(number) && std::fabs(number) < 9e15) {
      return static_cast<std::int64_t>(number);
    }
  }
  return value;
}

}  // namespace

IntrinsicResult array_unique(const IntrinsicArguments& arguments) {
  if (!arguments[0].is_array()) {
    return wrong_argument(0, "an array");
  }
  std::unordered_set<std::string> seen;
  Json out = Json::array();
  for (const Json& element : arguments[0]) {
    if (seen.insert(to_text(canonical(element))).second) {
      out.push_back(element);
    }
  }
  return out;
}

}  // namespace pawl::asl::intrinsic

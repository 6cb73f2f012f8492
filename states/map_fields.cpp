#include "states/map_fields.h"

#include <algorithm>

#include "asl/errors.h"
#include "asl/text.h"

namespace pawl::states {
namespace {

using asl::Result;

StateError wrong_items(const Reading& reading, const asl::Map& map, const Json& value) {
  if (reading.state().language == asl::QueryLanguage::kJsonata) {
    return StateError{asl::errors::kQueryEvaluationError,
                      "Map state input must be an array but was: " + asl::to_text(value)};
  }
  std::string path = map.items_path ? map.items_path->text() : "$";
  if (path.starts_with("$$")) path.erase(0, 1);  // [seen] also of a path into the Context Object
  return runtime_error("Reference path \"" + path + "\" must point to array.");
}

}  // namespace

Result<Payload> map_items(Reading& reading, const asl::Map& map, const Payload& effective) {
  Payload items = effective;
  if (map.items_path && !map.items_path->is_root()) {
    Result<Json> value = reading.read(*map.items_path, effective.json());
    if (!value) return std::move(value).error();
    items = Payload::of(*std::move(value));
  } else if (map.items) {
    Result<Json> value = reading.evaluate(*map.items, "Items", effective.json());
    if (!value) return std::move(value).error();
    items = Payload::of(*std::move(value));
  }
  if (items.json().is_array() || (map.distributed && items.json().is_object())) return items;
  const asl::Expression* source = map.items ? map.items->expression() : nullptr;
  if (source != nullptr) return source->unexpected_type("array", items.json(), "Items");
  return wrong_items(reading, map, items.json());
}

Result<Tolerance> map_tolerance(Reading& reading, const asl::Map& map, const Json& input) {
  Tolerance tolerance;
  Result<std::optional<std::int64_t>> count =
      whole_number(reading, map.tolerated_failure_count, "ToleratedFailureCount", input);
  if (!count) return std::move(count).error();
  Result<std::optional<double>> percentage =
      real_number(reading, map.tolerated_failure_percentage, "ToleratedFailurePercentage", input);
  if (!percentage) return std::move(percentage).error();
  tolerance.count = *count;
  tolerance.percentage = *percentage;
  if (tolerance.count && *tolerance.count < 0) {
    return out_of_range(map.tolerated_failure_count,
                        "ToleratedFailureCount",
                        "ToleratedFailureCount cannot be negative.");
  }
  if (tolerance.percentage && (*tolerance.percentage < 0 || *tolerance.percentage > 100)) {
    return out_of_range(map.tolerated_failure_percentage,
                        "ToleratedFailurePercentage",
                        "ToleratedFailurePercentage must be between 0 and 100.");
  }
  return tolerance;
}

Result<std::int64_t> map_concurrency(Reading& reading,
                                     const asl::Map& map,
                                     const Json& input,
                                     std::int64_t bound) {
  Result<std::optional<std::int64_t>> wanted =
      whole_number(reading, map.max_concurrency, "MaxConcurrency", input);
  if (!wanted) return std::move(wanted).error();
  if (!*wanted || **wanted == 0) return bound;
  if (**wanted < 0) {
    return out_of_range(
        map.max_concurrency, "MaxConcurrency", "MaxConcurrency cannot be negative.");
  }
  return std::min(**wanted, bound);
}

}  // namespace pawl::states

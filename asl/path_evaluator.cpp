#include "asl/path_evaluator.h"

#include <algorithm>

#include "asl/java_text.h"
#include "asl/meter.h"

namespace pawl::asl {
namespace {

template <class... Ts>
struct Overload : Ts... {
  using Ts::operator()...;
};
template <class... Ts>
Overload(Ts...) -> Overload<Ts...>;

using OptionalMiss = std::optional<Miss>;

}  // namespace

OptionalMiss Evaluation::run(const std::vector<Step>& steps, const Json& root, bool is_definite) {
  steps_ = &steps;
  is_definite_ = is_definite;
  results_.clear();
  if (auto miss = evaluate(0, root)) {
    return miss;
  }
  if (visits_ > kVisitsMax) {
    return Miss{Miss::Kind::kTooMuch};
  }
  if (is_definite && results_.empty()) {
    return Miss{Miss::Kind::kNoResults, steps.size()};
  }
  return std::nullopt;
}

std::optional<Json> Evaluation::results_as_array() {
  Json all = Json::array();
  for (const Json* value : results_) {
    visits_ += weight(*value);
    if (visits_ > kVisitsMax) {
      return std::nullopt;
    }
    all.push_back(*value);
  }
  return all;
}

OptionalMiss Evaluation::evaluate(std::size_t step, const Json& model) {
  if (!spend()) {
    return std::nullopt;  // run() reports it
  }
  if (step == steps_->size()) {
    results_.push_back(&model);
    return std::nullopt;
  }
  return std::visit(Overload{
                        [&](const NamesStep& it) { return names(it, step, model); },
                        [&](const IndexesStep& it) {
                          if (auto miss = require_array(step, model)) {
                            return miss;
                          }
                          for (const std::int64_t position : it.indexes) {
                            if (auto miss = index(position, step, model)) {
                              return miss;
                            }
                          }
                          return OptionalMiss();
                        },
                        [&](const SliceStep& it) { return slice(it, step, model); },
                        [&](const WildcardStep&) { return wildcard(step, model); },
                        [&](const ScanStep&) { return scan(step, model); },
                        [&](const FilterStep& it) { return filter(*it.filter, step, model); },
                    },
                    (*steps_)[step]);
}

OptionalMiss Evaluation::go_on(std::size_t step, const Json& value) {
  return evaluate(step + 1, value);
}

OptionalMiss Evaluation::names(const NamesStep& it, std::size_t step, const Json& model) {
  if (!model.is_object()) {
    return Miss{Miss::Kind::kNotAnObject, step, &model};
  }
  if (it.names.size() == 1) {
    return name(it.names.front(), step, model);
  }
  if (step + 1 != steps_->size()) {
    return Miss{Miss::Kind::kNamesNotLast, step, &model};
  }
  Json merged = Json::object();
  for (const std::string& each : it.names) {
    if (const auto member = model.find(each); member != model.end()) {
      visits_ += weight(*member);
      if (visits_ > kVisitsMax) {
        return std::nullopt;
      }
      merged[each] = *member;
    }
  }
  results_.push_back(&made_.emplace_back(std::move(merged)));
  return std::nullopt;
}

OptionalMiss Evaluation::name(const std::string& name, std::size_t step, const Json& model) {
  const auto member = model.find(name);
  if (member != model.end()) {
    return go_on(step, *member);
  }
  // [seen] Below a missing member an indefinite path selects nothing; a definite one fails, with
  // other words when the member is the last one.
  if (!is_definite_ || step + 1 == steps_->size()) {
    return std::nullopt;
  }
  return Miss{Miss::Kind::kMissingProperty, step, &model};
}

OptionalMiss Evaluation::require_array(std::size_t step, const Json& model) const {
  if (model.is_array()) {
    return std::nullopt;
  }
  return Miss{model.is_null() ? Miss::Kind::kNullArray : Miss::Kind::kNotAnArray, step, &model};
}

OptionalMiss Evaluation::index(std::int64_t index, std::size_t step, const Json& model) {
  if (index < 0 || std::cmp_greater_equal(index, model.size())) {
    return Miss{Miss::Kind::kIndexPastEnd, step, &model};
  }
  return go_on(step, model.get_ref<const Json::array_t&>()[static_cast<std::size_t>(index)]);
}

OptionalMiss Evaluation::slice(const SliceStep& it, std::size_t step, const Json& model) {
  if (auto miss = require_array(step, model)) {
    return miss;
  }
  const auto length = static_cast<std::int64_t>(model.size());
  std::int64_t from = it.from.value_or(0);
  std::int64_t to = std::min(it.to.value_or(length), length);
  if (!it.to && from < 0) {
    from = std::max<std::int64_t>(0, length + from);
  }
  if (!it.from && to < 0) {
    to = length + to;
  }
  // [seen] With both ends given, a negative one does not count from the end: [-3:-1] is an error.
  for (std::int64_t i = from; i < to; ++i) {
    if (auto miss = index(i, step, model)) {
      return miss;
    }
  }
  return std::nullopt;
}

OptionalMiss Evaluation::wildcard(std::size_t step, const Json& model) {
  if (model.is_object()) {
    for (const auto& member : model.get_ref<const Json::object_t&>()) {
      if (auto miss = go_on(step, member.second)) {
        return miss;
      }
    }
  } else if (model.is_array()) {
    for (const Json& element : model.get_ref<const Json::array_t&>()) {
      go_on(step, element);  // [seen] an element that the rest does not fit is passed over
    }
  }
  return std::nullopt;
}

OptionalMiss Evaluation::filter(const Filter& it, std::size_t step, const Json& model) {
  if (model.is_object()) {
    return accepts(it, model) ? go_on(step, model) : OptionalMiss();
  }
  if (!model.is_array()) {
    return Miss{Miss::Kind::kPrimitiveFilter, step, &model};
  }
  for (const Json& element : model.get_ref<const Json::array_t&>()) {
    if (accepts(it, element)) {
      if (auto miss = go_on(step, element)) {
        return miss;
      }
    }
  }
  return std::nullopt;
}

// Applies the step after ".." to every node it fits, in document order, parents first.
OptionalMiss Evaluation::scan(std::size_t step, const Json& model) {
  if (!spend() || !model.is_structured()) {
    return std::nullopt;
  }
  if (scan_applies((*steps_)[step + 1], model)) {
    if (auto miss = evaluate(step + 1, model)) {
      return miss;
    }
  }
  if (model.is_object()) {
    for (const auto& member : model.get_ref<const Json::object_t&>()) {
      if (auto miss = scan(step, member.second)) {
        return miss;
      }
    }
    return std::nullopt;
  }
  for (const Json& element : model.get_ref<const Json::array_t&>()) {
    if (auto miss = scan(step, element)) {
      return miss;
    }
  }
  return std::nullopt;
}

bool Evaluation::scan_applies(const Step& step, const Json& model) {
  if (const auto* names = std::get_if<NamesStep>(&step)) {
    return model.is_object() &&
           std::all_of(names->names.begin(), names->names.end(), [&](const std::string& n) {
             return model.contains(n);
           });
  }
  if (std::holds_alternative<FilterStep>(step)) {
    return model.is_object();  // elements of arrays are met as objects of their own
  }
  return std::holds_alternative<WildcardStep>(step) || model.is_array();
}

std::string describe(const Miss& miss, const std::vector<Step>& steps) {
  const auto path_to = [&](std::size_t end) {
    std::string out = "$";
    for (std::size_t i = 0; i < end && i < steps.size(); ++i) {
      out += to_string(steps[i]);
    }
    return out;
  };
  switch (miss.kind) {
    case Miss::Kind::kNoResults:
      return "No results for path: " + path_to(steps.size());
    case Miss::Kind::kMissingProperty:
      return "Missing property in path " + path_to(miss.step + 1);
    case Miss::Kind::kNotAnObject:
      return "Property " + to_string(steps[miss.step]) + " not found in path " + path_to(miss.step);
    case Miss::Kind::kNotAnArray:
      return "Filter: " + to_string(steps[miss.step]) +
             " can only be applied to arrays. Current context is: " + to_java_text(*miss.model);
    case Miss::Kind::kNullArray:
      return "The path " + path_to(miss.step) + " is null";
    case Miss::Kind::kIndexPastEnd:
      return "Index out of bounds when evaluating path " + path_to(miss.step + 1);
    case Miss::Kind::kPrimitiveFilter:
      return "Filter: " + to_string(steps[miss.step]) +
             " can not be applied to primitives. Current context is: " + to_java_text(*miss.model);
    case Miss::Kind::kNamesNotLast:
      return "Multi properties can only be used as path leafs: " + path_to(miss.step + 1);
    case Miss::Kind::kTooMuch:
      break;
  }
  return "The path selects or visits too many values";
}

}  // namespace pawl::asl

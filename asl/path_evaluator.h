// Steps over a document. Internal to asl/path*.cpp.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "asl/path_steps.h"

namespace pawl::asl {

// Why an evaluation found nothing; worded only when somebody asks, because a wildcard drops most of
// them.
struct Miss {
  enum class Kind {
    kNoResults,        // the last member is not there
    kMissingProperty,  // a member on the way is not there
    kNotAnObject,
    kNotAnArray,
    kNullArray,
    kIndexPastEnd,
    kPrimitiveFilter,
    kNamesNotLast,  // ['a','b'].c
    kTooMuch,
  };
  Kind kind = Kind::kNoResults;
  std::size_t step = 0;
  const Json* model = nullptr;
};
std::string describe(const Miss& miss, const std::vector<Step>& steps);

// One evaluation: bounded in the nodes it may visit, whatever the path and the document.
class Evaluation {
 public:
  explicit Evaluation(const Json& document) : document_(document) {}

  // What the steps select from `root`; results() holds it afterwards unless a Miss is returned.
  std::optional<Miss> run(const std::vector<Step>& steps, const Json& root, bool is_definite);
  const std::vector<const Json*>& results() const { return results_; }
  // The results as one array; nullopt when copying them costs too much.
  std::optional<Json> results_as_array();
  bool made_values() const { return !made_.empty(); }  // some results are no part of the document

  // A filter on one element of the document.
  bool accepts(const Filter& filter, const Json& element);

 private:
  static constexpr std::size_t kVisitsMax = 5'000'000;  // [pawl]

  bool spend() { return ++visits_ <= kVisitsMax; }
  std::optional<Miss> evaluate(std::size_t step, const Json& model);
  std::optional<Miss> names(const NamesStep& names, std::size_t step, const Json& model);
  std::optional<Miss> name(const std::string& name, std::size_t step, const Json& model);
  std::optional<Miss> index(std::int64_t index, std::size_t step, const Json& model);
  std::optional<Miss> slice(const SliceStep& slice, std::size_t step, const Json& model);
  std::optional<Miss> wildcard(std::size_t step, const Json& model);
  std::optional<Miss> filter(const Filter& filter, std::size_t step, const Json& model);
  std::optional<Miss> scan(std::size_t step, const Json& model);
  bool scan_applies(const Step& step, const Json& model);
  std::optional<Miss> require_array(std::size_t step, const Json& model) const;
  std::optional<Miss> go_on(std::size_t step, const Json& value);
  // The operand's value; `scratch` holds it when it is no part of the document or the filter.
  const Json& operand_value(const FilterOperand& operand, const Json& element, Json& scratch);

  const Json& document_;
  const std::vector<Step>* steps_ = nullptr;
  bool is_definite_ = true;
  std::size_t visits_ = 0;
  std::vector<const Json*> results_;
  std::deque<Json> made_;  // objects that ['a','b'] puts together; results_ points into it
};

}  // namespace pawl::asl

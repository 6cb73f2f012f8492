#include "states/diff.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

namespace pawl::states {
namespace {

using Steps = std::vector<const StepRecord*>;
using ByParent = std::map<EventId, Steps>;
// Which visit of which state.
using VisitKey = std::pair<std::string, int>;

ByParent by_parent(std::span<const StepRecord> steps) {
  ByParent out;
  for (const StepRecord& step : steps) out[step.parent].push_back(&step);
  return out;
}

// The steps in one branch or iteration, in order of entry.
class Lane {
 public:
  void add(const StepRecord* step) {
    const VisitKey key{step->state, ++visits_[step->state]};
    places_.emplace(key, steps_.size());
    keys_.push_back(key);
    steps_.push_back(step);
  }
  std::size_t size() const { return steps_.size(); }
  const StepRecord* step(std::size_t at) const { return steps_[at]; }
  const VisitKey& key(std::size_t at) const { return keys_[at]; }
  std::optional<std::size_t> find(const VisitKey& key) const {
    const auto found = places_.find(key);
    return found == places_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  Steps steps_;
  std::vector<VisitKey> keys_;
  std::map<std::string, int> visits_;
  std::map<VisitKey, std::size_t> places_;
};

std::map<std::int64_t, Lane> lanes_of(const ByParent& steps,
                                      const StepRecord* parent,
                                      bool is_top) {
  std::map<std::int64_t, Lane> lanes;
  if (parent == nullptr && !is_top) return lanes;
  const auto found = steps.find(is_top ? 0 : parent->entered_event);
  if (found == steps.end()) return lanes;
  for (const StepRecord* step : found->second) lanes[step->index.value_or(-1)].add(step);
  return lanes;
}

class Aligner {
 public:
  Aligner(std::span<const StepRecord> left, std::span<const StepRecord> right)
      : left_(by_parent(left)), right_(by_parent(right)) {}

  std::vector<StepPair> run() && {
    inside({}, true, 0);
    return std::move(pairs_);
  }

 private:
  // The steps in both steps of `outer`.
  void inside(const StepPair& outer, bool is_top, std::size_t depth) {
    const auto left = lanes_of(left_, outer.left, is_top);
    const auto right = lanes_of(right_, outer.right, is_top);
    std::set<std::int64_t> indexes;
    for (const auto* lanes : {&left, &right}) {
      for (const auto& [index, lane] : *lanes) indexes.insert(index);
    }
    static const Lane kNone;
    for (const std::int64_t index : indexes) {
      const auto in_left = left.find(index);
      const auto in_right = right.find(index);
      merge(in_left == left.end() ? kNone : in_left->second,
            in_right == right.end() ? kNone : in_right->second,
            depth);
    }
  }

  void merge(const Lane& left, const Lane& right, std::size_t depth) {
    std::size_t next = 0;  // of the right one: those before are in
    const auto only_right_up_to = [&](std::size_t end) {
      for (; next < end; ++next) {
        if (left.find(right.key(next))) continue;
        add({nullptr, right.step(next), depth, right.key(next).second});
      }
    };
    for (std::size_t i = 0; i < left.size(); ++i) {
      const auto at = right.find(left.key(i));
      if (at) only_right_up_to(*at);
      add({left.step(i), at ? right.step(*at) : nullptr, depth, left.key(i).second});
    }
    only_right_up_to(right.size());
  }

  void add(const StepPair& pair) {
    pairs_.push_back(pair);
    inside(pair, false, pair.depth + 1);
  }

  const ByParent left_;
  const ByParent right_;
  std::vector<StepPair> pairs_;
};

bool are_same(const Payload& left, const Payload& right) {
  if (left.is(right) || left.text() == right.text()) return true;
  return diff_json(left.json(), right.json(), 1).empty();  // the order of members is no matter
}

bool are_same(const std::optional<Payload>& left, const std::optional<Payload>& right) {
  if (!left || !right) return left.has_value() == right.has_value();
  return are_same(*left, *right);
}

bool are_same(const std::optional<StateError>& left, const std::optional<StateError>& right) {
  if (!left || !right) return left.has_value() == right.has_value();
  return left->name == right->name && left->cause == right->cause;
}

std::string escaped(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

class Differ {
 public:
  explicit Differ(std::size_t most) : most_(most) {}

  std::vector<JsonChange> take() { return std::move(changes_); }

  void compare(const Json& left, const Json& right, const std::string& pointer) {
    if (changes_.size() >= most_) return;
    if (left.is_object() && right.is_object()) {
      members(left, right, pointer);
    } else if (left.is_array() && right.is_array()) {
      elements(left, right, pointer);
    } else if (left != right) {
      note(pointer, left, right);
    }
  }

 private:
  void note(const std::string& pointer, std::optional<Json> left, std::optional<Json> right) {
    if (changes_.size() < most_) {
      changes_.push_back({pointer, std::move(left), std::move(right)});
    }
  }
  void members(const Json& left, const Json& right, const std::string& pointer) {
    for (const auto& [name, value] : left.items()) {
      const auto other = right.find(name);
      if (other == right.end()) {
        note(pointer + "/" + escaped(name), value, std::nullopt);
      } else {
        compare(value, *other, pointer + "/" + escaped(name));
      }
    }
    for (const auto& [name, value] : right.items()) {
      if (!left.contains(name)) note(pointer + "/" + escaped(name), std::nullopt, value);
    }
  }
  void elements(const Json& left, const Json& right, const std::string& pointer) {
    for (std::size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
      const std::string at = pointer + "/" + std::to_string(i);
      if (i >= right.size()) {
        note(at, left[i], std::nullopt);
      } else if (i >= left.size()) {
        note(at, std::nullopt, right[i]);
      } else {
        compare(left[i], right[i], at);
      }
      if (changes_.size() >= most_) return;
    }
  }

  const std::size_t most_;
  std::vector<JsonChange> changes_;
};

}  // namespace

std::vector<StepPair> align(std::span<const StepRecord> left, std::span<const StepRecord> right) {
  return Aligner(left, right).run();
}

std::vector<std::string> differences(const StepPair& pair) {
  std::vector<std::string> out;
  if (pair.left == nullptr || pair.right == nullptr) return out;
  const StepRecord& left = *pair.left;
  const StepRecord& right = *pair.right;
  if (left.status != right.status) out.emplace_back("status");
  if (left.attempts.size() != right.attempts.size()) out.emplace_back("attempts");
  if (!are_same(left.input, right.input)) out.emplace_back("input");
  if (!are_same(left.output, right.output)) out.emplace_back("output");
  if (!diff_json(assigned_by(left), assigned_by(right), 1).empty()) out.emplace_back("variables");
  if (!are_same(left.error, right.error)) out.emplace_back("error");
  return out;
}

std::vector<JsonChange> diff_json(const Json& left, const Json& right, std::size_t most) {
  Differ differ(most);
  differ.compare(left, right, "");
  return differ.take();
}

Json assigned_by(const StepRecord& step) {
  Json out = Json::object();
  for (const auto& [name, value] : step.assigned) out[name] = value.json();
  return out;
}

}  // namespace pawl::states

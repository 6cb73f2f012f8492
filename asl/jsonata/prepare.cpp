// The last pass over a tree: what evaluation would otherwise work out again and again.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "asl/jsonata/ast.h"
#include "asl/jsonata/function.h"
#include "asl/jsonata/pattern.h"

namespace pawl::asl::jsonata {
namespace {

Operator operator_of(const std::string& text) {
  static const std::map<std::string_view, Operator> kOperators = {{"and", Operator::kAnd},
                                                                  {"or", Operator::kOr},
                                                                  {"=", Operator::kEqual},
                                                                  {"!=", Operator::kNotEqual},
                                                                  {"in", Operator::kIn},
                                                                  {"&", Operator::kConcatenate},
                                                                  {"..", Operator::kRange},
                                                                  {"<", Operator::kLess},
                                                                  {"<=", Operator::kLessOrEqual},
                                                                  {">", Operator::kGreater},
                                                                  {">=", Operator::kGreaterOrEqual},
                                                                  {"+", Operator::kAdd},
                                                                  {"-", Operator::kSubtract},
                                                                  {"*", Operator::kMultiply},
                                                                  {"/", Operator::kDivide},
                                                                  {"%", Operator::kRemainder}};
  const auto found = kOperators.find(text);
  return found == kOperators.end() ? Operator::kNone : found->second;
}

bool has_only_index(const Node& step) {
  if (step.type != Node::Type::kName || step.predicates.size() != 1) return false;
  const Node& stage = *step.predicates.front();
  return stage.type == Node::Type::kFilter && stage.lhs->type == Node::Type::kNumber &&
         stage.lhs->predicates.empty() && !stage.lhs->group;
}

bool is_plain_step(const Node& step, bool is_first) {
  const bool is_type =
      step.type == Node::Type::kName || (is_first && step.type == Node::Type::kVariable);
  return is_type && (step.predicates.empty() || has_only_index(step)) && !step.group &&
         !step.is_tuple && !step.keeps_array && step.focus.empty() && step.index.empty() &&
         !step.ancestor;
}

std::size_t plain_steps_of(const Node& path) {
  std::size_t count = 0;
  while (count < path.list.size() && is_plain_step(*path.list[count], count == 0)) ++count;
  return count;
}

bool has_plain_keys(const Node& object) {
  std::set<std::string> names;
  return std::all_of(object.pairs.begin(), object.pairs.end(), [&](const auto& pair) {
    const Node& key = *pair.first;
    return key.type == Node::Type::kString && key.predicates.empty() && !key.group &&
           names.insert(key.literal.string()).second;
  });
}

class Preparation {
 public:
  void walk(Node& node) {
    const std::size_t binds = binds_;
    for (const NodePtr& child : {node.lhs, node.rhs, node.otherwise, node.group}) walk_if(child);
    for (const NodePtr& child : node.list) walk_if(child);
    for (const NodePtr& child : node.predicates) walk_if(child);
    for (const auto& [key, member] : node.pairs) {
      walk_if(key);
      walk_if(member);
    }
    prepare_one(node);
    if (node.type == Node::Type::kBlock) node.has_scope = binds_ > binds;
  }

 private:
  void walk_if(const NodePtr& child) {
    if (child) walk(*child);
  }

  void prepare_one(Node& node) {
    switch (node.type) {
      case Node::Type::kBinary:
        node.operation = operator_of(node.value);
        return;
      case Node::Type::kVariable:
        node.hash = hash_of_name(node.value);
        return;
      case Node::Type::kParent:
        node.hash = hash_of_name(node.slot->label);
        return;
      case Node::Type::kName:
        node.has_index = has_only_index(node);
        if (node.has_index) {
          node.item_index = std::floor(node.predicates.front()->lhs->literal.number());
        }
        return;
      case Node::Type::kBind:
        ++binds_;
        return;
      case Node::Type::kPath:
        node.plain_steps = plain_steps_of(node);
        return;
      case Node::Type::kObject:
        node.has_plain_keys = has_plain_keys(node);
        return;
      case Node::Type::kRegex:
        node.literal = Value::of(Function{{}, Matcher{node.pattern.get()}});
        return;
      default:
        return;
    }
  }

  std::size_t binds_ = 0;  // seen so far
};

}  // namespace

void prepare(Node& tree) { Preparation().walk(tree); }

}  // namespace pawl::asl::jsonata

// The tree of the grammar -> the tree that is evaluated.
#include "asl/jsonata/failure.h"
#include "asl/jsonata/parser.h"

namespace pawl::asl::jsonata {
namespace {

using Slot = std::shared_ptr<ParentSlot>;
using Slots = std::vector<Slot>;

Slots slots_of(const Node& node) {
  Slots slots = node.seeking_parent;
  if (node.type == Node::Type::kParent) slots.push_back(node.slot);
  return slots;
}

// `outer` needs whatever parents `inner` needs.
void push_ancestry(Node& outer, const Node& inner) {
  for (const Slot& slot : slots_of(inner)) outer.seeking_parent.push_back(slot);
}

const char* type_name(const Node& node) {
  switch (node.type) {
    case Node::Type::kFunction:
      return "function";
    case Node::Type::kVariable:
      return "variable";
    case Node::Type::kString:
      return "string";
    case Node::Type::kNumber:
      return "number";
    case Node::Type::kParent:
      return "parent";
    case Node::Type::kPath:
      return "path";
    case Node::Type::kBlock:
      return "block";
    case Node::Type::kCondition:
      return "condition";
    case Node::Type::kArray:
    case Node::Type::kObject:
    case Node::Type::kNegation:
      return "unary";
    default:
      return "binary";
  }
}

void seek_parent(Node& node, const Slot& slot) {
  switch (node.type) {
    case Node::Type::kName:
    case Node::Type::kWildcard:
      if (--slot->level == 0) {
        if (node.ancestor) slot->label = node.ancestor->label;
        node.ancestor = slot;
        node.is_tuple = true;
      }
      return;
    case Node::Type::kParent:
      ++slot->level;
      return;
    case Node::Type::kBlock:
      if (!node.list.empty()) {
        node.is_tuple = true;
        seek_parent(*node.list.back(), slot);
      }
      return;
    case Node::Type::kPath: {
      node.is_tuple = true;
      std::size_t index = node.list.size() - 1;
      seek_parent(*node.list[index], slot);
      while (slot->level > 0 && index > 0) seek_parent(*node.list[--index], slot);
      return;
    }
    default:
      fail_at("S0217", node.position, type_name(node));
  }
}

void resolve_ancestry(Node& path) {
  for (const Slot& slot : slots_of(*path.list.back())) {
    std::size_t index = path.list.size() - 1;  // one past the next step to try
    while (slot->level > 0) {
      if (index == 0) {
        path.seeking_parent.push_back(slot);
        break;
      }
      Node* step = path.list[--index].get();
      // Steps in a row that bind the context to variables have the same context.
      while (index > 0 && !step->focus.empty() && !path.list[index - 1]->focus.empty()) {
        step = path.list[--index].get();
      }
      seek_parent(*step, slot);
    }
  }
}

NodePtr optimize_tail_call(const NodePtr& node) {
  if (!node || !node->predicates.empty() || node->group) return node;
  if (node->type == Node::Type::kFunction) {
    node->is_tail_call = true;
  } else if (node->type == Node::Type::kCondition) {
    optimize_tail_call(node->rhs);
    optimize_tail_call(node->otherwise);
  } else if (node->type == Node::Type::kBlock && !node->list.empty()) {
    optimize_tail_call(node->list.back());
  }
  return node;
}

class SyntaxResolver {
 public:
  NodePtr resolve(const NodePtr& raw) {
    NodePtr node = resolve_by_type(*raw);
    if (raw->keeps_array) node->keeps_array = true;
    return node;
  }

 private:
  static NodePtr bare_copy(const Node& raw) {
    auto node = std::make_shared<Node>(raw.type, raw.position);
    node->value = raw.value;
    node->literal = raw.literal;
    node->pattern = raw.pattern;
    node->keeps_array = raw.keeps_array;
    return node;
  }

  static NodePtr path_of(NodePtr step) {
    auto path = std::make_shared<Node>(Node::Type::kPath, step->position);
    path->list.push_back(std::move(step));
    return path;
  }

  NodePtr child(Node& parent, const NodePtr& raw) {
    NodePtr node = resolve(raw);
    push_ancestry(parent, *node);
    return node;
  }

  NodePtr name(const Node& raw) {
    NodePtr step = bare_copy(raw);
    step->type = Node::Type::kName;
    NodePtr path = path_of(step);
    path->keeps_singleton_array = raw.keeps_array;
    return path;
  }

  NodePtr resolve_by_type(const Node& raw) {
    switch (raw.type) {
      case Node::Type::kBinary:
        return binary(raw);
      case Node::Type::kName:
        return name(raw);
      case Node::Type::kOperator:
        if (raw.value == "and" || raw.value == "or" || raw.value == "in") return name(raw);
        return bare_copy(raw);
      case Node::Type::kParent: {
        NodePtr node = bare_copy(raw);
        node->slot = std::make_shared<ParentSlot>();
        node->slot->label = "!" + std::to_string(parents_++);
        return node;
      }
      case Node::Type::kNegation:
        return negation(raw);
      case Node::Type::kLambda: {
        NodePtr node = bare_copy(raw);
        node->list = raw.list;
        node->signature = raw.signature;
        node->lhs = optimize_tail_call(resolve(raw.lhs));
        return node;
      }
      case Node::Type::kBlock:
        return block(raw);
      case Node::Type::kFunction:
      case Node::Type::kPartial: {
        NodePtr node = bare_copy(raw);
        for (const NodePtr& argument : raw.list) node->list.push_back(child(*node, argument));
        node->lhs = resolve(raw.lhs);
        return node;
      }
      case Node::Type::kArray:
      case Node::Type::kObject:
      case Node::Type::kCondition:
      case Node::Type::kTransform:
        return composite(raw);
      case Node::Type::kEnd:
        fail_at("S0207", raw.position);
      default:
        return bare_copy(raw);
    }
  }

  NodePtr composite(const Node& raw) {
    NodePtr node = bare_copy(raw);
    const bool is_transform = raw.type == Node::Type::kTransform;
    const auto part = [&](const NodePtr& from) {
      return !from ? nullptr : is_transform ? resolve(from) : child(*node, from);
    };
    node->lhs = part(raw.lhs);
    node->rhs = part(raw.rhs);
    node->otherwise = part(raw.otherwise);
    for (const NodePtr& item : raw.list) node->list.push_back(child(*node, item));
    for (const auto& [key, member] : raw.pairs) {
      NodePtr resolved_key = child(*node, key);
      node->pairs.emplace_back(std::move(resolved_key), child(*node, member));
    }
    return node;
  }

  NodePtr negation(const Node& raw) {
    NodePtr node = bare_copy(raw);
    NodePtr operand = resolve(raw.lhs);
    if (operand->type == Node::Type::kNumber) {
      const Value& number = operand->literal;
      operand->literal =
          number.is_integer() ? Value::of(-number.integer()) : Value::of(-number.number());
      return operand;
    }
    push_ancestry(*node, *operand);
    node->lhs = std::move(operand);
    return node;
  }

  NodePtr block(const Node& raw) {
    NodePtr node = bare_copy(raw);
    for (const NodePtr& item : raw.list) {
      NodePtr part = child(*node, item);
      if (part->is_constructor_step ||
          (part->type == Node::Type::kPath && part->list.front()->is_constructor_step)) {
        node->is_constructor_step = true;
      }
      node->list.push_back(std::move(part));
    }
    return node;
  }

  NodePtr binary(const Node& raw) {
    const std::string& text = raw.value;
    if (text == ".") return path(raw);
    if (text == "[") return predicate(raw);
    if (text == "{") return grouping(raw);
    if (text == "^") return sort(raw);
    if (text == "@") return focus(raw);
    if (text == "#") return index(raw);
    NodePtr node = bare_copy(raw);
    if (text == ":=") {
      node->type = Node::Type::kBind;
      node->lhs = resolve(raw.lhs);
      node->rhs = child(*node, raw.rhs);
      return node;
    }
    if (text == "~>") {
      node->type = Node::Type::kApply;
      node->lhs = resolve(raw.lhs);
      node->rhs = resolve(raw.rhs);
      node->keeps_array = node->lhs->keeps_array || node->rhs->keeps_array;
      return node;
    }
    node->lhs = child(*node, raw.lhs);
    node->rhs = child(*node, raw.rhs);
    return node;
  }

  NodePtr path(const Node& raw) {
    NodePtr left = resolve(raw.lhs);
    NodePtr node = left->type == Node::Type::kPath ? left : path_of(left);
    if (left->type == Node::Type::kParent) node->seeking_parent = {left->slot};
    NodePtr rest = resolve(raw.rhs);
    if (rest->type == Node::Type::kPath) {
      node->list.insert(node->list.end(), rest->list.begin(), rest->list.end());
    } else {
      node->list.push_back(rest);
    }
    for (const NodePtr& step : node->list) {
      if (step->type == Node::Type::kNumber || step->type == Node::Type::kValue) {
        throw Failure{
            .code = "S0213", .position = step->position, .token = {}, .value = step->literal};
      }
      if (step->type == Node::Type::kString) step->type = Node::Type::kName;
      if (step->keeps_array) node->keeps_singleton_array = true;
    }
    for (const NodePtr& step : {node->list.front(), node->list.back()}) {
      if (step->type == Node::Type::kArray) step->is_constructor_step = true;
    }
    resolve_ancestry(*node);
    return node;
  }

  NodePtr predicate(const Node& raw) {
    NodePtr node = resolve(raw.lhs);
    Node& step = node->type == Node::Type::kPath ? *node->list.back() : *node;
    if (step.group || node->group) fail_at("S0209", raw.position);
    NodePtr filter = resolve(raw.rhs);
    if (!filter->seeking_parent.empty()) {
      for (const Slot& slot : filter->seeking_parent) {
        if (slot->level == 1) {
          seek_parent(step, slot);
        } else {
          --slot->level;
        }
      }
      push_ancestry(step, *filter);
    }
    auto stage = std::make_shared<Node>(Node::Type::kFilter, raw.position);
    stage->lhs = std::move(filter);
    step.predicates.push_back(std::move(stage));
    return node;
  }

  NodePtr grouping(const Node& raw) {
    NodePtr node = resolve(raw.lhs);
    if (node->group) fail_at("S0210", raw.position);
    auto group = std::make_shared<Node>(Node::Type::kObject, raw.position);
    for (const auto& [key, member] : raw.pairs) {
      NodePtr resolved_key = resolve(key);
      group->pairs.emplace_back(std::move(resolved_key), resolve(member));
    }
    node->group = std::move(group);
    return node;
  }

  NodePtr sort(const Node& raw) {
    NodePtr node = resolve(raw.lhs);
    if (node->type != Node::Type::kPath) node = path_of(node);
    auto step = std::make_shared<Node>(Node::Type::kSort, raw.position);
    step->descending = raw.descending;
    for (const NodePtr& term : raw.list) step->list.push_back(child(*step, term));
    node->list.push_back(std::move(step));
    resolve_ancestry(*node);
    return node;
  }

  NodePtr focus(const Node& raw) {
    NodePtr node = resolve(raw.lhs);
    Node& step = node->type == Node::Type::kPath ? *node->list.back() : *node;
    if (!step.predicates.empty()) fail_at("S0215", raw.position);
    if (step.type == Node::Type::kSort) fail_at("S0216", raw.position);
    if (raw.keeps_array) step.keeps_array = true;
    step.focus = raw.rhs->value;
    step.is_tuple = true;
    return node;
  }

  NodePtr index(const Node& raw) {
    NodePtr node = resolve(raw.lhs);
    if (node->type != Node::Type::kPath) node = path_of(node);
    Node& step = *node->list.back();
    if (step.predicates.empty()) {
      step.index = raw.rhs->value;
    } else {
      auto stage = std::make_shared<Node>(Node::Type::kIndex, raw.position);
      stage->value = raw.rhs->value;
      step.predicates.push_back(std::move(stage));
    }
    step.is_tuple = true;
    return node;
  }

  int parents_ = 0;
};

}  // namespace

NodePtr resolve_syntax(const NodePtr& raw) {
  NodePtr tree = SyntaxResolver().resolve(raw);
  if (tree->type == Node::Type::kParent || !tree->seeking_parent.empty()) {
    fail_at("S0217", tree->position, type_name(*tree));
  }
  return tree;
}

}  // namespace pawl::asl::jsonata

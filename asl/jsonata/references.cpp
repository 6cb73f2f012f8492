#include "asl/jsonata/references.h"

#include <algorithm>
#include <string_view>

#include "asl/jsonata/ast.h"
#include "asl/jsonata/functions.h"

namespace pawl::asl::jsonata {
namespace {

constexpr std::string_view kStatesVariable = "states";

// "Top" is where the context item is still the one that evaluation begins with: not in the later
// steps of a path, nor in predicates, sort terms and groupings.
class ReferenceFinder {
 public:
  std::vector<Reference> take() { return std::move(found_); }

  void visit(const Node& node, bool is_top) {
    visit_by_type(node, is_top);
    for (const NodePtr& stage : node.predicates) visit_stage(*stage);
    if (node.group) visit_pairs(*node.group, false);
  }

 private:
  // Forgets, at its end, what was bound in between.
  class BindingScope {
   public:
    explicit BindingScope(std::vector<std::string>& bound) : bound_(bound), size_(bound.size()) {}
    BindingScope(const BindingScope&) = delete;
    BindingScope& operator=(const BindingScope&) = delete;
    ~BindingScope() { bound_.resize(size_); }

   private:
    std::vector<std::string>& bound_;
    std::size_t size_;
  };

  void visit_by_type(const Node& node, bool is_top) {
    switch (node.type) {
      case Node::Type::kName:
        if (is_top) add(Reference::Kind::kName, node.value);
        return;
      case Node::Type::kVariable:
        return variable(node.value, is_top);
      case Node::Type::kPath:
        return path(node, is_top);
      case Node::Type::kBlock: {
        const BindingScope scope(bound_);
        return visit_all(node.list, is_top);
      }
      case Node::Type::kBind:
        return bind(node, is_top);
      case Node::Type::kLambda: {
        const BindingScope scope(bound_);
        for (const NodePtr& parameter : node.list) bound_.push_back(parameter->value);
        return visit_one(node.lhs, is_top);
      }
      case Node::Type::kObject:
        return visit_pairs(node, is_top);
      case Node::Type::kSort:
        return visit_all(node.list, false);
      case Node::Type::kTransform:
        return visit_operands(node, false);
      default:
        visit_operands(node, is_top);
        visit_all(node.list, is_top);
        visit_pairs(node, is_top);
    }
  }

  void visit_one(const NodePtr& node, bool is_top) {
    if (node) visit(*node, is_top);
  }
  void visit_all(const std::vector<NodePtr>& nodes, bool is_top) {
    for (const NodePtr& node : nodes) visit(*node, is_top);
  }
  void visit_operands(const Node& node, bool is_top) {
    visit_one(node.lhs, is_top);
    visit_one(node.rhs, is_top);
    visit_one(node.otherwise, is_top);
  }
  void visit_pairs(const Node& node, bool is_top) {
    for (const auto& [key, value] : node.pairs) {
      visit(*key, is_top);
      visit(*value, is_top);
    }
  }

  void visit_stage(const Node& stage) {
    if (stage.type == Node::Type::kIndex) bound_.push_back(stage.value);
    visit_one(stage.lhs, false);
  }

  void bind(const Node& node, bool is_top) {
    // A function may call itself; any other value is computed before its name means it.
    const bool is_function = node.rhs->type == Node::Type::kLambda;
    if (is_function) bound_.push_back(node.lhs->value);
    visit(*node.rhs, is_top);
    if (!is_function) bound_.push_back(node.lhs->value);
  }

  void path(const Node& node, bool is_top) {
    const BindingScope scope(bound_);
    for (std::size_t i = 0; i < node.list.size(); ++i) {
      const Node& step = *node.list[i];
      if (i == 0 && is_states(step) && node.list.size() > 1 &&
          node.list[1]->type == Node::Type::kName) {
        add(Reference::Kind::kStatesMember, node.list[1]->value);
      } else {
        visit_by_type(step, is_top && i == 0);
      }
      if (!step.focus.empty()) bound_.push_back(step.focus);
      if (!step.index.empty()) bound_.push_back(step.index);
      for (const NodePtr& stage : step.predicates) visit_stage(*stage);
      if (step.group) visit_pairs(*step.group, false);
    }
  }

  bool is_states(const Node& step) const {
    return step.type == Node::Type::kVariable && step.value == kStatesVariable &&
           step.predicates.empty() && !step.group && step.focus.empty() && step.index.empty() &&
           !is_bound(step.value);
  }

  bool is_bound(const std::string& name) const {
    return std::find(bound_.begin(), bound_.end(), name) != bound_.end();
  }

  void variable(const std::string& name, bool is_top) {
    if (name.empty()) {
      if (is_top) add(Reference::Kind::kContext, name);
    } else if (name == "$") {
      add(Reference::Kind::kRoot, name);
    } else if (is_bound(name)) {
      return;
    } else if (name == kStatesVariable) {
      add(Reference::Kind::kStates, name);
    } else if (builtin_function(name, Mode::kAws).is_undefined()) {
      add(Reference::Kind::kVariable, name);
    }
  }

  void add(Reference::Kind kind, const std::string& name) { found_.push_back({kind, name}); }

  std::vector<Reference> found_;
  std::vector<std::string> bound_;
};

}  // namespace

std::vector<Reference> references_of(const Node& tree) {
  ReferenceFinder finder;
  finder.visit(tree, true);
  return finder.take();
}

}  // namespace pawl::asl::jsonata

// The syntax tree of an expression, as the parser leaves it: paths are flat lists of steps, and
// each use of a parent knows the step whose context it means.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "asl/jsonata/value.h"

namespace pawl::asl::jsonata {

struct Node;
struct Pattern;
struct Signature;
using NodePtr = std::shared_ptr<Node>;
using Pairs = std::vector<std::pair<NodePtr, NodePtr>>;

// The place in a tuple where the context of an earlier step is kept for a use of `%`.
struct ParentSlot {
  std::string label;
  int level = 1;
};

enum class Operator : std::uint8_t {
  kNone,
  kAnd,
  kOr,
  kEqual,
  kNotEqual,
  kIn,
  kConcatenate,
  kRange,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRemainder,
};

struct Node {
  enum class Type : std::uint8_t {
    kString,
    kNumber,
    kValue,  // true, false, null
    kName,
    kVariable,
    kParent,
    kWildcard,
    kDescendant,
    kRegex,
    kOperator,  // a bare operator: `?` as an argument, or "and", "or", "in" as a name
    kBinary,
    kNegation,
    kArray,
    kObject,
    kPath,
    kSort,
    kBlock,
    kBind,
    kApply,
    kCondition,
    kFunction,
    kPartial,
    kLambda,
    kTransform,
    kFilter,
    kIndex,
    kEnd,
  };

  explicit Node(Type node_type, std::size_t at = 0) : type(node_type), position(at) {}

  Type type;
  std::size_t position;  // in the text, in UTF-16 units, behind the token
  std::string value;     // name, variable, operator
  Value literal;

  NodePtr lhs, rhs, otherwise;      // operands; condition: test, then, else; transform: pattern,
                                    // update, delete; a call: the procedure; a lambda: the body
                                    // `?:` and `??` are conditions without a `then`
  std::vector<NodePtr> list;        // steps, expressions, arguments
  std::vector<bool> descending;     // of sort terms
  Pairs pairs;                      // of an object
  std::vector<NodePtr> predicates;  // of a step: its stages
  NodePtr group;

  std::string focus, index;  // variables that @ and # bind
  std::shared_ptr<ParentSlot> slot, ancestor;
  std::vector<std::shared_ptr<ParentSlot>> seeking_parent;
  std::shared_ptr<const Pattern> pattern;
  std::shared_ptr<const Signature> signature;

  bool is_tuple = false;
  bool keeps_array = false;            // marked with []
  bool keeps_singleton_array = false;  // some step of this path is
  bool is_constructor_step = false;
  bool is_tail_call = false;

  // Worked out by prepare() once the tree stands.
  Operator operation = Operator::kNone;
  std::uint64_t hash = 0;       // of the name of a variable or a parent
  std::size_t plain_steps = 0;  // of a path: how many steps at its front are bare names, or names
                                // with a number in brackets
  bool has_scope = true;        // of a block: it binds variables
  bool has_plain_keys = false;  // of an object: strings, all different
  bool has_index = false;       // of a plain step
  double item_index = 0;        // its number in brackets
};

// Works out what evaluation needs of a whole tree.
void prepare(Node& tree);

}  // namespace pawl::asl::jsonata

// [spec] Top-down operator precedence, as the reference parses: each token knows what it means at
// the beginning of an expression and behind a left side.
#include "asl/jsonata/parser.h"

#include <algorithm>
#include <map>

#include "asl/jsonata/failure.h"
#include "asl/jsonata/lexer.h"
#include "asl/jsonata/signature.h"

namespace pawl::asl::jsonata {
namespace {

// [pawl] Deeper trees are refused, so that no walk over one can run out of stack.
constexpr int kTreeHeightMax = 1000;

const std::map<std::string, int, std::less<>>& binding_powers() {
  static const std::map<std::string, int, std::less<>> kPowers = {
      {".", 75},   {"[", 80},  {"]", 0},   {"{", 70},  {"}", 0},   {"(", 80},
      {")", 0},    {",", 0},   {"@", 80},  {"#", 80},  {";", 0},   {":", 0},
      {"?", 20},   {"+", 50},  {"-", 50},  {"*", 60},  {"/", 60},  {"%", 60},
      {"|", 0},    {"=", 40},  {"<", 40},  {">", 40},  {"^", 40},  {"**", 0},
      {"..", 0},   {":=", 10}, {"!=", 40}, {"<=", 40}, {">=", 40}, {"~>", 40},
      {"and", 30}, {"or", 25}, {"in", 40}, {"&", 50},  {"??", 40}, {"?:", 40}};
  return kPowers;
}

NodePtr make_node(Node::Type type, const Token& token) {
  auto node = std::make_shared<Node>(type, token.position);
  node->value = token.text;
  node->literal = token.literal;
  node->pattern = token.pattern;
  return node;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text) { advance(false); }

  NodePtr parse() {
    NodePtr tree = expression(0);
    if (token_.type != Token::Type::kEnd) fail_at("S0201", token_.position, token_.text);
    return tree;
  }

 private:
  void advance(bool is_after_operand) {
    token_ = lexer_.next(is_after_operand);
    if (token_.type == Token::Type::kOperator && !binding_powers().contains(token_.text)) {
      fail_at("S0204", token_.position, token_.text);
    }
  }
  void expect(std::string_view text, bool is_operand_over = false) {
    if (!token_.is(text)) {
      throw Failure{.code = token_.type == Token::Type::kEnd ? "S0203" : "S0202",
                    .position = token_.position,
                    .token = token_.text,
                    .value = Value::of(std::string(text))};
    }
    advance(is_operand_over);
  }
  bool skip(std::string_view text) {
    if (!token_.is(text)) return false;
    advance(false);
    return true;
  }
  int left_power() const {
    return token_.type == Token::Type::kOperator ? binding_powers().at(token_.text) : 0;
  }

  NodePtr expression(int right_power) {
    if (++depth_ > kTreeHeightMax) fail_bound(Bound::kDepth);
    Token token = token_;
    advance(true);
    NodePtr left = prefix(token);
    measure(*left);
    while (right_power < left_power()) {
      token = token_;
      advance(false);
      left = infix(token, left);
      measure(*left);
    }
    --depth_;
    return left;
  }

  // The height of a tree is one more than that of its highest child.
  void measure(const Node& node) {
    int height = 0;
    const auto look_at = [&](const NodePtr& child) {
      if (!child) return;
      const auto found = heights_.find(child.get());
      height = std::max(height, found == heights_.end() ? 1 : found->second);
    };
    for (const NodePtr* child : {&node.lhs, &node.rhs, &node.otherwise, &node.group}) {
      look_at(*child);
    }
    for (const NodePtr& child : node.list) look_at(child);
    for (const auto& [key, member] : node.pairs) {
      look_at(key);
      look_at(member);
    }
    if (height + 1 > kTreeHeightMax) fail_bound(Bound::kDepth);
    heights_[&node] = height + 1;
  }

  NodePtr prefix(const Token& token) {
    switch (token.type) {
      case Token::Type::kEnd:
        return make_node(Node::Type::kEnd, token);
      case Token::Type::kName:
        return make_node(Node::Type::kName, token);
      case Token::Type::kVariable:
        return make_node(Node::Type::kVariable, token);
      case Token::Type::kString:
        return make_node(Node::Type::kString, token);
      case Token::Type::kNumber:
        return make_node(Node::Type::kNumber, token);
      case Token::Type::kValue:
        return make_node(Node::Type::kValue, token);
      case Token::Type::kRegex:
        return make_node(Node::Type::kRegex, token);
      case Token::Type::kOperator:
        break;
    }
    const std::string& text = token.text;
    if (text == "and" || text == "or" || text == "in") {
      return make_node(Node::Type::kOperator, token);
    }
    if (text == "*") return make_node(Node::Type::kWildcard, token);
    if (text == "**") return make_node(Node::Type::kDescendant, token);
    if (text == "%") return make_node(Node::Type::kParent, token);
    if (text == "-") {
      NodePtr node = make_node(Node::Type::kNegation, token);
      node->lhs = expression(70);
      return node;
    }
    if (text == "(") return block(token);
    if (text == "[") return array(token);
    if (text == "{") return object(token, Node::Type::kObject);
    if (text == "|") return transform(token);
    fail_at("S0211", token.position, text);
  }

  NodePtr block(const Token& token) {
    NodePtr node = make_node(Node::Type::kBlock, token);
    while (!token_.is(")")) {
      node->list.push_back(expression(0));
      if (!skip(";")) break;
    }
    expect(")", true);
    return node;
  }

  NodePtr array(const Token& token) {
    NodePtr node = make_node(Node::Type::kArray, token);
    while (!token_.is("]")) {
      NodePtr item = expression(0);
      if (token_.is("..")) {
        NodePtr range = make_node(Node::Type::kBinary, token_);
        advance(false);
        range->lhs = std::move(item);
        range->rhs = expression(0);
        measure(*range);
        item = std::move(range);
      }
      node->list.push_back(std::move(item));
      if (!skip(",")) break;
      if (token_.is("]")) fail_at("S0211", token_.position, "]");
    }
    expect("]", true);
    return node;
  }

  NodePtr object(const Token& token, Node::Type type) {
    NodePtr node = make_node(type, token);
    while (!token_.is("}")) {
      NodePtr key = expression(0);
      expect(":");
      node->pairs.emplace_back(std::move(key), expression(0));
      if (!skip(",")) break;
      if (token_.is("}")) fail_at("S0211", token_.position, "}");
    }
    expect("}", true);
    return node;
  }

  NodePtr transform(const Token& token) {
    NodePtr node = make_node(Node::Type::kTransform, token);
    node->lhs = expression(0);
    expect("|");
    node->rhs = expression(0);
    if (skip(",")) node->otherwise = expression(0);
    expect("|", true);
    return node;
  }

  NodePtr infix(const Token& token, const NodePtr& left) {
    const std::string& text = token.text;
    if (text == "(") return call(token, left);
    if (text == "[") return predicate(token, left);
    if (text == "^") return sort(token, left);
    if (text == "{") {
      NodePtr node = object(token, Node::Type::kBinary);
      node->lhs = left;
      return node;
    }
    if (text == "?" || text == "?:" || text == "??") return condition(token, left);
    NodePtr node = make_node(Node::Type::kBinary, token);
    node->lhs = left;
    if (text == ":=") {
      if (left->type != Node::Type::kVariable) fail_at("S0212", left->position, left->value);
      node->rhs = expression(9);
      return node;
    }
    node->rhs = expression(binding_powers().at(text));
    if ((text == "@" || text == "#") && node->rhs->type != Node::Type::kVariable) {
      fail_at("S0214", node->rhs->position, text);
    }
    return node;
  }

  NodePtr condition(const Token& token, const NodePtr& left) {
    NodePtr node = make_node(Node::Type::kCondition, token);
    node->lhs = left;
    if (token.text == "?") {
      node->rhs = expression(0);
      if (skip(":")) node->otherwise = expression(0);
      return node;
    }
    node->otherwise = expression(0);
    return node;
  }

  NodePtr predicate(const Token& token, const NodePtr& left) {
    if (token_.is("]")) {  // keeps an array of one an array
      Node* step = left.get();
      while (step->type == Node::Type::kBinary && step->value == "[") step = step->lhs.get();
      step->keeps_array = true;
      advance(true);
      return left;
    }
    NodePtr node = make_node(Node::Type::kBinary, token);
    node->lhs = left;
    node->rhs = expression(0);
    expect("]", true);
    return node;
  }

  NodePtr sort(const Token& token, const NodePtr& left) {
    NodePtr node = make_node(Node::Type::kBinary, token);
    node->lhs = left;
    expect("(");
    do {
      const bool is_descending = token_.is(">");
      if (is_descending || token_.is("<")) advance(false);
      node->descending.push_back(is_descending);
      node->list.push_back(expression(0));
    } while (skip(","));
    expect(")", true);
    return node;
  }

  NodePtr call(const Token& token, const NodePtr& left) {
    NodePtr node = make_node(Node::Type::kFunction, token);
    node->lhs = left;
    while (!token_.is(")")) {
      if (token_.is("?")) {
        node->type = Node::Type::kPartial;
        node->list.push_back(make_node(Node::Type::kOperator, token_));
        advance(true);
      } else {
        node->list.push_back(expression(0));
      }
      if (!skip(",")) break;
      if (token_.is(")")) fail_at("S0211", token_.position, ")");
    }
    expect(")", true);
    const bool is_definition =
        left->type == Node::Type::kName && (left->value == "function" || left->value == "\u03bb");
    return is_definition ? lambda(node) : node;
  }

  NodePtr lambda(const NodePtr& node) {
    for (std::size_t i = 0; i < node->list.size(); ++i) {
      if (node->list[i]->type != Node::Type::kVariable) {
        throw Failure{.code = "S0208",
                      .position = node->list[i]->position,
                      .token = node->list[i]->value,
                      .value = Value::of(static_cast<std::int64_t>(i + 1))};
      }
    }
    node->type = Node::Type::kLambda;
    if (token_.is("<")) read_signature(*node);
    expect("{");
    node->lhs = expression(0);
    expect("}", true);
    return node;
  }

  void read_signature(Node& node) {
    const std::size_t begin = token_.position;
    std::string text = "<";
    int depth = 1;
    while (depth > 0 && !token_.is("{") && token_.type != Token::Type::kEnd) {
      advance(false);
      depth += token_.is("<") ? 1 : token_.is(">") ? -1 : 0;
      text += token_.text;
    }
    expect(">");
    try {
      node.signature = Signature::parse(text);
    } catch (Failure& failure) {
      failure.position = begin + failure.position.value_or(0);
      throw;
    }
  }

  Lexer lexer_;
  Token token_;
  int depth_ = 0;
  std::map<const Node*, int> heights_;
};

}  // namespace

NodePtr parse_expression(std::string_view text) {
  NodePtr tree = resolve_syntax(Parser(text).parse());
  prepare(*tree);
  return tree;
}

}  // namespace pawl::asl::jsonata

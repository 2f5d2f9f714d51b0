#include "core/chat/parser.h"
#include "core/chat/syntax_walk.h"

namespace incipit::chat {

namespace {

using Kind = Token::Kind;
constexpr int tallest = 300;  // levels of one expression; Python's own parser gives up before

// These filters see the template's context, so Jinja leaves them to run time even where all their arguments are constants.
bool seesContext(const std::string& filter) {
  return filter == "map" || filter == "select" || filter == "reject" || filter == "selectattr" || filter == "rejectattr" ||
         filter == "random";
}

// Whether Jinja works the node out when it compiles, given constants below it.
template <class Node>
bool foldable(const Node&) {
  return !std::is_same_v<Node, Name> && !std::is_same_v<Node, Called>;
}
template <>
bool foldable(const Conditional& node) {
  return node.no != nullptr;
}
template <>
bool foldable(const Filtered& node) {
  return node.object && !seesContext(node.name);
}

}  // namespace

template <class NodeKind>
ExpressionPtr Parser::make(NodeKind kind, int line) {
  int height = 0;
  bool constant = foldable(kind), slice = std::is_same_v<NodeKind, SliceOf>;
  eachChild(kind, [&](const Expression& child) {
    height = std::max(height, child.height);
    constant = constant && child.constant;
    slice = slice || child.constantSlice;
  });
  if (height >= tallest) throw Problem(Trouble::Refused, "an expression has more than " + std::to_string(tallest) + " levels", line);
  return std::make_unique<Expression>(Expression{std::move(kind), line, height + 1, constant, constant && slice});
}

bool Parser::tupleEnds(const char* end) const {
  return current().kind == Kind::PrintEnd || current().kind == Kind::TagEnd || isSign(")") || (end && isName(end));
}

ExpressionPtr Parser::tuple(bool conditional, bool parenthesised, const char* end) {
  const int line = current().line;
  Expressions items;
  bool several = false;
  while (true) {
    if (!items.empty()) expectSign(",");
    if (tupleEnds(end)) break;
    items.push_back(expression(conditional));
    if (!isSign(",")) break;
    several = true;
  }
  if (!several && !items.empty()) return std::move(items[0]);
  if (!several && !parenthesised) fail("Expected an expression, got '" + describe(current()) + "'");
  return make(TupleOf{std::move(items)}, line);
}

ExpressionPtr Parser::expression(bool conditional) {
  const Nested nested(*this);
  return conditional ? parseConditional() : parseOr();
}

ExpressionPtr Parser::parseConditional() {
  const int line = current().line;
  ExpressionPtr yes = parseOr();
  while (skipName("if")) {
    ExpressionPtr test = parseOr(), no;
    if (skipName("else")) {
      const Nested nested(*this);
      no = parseConditional();
    }
    yes = make(Conditional{std::move(test), std::move(yes), std::move(no)}, line);
  }
  return yes;
}

ExpressionPtr Parser::parseOr() {
  const int line = current().line;
  ExpressionPtr left = parseAnd();
  while (skipName("or"))
    left = make(Either{std::move(left), parseAnd()}, line);
  return left;
}

ExpressionPtr Parser::parseAnd() {
  const int line = current().line;
  ExpressionPtr left = parseNot();
  while (skipName("and"))
    left = make(Both{std::move(left), parseNot()}, line);
  return left;
}

ExpressionPtr Parser::parseNot() {
  if (!isName("not")) return parseComparison();
  const Nested nested(*this);
  const int line = next().line;
  return make(Not{parseNot()}, line);
}

ExpressionPtr Parser::parseComparison() {
  const int line = current().line;
  ExpressionPtr first = parseSum();
  std::vector<std::pair<std::string, ExpressionPtr>> others;
  while (true) {
    const bool sign = isSign("==") || isSign("!=") || isSign("<") || isSign("<=") || isSign(">") || isSign(">=");
    const bool notIn = isName("not") && ahead().kind == Kind::Name && ahead().text == "in";
    if (!sign && !isName("in") && !notIn) break;
    std::string word = next().text;
    if (notIn) word += " " + next().text;
    others.emplace_back(std::move(word), parseSum());
  }
  if (others.empty()) return first;
  return make(Comparison{std::move(first), std::move(others)}, line);
}

ExpressionPtr Parser::parseSum() {
  const int line = current().line;
  ExpressionPtr left = parseJoined();
  while (isSign("+") || isSign("-")) {
    std::string sign = next().text;
    left = make(Arithmetic{std::move(sign), std::move(left), parseJoined()}, line);
  }
  return left;
}

ExpressionPtr Parser::parseJoined() {
  const int line = current().line;
  Expressions parts;
  parts.push_back(parseProduct());
  while (skipSign("~"))
    parts.push_back(parseProduct());
  if (parts.size() == 1) return std::move(parts[0]);
  return make(Joined{std::move(parts)}, line);
}

ExpressionPtr Parser::parseProduct() {
  const int line = current().line;
  ExpressionPtr left = parsePower();
  while (isSign("*") || isSign("/") || isSign("//") || isSign("%")) {
    std::string sign = next().text;
    left = make(Arithmetic{std::move(sign), std::move(left), parsePower()}, line);
  }
  return left;
}

// Jinja's power belongs to the left: 2 ** 3 ** 2 is 64.
ExpressionPtr Parser::parsePower() {
  const int line = current().line;
  ExpressionPtr left = parseUnary(true);
  while (skipSign("**"))
    left = make(Arithmetic{"**", std::move(left), parseUnary(true)}, line);
  return left;
}

ExpressionPtr Parser::parseUnary(bool withFilters) {
  const int line = current().line;
  ExpressionPtr node;
  if (isSign("-") || isSign("+")) {
    const Nested nested(*this);
    const bool minus = next().text == "-";
    node = make(Sign{minus, parseUnary(false)}, line);
  } else {
    node = parsePrimary();
  }
  node = parsePostfix(std::move(node));
  return withFilters ? parseFilters(std::move(node)) : std::move(node);
}

ExpressionPtr Parser::parsePrimary() {
  const Token token = current();
  switch (token.kind) {
  case Kind::Name:
    return parseName();
  case Kind::String:
    return parseStrings();
  case Kind::Integer:
    next();
    return make(Constant{token.whole}, token.line);
  case Kind::Real:
    next();
    return make(Constant{token.real}, token.line);
  default:
    break;
  }
  if (isSign("(")) {
    next();
    const Nested nested(*this);
    ExpressionPtr node = tuple(true, true);
    expectSign(")");
    return node;
  }
  if (isSign("[")) return parseList();
  if (isSign("{")) return parseDict();
  fail("unexpected '" + describe(token) + "'");
}

ExpressionPtr Parser::parseName() {
  const Token token = next();
  if (token.text == "true" || token.text == "True") return make(Constant{true}, token.line);
  if (token.text == "false" || token.text == "False") return make(Constant{false}, token.line);
  if (token.text == "none" || token.text == "None") return make(Constant{None{}}, token.line);
  return make(Name{token.text, {}}, token.line);
}

ExpressionPtr Parser::parseStrings() {
  const int line = current().line;
  std::string text;
  while (current().kind == Kind::String)
    text += next().text;
  return make(Constant{std::move(text)}, line);
}

ExpressionPtr Parser::parseList() {
  const int line = next().line;
  Expressions items;
  while (!isSign("]")) {
    if (!items.empty()) expectSign(",");
    if (isSign("]")) break;
    items.push_back(expression());
  }
  next();
  return make(ListOf{std::move(items)}, line);
}

ExpressionPtr Parser::parseDict() {
  const int line = next().line;
  DictOf dict;
  while (!isSign("}")) {
    if (!dict.items.empty()) expectSign(",");
    if (isSign("}")) break;
    ExpressionPtr key = expression();
    expectSign(":");
    dict.items.emplace_back(std::move(key), expression());
  }
  next();
  return make(std::move(dict), line);
}

ExpressionPtr Parser::parsePostfix(ExpressionPtr node) {
  while (true)
    if (isSign(".") || isSign("["))
      node = parseSubscript(std::move(node));
    else if (isSign("("))
      node = parseCall(std::move(node));
    else
      return node;
}

ExpressionPtr Parser::parseFilters(ExpressionPtr node) {
  while (true)
    if (skipSign("|"))
      node = parseFilter(std::move(node));
    else if (isName("is"))
      node = parseTest(std::move(node));
    else if (isSign("("))
      node = parseCall(std::move(node));
    else
      return node;
}

ExpressionPtr Parser::parseSubscript(ExpressionPtr node) {
  const Token token = next();
  if (token.text == ".") {
    const Token name = next();
    if (name.kind == Kind::Name) return make(AttributeOf{std::move(node), name.text}, token.line);
    if (name.kind != Kind::Integer) throw Problem(Trouble::Syntax, "expected name or number", name.line);
    return make(ItemOf{std::move(node), make(Constant{name.whole}, name.line)}, token.line);
  }
  ExpressionPtr parts[3];
  std::size_t colons = 0;
  if (!isSign(":") && !isSign("]")) parts[0] = expression();
  while (isSign(":") && colons < 2) {
    next();
    ++colons;
    if (!isSign(":") && !isSign("]") && !isSign(",")) parts[colons] = expression();
  }
  if (isSign(",")) refuse("it takes an element by several indices at once (x[a, b])");
  if (colons == 0 && !parts[0]) refuse("it takes an element by no index (x[])");
  expectSign("]");
  if (colons == 0) return make(ItemOf{std::move(node), std::move(parts[0])}, token.line);
  return make(SliceOf{std::move(node), std::move(parts[0]), std::move(parts[1]), std::move(parts[2])}, token.line);
}

std::string Parser::dottedName() {
  std::string name = expect(Kind::Name).text;
  while (skipSign("."))
    name += "." + expect(Kind::Name).text;
  return name;
}

ExpressionPtr Parser::parseFilter(ExpressionPtr node) {
  const int line = current().line;
  std::string name = dottedName();
  ArgumentList given;
  if (isSign("(")) given = arguments();
  return make(Filtered{std::move(node), std::move(name), std::move(given)}, line);
}

ExpressionPtr Parser::parseTest(ExpressionPtr node) {
  const int line = next().line;
  const bool negated = skipName("not");
  std::string name = dottedName();
  ArgumentList given;
  const bool operand = current().kind == Kind::Name || current().kind == Kind::String || current().kind == Kind::Integer ||
                       current().kind == Kind::Real || isSign("[") || isSign("{");
  if (isSign("(")) {
    given = arguments();
  } else if (operand && !isName("else") && !isName("or") && !isName("and")) {
    if (isName("is")) fail("You cannot chain multiple tests with is");
    given.positional.push_back(parsePostfix(parsePrimary()));
  }
  ExpressionPtr test = make(Tested{std::move(node), std::move(name), std::move(given)}, line);
  return negated ? make(Not{std::move(test)}, line) : std::move(test);
}

ArgumentList Parser::arguments() {
  const int line = next().line;
  const auto ensure = [&](bool right) {
    if (!right) throw Problem(Trouble::Syntax, "invalid syntax for function call expression", line);
  };
  ArgumentList list;
  bool more = false;
  while (!isSign(")")) {
    if (more) {
      expectSign(",");
      if (isSign(")")) break;
    }
    if (skipSign("*")) {
      ensure(!list.star && !list.doubleStar);
      list.star = expression();
    } else if (skipSign("**")) {
      ensure(!list.doubleStar);
      list.doubleStar = expression();
    } else if (current().kind == Kind::Name && ahead().kind == Kind::Operator && ahead().text == "=") {
      ensure(!list.doubleStar);
      std::string name = next().text;
      next();
      for (const auto& [other, value] : list.named)
        if (other == name) fail("keyword argument repeated: " + name);
      list.named.emplace_back(std::move(name), expression());
    } else {
      ensure(!list.star && !list.doubleStar && list.named.empty());
      list.positional.push_back(expression());
    }
    more = true;
  }
  expectSign(")");
  return list;
}

Statement Parser::parsePrint() {
  const int line = next().line;
  Joined all;
  while (current().kind != Kind::TagEnd) {
    if (!all.parts.empty()) expectSign(",");
    all.parts.push_back(expression());
  }
  return {Print{make(std::move(all), line)}, line};
}

ExpressionPtr Parser::parseCall(ExpressionPtr node) {
  const int line = current().line;
  return make(Called{std::move(node), arguments()}, line);
}

}  // namespace incipit::chat

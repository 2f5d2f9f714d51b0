#include "core/chat/scopes.h"

#include "core/chat/builtins.h"
#include "core/chat/problem.h"
#include "core/chat/symbols.h"
#include "core/chat/syntax_walk.h"

#include <algorithm>

namespace incipit::chat {

namespace {

// Gives every name its place. `soft`: within an if or a ternary, where an unknown filter is an error only when it is reached.
class Resolver {
 public:
  void tree(Tree& tree) {
    Symbols symbols(nullptr, m_effort);
    symbols.readBody(tree.body);
    symbols.finish(tree.scope);
    body(tree.body, symbols, false);
  }

 private:
  void body(Body& body, const Symbols& symbols, bool soft) {
    for (Statement& statement : body)
      std::visit([&](auto& node) { this->statement(node, symbols, soft); }, statement.kind);
  }

  void statement(TextOf&, const Symbols&, bool) {}
  void statement(Break&, const Symbols&, bool) {}
  void statement(Continue&, const Symbols&, bool) {}
  void statement(Print& node, const Symbols& symbols, bool soft) { expression(*node.value, symbols, soft); }

  void statement(If& node, const Symbols& symbols, bool) {
    for (auto& [test, branch] : node.branches) {
      expression(*test, symbols, true);
      body(branch, symbols, true);
    }
    body(node.otherwise, symbols, true);
  }

  void statement(For& node, const Symbols& outer, bool soft) {
    expression(*node.over, outer, soft);
    ++m_loops;
    Symbols inner(&outer, m_effort);
    if (node.recursive || namesFree(node.body, "loop")) inner.declare("loop");
    inner.readTarget(node.target, Symbols::As::Parameter);
    inner.readBody(node.body);
    inner.finish(node.scope);
    if (inner.has("loop") && inner.isParameter("loop")) node.loopSlot = inner.place("loop")->slot;
    target(node.target, inner);
    body(node.body, inner, false);
    if (node.test) {
      Symbols test(&outer, m_effort);
      node.testTarget = node.target;
      test.readTarget(node.testTarget, Symbols::As::Parameter);
      test.readExpression(*node.test);
      test.finish(node.testScope);
      target(node.testTarget, test);
      expression(*node.test, test, false);
    }
    --m_loops;
    Symbols otherwise(&outer, m_effort);
    otherwise.readBody(node.otherwise);
    otherwise.finish(node.otherwiseScope);
    body(node.otherwise, otherwise, false);
  }

  void callable(Macro& node, const Symbols& outer) {
    Symbols inner(&outer, m_effort);
    for (const std::string& parameter : node.parameters)
      inner.declare(parameter);
    for (const auto& value : node.defaults)
      inner.readExpression(*value);
    inner.readBody(node.body);
    const auto special = [&](const char* name) {
      const bool given = std::find(node.parameters.begin(), node.parameters.end(), name) != node.parameters.end();
      const bool used = namesFree(node.body, name);
      if (used && given && std::string_view(name) == "caller") refuse("a macro has a parameter named 'caller'");
      if (used && !given) inner.declare(name);
      return used && !given;
    };
    const bool caller = special("caller"), named = special("kwargs"), rest = special("varargs");
    inner.finish(node.scope);
    for (const std::string& parameter : node.parameters)
      node.parameterSlots.push_back(inner.place(parameter)->slot);
    if (caller) node.callerSlot = inner.place("caller")->slot;
    if (named) node.namedSlot = inner.place("kwargs")->slot;
    if (rest) node.restSlot = inner.place("varargs")->slot;
    for (const auto& value : node.defaults)
      expression(*value, inner, false);
    body(node.body, inner, false);
  }

  void statement(Macro& node, const Symbols& symbols, bool) {
    callable(node, symbols);
    node.place = *symbols.place(node.name);
  }

  void statement(CallBlock& node, const Symbols& symbols, bool soft) {
    callable(*node.caller, symbols);
    if (node.call) expression(*node.call, symbols, soft);
  }

  void statement(FilterBlock& node, const Symbols& outer, bool) {
    Symbols inner(&outer, m_effort);
    inner.readBody(node.body);
    inner.readExpression(*node.filter);
    inner.finish(node.scope);
    body(node.body, inner, false);
    expression(*node.filter, inner, false);
  }

  void statement(With& node, const Symbols& outer, bool soft) {
    Symbols inner(&outer, m_effort);
    for (auto& [to, value] : node.values)
      inner.readTarget(to, Symbols::As::Parameter);
    inner.readBody(node.body);
    inner.finish(node.scope);
    for (auto& [to, value] : node.values) {
      target(to, inner);
      expression(*value, outer, soft);
    }
    body(node.body, inner, false);
  }

  void statement(Set& node, const Symbols& symbols, bool soft) {
    expression(*node.value, symbols, soft);
    forbidLoop(node.target);
    target(node.target, symbols);
  }

  void statement(SetBlock& node, const Symbols& outer, bool) {
    Symbols inner(&outer, m_effort);
    inner.readBody(node.body);
    inner.finish(node.scope);
    body(node.body, inner, false);
    if (node.filter) expression(*node.filter, inner, false);
    forbidLoop(node.target);
    target(node.target, outer);
  }

  void forbidLoop(const Target& to) const {
    if (m_loops > 0 && to.parts.empty() && to.attribute.empty() && to.name == "loop")
      throw Problem(Trouble::Syntax, "Can't assign to special loop variable in for-loop target", to.line);
    for (const Target& part : to.parts)
      forbidLoop(part);
  }

  void target(Target& to, const Symbols& symbols) {
    if (to.parts.empty()) to.place = find(to.name, symbols, to.line);
    for (Target& part : to.parts)
      target(part, symbols);
  }

  static Place find(const std::string& name, const Symbols& symbols, int line) {
    if (const auto place = symbols.place(name)) return *place;
    throw Problem(Trouble::Refused, "the name '" + name + "' stands where Jinja itself does not find it", line);
  }

  void expression(Expression& node, const Symbols& symbols, bool soft) {
    if (auto* name = std::get_if<Name>(&node.kind)) name->place = find(name->name, symbols, node.line);
    if (const auto* filtered = std::get_if<Filtered>(&node.kind); filtered && !soft) checkFilter(filtered->name, node.line);
    if (const auto* tested = std::get_if<Tested>(&node.kind); tested && !soft) checkTest(tested->name, node.line);
    const bool below = soft || std::holds_alternative<Conditional>(node.kind);
    std::visit([&](auto& kind) { eachChild(kind, [&](Expression& child) { expression(child, symbols, below); }); }, node.kind);
  }

  int m_loops = 0;
  std::size_t m_effort = 0;
};

}  // namespace

void resolveNames(Tree& tree) { Resolver().tree(tree); }

}  // namespace incipit::chat

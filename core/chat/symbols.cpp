#include "core/chat/symbols.h"

#include "core/chat/problem.h"
#include "core/chat/syntax_walk.h"

namespace incipit::chat {

void Symbols::load(const std::string& name) {
  if (has(name) || (m_outer && m_outer->place(name))) return;
  m_loads[name] = {Load::Kind::Resolve, name, {}};
}

void Symbols::store(const std::string& name) {
  m_stores.insert(name);
  if (has(name)) return;
  auto outer = m_outer ? m_outer->place(name) : std::nullopt;
  if (outer) ++outer->hops;  // seen from here
  m_loads[name] = outer ? Load{Load::Kind::Alias, name, *outer} : Load{Load::Kind::Unset, name, {}};
}

void Symbols::declare(const std::string& name) {
  m_stores.insert(name);
  m_loads[name] = {Load::Kind::Parameter, name, {}};
}

void Symbols::readExpression(const Expression& expression) {
  if (const auto* name = std::get_if<Name>(&expression.kind)) load(name->name);
  std::visit([&](const auto& kind) { eachChild(kind, [&](const Expression& child) { readExpression(child); }); }, expression.kind);
}

void Symbols::readTarget(const Target& target, As as) {
  for (const Target& part : target.parts)
    readTarget(part, as);
  if (!target.parts.empty()) return;
  if (!target.attribute.empty())
    load(target.name);
  else if (as == As::Parameter)
    declare(target.name);
  else
    store(target.name);
}

void Symbols::readBody(const Body& body) {
  struct Reader {
    Symbols& symbols;
    void operator()(const TextOf&) {}
    void operator()(const Break&) {}
    void operator()(const Continue&) {}
    void operator()(const Print& node) { symbols.readExpression(*node.value); }
    void operator()(const If& node) { symbols.readIf(node, 0); }
    void operator()(const For& node) { symbols.readExpression(*node.over); }
    void operator()(const Macro& node) { symbols.store(node.name); }
    void operator()(const CallBlock& node) {
      if (node.call) symbols.readExpression(*node.call);
    }
    void operator()(const FilterBlock& node) { symbols.readExpression(*node.filter); }
    void operator()(const With& node) {
      for (const auto& [to, value] : node.values)
        symbols.readExpression(*value);
    }
    void operator()(const Set& node) {
      symbols.readExpression(*node.value);
      symbols.readTarget(node.target, As::Stored);
    }
    void operator()(const SetBlock& node) { symbols.readTarget(node.target, As::Stored); }
  };
  for (const Statement& statement : body)
    std::visit(Reader{*this}, statement.kind);
}

// Jinja has each elif as an if of its own, and all of them together as one branch of the first.
void Symbols::readIf(const If& node, std::size_t branch) {
  readExpression(*node.branches[branch].first);
  *m_effort += 1 + m_loads.size();
  if (*m_effort > Limits::names) refuse("it sets more names in more conditions than any real template");
  Symbols body = *this, elifs = *this, otherwise = *this;
  body.readBody(node.branches[branch].second);
  if (branch == 0) {
    for (std::size_t i = 1; i < node.branches.size(); ++i)
      elifs.readIf(node, i);
    otherwise.readBody(node.otherwise);
  }
  readBranches({&body, &elifs, &otherwise});
}

void Symbols::readBranches(std::initializer_list<const Symbols*> branches) {
  std::set<std::string> news;
  for (const Symbols* branch : branches)
    for (const std::string& name : branch->m_stores)
      if (m_stores.count(name) == 0) news.insert(name);
  for (const Symbols* branch : branches) {
    for (const auto& [name, load] : branch->m_loads)
      m_loads[name] = load;
    m_stores.insert(branch->m_stores.begin(), branch->m_stores.end());
  }
  // Set in some branch only: elsewhere the name keeps the value from outside.
  for (const std::string& name : news) {
    auto outer = m_outer ? m_outer->place(name) : std::nullopt;
    if (outer) ++outer->hops;
    m_loads[name] = outer ? Load{Load::Kind::Alias, name, *outer} : Load{Load::Kind::Resolve, name, {}};
  }
}

void Symbols::finish(Scope& scope) {
  for (const auto& [name, load] : m_loads) {
    m_slots[name] = static_cast<int>(scope.slots.size());
    scope.slots.push_back(load);
  }
}

std::optional<Place> Symbols::place(const std::string& name) const {
  int hops = 0;
  for (const Symbols* symbols = this; symbols; symbols = symbols->m_outer, ++hops)
    if (const auto slot = symbols->m_slots.find(name); slot != symbols->m_slots.end()) return Place{hops, slot->second};
  return std::nullopt;
}

namespace {

// jinja2's find_undeclared for one name: reading on in the order of the tree until the name is read, or set, after which it is no longer
// the outer one.
class FreeName {
 public:
  explicit FreeName(const std::string& name) : m_name(name) {}
  bool found = false;

  void body(const Body& body) {
    for (const Statement& statement : body)
      std::visit(*this, statement.kind);
  }
  void operator()(const TextOf&) {}
  void operator()(const Break&) {}
  void operator()(const Continue&) {}
  void operator()(const Print& node) { read(*node.value); }
  void operator()(const If& node) {
    for (const auto& [test, branch] : node.branches)
      read(*test), body(branch);
    body(node.otherwise);
  }
  void operator()(const For& node) {
    set(node.target);
    read(*node.over);
    body(node.body);
    body(node.otherwise);
    if (node.test) read(*node.test);
  }
  void operator()(const Macro& node) {
    for (const std::string& parameter : node.parameters)
      set(parameter);
    for (const auto& value : node.defaults)
      read(*value);
    body(node.body);
  }
  void operator()(const CallBlock& node) {
    if (node.call) read(*node.call);
    (*this)(*node.caller);
  }
  void operator()(const FilterBlock& node) { body(node.body), read(*node.filter); }
  void operator()(const With& node) {
    for (const auto& [to, value] : node.values)
      set(to);
    for (const auto& [to, value] : node.values)
      read(*value);
    body(node.body);
  }
  void operator()(const Set& node) { set(node.target), read(*node.value); }
  void operator()(const SetBlock& node) {
    set(node.target);
    if (node.filter) read(*node.filter);
    body(node.body);
  }

 private:
  void read(const Expression& expression) {
    if (const auto* name = std::get_if<Name>(&expression.kind)) found = found || (m_open && name->name == m_name);
    std::visit([&](const auto& kind) { eachChild(kind, [&](const Expression& child) { read(child); }); }, expression.kind);
  }
  void set(const std::string& name) { m_open = m_open && name != m_name; }
  void set(const Target& target) {
    if (target.parts.empty() && target.attribute.empty()) set(target.name);
    for (const Target& part : target.parts)
      set(part);
  }

  const std::string& m_name;
  bool m_open = true;
};

}  // namespace

bool namesFree(const Body& body, const std::string& name) {
  FreeName search(name);
  search.body(body);
  return search.found;
}

}  // namespace incipit::chat

// The names of one block, as jinja2/idtracking.py collects them before it compiles the block.
#pragma once

#include "core/chat/syntax_tree.h"

#include <map>
#include <optional>
#include <set>
#include <string>

namespace incipit::chat {

class Symbols {
 public:
  enum class As { Stored, Parameter };
  // `effort` counts the work, for all blocks of a template together.
  Symbols(const Symbols* outer, std::size_t& effort) : m_outer(outer), m_effort(&effort) {}

  // What a block reads and sets, in its order; blocks with scopes of their own are not entered.
  void readBody(const Body& body);
  void readExpression(const Expression& expression);
  void readTarget(const Target& target, As as);
  void declare(const std::string& name);  // a parameter

  // Numbers the names; no reading afterwards.
  void finish(Scope& scope);
  bool has(const std::string& name) const { return m_loads.count(name) > 0; }
  bool isParameter(const std::string& name) const { return m_loads.at(name).kind == Load::Kind::Parameter; }
  std::optional<Place> place(const std::string& name) const;  // in this block or one around it

 private:
  void load(const std::string& name);
  void store(const std::string& name);
  void readIf(const If& node, std::size_t branch);
  void readBranches(std::initializer_list<const Symbols*> branches);

  const Symbols* m_outer;
  std::size_t* m_effort;
  std::map<std::string, Load> m_loads;
  std::set<std::string> m_stores;
  std::map<std::string, int> m_slots;
};

// Whether `name` is read in `body` or anything within it before it is set there.
bool namesFree(const Body& body, const std::string& name);

}  // namespace incipit::chat

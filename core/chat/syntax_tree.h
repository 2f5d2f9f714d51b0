// A template as a tree. Expressions and statements are plain structs in a variant; `line` is where they stand in the template.
#pragma once

#include "core/chat/value.h"

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace incipit::chat {

struct Expression;
struct Statement;
using ExpressionPtr = std::unique_ptr<Expression>;
using Expressions = std::vector<ExpressionPtr>;
using Body = std::vector<Statement>;

// Where a name's value lies: `hops` scopes outwards, in place `slot` (scopes.h).
struct Place {
  int hops = -1;
  int slot = -1;
};

struct ArgumentList {
  Expressions positional;
  std::vector<std::pair<std::string, ExpressionPtr>> named;
  ExpressionPtr star, doubleStar;  // *list, **dict
};

struct Constant {
  std::variant<None, bool, Integer, double, std::string> value;
};
struct Name {
  std::string name;
  Place place;
};
struct TupleOf {
  Expressions items;
};
struct ListOf {
  Expressions items;
};
struct DictOf {
  std::vector<std::pair<ExpressionPtr, ExpressionPtr>> items;
};
struct Conditional {            // yes if test else no
  ExpressionPtr test, yes, no;  // no: may be absent
};
struct Both {  // and
  ExpressionPtr left, right;
};
struct Either {  // or
  ExpressionPtr left, right;
};
struct Not {
  ExpressionPtr value;
};
struct Arithmetic {
  std::string sign;
  ExpressionPtr left, right;
};
struct Sign {
  bool minus;
  ExpressionPtr value;
};
struct Joined {  // ~
  Expressions parts;
};
struct Comparison {
  ExpressionPtr first;
  std::vector<std::pair<std::string, ExpressionPtr>> others;  // "<", "in", "not in", ...
};
struct AttributeOf {
  ExpressionPtr object;
  std::string name;
};
struct ItemOf {
  ExpressionPtr object, index;
};
struct SliceOf {
  ExpressionPtr object, start, stop, step;  // absent: none
};
struct Filtered {
  ExpressionPtr object;  // absent in a filter block, where the block's text is meant
  std::string name;
  ArgumentList arguments;
};
struct Tested {
  ExpressionPtr object;
  std::string name;
  ArgumentList arguments;
};
struct Called {
  ExpressionPtr callee;
  ArgumentList arguments;
};

struct Expression {
  using Kind = std::variant<Constant, Name, TupleOf, ListOf, DictOf, Conditional, Both, Either, Not, Arithmetic, Sign, Joined, Comparison,
                            AttributeOf, ItemOf, SliceOf, Filtered, Tested, Called>;
  Kind kind;
  int line = 0;
  int height = 1;              // levels of expressions below and with this one
  bool constant = false;       // made of constants alone: Jinja works it out when it compiles
  bool constantSlice = false;  // and a slice among them, for which that makes a difference
};

// What a value is assigned to: a name, a namespace's attribute, or several of them.
struct Target {
  std::string name;
  std::string attribute;  // of a namespace
  std::vector<Target> parts;
  bool tuple = false;
  Place place;
  int line = 0;
};

// The names of a block with a scope of its own, worked out by scopes.cpp.
struct Load {
  enum class Kind { Parameter, Resolve, Alias, Unset };
  Kind kind = Kind::Unset;
  std::string name;
  Place outer;  // of Kind::Alias, seen from the scope itself
};
struct Scope {
  std::vector<Load> slots;
};

struct TextOf {
  std::string text;
};
struct Print {
  ExpressionPtr value;
};
struct If {
  std::vector<std::pair<ExpressionPtr, Body>> branches;
  Body otherwise;
};
struct For {
  Target target;
  ExpressionPtr over, test;
  bool recursive = false;
  Body body, otherwise;
  Scope scope, testScope, otherwiseScope;
  Target testTarget;  // the same target, in testScope
  int loopSlot = -1;  // of `loop` in scope; -1: the body does not name it
};
struct Macro {  // also the body of a call block and of {% generation %}
  std::string name;
  std::vector<std::string> parameters;
  Expressions defaults;  // of the last parameters
  Body body;
  Scope scope;
  std::vector<int> parameterSlots;
  int callerSlot = -1, namedSlot = -1, restSlot = -1;  // of caller, kwargs and varargs where the body names them
  Place place;                                         // where the macro itself is put
};
struct CallBlock {
  ExpressionPtr call;  // absent: {% generation %}
  std::unique_ptr<Macro> caller;
};
struct FilterBlock {
  ExpressionPtr filter;
  Body body;
  Scope scope;
};
struct With {
  std::vector<std::pair<Target, ExpressionPtr>> values;
  Body body;
  Scope scope;
};
struct Set {
  Target target;
  ExpressionPtr value;
};
struct SetBlock {
  Target target;
  ExpressionPtr filter;  // may be absent
  Body body;
  Scope scope;
};
struct Break {};
struct Continue {};

struct Statement {
  using Kind = std::variant<TextOf, Print, If, For, Macro, CallBlock, FilterBlock, With, Set, SetBlock, Break, Continue>;
  Kind kind;
  int line = 0;
};

struct Tree {
  Body body;
  Scope scope;
  bool marksAnswers = false;  // has {% generation %}
};

}  // namespace incipit::chat

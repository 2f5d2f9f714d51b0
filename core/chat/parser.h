// From tokens to a tree, by Jinja's grammar (jinja2/parser.py, 3.1.6): its precedence is not Python's everywhere.
#pragma once

#include "core/chat/lexer.h"
#include "core/chat/problem.h"
#include "core/chat/syntax_tree.h"

#include <algorithm>
#include <initializer_list>

namespace incipit::chat {

// Names are not resolved yet (scopes.h). Throws Problem.
Tree parseTemplate(std::string_view source);

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : m_tokens(std::move(tokens)) {}
  Tree run();

 private:
  // parser.cpp: statements
  using Ends = std::initializer_list<const char*>;
  // From the end of the opening tag to one of the closing ones, whose name is next then.
  Body blockUntil(Ends ends);
  Body bodyUntil(Ends ends);
  Statement statement();
  Statement parseIf();
  Statement parseFor();
  Statement parseSet();
  Statement parseMacro();
  Statement parseCall();
  Statement parseFilterBlock();
  Statement parseWith();
  Statement parseGeneration();
  Statement parsePrint();
  Statement parseLoopControl();
  void signature(Macro& macro);
  Body callBody(Ends ends);  // of what is called: a loop around it is none for it
  Target target(bool withNamespace, const char* end = nullptr);
  Target singleTarget(bool withNamespace);
  std::string assignableName();
  [[noreturn]] void unknownTag(const Token& tag) const;

  // parser_expressions.cpp
  ExpressionPtr tuple(bool conditional, bool parenthesised, const char* end = nullptr);
  ExpressionPtr expression(bool conditional = true);
  ExpressionPtr parseConditional();
  ExpressionPtr parseOr();
  ExpressionPtr parseAnd();
  ExpressionPtr parseNot();
  ExpressionPtr parseComparison();
  ExpressionPtr parseSum();
  ExpressionPtr parseJoined();
  ExpressionPtr parseProduct();
  ExpressionPtr parsePower();
  ExpressionPtr parseUnary(bool withFilters);
  ExpressionPtr parsePrimary();
  ExpressionPtr parseName();
  ExpressionPtr parseStrings();
  ExpressionPtr parseList();
  ExpressionPtr parseDict();
  ExpressionPtr parsePostfix(ExpressionPtr node);
  ExpressionPtr parseFilters(ExpressionPtr node);
  ExpressionPtr parseSubscript(ExpressionPtr node);
  ExpressionPtr parseFilter(ExpressionPtr node);  // after the |
  ExpressionPtr parseTest(ExpressionPtr node);
  ExpressionPtr parseCall(ExpressionPtr node);
  ArgumentList arguments();
  std::string dottedName();
  bool tupleEnds(const char* end) const;

  // One level of the source deeper, as long as it lives.
  struct Nested {
    explicit Nested(Parser& parser);
    ~Nested() { --depth; }
    Nested(const Nested&) = delete;
    Nested& operator=(const Nested&) = delete;
    int& depth;
  };

  template <class Kind>
  ExpressionPtr make(Kind kind, int line);

  const Token& current() const { return m_tokens[m_at]; }
  const Token& ahead() const { return m_tokens[std::min(m_at + 1, m_tokens.size() - 1)]; }
  Token next();
  bool isSign(const char* sign) const { return current().kind == Token::Kind::Operator && current().text == sign; }
  bool isName(const char* name) const { return current().kind == Token::Kind::Name && current().text == name; }
  bool skipSign(const char* sign);
  bool skipName(const char* name);
  void expectSign(const char* sign);
  Token expect(Token::Kind kind);
  [[noreturn]] void fail(const std::string& what) const { throw Problem(Trouble::Syntax, what, current().line); }

  std::vector<Token> m_tokens;
  std::size_t m_at = 0;
  int m_depth = 0;
  int m_loops = 0;  // loops around, within the same macro
  bool m_marksAnswers = false;
  std::vector<std::string> m_openTags;
};

std::string describe(const Token& token);

}  // namespace incipit::chat

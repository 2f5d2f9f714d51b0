#include "core/chat/parser.h"

#include <utility>

namespace incipit::chat {

namespace {

using Kind = Token::Kind;

std::string tagList(std::initializer_list<const char*> names) {
  std::string list;
  for (const char* name : names)
    list += std::string(list.empty() ? "'" : " or '") + name + "'";
  return list;
}

}  // namespace

std::string describe(const Token& token) {
  switch (token.kind) {
  case Kind::Data:
    return "text";
  case Kind::PrintBegin:
    return "begin of print statement";
  case Kind::PrintEnd:
    return "end of print statement";
  case Kind::TagBegin:
    return "begin of statement block";
  case Kind::TagEnd:
    return "end of statement block";
  case Kind::End:
    return "end of template";
  default:
    return token.text;
  }
}

Tree parseTemplate(std::string_view source) {
  if (source.size() > Limits::source) refuse("it is longer than " + std::to_string(Limits::source >> 10) + " KB");
  return Parser(tokensOf(source)).run();
}

Tree Parser::run() {
  Tree tree;
  tree.body = bodyUntil({});
  tree.marksAnswers = m_marksAnswers;
  return tree;
}

Parser::Nested::Nested(Parser& parser) : depth(parser.m_depth) {
  if (++depth <= Limits::nesting) return;
  --depth;
  throw Problem(Trouble::Refused, "it nests blocks or expressions more than " + std::to_string(Limits::nesting) + " levels deep",
                parser.current().line);
}

Token Parser::next() {
  Token token = m_tokens[m_at];
  if (token.kind != Kind::End) ++m_at;
  return token;
}

bool Parser::skipSign(const char* sign) {
  if (!isSign(sign)) return false;
  next();
  return true;
}

bool Parser::skipName(const char* name) {
  if (!isName(name)) return false;
  next();
  return true;
}

void Parser::expectSign(const char* sign) {
  if (!skipSign(sign)) fail("expected token '" + std::string(sign) + "', got '" + describe(current()) + "'");
}

Token Parser::expect(Kind kind) {
  if (current().kind == kind) return next();
  const std::string wanted = kind == Kind::Name ? "name" : describe(Token{kind, 0, {}});
  fail(current().kind == Kind::End ? "unexpected end of template, expected '" + wanted + "'"
                                   : "expected token '" + wanted + "', got '" + describe(current()) + "'");
}

Body Parser::bodyUntil(Ends ends) {
  Body body;
  while (current().kind != Kind::End) {
    const int line = current().line;
    if (current().kind == Kind::Data) {
      body.push_back({TextOf{next().text}, line});
    } else if (current().kind == Kind::PrintBegin) {
      next();
      body.push_back({Print{tuple(true, false)}, line});
      expect(Kind::PrintEnd);
    } else {
      expect(Kind::TagBegin);
      for (const char* end : ends)
        if (isName(end)) return body;
      body.push_back(statement());
      expect(Kind::TagEnd);
    }
  }
  if (ends.size() == 0) return body;
  fail("Unexpected end of template. Jinja was looking for the following tags: " + tagList(ends) +
       ". The innermost block that needs to be closed is '" + m_openTags.back() + "'");
}

Body Parser::blockUntil(Ends ends) {
  skipSign(":");
  expect(Kind::TagEnd);
  return bodyUntil(ends);
}

Body Parser::callBody(Ends ends) {
  const int loops = std::exchange(m_loops, 0);
  Body body = blockUntil(ends);
  next();
  m_loops = loops;
  return body;
}

Statement Parser::statement() {
  if (current().kind != Kind::Name) fail("tag name expected");
  struct Reader {
    const char* tag;
    Statement (Parser::*read)();
  };
  static constexpr Reader readers[] = {{"if", &Parser::parseIf},
                                       {"for", &Parser::parseFor},
                                       {"set", &Parser::parseSet},
                                       {"macro", &Parser::parseMacro},
                                       {"call", &Parser::parseCall},
                                       {"filter", &Parser::parseFilterBlock},
                                       {"with", &Parser::parseWith},
                                       {"generation", &Parser::parseGeneration},
                                       {"print", &Parser::parsePrint},
                                       {"break", &Parser::parseLoopControl},
                                       {"continue", &Parser::parseLoopControl}};
  for (const Reader& reader : readers)
    if (isName(reader.tag)) {
      const Nested nested(*this);
      m_openTags.push_back(reader.tag);
      Statement statement = (this->*reader.read)();
      m_openTags.pop_back();
      return statement;
    }
  unknownTag(current());
}

void Parser::unknownTag(const Token& tag) const {
  for (const char* known : {"include", "import", "from", "extends", "block", "autoescape"})
    if (tag.text == known) throw Problem(Trouble::Refused, "the tag '" + tag.text + "' is not carried out", tag.line);
  throw Problem(Trouble::Syntax, "Encountered unknown tag '" + tag.text + "'", tag.line);
}

Statement Parser::parseIf() {
  If node;
  const int line = current().line;
  do {
    next();  // if, elif
    ExpressionPtr test = tuple(false, false);
    node.branches.emplace_back(std::move(test), blockUntil({"elif", "else", "endif"}));
  } while (isName("elif"));
  if (skipName("else")) node.otherwise = blockUntil({"endif"});
  next();
  return {std::move(node), line};
}

Statement Parser::parseFor() {
  For node;
  const int line = next().line;
  node.target = target(false, "in");
  if (!skipName("in")) fail("expected token 'in', got '" + describe(current()) + "'");
  node.over = tuple(false, false, "recursive");
  if (skipName("if")) node.test = expression();
  node.recursive = skipName("recursive");
  ++m_loops;
  node.body = blockUntil({"endfor", "else"});
  --m_loops;
  if (skipName("else")) node.otherwise = blockUntil({"endfor"});
  next();
  return {std::move(node), line};
}

Statement Parser::parseSet() {
  const int line = next().line;
  Target to = target(true);
  if (skipSign("=")) return {Set{std::move(to), tuple(true, false)}, line};
  SetBlock block{std::move(to), nullptr, {}, {}};
  while (skipSign("|"))
    block.filter = parseFilter(std::move(block.filter));
  block.body = blockUntil({"endset"});
  next();
  return {std::move(block), line};
}

void Parser::signature(Macro& macro) {
  expectSign("(");
  while (!isSign(")")) {
    if (!macro.parameters.empty()) expectSign(",");
    macro.parameters.push_back(assignableName());
    if (skipSign("="))
      macro.defaults.push_back(expression());
    else if (!macro.defaults.empty())
      fail("non-default argument follows default argument");
  }
  next();
}

Statement Parser::parseMacro() {
  Macro macro;
  const int line = next().line;
  macro.name = assignableName();
  signature(macro);
  macro.body = callBody({"endmacro"});
  return {std::move(macro), line};
}

Statement Parser::parseCall() {
  CallBlock node;
  const int line = next().line;
  node.caller = std::make_unique<Macro>();
  if (isSign("(")) signature(*node.caller);
  node.call = expression();
  if (!std::holds_alternative<Called>(node.call->kind)) fail("expected call");
  node.caller->body = callBody({"endcall"});
  return {std::move(node), line};
}

Statement Parser::parseGeneration() {
  CallBlock node;
  const int line = next().line;
  m_marksAnswers = true;
  node.caller = std::make_unique<Macro>();
  node.caller->body = callBody({"endgeneration"});
  return {std::move(node), line};
}

Statement Parser::parseFilterBlock() {
  FilterBlock node;
  const int line = next().line;
  node.filter = parseFilter(nullptr);
  while (skipSign("|"))
    node.filter = parseFilter(std::move(node.filter));
  node.body = blockUntil({"endfilter"});
  next();
  return {std::move(node), line};
}

Statement Parser::parseWith() {
  With node;
  const int line = next().line;
  while (current().kind != Kind::TagEnd) {
    if (!node.values.empty()) expectSign(",");
    Target to = target(false);
    expectSign("=");
    node.values.emplace_back(std::move(to), expression());
  }
  node.body = blockUntil({"endwith"});
  next();
  return {std::move(node), line};
}

Statement Parser::parseLoopControl() {
  const Token tag = next();
  if (m_loops == 0) throw Problem(Trouble::Syntax, "'" + tag.text + "' outside loop", tag.line);
  if (tag.text == "break") return {Break{}, tag.line};
  return {Continue{}, tag.line};
}

std::string Parser::assignableName() {
  const std::string name = expect(Kind::Name).text;
  for (const char* constant : {"true", "false", "none", "True", "False", "None"})
    if (name == constant) fail("can't assign to '" + name + "'");
  return name;
}

Target Parser::singleTarget(bool withNamespace) {
  Target to;
  to.line = current().line;
  if (skipSign("(")) {
    const Nested nested(*this);
    to = target(false);

    expectSign(")");
    return to;
  }
  if (current().kind != Kind::Name) fail("can't assign to '" + describe(current()) + "'");
  to.name = assignableName();
  if (withNamespace && skipSign(".")) to.attribute = expect(Kind::Name).text;
  return to;
}

Target Parser::target(bool withNamespace, const char* end) {
  Target to;
  to.line = current().line;
  while (true) {
    if (!to.parts.empty()) expectSign(",");
    if (!to.parts.empty() && tupleEnds(end)) break;
    to.parts.push_back(singleTarget(withNamespace));
    if (!isSign(",")) break;
    to.tuple = true;
  }
  if (!to.tuple) return std::move(to.parts[0]);
  return to;
}

}  // namespace incipit::chat

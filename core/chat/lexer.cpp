#include "core/chat/lexer.h"

#include "core/chat/literals.h"
#include "core/chat/numbers.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace incipit::chat {

namespace {

using Kind = Token::Kind;

// Jinja reads \r\n and \r as \n, and drops one of them at the end of a file.
std::string withPlainNewlines(std::string_view source) {
  std::string text;
  text.reserve(source.size());
  for (std::size_t i = 0; i < source.size(); ++i)
    if (source[i] != '\r')
      text += source[i];
    else if (i + 1 == source.size() || source[i + 1] != '\n')
      text += '\n';
  if (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

class Lexer {
 public:
  explicit Lexer(std::string_view source) : m_source(withPlainNewlines(source)), m_rest(m_source) {}

  std::vector<Token> run() {
    while (!m_rest.empty())
      root();
    emit(Kind::End);
    return std::move(m_tokens);
  }

 private:
  void emit(Kind kind, std::string text = {}) { m_tokens.push_back({kind, m_line, std::move(text)}); }
  [[noreturn]] void fail(const std::string& what) const { throw Problem(Trouble::Syntax, what, m_line); }
  bool at(std::string_view text) const { return m_rest.substr(0, text.size()) == text; }

  void consume(std::size_t bytes) {
    m_line += static_cast<int>(std::count(m_rest.begin(), m_rest.begin() + static_cast<std::ptrdiff_t>(bytes), '\n'));
    m_lineStart = bytes > 0 ? m_rest[bytes - 1] == '\n' : m_lineStart;
    m_rest.remove_prefix(bytes);
  }
  void consumeSpace() { consume(m_rest.size() - stripLeft(m_rest).size()); }

  // Text up to the next tag, without what the tag's signs take from it.
  void data(std::string_view text, char sign, bool printed) {
    std::string_view kept = text;
    if (sign == '-') {
      kept = stripRight(text);
    } else if (sign != '+' && !printed) {
      const std::size_t lineBegin = text.rfind('\n') + 1;  // npos + 1 is 0
      if ((lineBegin > 0 || m_lineStart) && strip(text.substr(lineBegin)).empty()) kept = text.substr(0, lineBegin);
    }
    if (!kept.empty()) emit(Kind::Data, std::string(kept));
    consume(text.size());
  }

  void root() {
    std::size_t open = 0;
    for (;; ++open) {
      open = m_rest.find('{', open);
      if (open == std::string_view::npos || open + 1 == m_rest.size()) {
        emit(Kind::Data, std::string(m_rest));
        return consume(m_rest.size());
      }
      if (const char next = m_rest[open + 1]; next == '{' || next == '%' || next == '#') break;
    }
    const char tag = m_rest[open + 1];
    const char sign = open + 2 < m_rest.size() && (m_rest[open + 2] == '-' || m_rest[open + 2] == '+') ? m_rest[open + 2] : ' ';
    data(m_rest.substr(0, open), sign, tag == '{');
    if (tag == '%' && raw(sign)) return;
    if (tag != '#') emit(tag == '%' ? Kind::TagBegin : Kind::PrintBegin);
    consume(sign == ' ' ? 2 : 3);
    if (tag == '#') return comment();
    m_open.clear();
    while (!tagEnd(tag))
      inTag();
  }

  // "{% raw %} ... {% endraw %}", where one stands here.
  bool raw(char sign) {
    std::string_view rest = stripLeft(m_rest.substr(sign == ' ' ? 2 : 3));
    if (rest.substr(0, 3) != "raw") return false;
    rest = stripLeft(rest.substr(3));
    const bool strips = rest.substr(0, 3) == "-%}";
    if (!strips && rest.substr(0, 2) != "%}") return false;
    consume(m_rest.size() - rest.size() + (strips ? 3 : 2));
    if (strips) consumeSpace();
    rawText();
    return true;
  }

  void rawText() {
    for (std::size_t open = m_rest.find("{%"); open != std::string_view::npos; open = m_rest.find("{%", open + 1)) {
      std::string_view rest = m_rest.substr(open + 2);
      const char sign = !rest.empty() && (rest[0] == '-' || rest[0] == '+') ? rest[0] : ' ';
      if (sign != ' ') rest.remove_prefix(1);
      rest = stripLeft(rest);
      if (rest.substr(0, 6) != "endraw") continue;
      rest = stripLeft(rest.substr(6));
      const bool ends = rest.substr(0, 2) == "%}" || rest.substr(0, 3) == "-%}" || rest.substr(0, 3) == "+%}";
      if (!ends) continue;
      const std::size_t tag = m_rest.size() - open - rest.size();
      data(m_rest.substr(0, open), sign, false);
      consume(tag);
      return blockSuffix('%');
    }
    fail("Missing end of raw directive");
  }

  // "+%}", "-%}" with the space behind it, or "%}" with one newline; `letter` is % or #.
  void blockSuffix(char letter) {
    const bool strips = m_rest[0] == '-';
    const std::size_t length = m_rest[0] == letter ? 2 : 3;
    const bool plain = length == 2;
    consume(length);
    if (strips) consumeSpace();
    if (plain && at("\n")) consume(1);
  }

  void comment() {
    const std::size_t end = m_rest.find("#}");
    if (end == std::string_view::npos) fail("Missing end of comment tag");
    const bool sign = end > 0 && (m_rest[end - 1] == '-' || m_rest[end - 1] == '+');
    consume(sign ? end - 1 : end);
    blockSuffix('#');
  }

  bool tagEnd(char tag) {
    if (m_rest.empty()) return true;
    if (!m_open.empty()) return false;
    if (tag == '%' && (at("%}") || at("-%}") || at("+%}"))) {
      emit(Kind::TagEnd);
      blockSuffix('%');
      return true;
    }
    if (tag == '{' && (at("}}") || at("-}}"))) {
      const bool strips = at("-");
      emit(Kind::PrintEnd);
      consume(strips ? 3 : 2);
      if (strips) consumeSpace();
      return true;
    }
    return false;
  }

  void inTag() {
    if (isSpace(characterAt(m_rest, 0))) return consumeSpace();
    const char c = m_rest[0];
    if (c >= '0' && c <= '9') return number();
    if (c == '\'' || c == '"') return string();
    std::size_t word = 0;
    while (word < m_rest.size() && (m_rest[word] == '_' || isAlnum(characterAt(m_rest, word))))
      word += characterBytes(m_rest[word]);
    if (word > 0) {
      if (!isIdentifier(m_rest.substr(0, word))) fail("Invalid character in identifier");
      emit(Kind::Name, std::string(m_rest.substr(0, word)));
      return consume(word);
    }
    sign();
  }

  void number() {
    const bool afterDot = m_source.data() != m_rest.data() && m_rest.data()[-1] == '.';
    const std::size_t real = afterDot ? 0 : realLength(m_rest);
    const std::size_t length = real > 0 ? real : wholeLength(m_rest);
    std::string digits(m_rest.substr(0, length));
    digits.erase(std::remove(digits.begin(), digits.end(), '_'), digits.end());
    Token token{real > 0 ? Kind::Real : Kind::Integer, m_line, std::string(m_rest.substr(0, length))};
    if (real > 0) {
      token.real = realFrom(digits).value_or(INFINITY);
      if (!std::isfinite(token.real)) fail("the number " + digits + " is too large");
    } else {
      token.whole = integerFrom(digits, 0).value_or(0);
    }
    m_tokens.push_back(std::move(token));
    consume(length);
  }

  void string() {
    std::size_t end = 1;
    while (end < m_rest.size() && m_rest[end] != m_rest[0])
      end += m_rest[end] == '\\' ? 2 : 1;
    if (end >= m_rest.size()) unexpected();
    try {
      emit(Kind::String, unescaped(m_rest.substr(1, end - 1)));
    } catch (const Problem& problem) {
      throw Problem(problem.trouble, problem.what(), m_line);
    }
    consume(end + 1);
  }

  [[noreturn]] void unexpected() const { fail("unexpected char " + std::string(m_rest.substr(0, characterBytes(m_rest[0])))); }

  void sign() {
    static constexpr std::array<std::string_view, 6> two = {"//", "**", "==", "!=", ">=", "<="};
    static constexpr std::string_view one = "+-/*%~[](){}><=.:|,;";
    std::size_t length = 0;
    if (std::any_of(two.begin(), two.end(), [&](std::string_view sign) { return at(sign); }))
      length = 2;
    else if (one.find(m_rest[0]) != std::string_view::npos)
      length = 1;
    else
      unexpected();
    const std::string text(m_rest.substr(0, length));
    if (text == "(" || text == "[" || text == "{") m_open += text == "(" ? ')' : text == "[" ? ']' : '}';
    if (text == ")" || text == "]" || text == "}") {
      if (m_open.empty() || m_open.back() != text[0]) fail("unexpected '" + text + "'");
      m_open.pop_back();
    }
    emit(Kind::Operator, text);
    consume(length);
  }

  const std::string m_source;
  std::string_view m_rest;
  std::vector<Token> m_tokens;
  int m_line = 1;
  bool m_lineStart = true;
  std::string m_open;  // the brackets still to be closed
};

}  // namespace

std::vector<Token> tokensOf(std::string_view source) { return Lexer(source).run(); }

}  // namespace incipit::chat

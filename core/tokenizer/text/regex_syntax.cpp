// Oniguruma's Ruby syntax -> PCRE2's. Where the two agree, text is copied; where PCRE2 would quietly mean something else, it is rewritten
// or refused.
#include "core/support/error.h"
#include "core/tokenizer/text/regex.h"
#include "core/tokenizer/text/unicode.h"

namespace incipit {

namespace {

// What the shorthands mean in Oniguruma, as the inside of a bracket. PCRE2 10.42's own \w knows no marks and its \s knows U+180E.
constexpr std::string_view wordClass = R"(\p{Alphabetic}\p{M}\p{Nd}\p{Pc})";
constexpr std::string_view spaceClass = R"(\p{White_Space})";
constexpr std::string_view hexClass = "0-9a-fA-F";

class Translation {
 public:
  explicit Translation(std::string_view pattern) : m_pattern(pattern) {}

  std::string run() {
    while (m_at < m_pattern.size()) {
      switch (m_pattern[m_at]) {
      case '\\':
        startAtom(), escape(false);
        break;
      case '[':
        startAtom(), bracket();
        break;
      case '(':
        openGroup();
        break;
      case ')':
        closeGroup();
        break;
      case '{':
        interval();
        break;
      default:
        character();
      }
    }
    return std::move(m_out);
  }

 private:
  [[noreturn]] void refuse(const std::string& why) const {
    throw FormatError("the regular expression '" + std::string(m_pattern) + "' " + why + " at byte " + std::to_string(m_at) +
                      ", which Incipit cannot express exactly.");
  }
  bool ahead(std::string_view text) const { return m_pattern.substr(m_at, text.size()) == text; }
  void copy(std::size_t count) { m_out += m_pattern.substr(m_at, count), m_at += count; }
  void startAtom() { m_atom = m_out.size(); }

  void character() {
    char c = m_pattern[m_at];
    if (c != '?' && c != '*' && c != '+') startAtom();
    copy(characterLength(c));
  }

  void escape(bool inBracket) {
    if (m_at + 1 >= m_pattern.size()) refuse("ends in a lone backslash");
    auto spell = [&](std::string_view content, bool negated) {
      if (inBracket && negated) refuse("has a negated shorthand inside a bracket");
      if (!inBracket) m_out += negated ? "[^" : "[";
      m_out += content;
      if (!inBracket) m_out += ']';
      m_at += 2;
    };
    switch (m_pattern[m_at + 1]) {
    case 'w':
      return spell(wordClass, false);
    case 'W':
      return spell(wordClass, true);
    case 's':
      return spell(spaceClass, false);
    case 'S':
      m_out += R"(\P{White_Space})", m_at += 2;
      return;
    case 'h':
      return spell(hexClass, false);
    case 'H':
      return spell(hexClass, true);
    case 'b':
      if (inBracket) return copy(2);  // a backspace in both
      m_out += word(false), m_at += 2;
      return;
    case 'B':
      m_out += word(true), m_at += 2;
      return;
    case 'u':
      return unicode();
    case 'G':
    case 'K':
    case 'X':
    case 'R':
    case 'g':
    case 'k':
      refuse("uses the escape '\\" + std::string(1, m_pattern[m_at + 1]) + "'");
    default:
      break;
    }
    if (ahead("\\p{") || ahead("\\P{")) {
      auto end = m_pattern.find('}', m_at);
      if (end == std::string_view::npos) refuse("has an open \\p{");
      return copy(end + 1 - m_at);
    }
    copy(1 + characterLength(m_pattern[m_at + 1]));
  }

  // \b and \B by Oniguruma's idea of a word.
  static std::string word(bool negated) {
    std::string inside = "[" + std::string(wordClass) + "]";
    std::string edge = "(?<!" + inside + ")(?=" + inside + ")|(?<=" + inside + ")(?!" + inside + ")";
    return negated ? "(?!" + edge + ")" : "(?:" + edge + ")";
  }

  void unicode() {  // \uHHHH
    std::string_view digits = m_pattern.substr(std::min(m_at + 2, m_pattern.size()), 4);
    if (digits.size() != 4 || digits.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) refuse("has an unfinished \\u");
    m_out += "\\x{" + std::string(digits) + "}";
    m_at += 6;
  }

  // A bracket; a bracket inside it means union in Ruby (BLOOM's pattern has one) and a plain '[' in PCRE2, so inner ones are dissolved.
  void bracket() {
    m_out += '[', ++m_at;
    if (ahead("^")) copy(1);
    std::size_t depth = 1;
    bool first = true;
    while (depth > 0) {
      if (m_at >= m_pattern.size()) refuse("has a bracket that is not closed");
      char c = m_pattern[m_at];
      if (c == '\\') {
        escape(true);
      } else if (ahead("&&")) {
        refuse("has an intersection (&&)");
      } else if (ahead("[:")) {
        auto end = m_pattern.find(":]", m_at);
        if (end == std::string_view::npos) refuse("has an open [:");
        copy(end + 2 - m_at);
      } else if (ahead("[^")) {
        refuse("has a negated bracket inside a bracket");
      } else if (c == '[') {
        ++depth, ++m_at;
      } else if (c == ']' && !first) {
        ++m_at;
        if (--depth == 0) m_out += ']';
      } else {
        if (c == ']') m_out += '\\';
        copy(characterLength(c));
      }
      first = false;
    }
  }

  void openGroup() {
    m_groups.push_back(m_out.size());
    copy(1);
    if (!ahead("?")) return;
    if (ahead("?~") || ahead("?(")) refuse("uses a group PCRE2 does not know in this form");
    copy(1);
    // Flags: in Ruby (?m) lets the dot match newlines, which PCRE2 calls s.
    while (m_at < m_pattern.size() && std::string_view("imx-").find(m_pattern[m_at]) != std::string_view::npos) {
      m_out += m_pattern[m_at] == 'm' ? 's' : m_pattern[m_at];
      ++m_at;
    }
    if (ahead("<=") || ahead("<!"))
      copy(2);
    else if (ahead(":") || ahead("=") || ahead("!") || ahead(">") || ahead("#"))
      copy(1);
  }

  void closeGroup() {
    copy(1);
    if (m_groups.empty()) return;  // PCRE2 reports it
    m_atom = m_groups.back();
    m_groups.pop_back();
  }

  // {n,m}: in Ruby a '+' behind it repeats the whole, in PCRE2 it makes the interval possessive; {,m} counts from 0 in Ruby alone.
  void interval() {
    auto end = m_pattern.find('}', m_at);
    std::string_view inside = end == std::string_view::npos ? "" : m_pattern.substr(m_at + 1, end - m_at - 1);
    if (inside.empty() || inside.find_first_not_of("0123456789,") != std::string_view::npos || inside == ",") return character();
    std::string repeat = "{" + (inside[0] == ',' ? "0" : std::string()) + std::string(inside) + "}";
    m_at = end + 1;
    m_out += repeat;
    if (!ahead("+")) return;
    m_out.insert(m_atom, "(?:");
    m_out += ')';
  }

  std::string_view m_pattern;
  std::size_t m_at = 0;
  std::string m_out;
  std::size_t m_atom = 0;             // where in m_out the last thing that can be repeated begins
  std::vector<std::size_t> m_groups;  // where the open groups begin
};

}  // namespace

std::string toPcre2Syntax(std::string_view pattern) { return Translation(pattern).run(); }

}  // namespace incipit

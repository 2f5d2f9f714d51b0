#include "core/dataset/flat_row.h"

#include <array>
#include <cctype>

namespace incipit {
namespace {

constexpr std::array<bool, 256> endsPlainText = [] {
  std::array<bool, 256> ends{};
  for (std::size_t c = 0; c < 0x20; ++c)
    ends[c] = true;
  ends['"'] = ends['\\'] = true;
  return ends;
}();

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// A place in a row. Every step says whether the row goes on as it should.
struct Cursor {
  std::string_view rest;

  void space() {
    while (!rest.empty() && (rest.front() == ' ' || rest.front() == '\t' || rest.front() == '\r'))
      rest.remove_prefix(1);
  }
  bool literal(std::string_view text) {
    if (!rest.starts_with(text)) return false;
    rest.remove_prefix(text.size());
    return true;
  }

  // The bytes of UTF-8 that an escape stands for; 0: it is none, or half of a surrogate pair.
  std::size_t escape() {
    if (rest.size() < 2) return 0;
    const char kind = rest[1];
    if (kind != 'u') {
      rest.remove_prefix(2);
      return std::string_view("\"\\/bfnrt").find(kind) == std::string_view::npos ? 0 : 1;
    }
    if (rest.size() < 6) return 0;
    unsigned code = 0;
    for (const char c : rest.substr(2, 4)) {
      const auto digit = static_cast<unsigned char>(c);
      if (std::isxdigit(digit) == 0) return 0;
      code = code * 16 + static_cast<unsigned>(std::isdigit(digit) != 0 ? c - '0' : std::tolower(digit) - 'a' + 10);
    }
    rest.remove_prefix(6);
    if (code >= 0xD800 && code < 0xE000) return 0;
    return code < 0x80 ? 1 : code < 0x800 ? 2 : 3;
  }

  bool text(FlatRow::Cell& cell) {
    rest.remove_prefix(1);
    const std::string_view begin = rest;
    cell.bytes = 0;
    for (;;) {
      std::size_t plain = 0;
      while (plain < rest.size() && !endsPlainText[static_cast<unsigned char>(rest[plain])])
        ++plain;
      cell.bytes += plain;
      rest.remove_prefix(plain);
      if (rest.empty()) return false;
      if (rest.front() == '"') break;
      if (rest.front() != '\\') return false;
      cell.asWritten = false;
      const std::size_t bytes = escape();
      if (bytes == 0) return false;
      cell.bytes += bytes;
    }
    cell.text = begin.substr(0, begin.size() - rest.size());
    rest.remove_prefix(1);
    return true;
  }

  // A number that cannot be too large, without an exponent.
  bool number(FlatRow::Cell& cell) {
    constexpr std::size_t longest = 18;
    const std::string_view begin = rest;
    const auto digits = [this] {
      std::size_t count = 0;
      for (; !rest.empty() && isDigit(rest.front()); ++count)
        rest.remove_prefix(1);
      return count;
    };
    const bool negative = literal("-"), zero = !rest.empty() && rest.front() == '0';
    const std::size_t whole = digits();
    if (whole == 0 || (zero && whole > 1)) return false;
    cell.asWritten = !(negative && zero);
    if (literal(".")) {
      cell.asWritten = false;
      if (digits() == 0) return false;
    }
    cell.text = begin.substr(0, begin.size() - rest.size());
    cell.bytes = cell.text.size();
    return cell.bytes <= longest;  // what stands behind it, an exponent too, is looked at by the caller
  }

  bool value(FlatRow::Cell& cell) {
    if (rest.empty()) return false;
    cell = {};
    if (rest.front() == '"') return text(cell);
    if (rest.front() == '-' || isDigit(rest.front())) return number(cell);
    if (literal("null")) return true;
    for (const std::string_view word : {"true", "false"})
      if (literal(word)) {
        cell.text = word;
        cell.bytes = word.size();
        return true;
      }
    return false;
  }
};

}  // namespace

std::optional<FlatRow> FlatRow::like(std::string_view row, const std::vector<std::string>& columns) {
  FlatRow flat;
  for (const std::string& column : columns) {
    for (const char c : column)
      if (endsPlainText[static_cast<unsigned char>(c)]) return std::nullopt;
    flat.m_keys.push_back('"' + column + '"');
  }
  flat.m_cells.resize(columns.size());
  if (!flat.scan(row)) return std::nullopt;
  return flat;
}

bool FlatRow::scan(std::string_view row) {
  Cursor at{row};
  if (!at.literal("{")) return false;
  for (std::size_t i = 0; i < m_keys.size(); ++i) {
    at.space();
    if (i > 0) {
      if (!at.literal(",")) return false;
      at.space();
    }
    if (!at.literal(m_keys[i])) return false;
    at.space();
    if (!at.literal(":")) return false;
    at.space();
    if (!at.value(m_cells[i])) return false;
  }
  at.space();
  return at.literal("}") && at.rest.empty();
}

}  // namespace incipit

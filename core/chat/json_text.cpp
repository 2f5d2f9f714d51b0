// json.dumps with the arguments that transformers' `tojson` gives it.
#include "core/chat/compare.h"
#include "core/chat/numbers.h"
#include "core/chat/printing.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <algorithm>
#include <cmath>

namespace incipit::chat {

namespace {

class JsonWriter {
 public:
  JsonWriter(const Heap& heap, const JsonStyle& style) : m_out(heap.budget()), m_style(style) {}

  void value(const Value& value, std::size_t level) {
    if (const Text* text = value.text()) return string(text->bytes);
    if (const Values* items = value.items()) return array(*items, level);
    if (const Dict* dict = value.dict()) return object(*dict, level);
    m_out.add(scalar(value));
  }
  std::string take() { return m_out.take(); }

 private:
  static std::string scalar(const Value& value) {
    if (value.none()) return "null";
    if (const bool* flag = value.boolean()) return *flag ? "true" : "false";
    if (const Integer* number = value.integer()) return toText(*number);
    if (const double* number = value.real()) {
      if (std::isnan(*number)) return "NaN";
      if (std::isinf(*number)) return *number < 0 ? "-Infinity" : "Infinity";
      return toText(*number);
    }
    typeError("Object of type " + typeName(value) + " is not JSON serializable");
  }

  void string(std::string_view text) {
    static constexpr char hex[] = "0123456789abcdef";
    std::string out = "\"";
    const auto escape = [&](char32_t unit) {
      out += "\\u";
      for (int shift = 12; shift >= 0; shift -= 4)
        out += hex[(unit >> shift) & 15];
    };
    for (std::size_t at = 0; at < text.size(); at += characterBytes(text[at])) {
      const char32_t c = characterAt(text, at);
      static constexpr std::string_view plain = "\"\\\n\r\t\b\f", letters = "\"\\nrtbf";
      if (const auto found = c < 0x80 ? plain.find(static_cast<char>(c)) : std::string_view::npos; found != std::string_view::npos)
        out += '\\', out += letters[found];
      else if (c < ' ' || (m_style.ascii && c > '~' && c < 0x10000))
        escape(c);
      else if (m_style.ascii && c >= 0x10000)
        escape(0xD800 + ((c - 0x10000) >> 10)), escape(0xDC00 + ((c - 0x10000) & 0x3FF));
      else
        out += text.substr(at, characterBytes(text[at]));
    }
    m_out.add(out + "\"");
  }

  void lineBreak(std::size_t level) {
    if (!m_style.indent) return;
    m_out.add("\n");
    for (std::size_t i = 0; i < level; ++i)
      m_out.add(*m_style.indent);
  }

  void array(const Values& items, std::size_t level) {
    if (items.empty()) return m_out.add("[]");
    m_out.add("[");
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (i > 0) m_out.add(m_style.itemSeparator);
      lineBreak(level + 1);
      value(items[i], level + 1);
    }
    lineBreak(level);
    m_out.add("]");
  }

  void object(const Dict& dict, std::size_t level) {
    if (dict.entries.empty()) return m_out.add("{}");
    std::vector<const Dict::Entry*> entries;
    for (const Dict::Entry& entry : dict.entries)
      entries.push_back(&entry);
    if (m_style.sortKeys)
      std::stable_sort(entries.begin(), entries.end(), [&](auto* a, auto* b) { return less(a->key, b->key, dict.share.budget()); });
    m_out.add("{");
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (i > 0) m_out.add(m_style.itemSeparator);
      lineBreak(level + 1);
      key(entries[i]->key);
      m_out.add(m_style.keySeparator);
      value(entries[i]->value, level + 1);
    }
    lineBreak(level);
    m_out.add("}");
  }

  void key(const Value& key) {
    if (const Text* text = key.text()) return string(text->bytes);
    if (key.undefined() || key.tuple() || key.object()) typeError("keys must be str, int, float, bool or None, not " + typeName(key));
    string(scalar(key));
  }

  TextBuilder m_out;
  const JsonStyle& m_style;
};

}  // namespace

std::string jsonText(const Heap& heap, const Value& value, const JsonStyle& style) {
  JsonWriter writer(heap, style);
  writer.value(value, 0);
  return writer.take();
}

}  // namespace incipit::chat

#include "core/chat/value.h"

#include "core/chat/compare.h"
#include "core/chat/object.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <algorithm>

namespace incipit::chat {

namespace {

int checkedDepth(int depth) {
  if (depth > Limits::valueDepth) refuse("it puts lists into one another more than " + std::to_string(Limits::valueDepth) + " levels deep");
  return depth;
}

template <class Items>
int deepest(const Items& items) {
  int depth = 0;
  for (const Value& item : items)
    depth = std::max(depth, depthOf(item));
  return checkedDepth(depth + 1);
}

constexpr std::size_t smallDict = 8;

}  // namespace

Text::Text(Budget& budget, std::string text, bool marked)
    : bytes(std::move(text)), marked(marked), ascii(isAscii(bytes)), length(ascii ? bytes.size() : countCharacters(bytes)),
      share(budget, sizeof(Text) + bytes.size()) {
  if (bytes.size() > Limits::text) refuse("it makes a text of more than " + std::to_string(Limits::text >> 20) + " MB");
  budget.work(bytes.size());
}

Sequence::Sequence(Budget& budget, Values values)
    : items(std::move(values)), depth(deepest(items)), share(budget, sizeof(Sequence) + items.size() * sizeof(Value)) {
  budget.step(static_cast<std::int64_t>(items.size() / 8));
}

Dict::Dict(Budget& budget, std::vector<Entry> given) : share(budget, sizeof(Dict) + given.size() * (2 * sizeof(Value) + 48)) {
  budget.step(static_cast<std::int64_t>(given.size()));
  entries.reserve(given.size());
  const bool indexed = given.size() > smallDict;
  for (Entry& entry : given) {
    depth = std::max(depth, checkedDepth(1 + std::max(depthOf(entry.key), depthOf(entry.value))));
    const std::size_t hash = hashOf(entry.key, budget);
    if (const std::size_t at = locate(entry.key, hash); at < entries.size()) {
      entries[at].value = std::move(entry.value);
      continue;
    }
    if (indexed) m_index.emplace(hash, entries.size());
    entries.push_back(std::move(entry));
  }
}

std::size_t Dict::locate(const Value& key, std::size_t hash) const {
  const auto same = [&](const Entry& entry) { return equal(entry.key, key, share.budget()); };
  if (m_index.empty()) return static_cast<std::size_t>(std::find_if(entries.begin(), entries.end(), same) - entries.begin());
  const auto [first, last] = m_index.equal_range(hash);
  for (auto it = first; it != last; ++it)
    if (same(entries[it->second])) return it->second;
  return entries.size();
}

const Value* Dict::find(const Value& key) const {
  const std::size_t at = locate(key, hashOf(key, share.budget()));
  return at < entries.size() ? &entries[at].value : nullptr;
}

const Value* Dict::find(std::string_view key) const {
  if (!m_index.empty()) {
    const auto [first, last] = m_index.equal_range(hashOf(key));
    for (auto it = first; it != last; ++it)
      if (const Text* text = entries[it->second].key.text(); text && text->bytes == key) return &entries[it->second].value;
    return nullptr;
  }
  for (const Entry& entry : entries)
    if (const Text* text = entry.key.text(); text && text->bytes == key) return &entry.value;
  return nullptr;
}

Integer Range::length() const {
  if (step > 0) return stop > start ? (stop - start + step - 1) / step : 0;
  return stop < start ? (start - stop - step - 1) / -step : 0;
}

const Values* Value::items() const {
  if (const List* sequence = list()) return &sequence->items;
  if (const Tuple* sequence = tuple()) return &sequence->items;
  return nullptr;
}

std::optional<Integer> Value::wholeNumber() const {
  if (const Integer* number = integer()) return *number;
  if (const bool* flag = boolean()) return Integer{*flag};
  return std::nullopt;
}

int depthOf(const Value& value) {
  if (const List* list = value.list()) return list->depth;
  if (const Tuple* tuple = value.tuple()) return tuple->depth;
  if (const Dict* dict = value.dict()) return dict->depth;
  if (const Object* object = value.object()) return object->depth();
  return 0;
}

std::string typeName(const Value& value) {
  static constexpr const char* names[] = {"missing", "Undefined", "NoneType", "bool", "int",  "float",
                                          "str",     "list",      "tuple",    "dict", "range"};
  if (const Object* object = value.object()) return object->typeName();
  if (const Text* text = value.text(); text && text->marked) return "Markup";
  return names[value.data().index()];
}

bool truth(const Value& value) {
  if (const bool* flag = value.boolean()) return *flag;
  if (const Integer* number = value.integer()) return *number != 0;
  if (const double* number = value.real()) return *number != 0;
  if (const Text* text = value.text()) return !text->bytes.empty();
  if (const Values* items = value.items()) return !items->empty();
  if (const Dict* dict = value.dict()) return !dict->entries.empty();
  if (const Range* range = value.range()) return range->length() > 0;
  if (Object* object = value.object()) return object->truth();
  return false;
}

void TextBuilder::grow(std::size_t bytes) {
  if (bytes > Limits::text - m_text.size()) refuse("it makes a text of more than " + std::to_string(Limits::text >> 20) + " MB");
  m_share.grow(bytes);
  m_share.budget().work(bytes);
}

void TextBuilder::add(std::string_view text) {
  grow(text.size());
  m_text.append(text);
}

void TextBuilder::add(char letter, std::size_t times) {
  grow(times);
  m_text.append(times, letter);
}

}  // namespace incipit::chat

// Filters over lists and dicts that make another list, or one value, of all elements.
#include "core/chat/builtins.h"
#include "core/chat/compare.h"
#include "core/chat/iterators.h"
#include "core/chat/numbers.h"
#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <algorithm>
#include <utility>

namespace incipit::chat {

namespace {

struct Keyed {
  Value key, value;
};

// sorted(): stable, also when reversed. Python's order may be none at all (1 < 'a'), which std::stable_sort must not find out in the middle
// of its work, so the merge is our own.
std::vector<Keyed> sorted(Machine& machine, std::vector<Keyed> items, bool reverse) {
  const auto before = [&](const Keyed& a, const Keyed& b) {
    return reverse ? less(b.key, a.key, machine.budget()) : less(a.key, b.key, machine.budget());
  };
  for (std::size_t width = 1; width < items.size(); width *= 2) {
    std::vector<Keyed> merged;
    merged.reserve(items.size());
    for (std::size_t low = 0; low < items.size(); low += 2 * width) {
      const std::size_t middle = std::min(low + width, items.size()), high = std::min(low + 2 * width, items.size());
      std::size_t left = low, right = middle;
      while (left < middle || right < high) {
        const bool takeRight = left == middle || (right < high && before(items[right], items[left]));
        merged.push_back(std::move(items[takeRight ? right++ : left++]));
      }
    }
    items = std::move(merged);
  }
  return items;
}

Value valuesOf(Machine& machine, std::vector<Keyed> items) {
  Values values;
  for (Keyed& item : items)
    values.push_back(std::move(item.value));
  return machine.heap().list(std::move(values));
}

// "age,name" as a list of the keys to sort by.
Value sortKey(Machine& machine, const Value& item, const Value& attribute, bool caseSensitive) {
  Values keys;
  const auto add = [&](const Value& path) {
    const Value key = attributePath(machine, item, path);
    keys.push_back(caseSensitive ? key : withoutCase(machine, key));
  };
  if (const Text* text = attribute.text()) {
    std::size_t start = 0;
    for (std::size_t comma; (comma = text->bytes.find(',', start)) != std::string::npos; start = comma + 1)
      add(machine.text(text->bytes.substr(start, comma - start)));
    add(machine.text(text->bytes.substr(start)));
  } else {
    add(attribute);
  }
  return machine.heap().list(std::move(keys));
}

Value sort(Machine& machine, Values& arguments) {
  std::vector<Keyed> items;
  for (const Value& item : machine.elements(arguments[0]))
    items.push_back({sortKey(machine, item, arguments[3], flagArgument(arguments[2], false)), item});
  return valuesOf(machine, sorted(machine, std::move(items), flagArgument(arguments[1], false)));
}

Value dictSort(Machine& machine, Values& arguments) {
  const Dict* dict = arguments[0].dict();
  if (arguments[0].undefined()) useOfUndefined(arguments[0]);
  if (!dict) typeError("'" + typeName(arguments[0]) + "' object has no attribute 'items'");
  const std::string by = arguments[2].missing() ? "key" : textArgument(arguments[2], "dictsort").bytes;
  if (by != "key" && by != "value") valueError("You can only sort by either \"key\" or \"value\"");
  std::vector<Keyed> items;
  for (const Dict::Entry& entry : dict->entries) {
    const Value& key = by == "key" ? entry.key : entry.value;
    items.push_back({flagArgument(arguments[1], false) ? key : withoutCase(machine, key), machine.heap().tuple({entry.key, entry.value})});
  }
  return valuesOf(machine, sorted(machine, std::move(items), flagArgument(arguments[3], false)));
}

Value groupBy(Machine& machine, Values& arguments) {
  const bool caseSensitive = flagArgument(arguments[3], false);
  const Value& fallback = arguments[2];
  const auto keyOf = [&](const Value& item) {
    const Value key = attributePath(machine, item, arguments[1]);
    return key.undefined() && !fallback.missing() && !fallback.none() ? fallback : key;
  };
  std::vector<Keyed> items;
  for (const Value& item : machine.elements(arguments[0])) {
    const Value key = keyOf(item);
    items.push_back({caseSensitive ? key : withoutCase(machine, key), item});
  }
  items = sorted(machine, std::move(items), false);
  Values groups;
  for (std::size_t start = 0, end; start < items.size(); start = end) {
    Values members;
    for (end = start; end < items.size() && equal(items[end].key, items[start].key, machine.budget()); ++end)
      members.push_back(items[end].value);
    const Value key = keyOf(members[0]);
    auto group = std::make_shared<Tuple>(machine.budget(), Values{key, machine.heap().list(std::move(members))});
    group->group = true;
    groups.push_back(std::shared_ptr<const Tuple>(std::move(group)));
  }
  return machine.heap().list(std::move(groups));
}

Value join(Machine& machine, Values& arguments) {
  const std::string between = arguments[1].missing() ? "" : machine.printed(arguments[1]);
  const auto iterator = machine.iterate(arguments[0]);
  TextBuilder out(machine.budget());
  bool first = true;
  while (auto item = iterator->next(machine)) {
    machine.budget().step();
    if (!arguments[2].missing() && !arguments[2].none()) item = attributePath(machine, *item, arguments[2]);
    if (!first) out.add(between);
    out.add(machine.printed(*item));
    first = false;
  }
  return machine.text(out.take());
}

Value list(Machine& machine, Values& arguments) { return machine.heap().list(machine.elements(arguments[0])); }

Value items(Machine&, Values& arguments) {
  const Value dict = arguments[0];
  auto at = std::make_shared<std::size_t>(0);
  return generatorOf(dict, [dict, at](Machine& machine) -> std::optional<Value> {
    if (dict.undefined()) return std::nullopt;
    if (!dict.dict()) typeError("Can only get item pairs from a mapping.");
    const auto& entries = dict.dict()->entries;
    if (*at == entries.size()) return std::nullopt;
    const Dict::Entry& entry = entries[(*at)++];
    return machine.heap().tuple({entry.key, entry.value});
  });
}

Value first(Machine& machine, Values& arguments) {
  const auto item = machine.iterate(arguments[0])->next(machine);
  return item ? *item : Heap::undefined("No first item, sequence was empty");
}

bool reversible(const Value& value) { return value.text() || value.items() || value.dict() || value.range() || value.undefined(); }

Value last(Machine& machine, Values& arguments) {
  const Object* object = arguments[0].object();
  if (!reversible(arguments[0]) && !(object && object->typeName().rfind("dict_", 0) == 0))
    typeError("'" + typeName(arguments[0]) + "' object is not reversible");
  const Values items = machine.elements(arguments[0]);
  return items.empty() ? Heap::undefined("No last item, sequence was empty") : items.back();
}

Value reverse(Machine& machine, Values& arguments) {
  if (arguments[0].text()) return machine.slice(arguments[0], {}, {}, Integer{-1}, false);
  const bool lazy = reversible(arguments[0]);
  Values items = machine.elements(arguments[0]);
  std::reverse(items.begin(), items.end());
  const Value reversed = machine.heap().list(std::move(items));
  if (!lazy) return reversed;
  auto iterator = std::make_shared<ItemsIterator>(reversed);
  return generatorOf(reversed, [iterator](Machine& at) { return iterator->next(at); });
}

Value sum(Machine& machine, Values& arguments) {
  Value total = arguments[2].missing() ? Value(Integer{0}) : arguments[2];
  if (total.text()) typeError("sum() can't sum strings");
  const auto iterator = machine.iterate(arguments[0]);
  while (const auto item = iterator->next(machine))
    total = machine.binary("+", total, attributePath(machine, *item, arguments[1]));
  return total;
}

Value extreme(Machine& machine, const Values& arguments, bool largest) {
  const bool caseSensitive = flagArgument(arguments[1], false);
  std::optional<Keyed> best;
  const auto iterator = machine.iterate(arguments[0]);
  while (const auto item = iterator->next(machine)) {
    Value key = attributePath(machine, *item, arguments[2]);
    if (!caseSensitive) key = withoutCase(machine, key);
    if (!best || (largest ? less(best->key, key, machine.budget(), ">") : less(key, best->key, machine.budget()))) best = Keyed{key, *item};
  }
  return best ? best->value : Heap::undefined("No aggregated item, sequence was empty");
}
Value minimum(Machine& machine, Values& arguments) { return extreme(machine, arguments, false); }
Value maximum(Machine& machine, Values& arguments) { return extreme(machine, arguments, true); }

Value batch(Machine& machine, Values& arguments) {
  const Value& fill = arguments[2];
  const std::int64_t count = clamped(wholeArgument(arguments[1], "batch"));
  Values batches, row;
  const auto close = [&] { batches.push_back(machine.heap().list(std::exchange(row, {}))); };
  for (Value& item : machine.elements(arguments[0])) {
    if (static_cast<std::int64_t>(row.size()) == count) close();
    row.push_back(std::move(item));
  }
  if (!row.empty()) {
    if (!fill.missing() && !fill.none())
      for (Share share(machine.budget()); static_cast<std::int64_t>(row.size()) < count; row.push_back(fill))
        machine.budget().step(), share.grow(sizeof(Value));
    close();
  }
  auto iterator = std::make_shared<ItemsIterator>(machine.heap().list(std::move(batches)));
  return generatorOf(arguments[0], [iterator](Machine& at) { return iterator->next(at); });
}

Value slice(Machine& machine, Values& arguments) {
  const Values items = machine.elements(arguments[0]);
  const std::int64_t slices = clamped(wholeArgument(arguments[1], "slice"));
  if (slices == 0) valueError("integer division or modulo by zero");
  const Value& fill = arguments[2];
  const auto length = static_cast<std::int64_t>(items.size());
  Values made;
  Share share(machine.budget());
  for (std::int64_t number = 0, at = 0; number < slices; ++number) {
    machine.budget().step();
    share.grow(sizeof(Value));
    const bool extra = number < length % slices;
    const std::int64_t end = at + length / slices + (extra ? 1 : 0);
    Values part(items.begin() + at, items.begin() + end);
    if (!fill.missing() && !fill.none() && !extra) part.push_back(fill);
    made.push_back(machine.heap().list(std::move(part)));
    at = end;
  }
  auto iterator = std::make_shared<ItemsIterator>(machine.heap().list(std::move(made)));
  return generatorOf(arguments[0], [iterator](Machine& at) { return iterator->next(at); });
}

}  // namespace

const Table& sequenceFilters() {
  static const Table table = {
      {"sort", "value reverse? case_sensitive? attribute?", sort},
      {"dictsort", "value case_sensitive? by? reverse?", dictSort},
      {"groupby", "value attribute default? case_sensitive?", groupBy},
      {"join", "value d? attribute?", join},
      {"list", "value", list},
      {"items", "value", items},
      {"first", "seq", first},
      {"last", "seq", last},
      {"reverse", "value", reverse},
      {"sum", "iterable attribute? start?", sum},
      {"min", "value case_sensitive? attribute?", minimum},
      {"max", "value case_sensitive? attribute?", maximum},
      {"batch", "value linecount fill_with?", batch},
      {"slice", "value slices fill_with?", slice},
  };
  return table;
}

}  // namespace incipit::chat

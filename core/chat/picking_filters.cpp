// map, select and their kin: filters that take elements one by one, as they are asked for.
#include "core/chat/builtins.h"
#include "core/chat/compare.h"
#include "core/chat/iterators.h"
#include "core/chat/problem.h"

#include <unordered_set>

namespace incipit::chat {

namespace {

Value takePositional(Arguments& arguments, std::size_t index) {
  return index < arguments.positional.size() ? arguments.positional[index] : Value();
}

// The filter or test that the arguments from `from` on name, applied to a value.
Value apply(Machine& machine, bool filter, const Value& value, const Arguments& arguments, std::size_t from) {
  const Value& name = arguments.positional[from];
  if (name.undefined()) useOfUndefined(name);
  if (!name.text()) valueError("there is no " + std::string(filter ? "filter" : "test") + " of that name");
  Arguments passed;
  passed.positional.push_back(value);
  passed.positional.insert(passed.positional.end(), arguments.positional.begin() + static_cast<std::ptrdiff_t>(from) + 1,
                           arguments.positional.end());
  passed.named = arguments.named;
  return runBuiltin(machine, filter ? filterNamed(name.text()->bytes) : testNamed(name.text()->bytes), std::move(passed));
}

Value map(Machine&, Arguments& arguments) {
  const Value source = takePositional(arguments, 0);
  if (source.missing()) typeError("map() misses its argument");
  Value attribute, fallback;
  if (arguments.positional.size() == 1)
    for (const auto& [name, value] : arguments.named)
      (name == "attribute" ? attribute : fallback) = value;
  if (attribute.missing())
    return generatorOverAny(source, [arguments](Machine& machine, const Value& item) -> std::optional<Value> {
      if (arguments.positional.size() < 2) valueError("map requires a filter argument");
      return apply(machine, true, item, arguments, 1);
    });
  return generatorOverAny(source, [attribute, fallback, arguments](Machine& machine, const Value& item) -> std::optional<Value> {
    for (const auto& [name, value] : arguments.named)
      if (name != "attribute" && name != "default") valueError("Unexpected keyword argument '" + name + "'");
    const Value found = attributePath(machine, item, attribute);
    return found.undefined() && !fallback.missing() && !fallback.none() ? fallback : found;
  });
}

Value pick(Arguments& arguments, bool wanted, bool byAttribute) {
  const Value source = takePositional(arguments, 0);
  if (source.missing()) typeError("select() misses its argument");
  return generatorOverAny(source, [arguments, wanted, byAttribute](Machine& machine, const Value& item) -> std::optional<Value> {
    const std::size_t test = byAttribute ? 2 : 1;
    if (arguments.positional.size() < test) valueError("Missing parameter for attribute name");
    const Value value = byAttribute ? attributePath(machine, item, arguments.positional[1]) : item;
    const Value result = arguments.positional.size() > test ? apply(machine, false, value, arguments, test) : value;
    return truth(result) == wanted ? std::optional(item) : std::nullopt;
  });
}

Value select(Machine&, Arguments& arguments) { return pick(arguments, true, false); }
Value reject(Machine&, Arguments& arguments) { return pick(arguments, false, false); }
Value selectAttribute(Machine&, Arguments& arguments) { return pick(arguments, true, true); }
Value rejectAttribute(Machine&, Arguments& arguments) { return pick(arguments, false, true); }

Value unique(Machine&, Values& arguments) {
  struct Seen {
    std::unordered_multimap<std::size_t, Value> keys;
  };
  auto seen = std::make_shared<Seen>();
  const Value attribute = arguments[2], caseSensitive = arguments[1];
  return generatorOver(arguments[0], [seen, attribute, caseSensitive](Machine& machine, const Value& item) -> std::optional<Value> {
    Value key = attributePath(machine, item, attribute);
    if (!flagArgument(caseSensitive, false)) key = withoutCase(machine, key);
    const std::size_t hash = hashOf(key, machine.budget());
    const auto [first, last] = seen->keys.equal_range(hash);
    for (auto it = first; it != last; ++it)
      if (equal(it->second, key, machine.budget())) return std::nullopt;
    seen->keys.emplace(hash, key);
    return item;
  });
}

}  // namespace

const Table& pickingFilters() {
  static const Table table = {
      {"map", nullptr, nullptr, map},
      {"select", nullptr, nullptr, select},
      {"reject", nullptr, nullptr, reject},
      {"selectattr", nullptr, nullptr, selectAttribute},
      {"rejectattr", nullptr, nullptr, rejectAttribute},
      {"unique", "value case_sensitive? attribute?", unique},
  };
  return table;
}

}  // namespace incipit::chat

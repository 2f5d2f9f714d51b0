#include "core/chat/json_values.h"

#include "core/chat/problem.h"
#include "core/chat/python_text.h"

#include <nlohmann/json.hpp>

namespace incipit::chat {

namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson prepared(const OrderedJson& message) {
  if (!message.is_object()) return message;
  OrderedJson kept = OrderedJson::object();
  for (const auto& [key, value] : message.items())
    if (!value.is_null()) kept[key] = value;
  for (const char* key : {"reasoning_content", "thinking", "reasoning"}) {
    const auto found = kept.find(key);
    if (found == kept.end()) continue;
    // Python's {"thinking": r, **message, "reasoning_content": r}
    const OrderedJson reasoning = *found;
    OrderedJson message2 = OrderedJson::object();
    message2["thinking"] = reasoning;
    for (const auto& [name, value] : kept.items())
      message2[name] = value;
    message2["reasoning_content"] = reasoning;
    return message2;
  }
  return kept;
}

}  // namespace

Value valueFrom(const Heap& heap, const OrderedJson& json) {
  switch (json.type()) {
  case OrderedJson::value_t::boolean:
    return json.get<bool>();
  case OrderedJson::value_t::number_integer:
    return static_cast<Integer>(json.get<std::int64_t>());
  case OrderedJson::value_t::number_unsigned:
    return static_cast<Integer>(json.get<std::uint64_t>());
  case OrderedJson::value_t::number_float:
    return json.get<double>();
  case OrderedJson::value_t::string:
    return heap.text(validText(json.get_ref<const std::string&>()));
  case OrderedJson::value_t::array: {
    Values items;
    for (const OrderedJson& item : json)
      items.push_back(valueFrom(heap, item));
    return heap.list(std::move(items));
  }
  case OrderedJson::value_t::object: {
    std::vector<Dict::Entry> entries;
    for (const auto& [key, value] : json.items())
      entries.push_back({heap.text(validText(key)), valueFrom(heap, value)});
    return heap.dict(std::move(entries));
  }
  default:
    return None{};
  }
}

OrderedJson preparedMessages(const OrderedJson& messages) {
  if (!messages.is_array()) return messages;
  OrderedJson list = OrderedJson::array();
  for (const OrderedJson& message : messages)
    list.push_back(prepared(message));
  return list;
}

}  // namespace incipit::chat

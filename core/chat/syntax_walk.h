// The expressions that an expression is made of, whatever its kind.
#pragma once

#include "core/chat/syntax_tree.h"

#include <type_traits>

namespace incipit::chat {

template <class Arguments, class Visit>
void eachArgument(Arguments& arguments, Visit&& visit) {
  for (auto& value : arguments.positional)
    visit(*value);
  for (auto& named : arguments.named)
    visit(*named.second);
  if (arguments.star) visit(*arguments.star);
  if (arguments.doubleStar) visit(*arguments.doubleStar);
}

// `node` is one of Expression's kinds; visit takes an Expression&.
template <class Node, class Visit>
void eachChild(Node& node, Visit&& visit) {
  using Kind = std::remove_const_t<Node>;
  const auto maybe = [&](auto& child) {
    if (child) visit(*child);
  };
  const auto all = [&](auto& children) {
    for (auto& child : children)
      visit(*child);
  };
  if constexpr (std::is_same_v<Kind, TupleOf> || std::is_same_v<Kind, ListOf>) {
    all(node.items);
  } else if constexpr (std::is_same_v<Kind, DictOf>) {
    for (auto& [key, value] : node.items)
      visit(*key), visit(*value);
  } else if constexpr (std::is_same_v<Kind, Conditional>) {
    visit(*node.test), visit(*node.yes), maybe(node.no);
  } else if constexpr (std::is_same_v<Kind, Both> || std::is_same_v<Kind, Either> || std::is_same_v<Kind, Arithmetic>) {
    visit(*node.left), visit(*node.right);
  } else if constexpr (std::is_same_v<Kind, Not> || std::is_same_v<Kind, Sign>) {
    visit(*node.value);
  } else if constexpr (std::is_same_v<Kind, Joined>) {
    all(node.parts);
  } else if constexpr (std::is_same_v<Kind, Comparison>) {
    visit(*node.first);
    for (auto& other : node.others)
      visit(*other.second);
  } else if constexpr (std::is_same_v<Kind, AttributeOf>) {
    visit(*node.object);
  } else if constexpr (std::is_same_v<Kind, ItemOf>) {
    visit(*node.object), visit(*node.index);
  } else if constexpr (std::is_same_v<Kind, SliceOf>) {
    visit(*node.object), maybe(node.start), maybe(node.stop), maybe(node.step);
  } else if constexpr (std::is_same_v<Kind, Filtered> || std::is_same_v<Kind, Tested>) {
    maybe(node.object), eachArgument(node.arguments, visit);
  } else if constexpr (std::is_same_v<Kind, Called>) {
    visit(*node.callee), eachArgument(node.arguments, visit);
  }
}

}  // namespace incipit::chat

// A set of texts, asked again and again: which of them does this text begin with?
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace incipit {

class ByteTrie {
 public:
  ByteTrie() : m_nodes(1) {}

  // A text added twice keeps its later value. Values are not negative.
  void add(std::string_view text, std::int32_t value);
  bool empty() const { return m_nodes.size() == 1; }

  // Calls visit(length, value) for every text of the set at the beginning of `text`, the shortest first.
  template <class Visit>
  void eachPrefix(std::string_view text, Visit visit) const {
    std::int32_t node = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
      node = child(node, static_cast<unsigned char>(text[at]));
      if (node < 0) return;
      if (std::int32_t value = m_nodes[static_cast<std::size_t>(node)].value; value >= 0) visit(at + 1, value);
    }
  }

 private:
  struct Node {
    std::int32_t value = -1;
    std::int32_t firstChild = -1;
    std::int32_t nextSibling = -1;
    unsigned char byte = 0;
  };
  std::int32_t child(std::int32_t node, unsigned char byte) const {
    if (node == 0) return m_roots.empty() ? -1 : m_roots[byte];
    for (std::int32_t at = m_nodes[static_cast<std::size_t>(node)].firstChild; at >= 0;
         at = m_nodes[static_cast<std::size_t>(at)].nextSibling)
      if (m_nodes[static_cast<std::size_t>(at)].byte == byte) return at;
    return -1;
  }

  std::vector<Node> m_nodes;          // the first is the empty text
  std::vector<std::int32_t> m_roots;  // its children by byte: it has many, the others few
};

}  // namespace incipit

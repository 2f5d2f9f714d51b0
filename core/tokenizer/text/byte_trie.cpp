#include "core/tokenizer/text/byte_trie.h"

namespace incipit {

void ByteTrie::add(std::string_view text, std::int32_t value) {
  if (m_roots.empty()) m_roots.assign(256, -1);
  std::int32_t node = 0;
  for (char character : text) {
    auto byte = static_cast<unsigned char>(character);
    std::int32_t next = child(node, byte);
    if (next < 0) {
      next = static_cast<std::int32_t>(m_nodes.size());
      m_nodes.push_back({});
      m_nodes.back().byte = byte;
      if (node == 0) {
        m_roots[byte] = next;
      } else {
        m_nodes.back().nextSibling = m_nodes[static_cast<std::size_t>(node)].firstChild;
        m_nodes[static_cast<std::size_t>(node)].firstChild = next;
      }
    }
    node = next;
  }
  m_nodes[static_cast<std::size_t>(node)].value = value;
}

}  // namespace incipit

// {% set ns = namespace(...) %}: the one thing in a template that changes.
#pragma once

#include "core/chat/machine.h"

namespace incipit::chat {

class Namespace : public Object {
 public:
  explicit Namespace(int depth) : Object(depth) {}
  std::string typeName() const override { return "TemplateNamespace"; }
  std::optional<Value> attribute(Machine& machine, const std::string& name) override;
  void describe(TextBuilder& out, int level) const override;

  void set(Budget& budget, const std::string& name, Value value);
  void empty() { m_attributes.clear(); }

 private:
  std::vector<std::pair<std::string, Value>> m_attributes;
  mutable bool m_describing = false;
};

}  // namespace incipit::chat

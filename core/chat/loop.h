// `loop` within a for block (jinja2's LoopContext), which looks one element ahead.
#pragma once

#include "core/chat/evaluator.h"

namespace incipit::chat {

class Loop : public Object, public std::enable_shared_from_this<Loop> {
 public:
  // `recursive`: the block, where it is called again for what lies within an element; `outer` is the frame around it.
  Loop(Evaluator& evaluator, Machine& machine, Value over, const For* recursive, FramePtr outer, int depth);

  std::optional<Value> advance(Machine& machine);

  std::string typeName() const override { return "LoopContext"; }
  bool callable() const override { return true; }
  Value call(Machine& machine, Arguments&& arguments) override;
  std::optional<Integer> length(Machine& machine) override;
  std::optional<Value> attribute(Machine& machine, const std::string& name) override;
  std::unique_ptr<Iterator> iterate(Machine& machine) override;

  Value cycle(Arguments&& arguments) const;
  Value changed(Machine& machine, Arguments&& arguments);

 private:
  const std::optional<Value>& peek(Machine& machine);

  Evaluator& m_evaluator;
  Value m_over;
  std::unique_ptr<Iterator> m_iterator;
  const For* m_recursive;
  std::weak_ptr<Frame> m_outer;
  int m_depth0;
  Integer m_index0 = -1;
  std::optional<Integer> m_length;
  std::optional<Value> m_current, m_before, m_after;
  bool m_peeked = false;
  std::optional<Value> m_changed;
};

}  // namespace incipit::chat

#include "core/chat/loop.h"

#include "core/chat/compare.h"
#include "core/chat/iterators.h"
#include "core/chat/problem.h"

#include <utility>

namespace incipit::chat {

namespace {

class LoopMethod : public Object {
 public:
  LoopMethod(std::shared_ptr<Loop> loop, bool cycles) : m_loop(std::move(loop)), m_cycles(cycles) {}
  std::string typeName() const override { return "method"; }
  bool callable() const override { return true; }
  Value call(Machine& machine, Arguments&& arguments) override {
    return m_cycles ? m_loop->cycle(std::move(arguments)) : m_loop->changed(machine, std::move(arguments));
  }

 private:
  std::shared_ptr<Loop> m_loop;
  bool m_cycles;
};

}  // namespace

Loop::Loop(Evaluator& evaluator, Machine& machine, Value over, const For* recursive, FramePtr outer, int depth)
    : Object(depthOf(over) + 1), m_evaluator(evaluator), m_over(std::move(over)), m_iterator(machine.iterate(m_over)),
      m_recursive(recursive), m_outer(outer), m_depth0(depth) {}

const std::optional<Value>& Loop::peek(Machine& machine) {
  if (!m_peeked) m_after = m_iterator->next(machine);
  m_peeked = m_after.has_value();
  return m_after;
}

std::optional<Value> Loop::advance(Machine& machine) {
  std::optional<Value> item = m_peeked ? std::move(m_after) : m_iterator->next(machine);
  m_peeked = false;
  m_after.reset();
  if (!item) return std::nullopt;
  ++m_index0;
  m_before = std::exchange(m_current, item);
  return item;
}

std::optional<Integer> Loop::length(Machine& machine) {
  if (m_length) return m_length;
  m_length = machine.tryLength(m_over);
  if (m_length) return m_length;
  Values rest;
  Share share(machine.budget());
  while (auto item = m_iterator->next(machine)) {
    share.grow(sizeof(Value));
    rest.push_back(std::move(*item));
  }
  m_length = static_cast<Integer>(rest.size()) + m_index0 + 1 + (m_peeked ? 1 : 0);
  m_iterator = std::make_unique<ItemsIterator>(machine.heap().list(std::move(rest)));
  return m_length;
}

Value Loop::call(Machine&, Arguments&& arguments) {
  if (!m_recursive) typeError("The loop must have the 'recursive' marker to be called recursively.");
  if (arguments.positional.size() != 1 || !arguments.named.empty()) typeError("loop() takes one argument");
  const FramePtr outer = m_outer.lock();
  if (!outer) refuse("it calls a loop that has come to its end");
  return m_evaluator.renderLoop(*m_recursive, outer, arguments.positional[0], m_depth0 + 1);
}

std::unique_ptr<Iterator> Loop::iterate(Machine&) { refuse("it iterates over 'loop' itself"); }

std::optional<Value> Loop::attribute(Machine& machine, const std::string& name) {
  if (name == "index0") return Value(m_index0);
  if (name == "index") return Value(m_index0 + 1);
  if (name == "first") return Value(m_index0 == 0);
  if (name == "last") return Value(!peek(machine));
  if (name == "length") return Value(*length(machine));
  if (name == "revindex0") return Value(*length(machine) - m_index0 - 1);
  if (name == "revindex") return Value(*length(machine) - m_index0);
  if (name == "depth0") return Value(Integer{m_depth0});
  if (name == "depth") return Value(Integer{m_depth0} + 1);
  if (name == "previtem") return m_index0 == 0 ? Heap::undefined("there is no previous item") : *m_before;
  if (name == "nextitem") return peek(machine) ? *m_after : Heap::undefined("there is no next item");
  if (name == "cycle" || name == "changed")
    return Value(std::shared_ptr<Object>(std::make_shared<LoopMethod>(shared_from_this(), name == "cycle")));
  if (name[0] == '_') return Value(None{});  // hidden by the machine
  return std::nullopt;
}

Value Loop::cycle(Arguments&& arguments) const {
  if (arguments.positional.empty()) typeError("no items for cycling given");
  return arguments.positional[static_cast<std::size_t>(m_index0 % static_cast<Integer>(arguments.positional.size()))];
}

Value Loop::changed(Machine& machine, Arguments&& arguments) {
  Value now = machine.heap().tuple(std::move(arguments.positional));
  if (m_changed && equal(*m_changed, now, machine.budget())) return false;
  m_changed = std::move(now);
  return true;
}

}  // namespace incipit::chat

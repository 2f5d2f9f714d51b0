#include "core/chat/evaluator.h"

#include "core/chat/builtins.h"
#include "core/chat/iterators.h"
#include "core/chat/loop.h"
#include "core/chat/namespaces.h"
#include "core/chat/problem.h"

#include <algorithm>
#include <utility>

namespace incipit::chat {

namespace {

// Sets a variable for as long as it lives.
template <class T>
class Meanwhile {
 public:
  Meanwhile(T& variable, T value) : m_variable(variable), m_before(std::exchange(variable, std::move(value))) {}
  ~Meanwhile() { m_variable = std::move(m_before); }
  Meanwhile(const Meanwhile&) = delete;
  Meanwhile& operator=(const Meanwhile&) = delete;

 private:
  T& m_variable;
  T m_before;
};

class MacroObject : public Object {
 public:
  MacroObject(Evaluator& evaluator, const Macro& macro, FramePtr outer)
      : m_evaluator(evaluator), m_macro(macro), m_outer(std::move(outer)) {}
  std::string typeName() const override { return "Macro"; }
  bool callable() const override { return true; }
  Value call(Machine&, Arguments&& arguments) override { return m_evaluator.callMacro(m_macro, m_outer, std::move(arguments)); }
  std::optional<Value> attribute(Machine& machine, const std::string& name) override {
    if (name == "name") return m_macro.name.empty() ? Value(None{}) : machine.text(m_macro.name);
    for (const char* other : {"arguments", "catch_kwargs", "catch_varargs", "caller", "explicit_caller"})
      if (name == other) refuse("the attribute '" + name + "' of a macro is not carried out");
    if (name == "_func" || name == "_environment" || name == "_invoke" || name.rfind("__", 0) == 0)
      return Value(None{});  // hidden by the machine
    return std::nullopt;
  }
  void describe(TextBuilder& out, int) const override {
    out.add(m_macro.name.empty() ? "<Macro anonymous>" : "<Macro '" + m_macro.name + "'>");
  }

 private:
  Evaluator& m_evaluator;
  const Macro& m_macro;
  FramePtr m_outer;
};

}  // namespace

Evaluator::~Evaluator() {
  // Macros lie in the frames they hold, namespaces in themselves.
  for (const FramePtr& frame : m_captured)
    frame->slots.clear();
  for (const auto& object : m_machine.kept())
    if (auto* held = dynamic_cast<Namespace*>(object.get())) held->empty();
}

void Evaluator::run(const Tree& tree) {
  m_frame = enter(tree.scope);
  carryOut(tree.body);
}

Value Evaluator::resolve(const std::string& name) const {
  if (const auto variable = m_variables.find(name); variable != m_variables.end()) return variable->second;
  return globalNamed(name).value_or(Value());
}

Value& Evaluator::at(const Place& place) {
  Frame* frame = m_frame.get();
  for (int hops = place.hops; hops > 0; --hops)
    frame = frame->outer.get();
  return frame->slots[static_cast<std::size_t>(place.slot)];
}

FramePtr Evaluator::enter(const Scope& scope) {
  auto frame = std::make_shared<Frame>(m_machine.budget(), scope.slots.size(), m_frame);
  load(*frame, scope, true);
  return frame;
}

// What the names of a block are when it begins; parameters are set by whoever enters it.
void Evaluator::load(Frame& frame, const Scope& scope, bool parameters) {
  m_machine.budget().step(static_cast<std::int64_t>(scope.slots.size() / 4));
  for (std::size_t i = 0; i < scope.slots.size(); ++i) {
    const Load& load = scope.slots[i];
    Value& slot = frame.slots[i];
    if (load.kind == Load::Kind::Resolve) {
      slot = resolve(load.name);
    } else if (load.kind == Load::Kind::Alias) {
      const Frame* outer = &frame;
      for (int hops = load.outer.hops; hops > 0; --hops)
        outer = outer->outer.get();
      slot = outer->slots[static_cast<std::size_t>(load.outer.slot)];
    } else if (load.kind == Load::Kind::Unset || parameters) {
      slot = Value();
    }
  }
}

Evaluator::Flow Evaluator::carryOut(const Body& body) {
  const Level level(m_machine.depth());
  for (const Statement& statement : body)
    if (const Flow flow = carryOut(statement); flow != Flow::On) return flow;
  return Flow::On;
}

Evaluator::Flow Evaluator::carryOut(const Statement& statement) {
  m_line = statement.line;
  m_machine.budget().step();
  struct Runner {
    Evaluator& self;
    Flow operator()(const TextOf& node) { return self.m_sink->add(node.text), Flow::On; }
    Flow operator()(const Print& node) { return self.print(*node.value), Flow::On; }
    Flow operator()(const If& node) { return self.carryOut(node); }
    Flow operator()(const For& node) { return self.carryOut(node); }
    Flow operator()(const Macro& node) { return self.carryOut(node), Flow::On; }
    Flow operator()(const CallBlock& node) { return self.carryOut(node), Flow::On; }
    Flow operator()(const FilterBlock& node) { return self.carryOut(node); }
    Flow operator()(const With& node) { return self.carryOut(node); }
    Flow operator()(const Set& node) { return self.assign(node.target, self.evaluate(*node.value)), Flow::On; }
    Flow operator()(const SetBlock& node) { return self.carryOut(node); }
    Flow operator()(const Break&) { return Flow::Break; }
    Flow operator()(const Continue&) { return Flow::Continue; }
  };
  return std::visit(Runner{*this}, statement.kind);
}

Evaluator::Flow Evaluator::carryOut(const If& node) {
  for (const auto& [test, body] : node.branches)
    if (truth(evaluate(*test))) return carryOut(body);
  return carryOut(node.otherwise);
}

Evaluator::Flow Evaluator::carryOut(const For& node) {
  const Value over = evaluate(*node.over);
  if (!node.recursive) return loopOver(node, over, 0);
  const Value text = renderLoop(node, m_frame, over, 0);
  m_sink->add(text.text()->bytes);
  return Flow::On;
}

Value Evaluator::renderLoop(const For& loop, const FramePtr& outer, const Value& over, int depth) {
  TextBuilder text(m_machine.budget());
  const Meanwhile sink(m_sink, &text);
  const Meanwhile frame(m_frame, outer);
  loopOver(loop, over, depth);
  return m_machine.text(text.take());
}

bool Evaluator::holdsTest(const For& node, const Value& item, const FramePtr& testFrame) {
  const Meanwhile frame(m_frame, testFrame);
  assign(node.testTarget, item);
  return truth(evaluate(*node.test));
}

Evaluator::Flow Evaluator::loopOver(const For& node, const Value& over, int depth) {
  Value source = over;
  if (node.test) {
    // The test is asked when the next element is wanted, between two rounds.
    const FramePtr testFrame = enter(node.testScope);
    auto iterator = std::make_shared<std::unique_ptr<Iterator>>(m_machine.iterate(over));
    source = generatorOf(over, [this, &node, over, testFrame, iterator](Machine& machine) -> std::optional<Value> {
      while (auto item = (*iterator)->next(machine))
        if (holdsTest(node, *item, testFrame)) return item;
      return std::nullopt;
    });
  }
  std::shared_ptr<Loop> loop;
  std::unique_ptr<Iterator> iterator;
  if (node.loopSlot >= 0)
    loop = std::make_shared<Loop>(*this, m_machine, source, node.recursive ? &node : nullptr, m_frame, depth);
  else
    iterator = m_machine.iterate(source);
  const FramePtr frame = std::make_shared<Frame>(m_machine.budget(), node.scope.slots.size(), m_frame);
  bool empty = true;
  {
    const Meanwhile within(m_frame, frame);
    while (auto item = loop ? loop->advance(m_machine) : iterator->next(m_machine)) {
      m_machine.budget().step();
      if (loop) frame->slots[static_cast<std::size_t>(node.loopSlot)] = std::shared_ptr<Object>(loop);
      assign(node.target, *item);
      load(*frame, node.scope, false);
      const Flow flow = carryOut(node.body);
      if (flow == Flow::Break) break;
      // Jinja counts the rounds that come to their end: after nothing but break and continue the else part follows.
      if (flow == Flow::On) empty = false;
    }
    std::fill(frame->slots.begin(), frame->slots.end(), Value());
  }
  if (!empty || node.otherwise.empty()) return Flow::On;
  const Meanwhile within(m_frame, enter(node.otherwiseScope));
  return carryOut(node.otherwise);
}

Evaluator::Flow Evaluator::carryOut(const With& node) {
  const FramePtr frame = enter(node.scope), outer = m_frame;
  for (const auto& [target, expression] : node.values) {
    const Value value = evaluate(*expression);
    const Meanwhile within(m_frame, frame);
    assign(target, value);
  }
  const Meanwhile within(m_frame, frame);
  const Flow flow = carryOut(node.body);
  std::fill(frame->slots.begin(), frame->slots.end(), Value());
  return flow;
}

std::string Evaluator::collected(const Body& body, Flow& flow) {
  TextBuilder text(m_machine.budget());
  const Meanwhile sink(m_sink, &text);
  flow = carryOut(body);
  return text.take();
}

Evaluator::Flow Evaluator::carryOut(const FilterBlock& node) {
  const Meanwhile within(m_frame, enter(node.scope));
  Flow flow;
  const Value text = m_machine.text(collected(node.body, flow));
  if (flow != Flow::On) return flow;
  const Value result = filtered(std::get<Filtered>(node.filter->kind), &text);
  m_sink->add(m_machine.printed(result));
  return Flow::On;
}

Evaluator::Flow Evaluator::carryOut(const SetBlock& node) {
  Value result;
  {
    const Meanwhile within(m_frame, enter(node.scope));
    Flow flow;
    result = m_machine.text(collected(node.body, flow));
    if (flow != Flow::On) return flow;
    if (node.filter) result = filtered(std::get<Filtered>(node.filter->kind), &result);
  }
  assign(node.target, result);
  return Flow::On;
}

Value Evaluator::macroValue(const Macro& node) {
  m_machine.budget().take(sizeof(MacroObject));  // given back at the end with all the rest
  return std::shared_ptr<Object>(std::make_shared<MacroObject>(*this, node, m_frame));
}

void Evaluator::carryOut(const Macro& node) {
  if (!m_frame->captured) {
    m_frame->captured = true;
    m_captured.push_back(m_frame);
  }
  at(node.place) = macroValue(node);
}

void Evaluator::carryOut(const CallBlock& node) {
  if (!node.call) return generation(node);
  const auto& call = std::get<Called>(node.call->kind);
  const Value callee = evaluate(*call.callee);
  Arguments given = arguments(call.arguments);
  given.named.emplace_back("caller", macroValue(*node.caller));
  m_sink->add(m_machine.printed(m_machine.call(callee, std::move(given))));
}

void Evaluator::generation(const CallBlock& node) {
  const Value text = callMacro(*node.caller, m_frame, {});
  // As transformers counts: from where the whole output stands now, whatever has been collected elsewhere meanwhile.
  const std::size_t begin = m_output.text().size();
  m_answers.push_back({begin, begin + text.text()->bytes.size()});
  m_answersDisplaced = m_answersDisplaced || m_sink != &m_output;
  m_sink->add(text.text()->bytes);
}

Value Evaluator::callMacro(const Macro& macro, const FramePtr& outer, Arguments&& given) {
  const std::string name = macro.name.empty() ? "caller" : macro.name;
  const std::size_t wanted = macro.parameters.size();
  const Meanwhile before(m_frame, outer);
  const FramePtr frame = enter(macro.scope);
  const Meanwhile within(m_frame, frame);
  const auto slot = [&](int index) -> Value& { return frame->slots[static_cast<std::size_t>(index)]; };
  const auto takeNamed = [&](const std::string& key) {
    const auto at = std::find_if(given.named.begin(), given.named.end(), [&](const auto& entry) { return entry.first == key; });
    if (at == given.named.end()) return Value();
    Value value = std::move(at->second);
    given.named.erase(at);
    return value;
  };
  for (std::size_t i = 0; i < wanted; ++i)
    slot(macro.parameterSlots[i]) = i < given.positional.size() ? given.positional[i] : takeNamed(macro.parameters[i]);
  if (macro.callerSlot >= 0) {
    Value caller = takeNamed("caller");
    slot(macro.callerSlot) = caller.missing() || caller.none() ? Heap::undefined("No caller defined") : caller;
  }
  if (macro.namedSlot >= 0) {
    std::vector<Dict::Entry> entries;
    for (auto& [key, value] : given.named)
      entries.push_back({m_machine.text(key), value});
    slot(macro.namedSlot) = m_machine.heap().dict(std::move(entries));
  } else if (!given.named.empty()) {
    typeError("macro '" + name + "' takes no keyword argument '" + given.named[0].first + "'");
  }
  const bool more = given.positional.size() > wanted;
  if (macro.restSlot >= 0)
    slot(macro.restSlot) = m_machine.heap().tuple(
        more ? Values(given.positional.begin() + static_cast<std::ptrdiff_t>(wanted), given.positional.end()) : Values{});
  else if (more)
    typeError("macro '" + name + "' takes not more than " + std::to_string(wanted) + " argument(s)");
  const std::size_t required = wanted - macro.defaults.size();
  for (std::size_t i = 0; i < wanted; ++i)
    if (Value& parameter = slot(macro.parameterSlots[i]); parameter.missing()) {
      Value value = i < required ? Heap::undefined("parameter '" + macro.parameters[i] + "' was not provided")
                                 : evaluate(*macro.defaults[i - required]);
      slot(macro.parameterSlots[i]) = std::move(value);
    }
  Flow flow;
  return m_machine.text(collected(macro.body, flow));
}

void Evaluator::assign(const Target& target, const Value& value) {
  if (target.parts.empty()) {
    if (!target.attribute.empty()) return assignNamespace(target, value);
    at(target.place) = value;
    return;
  }
  const Values items = m_machine.elements(value);
  if (items.size() != target.parts.size())
    valueError((items.size() > target.parts.size() ? "too many values to unpack (expected " : "not enough values to unpack (expected ") +
               std::to_string(target.parts.size()) + ")");
  for (std::size_t i = 0; i < items.size(); ++i)
    assign(target.parts[i], items[i]);
}

void Evaluator::assignNamespace(const Target& target, const Value& value) {
  auto* space = dynamic_cast<Namespace*>(at(target.place).object());
  if (!space) typeError("cannot assign attribute on non-namespace object");
  space->set(m_machine.budget(), target.attribute, value);
}

}  // namespace incipit::chat

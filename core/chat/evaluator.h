// Carries a tree out: statements write text, expressions are worked out to values.
#pragma once

#include "core/chat/machine.h"
#include "core/chat/syntax_tree.h"

#include <unordered_map>

namespace incipit::chat {

// The variables of a block while it is carried out.
struct Frame {
  Frame(Budget& budget, std::size_t slots, std::shared_ptr<Frame> outer)
      : slots(slots), outer(std::move(outer)), share(budget, sizeof(Frame) + slots * sizeof(Value)) {}
  Values slots;
  std::shared_ptr<Frame> outer;
  bool captured = false;  // by a macro, which may lie in it
  Share share;
};
using FramePtr = std::shared_ptr<Frame>;

struct AnswerSpan {
  std::size_t begin, end;  // bytes of the output
};

class Evaluator {
 public:
  Evaluator(Machine& machine, std::unordered_map<std::string, Value> variables)
      : m_machine(machine), m_variables(std::move(variables)), m_output(machine.budget()), m_sink(&m_output) {}
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  void run(const Tree& tree);
  std::string takeOutput() { return m_output.take(); }
  const std::vector<AnswerSpan>& answers() const { return m_answers; }
  // Whether an answer was marked within a macro or a block that collects its text: where it stands in the output is not known then.
  bool answersDisplaced() const { return m_answersDisplaced; }
  int line() const { return m_line; }

  // For macros and recursive loops, which are values of their own.
  Value callMacro(const Macro& macro, const FramePtr& outer, Arguments&& arguments);
  Value renderLoop(const For& loop, const FramePtr& outer, const Value& over, int depth);

 private:
  enum class Flow { On, Break, Continue };

  // evaluator.cpp: statements
  Flow carryOut(const Body& body);
  Flow carryOut(const Statement& statement);
  Flow carryOut(const If& node);
  Flow carryOut(const For& node);
  Flow loopOver(const For& node, const Value& over, int depth);
  Flow carryOut(const With& node);
  Flow carryOut(const FilterBlock& node);
  Flow carryOut(const SetBlock& node);
  void carryOut(const Macro& node);
  void carryOut(const CallBlock& node);
  void generation(const CallBlock& node);
  Value macroValue(const Macro& node);
  bool holdsTest(const For& node, const Value& item, const FramePtr& testFrame);
  void assign(const Target& target, const Value& value);
  void assignNamespace(const Target& target, const Value& value);

  // Runs `body` with its text collected. The flow out of it stays in `flow`.
  std::string collected(const Body& body, Flow& flow);

  FramePtr enter(const Scope& scope);  // a new frame within the current one
  void load(Frame& frame, const Scope& scope, bool parameters);
  Value resolve(const std::string& name) const;
  Value& at(const Place& place);

  // evaluate.cpp: expressions
  Value evaluate(const Expression& node);
  Value evaluateKind(const Expression& node);
  std::optional<Value> folded(const Expression& node, bool printed);
  void print(const Expression& node);
  Value value(const Constant& node);
  Value value(const Name& node);
  Value value(const TupleOf& node);
  Value value(const ListOf& node);
  Value value(const DictOf& node);
  Value value(const Conditional& node);
  Value value(const Both& node);
  Value value(const Either& node);
  Value value(const Not& node);
  Value value(const Arithmetic& node);
  Value value(const Sign& node);
  Value value(const Joined& node);
  Value value(const Comparison& node);
  Value value(const AttributeOf& node);
  Value value(const ItemOf& node);
  Value value(const SliceOf& node);
  Value value(const Filtered& node);
  Value value(const Tested& node);
  Value value(const Called& node);
  Value filtered(const Filtered& node, const Value* blockText);
  Arguments arguments(const ArgumentList& list);

  Machine& m_machine;
  std::unordered_map<std::string, Value> m_variables;
  TextBuilder m_output;
  TextBuilder* m_sink;
  FramePtr m_frame;
  std::vector<FramePtr> m_captured;
  std::vector<AnswerSpan> m_answers;
  bool m_answersDisplaced = false;
  bool m_folding = false;
  int m_line = 1;
};

}  // namespace incipit::chat

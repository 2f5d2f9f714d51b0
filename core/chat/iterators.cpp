#include "core/chat/iterators.h"

#include "core/chat/problem.h"
#include "core/chat/python_text.h"

namespace incipit::chat {

namespace {

class PullIterator : public Iterator {
 public:
  explicit PullIterator(Generator& generator) : m_generator(generator) {}
  std::optional<Value> next(Machine& machine) override { return m_generator.pull(machine); }

 private:
  Generator& m_generator;
};

}  // namespace

std::optional<Value> LettersIterator::next(Machine& machine) {
  const Text& text = *m_text.text();
  if (m_byte == text.bytes.size()) return std::nullopt;
  const std::size_t length = characterBytes(text.bytes[m_byte]);
  m_byte += length;
  return machine.text(text.bytes.substr(m_byte - length, length));
}

std::unique_ptr<Iterator> Generator::iterate(Machine&) { return std::make_unique<PullIterator>(*this); }

std::optional<Value> Generator::attribute(Machine&, const std::string& name) {
  if (name.rfind("gi_", 0) == 0) return Heap::undefined("access to attribute '" + name + "' of 'generator' object is unsafe", true);
  if (name == "close" || name == "send" || name == "throw") refuse("the method '" + name + "' of a generator is not carried out");
  return std::nullopt;
}

Value generatorOf(const Value& source, Generator::Next next) {
  return std::shared_ptr<Object>(std::make_shared<Generator>(depthOf(source) + 1, std::move(next)));
}

Value generatorOver(const Value& source, EachElement each) {
  // Python asks for the iterator when the first element is wanted; an error in it comes no sooner.
  auto state = std::make_shared<std::unique_ptr<Iterator>>();
  return generatorOf(source, [source, state, each = std::move(each)](Machine& at) -> std::optional<Value> {
    const Level level(at.depth());
    if (!*state) *state = at.iterate(source);
    while (auto item = (*state)->next(at)) {
      at.budget().step();
      if (auto made = each(at, *item)) return made;
    }
    return std::nullopt;
  });
}

Value generatorOverAny(const Value& source, EachElement each) {
  return truth(source) ? generatorOver(source, std::move(each)) : generatorOf(source, [](Machine&) { return std::nullopt; });
}

}  // namespace incipit::chat

// How much a tokenizer may make of a text, and for how long. The rules of tokenizer.json are programs that come with a model: forty of them
// can double a text forty times, and a regular expression can look at the whole text again from each of its characters.
#pragma once

#include <cstddef>

namespace incipit {

// One text's time: what all regular expressions of the tokenizer may take for it together. An Effort inside another one shares its time.
class Effort {
 public:
  explicit Effort(std::size_t bytes);
  ~Effort();
  Effort(const Effort&) = delete;
  Effort& operator=(const Effort&) = delete;

  // Whether the text of this thread's outermost Effort has used up its time. Work that others do meanwhile does not count.
  static bool usedUp();

 private:
  bool m_outermost;
};

// Throws DataError when a text of `before` bytes has become one of `after` bytes, and no writing system needs so many.
void checkGrowth(std::size_t before, std::size_t after);

}  // namespace incipit

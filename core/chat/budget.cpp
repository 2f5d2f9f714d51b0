#include "core/chat/budget.h"

#include "core/chat/problem.h"

namespace incipit::chat {

void Budget::tooManySteps() { refuse("it takes more steps than any real template: it would not come to an end soon"); }
void Budget::tooMuchMemory() { refuse("it makes values that need more than " + std::to_string(Limits::memory >> 20) + " MB of memory"); }

void Level::tooDeep() {
  --m_depth;
  refuse("it calls itself too deeply");
}

}  // namespace incipit::chat

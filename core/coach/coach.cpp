#include "core/coach/coach.h"

#include "core/coach/rules.h"

namespace incipit {

std::vector<Advice> Coach::advice() const {
  std::vector<Advice> all;
  for (const coach::Rule rule : coach::rules)
    if (auto one = rule(m_run)) all.push_back(std::move(*one));
  return all;
}

}  // namespace incipit

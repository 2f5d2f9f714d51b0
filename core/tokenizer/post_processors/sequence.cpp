// Sequence: one post-processor after the other.
#include "core/tokenizer/post_processors/readers.h"

namespace incipit {

namespace {

class Sequence : public PostProcessor {
 public:
  explicit Sequence(std::vector<std::unique_ptr<PostProcessor>> steps) : m_steps(std::move(steps)) {}

  std::vector<TokenId> process(std::vector<TokenId> ids) const override {
    for (const auto& step : m_steps)
      ids = step->process(std::move(ids));
    return ids;
  }

 private:
  std::vector<std::unique_ptr<PostProcessor>> m_steps;
};

}  // namespace

std::unique_ptr<PostProcessor> readPostProcessorSequence(const Station& station) {
  station.allowOnly({"processors"});
  std::vector<std::unique_ptr<PostProcessor>> steps;
  for (const Station& step : station.children("processors"))
    steps.push_back(readPostProcessor(step));
  return std::make_unique<Sequence>(std::move(steps));
}

}  // namespace incipit

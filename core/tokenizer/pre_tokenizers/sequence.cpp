// Sequence: one pre-tokenizer after the other, each on the words of the one before.
#include "core/tokenizer/pre_tokenizers/readers.h"

namespace incipit {

namespace {

class Sequence : public PreTokenizer {
 public:
  explicit Sequence(std::vector<std::unique_ptr<PreTokenizer>> steps) : m_steps(std::move(steps)) {}

  void split(Word word, std::vector<Word>& words) const override {
    std::vector<Word> current;
    current.push_back(std::move(word));
    for (const auto& step : m_steps) {
      std::vector<Word> next;
      for (Word& piece : current)
        step->split(std::move(piece), next);
      current = std::move(next);
    }
    words.insert(words.end(), std::make_move_iterator(current.begin()), std::make_move_iterator(current.end()));
  }

 private:
  std::vector<std::unique_ptr<PreTokenizer>> m_steps;
};

}  // namespace

std::unique_ptr<PreTokenizer> readPreTokenizerSequence(const Station& station) {
  station.allowOnly({"pretokenizers"});
  std::vector<std::unique_ptr<PreTokenizer>> steps;
  for (const Station& step : station.children("pretokenizers"))
    steps.push_back(readPreTokenizer(step));
  return std::make_unique<Sequence>(std::move(steps));
}

}  // namespace incipit

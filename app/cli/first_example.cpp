#include "app/cli/first_example.h"

#include "app/cli/terminal.h"
#include "core/model/frozen_model.h"

#include <algorithm>
#include <span>

namespace incipit::cli {
namespace {

constexpr std::size_t mostShown = 120;  // tokens; of a longer piece the first and last half of that

std::string written(const Tokenizer* tokenizer, std::span<const TokenId> ids) {
  if (ids.size() > mostShown) return written(tokenizer, ids.first(mostShown / 2)) + " ... " + written(tokenizer, ids.last(mostShown / 2));
  if (tokenizer != nullptr) return cell(tokenizer->decode(ids, ShowSpecial::Yes));
  std::string numbers;
  for (const TokenId id : ids)
    numbers += (numbers.empty() ? "" : " ") + std::to_string(id);
  return numbers;
}

// The tokens with quotes around every stretch that is scored.
std::string marked(const Tokenizer* tokenizer, const Example& example) {
  const std::span<const TokenId> ids(example.ids);
  std::string text;
  for (std::size_t begin = 0, end = 0; begin < ids.size(); begin = end) {
    const auto scored = [&](std::size_t i) { return example.labels[i] != notScored; };
    while (end < ids.size() && scored(end) == scored(begin))
      ++end;
    const std::string stretch = written(tokenizer, ids.subspan(begin, end - begin));
    text += scored(begin) ? "«" + stretch + "»" : stretch;
  }
  return text;
}

std::string scoredOf(const Example& example) {
  const auto scored = std::ranges::count_if(example.labels, [](TokenId label) { return label != notScored; });
  return withSeparators(scored) + " of them learned";
}

}  // namespace

std::string firstExample(const PreparedRun& run) {
  const Example& example = run.training->items.front();
  const Tokenizer* tokenizer = run.tokenizer.get();
  const std::string begin = "The first example as the model reads it: row " + withSeparators(example.row + 1) + ", " +
                            counted(example.ids.size(), "token") + " behind the prompt's " + withSeparators(run.start.length());
  switch (readingOf(run.model->card())) {
  case Reading::TextAndTarget:
    return begin + "; the answer, " + counted(example.labels.size(), "token") + ", is learned.\n  " + written(tokenizer, example.ids) +
           "\n  «" + written(tokenizer, example.labels) + "»";
  case Reading::TextAndClass:
    return begin + "; the class is learned.\n  " + written(tokenizer, example.ids) + "\n  «" +
           run.training->classes[static_cast<std::size_t>(example.classIndex)] + "»";
  default:
    return begin + ", " + scoredOf(example) + ".\n  " + marked(tokenizer, example);
  }
}

}  // namespace incipit::cli

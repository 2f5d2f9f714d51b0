#include "core/inspection/ask.h"

#include "core/generation/generate.h"
#include "core/inspection/vectors.h"
#include "core/model/frozen_model.h"
#include "core/support/counted.h"
#include "core/support/random.h"

#include <ATen/core/Tensor.h>
#include <algorithm>
#include <cctype>

namespace incipit {
namespace {

bool isWordByte(char byte) { return std::isalnum(static_cast<unsigned char>(byte)) != 0 || static_cast<unsigned char>(byte) >= 0x80; }

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char byte) { return static_cast<char>(std::tolower(byte)); });
  return text;
}

bool hasWord(const std::string& text, const std::string& word) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if ((at == 0 || !isWordByte(text[at - 1])) && (end == text.size() || !isWordByte(text[end]))) return true;
  }
  return false;
}

}  // namespace

const std::vector<std::string>& askingFrames() {
  static const std::vector<std::string> frames{
      "Repeat the meaning of {virtual_tokens}:",
      "\"{virtual_tokens}\" means in one phrase:",
      "The task is {virtual_tokens}. In other words,",
      "Be {virtual_tokens}.",
      "Do not be {virtual_tokens}.",
  };
  return frames;
}

SoftPrompt randomLike(const SoftPrompt& prompt, std::uint64_t seed) {
  SoftPrompt other = prompt;
  Random random(seed);
  for (std::int64_t row = 0; row < prompt.length(); ++row) {
    for (float& value : other.rows.row(row))
      value = static_cast<float>(random.normal());
    const double factor = lengthOf(prompt.rows.row(row)) / std::max(lengthOf(other.rows.row(row)), 1e-12);
    for (float& value : other.rows.row(row))
      value = static_cast<float>(value * factor);
  }
  return other;
}

std::string said(const FrozenModel& model, const Tokenizer& tokenizer, const SoftPrompt& prompt, const AskedText& frame, std::int64_t most,
                 std::stop_token stop) {
  GenerationOptions options;
  options.maxNewTokens = most;
  options.places = frame.places;
  return tokenizer.decode(generate(model, prompt, frame.ids, options, {}, std::move(stop)));
}

double classRate(const std::string& text, const std::vector<std::string>& words) {
  if (words.empty()) return 0;
  const std::string plain = lower(text);
  const auto found = std::ranges::count_if(words, [&](const std::string& word) {
    const std::size_t from = word.find_first_not_of(" \t\n");
    return from != std::string::npos && hasWord(plain, lower(word.substr(from)));
  });
  return static_cast<double>(found) / static_cast<double>(words.size());
}

std::string askingWarning(const FrozenModel& model) {
  std::int64_t numbers = 0;
  for (const auto& [name, weight] : model.weights())
    numbers += weight.numel();
  const std::string size = withSeparators((numbers + 500'000) / 1'000'000) + " million parameters";
  if (numbers < 3'000'000'000)
    return "This model has " + size +
           ": models of this size mostly answer with gibberish, and what sounds like sense may be chance. "
           "Compare with the random prompt.";
  return "This model has " + size + ". What sounds like sense may still be chance: compare with the random prompt.";
}

}  // namespace incipit

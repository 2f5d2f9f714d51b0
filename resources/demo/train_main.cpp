// incipit-demo-train: makes the embedded demo model from a folder of corpora, in one command, able to go on from its own checkpoint.
#include "core/support/compute.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/tokenizer/models/bpe_trainer.h"
#include "core/tokenizer/tokenizer.h"
#include "resources/demo/corpus.h"
#include "resources/demo/pretraining.h"

#include <CLI/CLI.hpp>
#include <cctype>
#include <chrono>
#include <cmath>
#include <iostream>

namespace {

using namespace incipit;
using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// Books one after the other, each behind an end-of-text token.
struct Stream {
  std::vector<std::uint16_t> ids;
  std::size_t bytes = 0;
};

Stream streamOf(const std::vector<demo::Book>& books, bool heldOut, const Tokenizer& tokenizer) {
  Stream stream;
  for (const auto& book : books) {
    if (book.heldOut != heldOut) continue;
    stream.ids.push_back(0);
    for (const auto id : tokenizer.encode(book.text, SpecialTokens::Leave))
      stream.ids.push_back(static_cast<std::uint16_t>(id));
    stream.bytes += book.text.size();
  }
  stream.ids.push_back(0);
  return stream;
}

// What the schedule wants to know of the vocabulary.
void describeWords(const Tokenizer& tokenizer, demo::Schedule& schedule) {
  for (const auto id : tokenizer.encode("\n\nAbout the", SpecialTokens::Leave))
    schedule.topicMark.push_back(static_cast<std::uint16_t>(id));
  schedule.topicEnd = static_cast<std::uint16_t>(tokenizer.encode(".", SpecialTokens::Leave).front());
  for (TokenId id = 0; id < tokenizer.vocabularySize(); ++id) {
    const std::string piece = tokenizer.piece(id);
    schedule.isWord.push_back(piece.size() > 3 && piece.front() == ' ' && std::isalpha(static_cast<unsigned char>(piece[1])) != 0);
  }
}

int run(int argc, char** argv) {
  CLI::App app("Makes Incipit's embedded demo model: vocabulary, training, bf16 weights in the Hugging Face layout.");
  std::filesystem::path corpora, out, checkpoint;
  demo::Shape shape;
  demo::Schedule schedule;
  int threads = 0;
  double saveEvery = 300;
  app.add_option("corpora", corpora, "Folder with chilit, fairy-tales, aesop, african-storybook-en, pratham-books-en")->required();
  app.add_option("--out", out, "Model folder to write")->required();
  app.add_option("--checkpoint", checkpoint, "Where to keep the state; goes on from it when it is there")->required();
  app.add_option("--tokens", schedule.totalTokens, "Tokens to train on")->capture_default_str();
  app.add_option("--rate", schedule.peakRate, "Peak learning rate")->capture_default_str();
  app.add_option("--batch", schedule.batch, "Sequences a step")->capture_default_str();
  app.add_option("--keywords", schedule.keywordShare, "Share of the windows that begin with keywords")->capture_default_str();
  app.add_option("--topics", schedule.topicShare, "Share of the windows made of pieces with their topic")->capture_default_str();
  app.add_option("--layers", shape.layers)->capture_default_str();
  app.add_option("--intermediate", shape.intermediate)->capture_default_str();
  app.add_option("--threads", threads, "0: the physical cores")->capture_default_str();
  app.add_option("--save-every", saveEvery, "Seconds between checkpoints")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  useThreads(threads);

  const auto books = demo::readCorpora(corpora);
  makeFolder(out);
  if (!std::filesystem::exists(out / "tokenizer.json")) {
    std::vector<std::string> texts;
    for (const auto& book : books)
      if (!book.heldOut) texts.push_back(book.text);
    trainByteLevelBpe(texts, {static_cast<int>(shape.vocabulary), {"<|endoftext|>"}, 2}, out);
  }
  const auto tokenizer = openTokenizer(out);
  const Stream training = streamOf(books, false, *tokenizer), heldOut = streamOf(books, true, *tokenizer);
  std::cerr << training.ids.size() << " training tokens (" << static_cast<double>(training.bytes) / static_cast<double>(training.ids.size())
            << " bytes each), " << heldOut.ids.size() << " held-out tokens\n";

  describeWords(*tokenizer, schedule);
  demo::Pretraining pretraining(shape, schedule, 1);
  if (std::filesystem::exists(checkpoint)) pretraining.restoreCheckpoint(checkpoint);

  const auto report = [&] {
    const double nats = pretraining.evaluate(heldOut.ids);
    const double bits = nats * static_cast<double>(heldOut.ids.size()) / (std::log(2.0) * static_cast<double>(heldOut.bytes));
    std::cerr << "step " << pretraining.stepsDone() << ": held-out " << nats << " nats a token, " << bits << " bits a byte\n";
    pretraining.saveCheckpoint(checkpoint);
    pretraining.writeModel(out);
  };
  const auto start = Clock::now();
  const std::int64_t tokensBefore = pretraining.tokensDone();
  auto saved = start;
  double smoothed = 0;
  while (!pretraining.finished()) {
    const double loss = pretraining.step(training.ids);
    smoothed = smoothed == 0 ? loss : 0.98 * smoothed + 0.02 * loss;
    if (pretraining.stepsDone() % 20 == 0)
      std::cerr << "step " << pretraining.stepsDone() << "  loss " << smoothed << "  "
                << static_cast<double>(pretraining.tokensDone() - tokensBefore) / secondsSince(start) << " tokens/s\n";
    if (secondsSince(saved) > saveEvery) {
      report();
      saved = Clock::now();
    }
  }
  report();
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 1;
  }
}

// The logit lens, hidden states and log-probabilities against transformers.
#include "core/inspection/lens.h"
#include "core/inspection/speaking.h"
#include "core/model/pass_observer.h"
#include "tests/core/inspection/reference_texts.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>
#include <map>

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

at::Tensor tensorOf(const Matrix& matrix) {
  return at::from_blob(const_cast<float*>(matrix.values.data()), {matrix.rows, matrix.columns}).clone();
}

double largest(const at::Tensor& difference) { return difference.abs().max().item<double>(); }

class States : public PassObserver {
 public:
  void state(std::int64_t block, const at::Tensor& rows) override { all[block] = rows.clone(); }
  std::map<std::int64_t, at::Tensor> all;
};

std::vector<LensBlock> lensOf(const AttentionReference& reference, std::int64_t text, LensSide side = LensSide::Answer) {
  std::vector<LensBlock> blocks;
  logitLens(
      *reference.model, reference.prompt, reference.text(text), [&](LensBlock&& block) { blocks.push_back(std::move(block)); }, side);
  return blocks;
}

}  // namespace

TEST_CASE("the states between blocks are those of transformers") {
  for (const std::string& variant : attentionVariants) {
    const AttentionReference reference(variant);
    for (std::int64_t text = 0; text < reference.texts(); ++text) {
      States first, second;
      const at::Tensor own = statesOf(*reference.model, reference.prompt, reference.text(text), &first, &second);
      const bool answers = reference.model->card().encoderDecoder, head = reference.model->card().head != HeadKind::None;
      const std::int64_t rows = reference.prompt.length() + reference.length(text), last = reference.model->card().layers;
      for (auto& [block, state] : first.all) {
        const at::Tensor normed = block < last || head ? state
                                  : answers            ? reference.model->finishedText(state)
                                                       : reference.model->finished(state);
        CHECK(largest(normed - reference["hidden_states." + std::to_string(block)][text].narrow(0, 0, rows)) < 2e-5);
      }
      for (auto& [block, state] : second.all)
        CHECK(largest((block < last ? state : own) - reference["decoder_hidden_states." + std::to_string(block)][text]) < 2e-5);
    }
  }
}

TEST_CASE("the lens behind every block is that of transformers, and behind the last one it is the model's own answer") {
  for (const std::string& variant : attentionVariants) {
    const AttentionReference reference(variant);
    const ModelCard& card = reference.model->card();
    for (std::int64_t text = 0; text < reference.texts(); ++text) {
      const auto blocks = lensOf(reference, text);
      CHECK_EQUAL(static_cast<std::int64_t>(blocks.size()), card.layers + 1);
      const std::int64_t rows = card.head != HeadKind::None ? 1
                                : card.encoderDecoder       ? 6
                                                            : reference.prompt.length() + reference.length(text);
      for (const LensBlock& block : blocks) {
        at::Tensor expected = reference["lens." + std::to_string(block.block)][text];
        if (card.head != HeadKind::None) expected = expected.unsqueeze(0);
        CHECK_EQUAL(block.logits.rows, rows);
        CHECK(largest(tensorOf(block.logits) - expected.narrow(0, 0, rows)) < 1e-4);
      }
      if (card.head != HeadKind::None) continue;
      const at::Tensor own = reference.model->logits(statesOf(*reference.model, reference.prompt, reference.text(text)));
      CHECK(own.equal(tensorOf(blocks.back().logits)));
    }
  }
}

TEST_CASE("the encoder's states are read through its norm and the head") {
  const AttentionReference reference("t5");
  for (std::int64_t text = 0; text < reference.texts(); ++text)
    for (const LensBlock& block : lensOf(reference, text, LensSide::Text)) {
      const std::int64_t rows = reference.prompt.length() + reference.length(text);
      CHECK_EQUAL(block.logits.rows, rows);
      CHECK(largest(tensorOf(block.logits) - reference["encoder_lens." + std::to_string(block.block)][text].narrow(0, 0, rows)) < 1e-4);
    }
}

TEST_CASE("each token's log-probability with and without the prompt is that of transformers") {
  for (const std::string& variant : attentionVariants) {
    const AttentionReference reference(variant);
    if (reference.model->card().head != HeadKind::None) continue;
    for (std::int64_t text = 0; text < reference.texts(); ++text) {
      const auto spoken = tokensSpoken(*reference.model, reference.prompt, reference.text(text));
      for (std::size_t i = 0; i < spoken.size(); ++i)
        for (const std::string side : {"with", "without"}) {
          const auto& value = side == "with" ? spoken[i].with : spoken[i].without;
          const auto at = static_cast<std::int64_t>(i);
          CHECK_EQUAL(value.has_value(), valueAt(reference["token_scored." + side + "_prompt"], text, at) == 1);
          if (value) CHECK_CLOSE(*value, valueAt(reference["token_logprob." + side + "_prompt"], text, at), 2e-5);
        }
    }
  }
}

TEST_CASE("each class's log-probability with the prompt, without it, and of the bare model is that of transformers") {
  const AttentionReference reference("bert_seqcls");
  for (std::int64_t text = 0; text < reference.texts(); ++text) {
    const auto spoken = classesSpoken(*reference.model, reference.prompt, reference.text(text));
    CHECK_EQUAL(spoken.size(), std::size_t{3});
    for (std::size_t i = 0; i < spoken.size(); ++i) {
      const auto at = static_cast<std::int64_t>(i);
      CHECK_CLOSE(spoken[i].with, valueAt(reference["class_logprob.with_prompt"], text, at), 1e-5);
      CHECK_CLOSE(spoken[i].without, valueAt(reference["class_logprob.without_prompt"], text, at), 1e-5);
      CHECK_CLOSE(spoken[i].bare.value(), valueAt(reference["class_logprob.bare_model"], text, at), 1e-5);
    }
  }
  CHECK_THROWS(tokensSpoken(*reference.model, reference.prompt, reference.text(0)), "sorts texts into classes");
}

TEST_CASE("the best guesses come best first, with their probabilities") {
  const std::vector<float> logits{1, 3, 2, 3};
  const auto best = bestOf(logits, 3);
  CHECK_EQUAL(best.size(), std::size_t{3});
  CHECK_EQUAL(best[0].id, 1);
  CHECK_EQUAL(best[1].id, 3);
  CHECK_EQUAL(best[2].id, 2);
  const double sum = std::exp(1.0) + 2 * std::exp(3.0) + std::exp(2.0);
  CHECK_CLOSE(best[2].probability, std::exp(2.0) / sum, 1e-12);
  CHECK(bestOf({}, 3).empty());
}

TEST_CASE("an encoder-decoder model without an answer reads what it says itself") {
  const AttentionReference reference("t5");
  ReadText text = reference.text(0);
  text.answer.clear();
  const ReadText read = answered(*reference.model, reference.prompt, text, 4);
  CHECK(!read.answer.empty() && read.answer.size() <= 4);
  std::vector<LensBlock> blocks;
  logitLens(*reference.model, reference.prompt, read, [&](LensBlock&& block) { blocks.push_back(std::move(block)); });
  for (std::size_t i = 0; i < read.answer.size(); ++i)
    CHECK_EQUAL(bestOf(blocks.back().logits.row(static_cast<std::int64_t>(i)), 1).front().id, std::int64_t{read.answer[i]});
}

// A frozen language model: opened once, shared by everybody as shared_ptr<const FrozenModel>, never changed.
// Letters: R rows of a pass, S scored rows, H hidden size, V vocabulary.
#pragma once

#include "core/model/attention/forest.h"
#include "core/model/card/card.h"
#include "core/support/compute.h"
#include "core/tensor/matrix.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace incipit {

class KeyValueCache;
class PassObserver;

// One pass through the model: which rows, what they attend to, and which of them the caller wants back.
struct Pass {
  const Forest& forest;
  std::int64_t firstRow = 0;                          // rows before it are in the cache already
  KeyValueCache* cache = nullptr;                     // generation; null while training
  const std::vector<std::int64_t>* scored = nullptr;  // rows (of the forest, ascending) to return; null: all of [firstRow, rows)
  bool checkpointing = false;                         // training: keep less for the backward pass, recompute most layers there
  // Training: the rows whose gradient is wanted, ascending. The backward pass skips what only the other rows would need, and their
  // gradient must not be used. Null: all.
  const RowRanges* learning = nullptr;
  // Encoder-decoder models: the forest that encode() was given and the states it gave back, which the segments' sources name.
  const Forest* texts = nullptr;
  const at::Tensor* encoded = nullptr;
  PassObserver* observer = nullptr;  // somebody who looks into the pass (pass_observer.h); null: nobody
};

class FrozenModel {
 public:
  virtual ~FrozenModel() = default;

  const ModelCard& card() const { return m_card; }
  // Short name of the weights, from the header and samples of every tensor: cheap even for a model of many gigabytes.
  virtual std::string fingerprint() const = 0;
  Precision precision() const { return m_precision; }
  const std::string& device() const { return m_device; }

  // What the embedding module gives for ids [N]: [N, H] in the precision of computation, scaled where the card says so.
  virtual at::Tensor embed(const at::Tensor& ids) const = 0;
  // Encoder-decoder models only: rows [R, H] of the pass's forest of texts (roots, attended to both ways) -> the encoder's states [R, H].
  // Differentiable with respect to the rows.
  virtual at::Tensor encode(const at::Tensor& rows, const Pass& pass) const;
  // Rows [R, H] (of an encoder-decoder model: the decoder's) -> hidden states after the final norm of the scored rows [S, H].
  // Differentiable with respect to the rows.
  virtual at::Tensor forward(const at::Tensor& rows, const Pass& pass) const = 0;
  // What stands between the last block and the head: rows [S, H] as a block leaves them -> what forward() gives for the last one's. Of an
  // encoder-decoder model the decoder's, or the encoder's.
  virtual at::Tensor finished(const at::Tensor& rows) const;
  virtual at::Tensor finishedText(const at::Tensor& rows) const;
  // States [S, H] that forward() gave -> what a head reads of them: through the checkpoint's pooler, where it has one (BERT).
  virtual at::Tensor pooled(const at::Tensor& states) const;
  // Whether keys and values cached when the text had `before` rows are still valid now that it has `now`. They are not where rotary
  // positions are scaled by the length of the text (positions/rope_scaling.h) and that scaling has changed in between.
  virtual bool cacheServes(std::int64_t before, std::int64_t now) const;
  // Hidden states [S, H] -> logits [S, V] in fp32. Differentiable with respect to the hidden states. Models that write text only.
  virtual at::Tensor logits(const at::Tensor& hidden) const = 0;
  // The matrix behind logits(): [V, H], as stored.
  virtual at::Tensor outputEmbedding() const = 0;
  // The matrix behind embed(): [V, H], as stored; embed() multiplies its rows by the card's embeddingScale.
  virtual at::Tensor inputEmbedding() const = 0;
  // The checkpoint's own head as values, which a run starts from; empty where it has none (or writes text).
  virtual ClassHead head() const { return {}; }
  // All weights by the checkpoint's names, as stored: for fingerprints and for the proof that nothing but the prompt moves.
  virtual std::vector<std::pair<std::string, at::Tensor>> weights() const = 0;
  // Throws FileError when a weight file was cut off while it was mapped: what was computed with the model since it was last asked is to be
  // thrown away. Every verb that computes asks before it gives its result (core/support/mapped_file.h).
  virtual void checkWhole() const {}

  // Stored embedding rows of `ids` as fp32, for initialisers. Throws DataError for an id outside the vocabulary.
  Matrix embeddingRows(std::span<const std::int32_t> ids) const;

 protected:
  FrozenModel(ModelCard card, Precision precision, std::string device);

 private:
  ModelCard m_card;
  Precision m_precision;
  std::string m_device;
};

struct OpenOptions {
  Precision precision = Precision::Auto;
  std::string device = "auto";
  bool classify = false;  // a decoder that writes text is opened as one that sorts it, its head to be started by training
};

// rows [N, H] * factor, the factor rounded to the precision of the rows as transformers rounds it; the rows themselves where it is 1.
at::Tensor times(const at::Tensor& rows, double factor);

// Opens a folder in the Hugging Face layout: config.json, model.safetensors or pytorch_model.bin, or shards with an index. Weights are
// memory-mapped. Throws ModelError / FormatError / FileError with a sentence: an unsupported family (named, with the supported ones), a
// missing or truncated shard, a missing tensor, a tensor of a wrong shape.
std::shared_ptr<const FrozenModel> openModel(const std::filesystem::path& folder, const OpenOptions& options = {});

}  // namespace incipit

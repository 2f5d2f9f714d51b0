// A model of one stack of blocks, described by its parts: a decoder, or an encoder alone (BERT). A family's file says which parts it has
// and what its checkpoint calls them; the pass through them is written once, in decoder.cpp, so every family runs on the same fast layers.
// Letters: R rows of a pass, S scored rows, H width of the rows between blocks, I inner width, n heads, kv key/value heads, d head size.
#pragma once

#include "core/model/card/config.h"
#include "core/model/families/family.h"

#include <vector>

namespace incipit {

struct Norm {
  enum class Kind { None, Layer, Rms } kind = Kind::None;
  at::Tensor weight, bias;  // [width]; RMS norms have no bias
  double epsilon = 0;
};

at::Tensor normalized(const at::Tensor& x, const Norm& norm);
NormedBeside normalizedBeside(const at::Tensor& x, const Norm& norm);  // layers.h

struct SelfAttention {
  // Three layouts of the projections: apart (query, key, value); stacked (rows [q | k | v] of one weight); grouped (for each
  // key/value head its queries, its key, its value).
  enum class Layout { Apart, Stacked, Grouped } layout = Layout::Apart;
  Linear query, key, value;       // H -> n*d, kv*d, kv*d
  Linear fused;                   // H -> (n + 2 kv)*d
  Linear keyValue;                // stacked: its last 2 kv*d rows; the last layer asks with fewer rows than answer
  Linear out;                     // n*d -> H
  Norm queryNorm, keyNorm;        // of every head by itself [d], before the rotation
  at::Tensor queryGain, keyGain;  // [n*d], [kv*d]: a weight for every head, where the norm has none
  AttentionHeads heads;
};
// The card's heads, scores scaled by 1 / sqrt(d).
AttentionHeads usualHeads(const ModelCard& card);
SelfAttention attentionApart(Linear query, Linear key, Linear value, Linear out, AttentionHeads heads);
SelfAttention attentionStacked(Linear fused, Linear out, AttentionHeads heads);
SelfAttention attentionGrouped(Linear fused, Linear out, AttentionHeads heads);

// down(act(up(x))); with a gate down(act(gate(x)) * up(x)).
struct Mlp {
  Activation activation;
  Linear gate;            // H -> I, or none
  Linear up, down;        // H -> I, I -> H
  bool gateInUp = false;  // `up` is H -> 2I, rows [gate | up]
};

// [R, H] -> [R, I], what goes into the last layer of the MLP.
at::Tensor innerOf(const Mlp& mlp, const at::Tensor& x);

struct Block {
  Norm attentionNorm;
  SelfAttention attention;
  Norm attentionOutNorm;  // of what attention gives (Gemma 2)
  Norm mlpNorm;
  Mlp mlp;
  Norm mlpOutNorm;
};

// How a block adds up, with a = attention, m = MLP.
enum class Flow {
  Sequential,      // y = x + a(norm(x));  y + m(norm'(y))
  Parallel,        // x + a(norm(x)) + m(norm'(x)); without norm' both halves read norm(x)
  NormAfter,       // y = norm(x + a(x));  norm'(y + m(y))
  NormedResidual,  // z = norm(x), y = z + a(z);  z' = norm'(y), z' + m(z')
};

struct DecoderParts {
  at::Tensor embedding;  // [V, E]; E is H but for OPT's projected embedding
  Linear projectIn;      // E -> H, or none
  at::Tensor positions;  // [positions + offset, H] learned, or none
  std::int64_t positionOffset = 0;
  Norm inputNorm;                        // BLOOM
  std::shared_ptr<const Rotary> rotary;  // none: queries and keys are not turned
  Flow flow = Flow::Sequential;
  std::vector<Block> blocks;
  Norm finalNorm;
  Linear projectOut;          // H -> E, or none
  at::Tensor head, headBias;  // [V, E], [V] or none
  double logitCap = 0;        // c: logits become c * tanh(logit / c) (Gemma 2)
  Linear pooler;              // H -> H: the states that a head reads are tanh(pooler(x)) (BERT), or none
};

std::shared_ptr<const FrozenModel> makeDecoder(ModelCard card, const Weights& weights, const Numerics& numerics, DecoderParts parts);

// Reads parts by the checkpoint's names.
class PartReader {
 public:
  PartReader(const Weights& weights, const Numerics& numerics) : m_weights(weights), m_numerics(numerics) {}

  at::Tensor tensor(const std::string& name, const std::vector<std::int64_t>& shape) const {
    return m_weights.get(name, shape, m_numerics);
  }
  // A matrix of which rows are picked, as stored.
  at::Tensor table(const std::string& name, const std::vector<std::int64_t>& shape) const {
    return m_weights.asStored(name, shape, m_numerics);
  }
  Linear linear(const std::string& name, std::int64_t out, std::int64_t in, bool bias) const;
  Linear transposedLinear(const std::string& name, std::int64_t out, std::int64_t in) const;  // with bias
  Norm layerNorm(const std::string& name, std::int64_t width, double epsilon) const;          // with weight and bias
  Norm rmsNorm(const std::string& name, std::int64_t width, double epsilon) const;
  Norm plainLayerNorm(std::int64_t width, double epsilon) const;  // without weight and bias
  // The output embedding [V, E]: `name`, or the input embedding where the two are tied.
  at::Tensor head(const ModelCard& card, const std::string& name, const at::Tensor& embedding) const;
  const std::string& device() const { return m_numerics.device; }

 private:
  const Weights& m_weights;
  const Numerics& m_numerics;
};

}  // namespace incipit

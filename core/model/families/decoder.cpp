#include "core/model/families/decoder.h"

#include "core/model/layers/checkpointing.h"
#include "core/model/pass_observer.h"
#include "core/support/error.h"

#include <ATen/ops/embedding.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/zeros.h>
#include <cmath>

namespace incipit {

NormedBeside normalizedBeside(const at::Tensor& x, const Norm& norm) {
  switch (norm.kind) {
  case Norm::Kind::Layer:
    return layerNormBeside(x, norm.weight, norm.bias, norm.epsilon);
  case Norm::Kind::Rms:
    return rmsNormBeside(x, norm.weight, norm.epsilon);
  case Norm::Kind::None:
    break;
  }
  return {x, x};
}

at::Tensor normalized(const at::Tensor& x, const Norm& norm) { return normalizedBeside(x, norm).normed; }

at::Tensor innerOf(const Mlp& mlp, const at::Tensor& x) {
  if (mlp.gateInUp) {
    const auto halves = dense(x, mlp.up).chunk(2, 1);  // [S, I] each
    return gated(mlp.activation, halves[0], halves[1]);
  }
  if (mlp.gate.weight.defined()) return gated(mlp.activation, dense(x, mlp.gate), dense(x, mlp.up));
  return activate(mlp.activation, dense(x, mlp.up));
}

namespace {

// x [R, heads * d], every head by itself.
at::Tensor normalizedHeads(const at::Tensor& x, const Norm& norm, const at::Tensor& gain, std::int64_t size) {
  if (norm.kind == Norm::Kind::None) return x;
  const at::Tensor y = normalized(x.reshape({-1, size}), norm).reshape({x.size(0), x.size(1)});
  return gain.defined() ? y * gain : y;
}

// residual + norm(layer(x)), in one pass where nothing comes between.
at::Tensor onto(const at::Tensor& residual, const at::Tensor& x, const Linear& layer, const Norm& norm) {
  return norm.kind == Norm::Kind::None ? denseOnto(residual, x, layer) : residual + normalized(dense(x, layer), norm);
}

// Output rows [first, first + count) of a layer.
Linear outputs(const Linear& layer, std::int64_t first, std::int64_t count) {
  return {layer.weight.narrow(layer.transposed ? 1 : 0, first, count),
          layer.bias.defined() ? layer.bias.narrow(0, first, count) : at::Tensor(), layer.transposed};
}

// Three layers of four are recomputed in the backward pass, which costs three eighths of a step; all of them would cost half.
bool computedAgain(std::size_t index) { return index % 4 != 3; }

class Decoder final : public FamilyModel {
 public:
  Decoder(ModelCard modelCard, const Weights& weights, const Numerics& numerics, DecoderParts parts)
      : FamilyModel(std::move(modelCard), weights, numerics), m_parts(std::move(parts)) {
    m_embedding = m_parts.embedding;
    m_head = Linear(m_parts.head, m_parts.headBias);
  }

  at::Tensor forward(const at::Tensor& rows, const Pass& pass) const override {
    PassTensors tensors = card().looksBothWays ? prepareBothWays(pass) : prepare(pass);
    if (m_parts.rotary != nullptr) tensors.turning = m_parts.rotary->turning(pass.forest, pass.firstRow, tensors.positions);
    at::Tensor x = rows;                                                      // [R, E]
    if (m_parts.projectIn.weight.defined()) x = dense(x, m_parts.projectIn);  // [R, H]
    if (m_parts.positions.defined()) x = x + at::embedding(m_parts.positions, tensors.positions + m_parts.positionOffset);
    x = normalized(x, m_parts.inputNorm);
    for (std::size_t index = 0; index < m_parts.blocks.size(); ++index) {
      if (pass.observer != nullptr) pass.observer->state(static_cast<std::int64_t>(index), x);
      const auto layer = [this, index, tensors, cache = pass.cache, observer = pass.observer](const at::Tensor& input) {
        return block(index, input, tensors, cache, observer);
      };
      x = pass.checkpointing && computedAgain(index) ? checkpointed(x, layer) : layer(x);
    }
    if (pass.observer != nullptr) pass.observer->state(static_cast<std::int64_t>(m_parts.blocks.size()), x);
    return finished(x);
  }

  at::Tensor finished(const at::Tensor& rows) const override {
    const at::Tensor x = normalized(rows, m_parts.finalNorm);                       // [S, H]
    return m_parts.projectOut.weight.defined() ? dense(x, m_parts.projectOut) : x;  // [S, E]
  }

  at::Tensor pooled(const at::Tensor& states) const override {
    return m_parts.pooler.weight.defined() ? at::tanh(dense(states, m_parts.pooler)) : states;
  }

  bool cacheServes(std::int64_t before, std::int64_t now) const override {
    return m_parts.rotary == nullptr || m_parts.rotary->sameAngles(before, now);
  }

  at::Tensor logits(const at::Tensor& hidden) const override {
    if (card().head != HeadKind::None)
      throw ModelError("'" + card().name + "' sorts texts into classes and writes none.", "Open a model that writes text.");
    const at::Tensor plain = FamilyModel::logits(hidden);  // [S, V]
    return m_parts.logitCap > 0 ? at::tanh(plain / m_parts.logitCap) * m_parts.logitCap : plain;
  }

 private:
  at::Tensor block(std::size_t index, const at::Tensor& x, const PassTensors& tensors, KeyValueCache* cache, PassObserver* observer) const {
    const Block& part = m_parts.blocks[index];
    const Flow flow = m_parts.flow;
    const bool last = index + 1 == m_parts.blocks.size();
    const auto kept = [&](const at::Tensor& rows) { return last ? onlyScored(rows, tensors) : rows; };  // [R, H] -> [S, H]

    const auto [past, normed] = flow == Flow::NormAfter ? NormedBeside{x, x} : normalizedBeside(x, part.attentionNorm);
    const at::Tensor mixed = attend(part.attention, index, last, normed, tensors, cache, observer);  // [S, n*d]
    const Linear& out = part.attention.out;
    if (flow == Flow::Parallel) {
      const auto [stay, second] = normalizedBeside(kept(past), part.mlpNorm);
      const at::Tensor inner = part.mlpNorm.kind == Norm::Kind::None ? kept(normed) : second;
      return denseOnto(denseOnto(stay, mixed, out), innerOf(part.mlp, inner), part.mlp.down);
    }
    at::Tensor y = onto(kept(flow == Flow::NormedResidual ? normed : past), mixed, out, part.attentionOutNorm);  // [S, H]
    if (flow == Flow::NormAfter) {
      y = normalized(y, part.attentionNorm);
      return normalized(denseOnto(y, innerOf(part.mlp, y), part.mlp.down), part.mlpNorm);
    }
    const auto [stay, inner] = normalizedBeside(y, part.mlpNorm);
    return onto(flow == Flow::NormedResidual ? inner : stay, innerOf(part.mlp, inner), part.mlp.down, part.mlpOutNorm);
  }

  // x [R, H] -> what the rows that go on (in the last block only the scored ones) collected from the rows they see [S, n*d].
  at::Tensor attend(const SelfAttention& part, std::size_t index, bool last, const at::Tensor& x, const PassTensors& tensors,
                    KeyValueCache* cache, PassObserver* observer) const {
    const AttentionHeads& heads = part.heads;
    auto [q, k, v] = project(part, x, index == 0, last, tensors);  // [S, n*d], [R, kv*d], [R, kv*d]
    q = normalizedHeads(q, part.queryNorm, part.queryGain, heads.size);
    k = normalizedHeads(k, part.keyNorm, part.keyGain, heads.size);
    if (m_parts.rotary != nullptr) {
      const Turning& all = tensors.turning;
      q = rotate(q, last ? Turning{all.table, onlyScored(all.rows, tensors)} : all, heads.heads);
      k = rotate(k, all, heads.keyValueHeads);
    }
    if (cache != nullptr) std::tie(k, v) = cache->append(index, k, v);
    const auto& plan = last ? tensors.lastPlan : tensors.plan;
    if (observer != nullptr) observer->attention(static_cast<std::int64_t>(index), false, q, k, *plan, heads);
    return attention(q, k, v, plan, heads);
  }

  static std::tuple<at::Tensor, at::Tensor, at::Tensor> project(const SelfAttention& part, const at::Tensor& x, bool first, bool last,
                                                                const PassTensors& tensors) {
    const std::int64_t kv = part.heads.keyValueHeads, d = part.heads.size, share = part.heads.heads / kv;
    const auto kept = [&](const at::Tensor& rows) { return last ? onlyScored(rows, tensors) : rows; };
    // Below the first block's projections are only the rows themselves, and the text's are not trained.
    const auto ofAll = [&](const Linear& layer) { return dense(x, layer, first ? tensors.learning : nullptr); };
    const auto query = [&] { return last ? dense(kept(x), part.query) : ofAll(part.query); };
    switch (part.layout) {
    case SelfAttention::Layout::Apart:
      break;
    case SelfAttention::Layout::Stacked: {
      if (last && tensors.scored.defined()) {
        const auto parts = columns(ofAll(part.keyValue), {kv * d, kv * d});
        return {query(), parts[0], parts[1]};
      }
      const auto parts = columns(ofAll(part.fused), {share * kv * d, kv * d, kv * d});
      return {parts[0], parts[1], parts[2]};
    }
    case SelfAttention::Layout::Grouped: {
      const std::int64_t rows = x.size(0);
      const at::Tensor all = ofAll(part.fused).view({rows, kv, share + 2, d});
      return {kept(all.narrow(2, 0, share).reshape({rows, share * kv * d})), all.select(2, share).reshape({rows, kv * d}),
              all.select(2, share + 1).reshape({rows, kv * d})};
    }
    }
    return {query(), ofAll(part.key), ofAll(part.value)};
  }

  DecoderParts m_parts;
};

}  // namespace

AttentionHeads usualHeads(const ModelCard& card) {
  return {card.heads, card.keyValueHeads, card.headSize, 1 / std::sqrt(static_cast<double>(card.headSize))};
}

SelfAttention attentionApart(Linear query, Linear key, Linear value, Linear out, AttentionHeads heads) {
  SelfAttention part;
  part.query = std::move(query), part.key = std::move(key), part.value = std::move(value);
  part.out = std::move(out);
  part.heads = std::move(heads);
  return part;
}

SelfAttention attentionStacked(Linear fused, Linear out, AttentionHeads heads) {
  SelfAttention part;
  part.layout = SelfAttention::Layout::Stacked;
  part.query = outputs(fused, 0, heads.heads * heads.size);
  part.keyValue = outputs(fused, heads.heads * heads.size, 2 * heads.keyValueHeads * heads.size);
  part.fused = std::move(fused);
  part.out = std::move(out);
  part.heads = std::move(heads);
  return part;
}

SelfAttention attentionGrouped(Linear fused, Linear out, AttentionHeads heads) {
  if (heads.keyValueHeads == 1) return attentionStacked(std::move(fused), std::move(out), std::move(heads));  // the same rows
  SelfAttention part;
  part.layout = SelfAttention::Layout::Grouped;
  part.fused = std::move(fused);
  part.out = std::move(out);
  part.heads = std::move(heads);
  return part;
}

std::shared_ptr<const FrozenModel> makeDecoder(ModelCard card, const Weights& weights, const Numerics& numerics, DecoderParts parts) {
  return std::make_shared<Decoder>(std::move(card), weights, numerics, std::move(parts));
}

Linear PartReader::linear(const std::string& name, std::int64_t out, std::int64_t in, bool bias) const {
  return m_weights.linear(name, out, in, bias, m_numerics);
}

Linear PartReader::transposedLinear(const std::string& name, std::int64_t out, std::int64_t in) const {
  return m_weights.transposedLinear(name, out, in, true, m_numerics);
}

Norm PartReader::layerNorm(const std::string& name, std::int64_t width, double epsilon) const {
  return {Norm::Kind::Layer, tensor(name + ".weight", {width}), tensor(name + ".bias", {width}), epsilon};
}

Norm PartReader::rmsNorm(const std::string& name, std::int64_t width, double epsilon) const {
  return {Norm::Kind::Rms, tensor(name + ".weight", {width}), {}, epsilon};
}

Norm PartReader::plainLayerNorm(std::int64_t width, double epsilon) const {
  const auto type = m_numerics.precision == Precision::Bf16 ? at::kBFloat16 : at::kFloat;
  const auto options = at::TensorOptions(type).device(at::Device(m_numerics.device));
  return {Norm::Kind::Layer, at::ones({width}, options), at::zeros({width}, options), epsilon};
}

at::Tensor PartReader::head(const ModelCard& card, const std::string& name, const at::Tensor& embedding) const {
  // A checkpoint that ties without saying so has no head of its own.
  if (card.tiedEmbeddings || !m_weights.has(name)) return embedding;
  return table(name, {embedding.size(0), embedding.size(1)});
}

}  // namespace incipit

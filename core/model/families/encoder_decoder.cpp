#include "core/model/families/encoder_decoder.h"

#include "core/model/layers/checkpointing.h"
#include "core/model/pass_observer.h"
#include "core/support/error.h"

namespace incipit {
namespace {

class EncoderDecoder final : public FamilyModel {
 public:
  EncoderDecoder(ModelCard modelCard, const Weights& weights, const Numerics& numerics, EncoderDecoderParts parts)
      : FamilyModel(std::move(modelCard), weights, numerics), m_parts(std::move(parts)) {
    m_embedding = m_parts.embedding;
    m_head = Linear(m_parts.head);
  }

  at::Tensor encode(const at::Tensor& rows, const Pass& pass) const override {
    checkDepth(pass.forest);
    const auto plan = planned(planBothWays(pass.forest));
    at::Tensor x = rows;  // [R, H]
    for (std::size_t index = 0; index < m_parts.encoder.size(); ++index) {
      const Block& part = m_parts.encoder[index];
      if (pass.observer != nullptr) pass.observer->state(static_cast<std::int64_t>(index), x);
      const auto layer = [&part, plan, index, observer = pass.observer](const at::Tensor& in) {
        const SelfAttention& self = part.attention;
        const auto [past, normed] = normalizedBeside(in, part.attentionNorm);
        const at::Tensor q = dense(normed, self.query), k = dense(normed, self.key), v = dense(normed, self.value);
        if (observer != nullptr) observer->attention(static_cast<std::int64_t>(index), false, q, k, *plan, self.heads);
        const at::Tensor mixed = attention(q, k, v, plan, self.heads);
        return afterAttention(denseOnto(past, mixed, self.out), part.mlpNorm, part.mlp);
      };
      x = pass.checkpointing ? checkpointed(x, layer) : layer(x);
    }
    if (pass.observer != nullptr) pass.observer->state(static_cast<std::int64_t>(m_parts.encoder.size()), x);
    return finishedText(x);
  }

  at::Tensor forward(const at::Tensor& rows, const Pass& pass) const override {
    if (pass.texts == nullptr || pass.encoded == nullptr)
      throw ModelError("The decoder of '" + card().name + "' has no text to attend across to.", "Encode one first.");
    const PassTensors tensors = prepare(pass);
    const auto across = planned(planAcross(pass.forest, *pass.texts, pass.firstRow));
    const auto lastAcross = pass.scored == nullptr ? across : planned(planAcross(pass.forest, *pass.texts, pass.firstRow, pass.scored));
    at::Tensor x = rows;  // [R, H]; behind the last block's keys and values [S, H]
    for (std::size_t index = 0; index < m_parts.decoder.size(); ++index) {
      const AnsweringBlock& part = m_parts.decoder[index];
      const bool last = index + 1 == m_parts.decoder.size();
      if (pass.observer != nullptr) pass.observer->state(static_cast<std::int64_t>(index), x);
      x = attendBack(part, index, x, tensors, last, pass);
      const auto [k, v] = acrossRows(part.across, m_parts.decoder.size() + index, pass);  // [texts' R, n*d] each
      const auto [past, normed] = normalizedBeside(x, part.acrossNorm);
      const at::Tensor q = dense(normed, part.across.query);
      const auto& plan = last ? lastAcross : across;
      if (pass.observer != nullptr) pass.observer->attention(static_cast<std::int64_t>(index), true, q, k, *plan, part.across.heads);
      x = denseOnto(past, attention(q, k, v, plan, part.across.heads), part.across.out);
      x = afterAttention(x, part.mlpNorm, part.mlp);
    }
    if (pass.observer != nullptr) pass.observer->state(static_cast<std::int64_t>(m_parts.decoder.size()), x);
    return finished(x);
  }

  at::Tensor finished(const at::Tensor& rows) const override { return normalized(rows, m_parts.decoderNorm); }  // [S, H]
  at::Tensor finishedText(const at::Tensor& rows) const override { return normalized(rows, m_parts.encoderNorm); }

  at::Tensor logits(const at::Tensor& hidden) const override {
    return FamilyModel::logits(m_parts.headScale == 1 ? hidden : hidden * m_parts.headScale);
  }

 private:
  static at::Tensor afterAttention(const at::Tensor& x, const Norm& norm, const Mlp& mlp) {
    const auto [past, normed] = normalizedBeside(x, norm);
    return denseOnto(past, innerOf(mlp, normed), mlp.down);
  }

  // x [R, H] plus what the rows collected from those before them; in the last block only the scored rows go on [S, H].
  static at::Tensor attendBack(const AnsweringBlock& part, std::size_t index, const at::Tensor& x, const PassTensors& tensors, bool last,
                               const Pass& pass) {
    const SelfAttention& self = part.attention;
    const auto kept = [&](const at::Tensor& rows) { return last ? onlyScored(rows, tensors) : rows; };
    const auto [past, normed] = normalizedBeside(x, part.attentionNorm);
    at::Tensor k = dense(normed, self.key), v = dense(normed, self.value);
    if (pass.cache != nullptr) std::tie(k, v) = pass.cache->append(index, k, v);
    const at::Tensor q = dense(kept(normed), self.query);
    const auto& plan = last ? tensors.lastPlan : tensors.plan;
    if (pass.observer != nullptr) pass.observer->attention(static_cast<std::int64_t>(index), false, q, k, *plan, self.heads);
    const at::Tensor mixed = attention(q, k, v, plan, self.heads);
    return denseOnto(kept(past), mixed, self.out);
  }

  // Keys and values of the encoder's states: computed once a text, not once a token.
  static std::pair<at::Tensor, at::Tensor> acrossRows(const SelfAttention& part, std::size_t slot, const Pass& pass) {
    if (pass.cache != nullptr)
      if (const auto kept = pass.cache->kept(slot)) return *kept;
    const at::Tensor k = dense(*pass.encoded, part.key), v = dense(*pass.encoded, part.value);
    return pass.cache != nullptr ? pass.cache->append(slot, k, v) : std::pair(k, v);
  }

  EncoderDecoderParts m_parts;
};

}  // namespace

std::shared_ptr<const FrozenModel> makeEncoderDecoder(ModelCard card, const Weights& weights, const Numerics& numerics,
                                                      EncoderDecoderParts parts) {
  return std::make_shared<EncoderDecoder>(std::move(card), weights, numerics, std::move(parts));
}

}  // namespace incipit

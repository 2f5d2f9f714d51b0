// An encoder-decoder model described by its parts: the encoder reads each text with its own copy of the prompt, both ways; the decoder
// writes the answer and attends across to it. The pass through the parts is encoder_decoder.cpp's.
#pragma once

#include "core/model/families/decoder.h"

#include <vector>

namespace incipit {

struct AnsweringBlock {  // y = x + self(norm(x));  z = y + across(norm'(y));  z + mlp(norm''(z))
  Norm attentionNorm;
  SelfAttention attention;
  Norm acrossNorm;
  SelfAttention across;  // queries from the answer, keys and values from the encoder's states
  Norm mlpNorm;
  Mlp mlp;
};

struct EncoderDecoderParts {
  at::Tensor embedding;        // [V, H], of both
  std::vector<Block> encoder;  // y = x + self(norm(x));  y + mlp(norm'(y)); attention's layout is Apart
  Norm encoderNorm;
  std::vector<AnsweringBlock> decoder;
  Norm decoderNorm;
  at::Tensor head;       // [V, H]
  double headScale = 1;  // of the hidden states in front of the head
};

std::shared_ptr<const FrozenModel> makeEncoderDecoder(ModelCard card, const Weights& weights, const Numerics& numerics,
                                                      EncoderDecoderParts parts);

}  // namespace incipit

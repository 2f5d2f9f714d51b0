// The head of a model that sorts texts into classes: a small layer between the state of a text and the scores of its classes. It is trained
// together with the prompt (PEFT's modules_to_save), so it travels with the prompt as values and is no part of the frozen model.
// Letters: S texts, H hidden size, L classes.
#pragma once

#include "core/tensor/matrix.h"

#include <cstdint>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace incipit {

enum class HeadKind {
  None,    // the model writes text
  Score,   // logits = W x: "score" of the decoders
  Linear,  // logits = W x + b: "classifier" of BERT, behind its pooler
  Mlp,     // logits = W tanh(V x + c) + b: "classifier.dense" and "classifier.out_proj" of RoBERTa
};

struct HeadPart {
  std::string name;  // the checkpoint's: "score.weight", "classifier.bias"
  Matrix values;     // a bias is a matrix of one row
  bool isVector() const { return name.ends_with(".bias"); }
  std::vector<std::int64_t> shape() const;
  friend bool operator==(const HeadPart&, const HeadPart&) = default;
};
using ClassHead = std::vector<HeadPart>;  // empty: none

std::int64_t classesOf(const ClassHead& head);  // L; 0 for an empty head

// The parts of such a head by name and shape, all zero.
ClassHead blankHead(HeadKind kind, std::int64_t hiddenSize, std::int64_t classes);
// As transformers starts a head that a checkpoint does not have: weights N(0, deviation), biases 0.
ClassHead freshHead(HeadKind kind, std::int64_t hiddenSize, std::int64_t classes, double deviation, std::uint64_t seed);

// The parts as fp32 tensors on a device.
std::vector<at::Tensor> tensorsOf(const ClassHead& head, const std::string& device);
// x [S, H] -> what the last layer of the head reads [S, H] in fp32: x itself, but for a head with a layer before it.
at::Tensor beforeLastLayer(HeadKind kind, const std::vector<at::Tensor>& parts, const at::Tensor& x);
// x [S, H], parts in the order of blankHead -> logits [S, L] in fp32. Differentiable with respect to all of them.
at::Tensor classLogits(HeadKind kind, const std::vector<at::Tensor>& parts, const at::Tensor& x);

}  // namespace incipit

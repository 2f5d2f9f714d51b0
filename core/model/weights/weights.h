// The weights of a model folder by the checkpoint's names: memory-mapped, kept as stored, handed out in the precision of computation.
#pragma once

#include "core/model/card/card.h"
#include "core/model/weights/linear.h"
#include "core/support/compute.h"
#include "core/support/mapped_file.h"

#include <ATen/core/Tensor.h>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace incipit {

// What weights are computed with.
struct Numerics {
  Precision precision = Precision::Fp32;  // resolved, never Auto
  std::string device = "cpu";             // resolved
};

class Weights {
 public:
  // model.safetensors, or the shards that model.safetensors.index.json names; else the same of pytorch_model.bin. Zero copies: tensors
  // lie in the mapped files.
  static Weights open(const std::filesystem::path& folder);
  // Tensors made in memory: a model that is being trained from the beginning.
  static Weights of(std::map<std::string, at::Tensor> tensors);

  // The tensor in the precision and on the device of computation; a view of the file where that is how it is stored.
  // `name` is without the hub's prefix: "h.0.ln_1.weight" finds "transformer.h.0.ln_1.weight", "layers..." finds "model.layers...".
  // Throws ModelError when it is missing or has another shape.
  at::Tensor get(const std::string& name, const std::vector<std::int64_t>& shape, const Numerics& numerics) const;
  // The same, or an undefined tensor when `wanted` is false or the checkpoint has none.
  at::Tensor optional(bool wanted, const std::string& name, const std::vector<std::int64_t>& shape, const Numerics& numerics) const;
  // The same, but kept as stored where the processor computes: for matrices of which rows are picked or faster copies made.
  at::Tensor asStored(const std::string& name, const std::vector<std::int64_t>& shape, const Numerics& numerics) const;
  // The linear layer `name`: "<name>.weight" [out, in] and, where `bias`, "<name>.bias" [out].
  Linear linear(const std::string& name, std::int64_t out, std::int64_t in, bool bias, const Numerics& numerics) const;
  // The same from a weight stored as [in, out], as GPT-2 does.
  Linear transposedLinear(const std::string& name, std::int64_t out, std::int64_t in, bool bias, const Numerics& numerics) const;
  bool has(const std::string& name) const;
  // The same names, shapes and types without numbers (LibTorch's "meta" device).
  Weights outline() const;

  const std::map<std::string, at::Tensor>& stored() const { return m_tensors; }
  const std::vector<std::filesystem::path>& files() const { return m_files; }
  // Throws FileError when one of the files was cut off while it was mapped (core/support/mapped_file.h).
  void checkWhole() const;
  // From the headers and samples of every tensor; reads a few pages a tensor, not the file.
  std::string fingerprint() const;

 private:
  const at::Tensor& checked(const std::string& name, const std::vector<std::int64_t>& shape) const;
  const at::Tensor* find(const std::string& name) const;

  std::map<std::string, at::Tensor> m_tensors;
  std::vector<std::filesystem::path> m_files;
  std::vector<std::shared_ptr<const MappedFile>> m_mappings;  // of the files
  std::string m_origin;
};

// The weight files of a folder, without opening them. Throws ModelError when there are none, or a shard is missing.
std::vector<std::filesystem::path> weightFiles(const std::filesystem::path& folder);

}  // namespace incipit

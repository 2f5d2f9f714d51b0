// The tensors another program computed (tests/fixtures/<variant>/reference.safetensors), by name.
#pragma once

#include "core/model/weights/weights.h"
#include "core/tensor/safetensors.h"
#include "tests/core/causal_variants.h"
#include "tests/harness/harness.h"

#include <ATen/ops/from_blob.h>
#include <cstring>
#include <string>

namespace incipit::test {

inline at::Tensor tensorOf(const SafetensorsFile& file, const std::string& name) {
  const auto found = file.tensors().find(name);
  if (found == file.tensors().end()) fail("the fixture has no tensor " + name, __FILE__, __LINE__);
  const auto type = found->second.type == ElementType::F32 ? at::kFloat : found->second.type == ElementType::F64 ? at::kDouble : at::kLong;
  return at::from_blob(const_cast<std::byte*>(found->second.bytes.data()), found->second.shape, at::TensorOptions(type)).clone();
}

class Reference {
 public:
  explicit Reference(const std::string& variant) : m_file(fixtures() / variant / "reference.safetensors") {}
  at::Tensor operator[](const std::string& name) const { return tensorOf(m_file, name); }

 private:
  SafetensorsFile m_file;
};

}  // namespace incipit::test

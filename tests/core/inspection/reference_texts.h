// The texts, labels and prompts of tests/fixtures/attention, what transformers and PEFT find in them, and the models they are of.
#pragma once

#include "core/dataset/examples.h"
#include "core/inspection/read_text.h"
#include "core/model/frozen_model.h"
#include "tests/core/model/reference.h"

#include <ATen/core/Tensor.h>
#include <algorithm>

#include "tests/harness/harness.h"  // last: LibTorch has a CHECK of its own

namespace incipit::test {

inline const std::vector<std::string> attentionVariants{"gpt2", "llama", "qwen2", "t5", "bert_seqcls"};

class AttentionReference {
 public:
  explicit AttentionReference(const std::string& variant)
      : variant(variant), model(openModel(fixtures() / variant / "model", {Precision::Fp32, "cpu"})),
        m_file(fixtures() / "attention" / variant / "reference.safetensors") {
    const at::Tensor rows = (*this)["prompt"].contiguous();
    prompt.rows = Matrix(rows.size(0), rows.size(1));
    std::copy_n(rows.data_ptr<float>(), prompt.rows.values.size(), prompt.rows.values.begin());
    if (model->card().head == HeadKind::None) return;
    const SafetensorsFile adapter(fixtures() / variant / "adapter_full" / "adapter_model.safetensors");
    prompt.head = model->head();
    for (HeadPart& part : prompt.head) {
      const at::Tensor values = tensorOf(adapter, "base_model." + part.name).contiguous();
      std::copy_n(values.data_ptr<float>(), part.values.values.size(), part.values.values.begin());
    }
  }

  at::Tensor operator[](const std::string& name) const { return tensorOf(m_file, name); }
  bool has(const std::string& name) const { return m_file.tensors().contains(name); }
  std::int64_t texts() const { return (*this)["input_ids"].size(0); }
  std::int64_t length(std::int64_t text) const { return (*this)["attention_mask"][text].sum().item<std::int64_t>(); }

  ReadText text(std::int64_t index) const {
    ReadText read;
    const at::Tensor ids = (*this)["input_ids"], labels = (*this)["labels"];
    for (std::int64_t i = 0; i < length(index); ++i)
      read.ids.push_back(static_cast<TokenId>(ids[index][i].item<std::int64_t>()));
    if (model->card().encoderDecoder)
      for (std::int64_t i = 0; i < labels.size(1); ++i)
        read.answer.push_back(static_cast<TokenId>(labels[index][i].item<std::int64_t>()));
    return read;
  }

  Examples examples() const {
    Examples all;
    const at::Tensor labels = (*this)["labels"];
    const bool head = model->card().head != HeadKind::None;
    if (head) all.classes = {"LABEL_0", "LABEL_1", "LABEL_2"};
    for (std::int64_t index = 0; index < texts(); ++index) {
      const ReadText read = text(index);
      Example example;
      example.ids = read.ids;
      example.labels = read.answer;
      if (head)
        example.classIndex = static_cast<int>(labels[index].item<std::int64_t>());
      else if (!model->card().encoderDecoder)
        for (std::int64_t i = 0; i < length(index); ++i)
          example.labels.push_back(static_cast<TokenId>(labels[index][i].item<std::int64_t>()));
      all.items.push_back(std::move(example));
    }
    return all;
  }

  std::string variant;
  std::shared_ptr<const FrozenModel> model;
  SoftPrompt prompt;

 private:
  SafetensorsFile m_file;
};

// Number i, j, ... of a table of floats.
template <class... Index>
double valueAt(const at::Tensor& table, Index... index) {
  at::Tensor one = table;
  ((one = one[index]), ...);
  return one.item<double>();
}

}  // namespace incipit::test

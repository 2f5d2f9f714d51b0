// A head as values, without LibTorch: what formats and prompts need to know of it.
#include "core/model/layers/class_head.h"
#include "core/support/random.h"

namespace incipit {

std::vector<std::int64_t> HeadPart::shape() const {
  return isVector() ? std::vector<std::int64_t>{values.columns} : std::vector<std::int64_t>{values.rows, values.columns};
}

std::int64_t classesOf(const ClassHead& head) {
  if (head.empty()) return 0;
  const HeadPart& last = head.back();
  return last.isVector() ? last.values.columns : last.values.rows;
}

ClassHead blankHead(HeadKind kind, std::int64_t hiddenSize, std::int64_t classes) {
  const std::int64_t h = hiddenSize, l = classes;
  switch (kind) {
  case HeadKind::None:
    break;
  case HeadKind::Score:
    return {{"score.weight", Matrix(l, h)}};
  case HeadKind::Linear:
    return {{"classifier.weight", Matrix(l, h)}, {"classifier.bias", Matrix(1, l)}};
  case HeadKind::Mlp:
    return {{"classifier.dense.weight", Matrix(h, h)},
            {"classifier.dense.bias", Matrix(1, h)},
            {"classifier.out_proj.weight", Matrix(l, h)},
            {"classifier.out_proj.bias", Matrix(1, l)}};
  }
  return {};
}

ClassHead freshHead(HeadKind kind, std::int64_t hiddenSize, std::int64_t classes, double deviation, std::uint64_t seed) {
  ClassHead head = blankHead(kind, hiddenSize, classes);
  Random random(seed);
  for (HeadPart& part : head) {
    if (part.isVector()) continue;
    for (float& value : part.values.values)
      value = static_cast<float>(random.normal() * deviation);
  }
  return head;
}

}  // namespace incipit

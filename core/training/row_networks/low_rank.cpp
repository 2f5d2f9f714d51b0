// LoPT (Guo et al. 2024, "LoPT: low-rank prompt tuning"): the rows are a product [P, r] x [r, H]. It starts as the closest such product to
// the plan's start, by singular values (Eckart and Young 1936), with their roots on both sides.
#include "core/training/row_networks/row_network.h"

#include <ATen/TensorOperators.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_svd.h>
#include <algorithm>

namespace incipit {
namespace {

class LowRank : public RowNetwork {
 public:
  explicit LowRank(std::int64_t rank) : m_rank(rank) {}

  NetworkParts fresh(const Matrix& start, Random&) const override {
    const std::int64_t rank = std::min({m_rank, start.rows, start.columns});
    at::Tensor rows = at::empty({start.rows, start.columns}, at::kFloat);
    std::copy(start.values.begin(), start.values.end(), rows.data_ptr<float>());
    const auto [left, singular, right] = at::linalg_svd(rows.to(at::kDouble), false);
    const at::Tensor root = singular.narrow(0, 0, rank).sqrt();
    return {part("left", left.narrow(1, 0, rank) * root), part("right", right.narrow(0, 0, rank) * root.unsqueeze(1))};
  }

 protected:
  at::Tensor forward(const std::vector<at::Tensor>& parts) const override { return parts[0].matmul(parts[1]); }

 private:
  static NetworkPart part(const char* name, const at::Tensor& values) {
    const at::Tensor whole = values.to(at::kFloat).contiguous();
    NetworkPart made{name, Matrix(whole.size(0), whole.size(1)), true};
    std::copy_n(whole.data_ptr<float>(), made.values.values.size(), made.values.values.begin());
    return made;
  }

  std::int64_t m_rank;
};

}  // namespace

RowNetworkPointer makeLowRank(std::int64_t rank) { return std::make_unique<LowRank>(rank); }

}  // namespace incipit

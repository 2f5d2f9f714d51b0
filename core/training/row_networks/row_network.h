// A small network that yields a prompt's rows while it is trained. What is saved are the rows alone, as of any other prompt: the network
// is folded away. It stands in checkpoints, so that a run goes on exactly.
#pragma once

#include "core/support/random.h"
#include "core/training/plan.h"
#include "core/training/row_networks/network_parts.h"

#include <memory>
#include <string>
#include <vector>

namespace at {
class Tensor;
}

namespace incipit {

class RowNetwork {
 public:
  virtual ~RowNetwork() = default;

  // Its parts at the start of a run whose prompt starts as `start` [P, H].
  virtual NetworkParts fresh(const Matrix& start, Random& random) const = 0;

  // The prompt's rows [P, H].
  Matrix rowsOf(const NetworkParts& parts) const;
  // From d loss / d rows [P, H] to the gradient of each part, by LibTorch's autograd.
  std::vector<Matrix> gradients(const NetworkParts& parts, const Matrix& ofRows) const;

 protected:
  // One tensor [rows, columns] a part, in the order of fresh().
  virtual at::Tensor forward(const std::vector<at::Tensor>& parts) const = 0;
};
using RowNetworkPointer = std::unique_ptr<const RowNetwork>;

// Null where the plan wants none. The size is the plan's encoder_hidden_size, or the method's usual one for rows of `width` numbers.
RowNetworkPointer makeRowNetwork(const TrainingPlan& plan, std::int64_t width);
std::int64_t usualNetworkSize(Reparametrization method, std::int64_t width);

RowNetworkPointer makeMlp(std::int64_t hidden);
RowNetworkPointer makeLstm(std::int64_t hidden);
RowNetworkPointer makeResidual(std::int64_t bottleneck);
RowNetworkPointer makeLowRank(std::int64_t rank);

// A linear layer's weight [out, in] and bias [1, out] as PyTorch starts them: uniform within 1 / sqrt(in).
void addLinear(NetworkParts& parts, const std::string& name, std::int64_t in, std::int64_t out, Random& random);
Matrix uniformMatrix(std::int64_t rows, std::int64_t columns, double bound, Random& random);

}  // namespace incipit

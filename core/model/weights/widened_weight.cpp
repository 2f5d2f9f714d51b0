#include "core/model/weights/widened_weight.h"

#include "core/model/kernels/share_out.h"
#include "core/model/kernels/tensor_numbers.h"
#include "core/model/kernels/widened_gemm.h"
#include "core/model/weights/bf16_rows.h"
#include "core/model/weights/lasting_copy.h"
#include "core/model/weights/product_log.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/zeros.h>
#include <algorithm>

namespace incipit {
namespace {

// Scratch of the thread that asks for a product, grown and kept: the rows of X in fp32.
float* roomFor(std::int64_t size) {
  static thread_local at::Tensor mine;
  if (!mine.defined() || mine.numel() < size) mine = at::empty({size}, at::kFloat);
  return mine.data_ptr<float>();
}

// A width into which `total` is cut so that every thread has several pieces: a multiple of `step`, `most` at most.
std::int64_t pieceOf(std::int64_t total, std::int64_t most, std::int64_t step) {
  const std::int64_t wanted = total / (4 * at::get_num_threads());
  return std::clamp((wanted + step - 1) / step * step, step, most);
}
std::int64_t piecesIn(std::int64_t total, std::int64_t piece) { return (total + piece - 1) / piece; }

// Calls visit(pointer to the numbers of a contiguous fp32 or bf16 tensor).
template <class Visit>
void withNumbers(const at::Tensor& tensor, const Visit& visit) {
  withNumberType(tensor.scalar_type(), [&](auto number) { visit(numbersOf<const decltype(number)>(tensor)); });
}

const float* panelsOf(const at::Tensor& x) {
  const std::int64_t count = x.size(0), width = x.size(1);
  float* panels = roomFor(kernels::roomForPanels(count, width));
  withNumbers(x, [&](const auto* numbers) {
    shareOut(piecesIn(count, kernels::panelRows()),
             [&](std::int64_t panel) { kernels::makePanels(numbers, count, width, panel, panel + 1, panels); });
  });
  return panels;
}

const float* groupsOf(const at::Tensor& x) {
  const std::int64_t count = x.size(0), width = x.size(1);
  float* groups = roomFor(kernels::roomForGroups(count, width));
  withNumbers(x, [&](const auto* numbers) {
    shareOut(piecesIn(count, kernels::groupRows()),
             [&](std::int64_t group) { kernels::makeGroups(numbers, count, width, group, group + 1, groups); });
  });
  return groups;
}

kernels::Rows rowsOf(const at::Tensor& x) {
  float* rows = roomFor(kernels::roomForRows(x.size(0), x.size(1)));
  const kernels::Rows shape{rows, x.size(0), x.size(1)};
  withNumbers(x, [&](const auto* numbers) { kernels::makeRows(numbers, shape, 0, shape.count, rows); });
  return shape;
}

template <class T>
void timesTransposed(const RowSource& s, const at::Tensor& x, const kernels::Epilogue<T>& to) {
  constexpr std::int64_t most = 96, step = 12;  // rows of S: their tile fits into the second-level cache; as many as stay in registers
  const std::int64_t piece = pieceOf(s.rows(), most, step), pieces = piecesIn(s.rows(), piece);
  const auto inPieces = [&](const auto& product) {
    shareOut(pieces, [&](std::int64_t unit) { product(unit * piece, std::min(s.rows(), (unit + 1) * piece)); });
  };
  if (kernels::areFew(x.size(0))) {
    const kernels::Rows rows = rowsOf(x);
    inPieces([&](std::int64_t first, std::int64_t last) { kernels::fewTimesTransposed(s, rows, first, last, to); });
  } else {
    const float* panels = panelsOf(x);
    inPieces([&](std::int64_t first, std::int64_t last) { kernels::timesTransposed(s, panels, x.size(0), first, last, to); });
  }
}

template <class T>
void fewTimesPlain(const RowSource& s, const at::Tensor& x, const kernels::Epilogue<T>& to) {
  const kernels::Rows rows = rowsOf(x);
  constexpr std::int64_t mostParts = 16, least = 32;
  const std::int64_t part = std::max(least, piecesIn(s.rows(), mostParts)), parts = piecesIn(s.rows(), part);
  const std::int64_t size = x.size(0) * kernels::strideOfSums(s.columns());
  const at::Tensor sums = at::zeros({parts, size}, at::kFloat);
  shareOut(parts, [&](std::int64_t unit) {
    kernels::addFewTimesPlain(s, rows, unit * part, std::min(s.rows(), (unit + 1) * part), sums.data_ptr<float>() + unit * size);
  });
  kernels::finishFew(sums.data_ptr<float>(), parts, x.size(0), s.columns(), to);
}

template <class T>
void timesPlain(const RowSource& s, const at::Tensor& x, const kernels::Epilogue<T>& to) {
  if (kernels::areFew(x.size(0))) return fewTimesPlain(s, x, to);
  const float* groups = groupsOf(x);
  constexpr std::int64_t mostRows = 360;  // of X: their block fits into the second-level cache beside the tile
  const std::int64_t step = std::max<std::int64_t>(32, s.grain()), most = std::max<std::int64_t>(128, s.grain());
  const std::int64_t piece = pieceOf(s.columns(), most, step), pieces = piecesIn(s.columns(), piece);
  const std::int64_t count = x.size(0), groupsInBlock = mostRows / kernels::groupRows(), block = groupsInBlock * kernels::groupRows();
  const std::int64_t blocks = piecesIn(count, block);
  shareOut(pieces * blocks, [&](std::int64_t unit) {
    const std::int64_t column = unit / blocks * piece, row = unit % blocks * block;
    kernels::timesPlain(s, groups, count, row, std::min(count, row + block), column, std::min(s.columns(), column + piece), to);
  });
}

at::Tensor multiply(const RowSource& s, bool transposed, const at::Tensor& x, const at::Tensor& bias, const at::Tensor& residual,
                    at::ScalarType type) {
  const std::int64_t out = transposed ? s.rows() : s.columns();
  const at::Tensor y = at::empty({x.size(0), out}, x.options().dtype(type));
  if (x.size(0) == 0) return y;
  ProductLog::add({x.size(0), x.size(1), out});
  withNumberType(type, [&](auto number) {
    using T = decltype(number);
    const kernels::Epilogue<T> to{numbersOf<T>(y), out, numbersOf<float>(bias), numbersOf<T>(residual)};
    transposed ? timesTransposed(s, x, to) : timesPlain(s, x, to);
  });
  return y;
}

}  // namespace

WidenedWeight::WidenedWeight(at::Tensor weight, at::Tensor bias)
    : m_weight(std::move(weight)), m_bias(std::move(bias)), m_rowsAreInputs(m_weight.stride(1) == 1) {}

const RowSource& WidenedWeight::source() {
  std::call_once(m_once, [this] {
    const at::Tensor rows = m_rowsAreInputs ? m_weight : m_weight.t();
    const bool asStored = rows.scalar_type() == at::kBFloat16 && rows.stride(1) == 1;
    m_kept = asStored ? rows : lastingCopy(rows, at::kBFloat16);
    if (m_bias.defined()) m_bias = m_bias.to(at::kFloat);
    m_source = std::make_unique<Bf16Rows>(m_kept.data_ptr(), m_kept.size(0), m_kept.size(1), m_kept.stride(0));
  });
  return *m_source;
}

at::Tensor WidenedWeight::forward(const at::Tensor& x, const at::Tensor& residual, at::ScalarType type) {
  const RowSource& rows = source();  // and the bias beside it
  return multiply(rows, !m_rowsAreInputs, x, m_bias, residual, type);
}

at::Tensor WidenedWeight::backward(const at::Tensor& gradient) {
  return multiply(source(), m_rowsAreInputs, gradient, {}, {}, gradient.scalar_type());
}

}  // namespace incipit

// Which matrix products a pass makes, for the bench: the work that a step cannot do without.
#pragma once

#include <cstdint>
#include <map>

namespace incipit {

struct ProductShape {  // [rows, in] x [in, out]
  std::int64_t rows, in, out;
  double operations() const { return 2.0 * static_cast<double>(rows) * static_cast<double>(in) * static_cast<double>(out); }
  auto operator<=>(const ProductShape&) const = default;
};

// While it lives, the products of frozen linear layers are counted; one at a time, for the whole process.
class ProductLog {
 public:
  ProductLog();
  ~ProductLog();
  ProductLog(const ProductLog&) = delete;
  ProductLog& operator=(const ProductLog&) = delete;

  std::map<ProductShape, std::int64_t> take();  // shape -> how often, and begins anew

  static void add(const ProductShape& shape);  // called by every product; nothing when no log lives
};

// The speed at which this machine multiplies those shapes, weights packed, nothing else to do: operations a second (in fp32 where it
// does not multiply bf16 itself). The fastest of a few runs of each shape, weighted as they occur. Throws PlanError when `products` is
// empty.
double productPeak(const std::map<ProductShape, std::int64_t>& products, bool bf16);

}  // namespace incipit

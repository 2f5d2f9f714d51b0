// NumPy's .npy.
#include "core/tensor/npy.h"
#include "tests/fuzz/fuzz.h"

namespace incipit::fuzz {

void target(std::string_view input) {
  taken([&] {
    const Matrix matrix = npyFrom(input, "array.npy");
    const Matrix again = npyFrom(toNpy(matrix), "again.npy");
    // By their bits: what is no number is equal to nothing.
    const auto bits = [](const Matrix& from) {
      return std::string_view(reinterpret_cast<const char*>(from.values.data()), from.values.size() * sizeof(float));
    };
    require(again.rows == matrix.rows && again.columns == matrix.columns && bits(again) == bits(matrix),
            "an array that is written is read as the same");
  });
}

}  // namespace incipit::fuzz

// NumPy arrays: our own come back, NumPy's are understood, broken ones are refused.
#include "core/tensor/floats.h"
#include "core/tensor/npy.h"
#include "tests/harness/harness.h"

#include <cmath>
#include <fstream>
#include <iterator>

using namespace incipit;

namespace {

// A .npy of version 1.0 as NumPy lays it out.
std::string npy(const std::string& type, const std::string& order, const std::string& shape, const std::string& data, char version = 1) {
  std::string header = "{'descr': '" + type + "', 'fortran_order': " + order + ", 'shape': " + shape + ", }";
  const std::size_t before = version == 1 ? 10 : 12;
  header += std::string(63 - (before + header.size()) % 64, ' ') + '\n';
  std::string bytes = "\x93NUMPY";
  bytes += version;
  bytes += '\0';
  bytes += static_cast<char>(header.size());
  bytes += '\0';
  if (version > 1) bytes += std::string(2, '\0');
  return bytes + header + data;
}

template <class T>
std::string raw(std::vector<T> values) {
  return std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

Matrix twoByThree() {
  Matrix matrix(2, 3);
  matrix.values = {1, -2.5f, 3e-40f, 0.1f, 5e30f, -0.0f};
  return matrix;
}

}  // namespace

TEST_CASE("a matrix written comes back bit by bit, and the bytes are NumPy's own") {
  const auto file = test::scratch("npy") / "m.npy";
  writeNpy(file, twoByThree());
  CHECK_EQUAL(readNpy(file), twoByThree());
  std::ifstream in(file, std::ios::binary);
  const std::string bytes((std::istreambuf_iterator<char>(in)), {});
  const std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  CHECK_EQUAL(bytes.substr(0, 10), std::string("\x93NUMPY\x01\0\x76\0", 10));
  CHECK_EQUAL(bytes.substr(10, 118), header + std::string(117 - header.size(), ' ') + "\n");
  CHECK_EQUAL(bytes.size(), 128u + 6 * 4);
}

TEST_CASE("float types, both orders, one dimension, all versions") {
  const std::vector<float> expected = {1, 2, 3, 4, 5, 6};
  const auto values = [](const std::string& bytes) { return npyFrom(bytes, "x").values; };
  CHECK_EQUAL(values(npy("<f8", "False", "(2, 3)", raw<double>({1, 2, 3, 4, 5, 6}))), expected);
  CHECK_EQUAL(values(npy("<f2", "False", "(2, 3)", raw<std::uint16_t>({0x3C00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600}))), expected);
  CHECK_EQUAL(values(npy("|V2", "False", "(2, 3)", raw<std::uint16_t>({0x3F80, 0x4000, 0x4040, 0x4080, 0x40A0, 0x40C0}))), expected);
  CHECK_EQUAL(values(npy("<f4", "True", "(2, 3)", raw<float>({1, 4, 2, 5, 3, 6}))), expected);
  CHECK_EQUAL(values(npy("<f4", "False", "(2, 3)", raw<float>({1, 2, 3, 4, 5, 6}), 2)), expected);
  const Matrix row = npyFrom(npy("<f4", "False", "(6,)", raw<float>({1, 2, 3, 4, 5, 6})), "x");
  CHECK_EQUAL(row.rows, 1);
  CHECK_EQUAL(row.columns, 6);
}

TEST_CASE("half precision at its edges") {
  CHECK_EQUAL(fromFloat16(0x0001), 0x1p-24f);
  CHECK_EQUAL(fromFloat16(0x03FF), 1023 * 0x1p-24f);
  CHECK_EQUAL(fromFloat16(0x0400), 0x1p-14f);
  CHECK_EQUAL(fromFloat16(0x7BFF), 65504.f);
  CHECK_EQUAL(fromFloat16(0xC000), -2.f);
  CHECK(std::isinf(fromFloat16(0xFC00)) && fromFloat16(0xFC00) < 0);
  CHECK(std::isnan(fromFloat16(0x7E00)));
  CHECK(std::signbit(fromFloat16(0x8000)));
}

TEST_CASE("what is not a matrix of floats is refused with shape and type") {
  const std::string good = npy("<f4", "False", "(2, 3)", raw<float>({1, 2, 3, 4, 5, 6}));
  CHECK_THROWS(npyFrom(good.substr(0, good.size() - 1), "p.npy"), "its shape (2, 3) does not fit its 23 bytes");
  CHECK_THROWS(npyFrom(good + "x", "p.npy"), "does not fit");
  CHECK_THROWS(npyFrom(good.substr(0, 40), "p.npy"), "reaches beyond the file");
  CHECK_THROWS(npyFrom("PK", "p.npy"), "'p.npy' cannot be read as a NumPy array");
  CHECK_THROWS(npyFrom(npy("<i8", "False", "(2, 3)", raw<std::int64_t>({1, 2, 3, 4, 5, 6})), "p.npy"), "'<i8' of shape (2, 3)");
  CHECK_THROWS(npyFrom(npy("<f4", "False", "(1, 2, 3)", raw<float>({1, 2, 3, 4, 5, 6})), "p.npy"), "shape (1, 2, 3)");
  CHECK_THROWS(npyFrom(npy("<f4", "False", "(9223372036854775807, 9)", ""), "p.npy"), "does not fit");
  CHECK_THROWS(npyFrom(npy("<f4", "False", "(-2, 3)", ""), "p.npy"), "shape cannot be understood");
}

TEST_CASE("rows without numbers take no time, however many there are") {
  CHECK_EQUAL(npyFrom(npy("<f2", "True", "(184467440737095, 0)", ""), "x.npy").values.size(), std::size_t{0});
}

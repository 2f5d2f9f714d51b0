#include "core/tensor/npy.h"

#include "core/support/error.h"
#include "core/support/files.h"
#include "core/tensor/floats.h"

#include <charconv>
#include <cstring>
#include <optional>

namespace incipit {
namespace {

constexpr std::string_view magic = "\x93NUMPY";

[[noreturn]] void refuse(const std::string& origin, const std::string& what, const std::string& remedy) {
  throw FormatError("'" + origin + "' cannot be read as a NumPy array: " + what + ".", remedy);
}
[[noreturn]] void damaged(const std::string& origin, const std::string& what) {
  refuse(origin, what, "It is damaged or cut off; get it again.");
}

struct Header {
  std::string type;  // "<f4"
  bool columnMajor = false;
  std::vector<std::int64_t> shape;
  std::size_t dataBegin = 0;
};

// The text behind 'key': in the header, a Python dictionary such as {'descr': '<f4', 'fortran_order': False, 'shape': (5, 8), }.
std::string_view valueOf(std::string_view dictionary, std::string_view key, const std::string& origin) {
  for (const char quote : {'\'', '"'}) {
    const std::string quoted = quote + std::string(key) + quote;
    const auto place = dictionary.find(quoted);
    if (place == std::string_view::npos) continue;
    const auto begin = dictionary.find_first_not_of(" :", place + quoted.size());
    if (begin != std::string_view::npos) return dictionary.substr(begin);
  }
  damaged(origin, "its header has no '" + std::string(key) + "'");
}

std::vector<std::int64_t> shapeFrom(std::string_view text, const std::string& origin) {
  const auto end = text.find(')');
  if (!text.starts_with('(') || end == std::string_view::npos) damaged(origin, "its shape cannot be understood");
  std::vector<std::int64_t> shape;
  for (std::size_t at = 1; at < end;) {
    if (text[at] == ' ' || text[at] == ',' || text[at] == 'L') {
      ++at;
      continue;
    }
    std::int64_t size = -1;
    const auto result = std::from_chars(text.data() + at, text.data() + end, size);
    if (result.ec != std::errc() || size < 0) damaged(origin, "its shape cannot be understood");
    shape.push_back(size);
    at = static_cast<std::size_t>(result.ptr - text.data());
  }
  return shape;
}

Header headerOf(std::string_view bytes, const std::string& origin) {
  if (!bytes.starts_with(magic) || bytes.size() < 12) refuse(origin, "it does not begin as one", "Save the array with numpy.save.");
  const auto byte = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(bytes[at])); };
  // Version 1 counts the header in two bytes, versions 2 and 3 in four.
  const std::size_t begin = byte(6) == 1 ? 10 : 12;
  const std::size_t size = byte(8) | byte(9) << 8 | (begin == 12 ? byte(10) << 16 | byte(11) << 24 : 0);
  if (byte(6) < 1 || byte(6) > 3 || size > bytes.size() - begin) damaged(origin, "its header reaches beyond the file");
  const std::string_view dictionary = bytes.substr(begin, size);

  Header header;
  header.dataBegin = begin + size;
  const std::string_view type = valueOf(dictionary, "descr", origin);
  const auto closing = type.find(type.front(), 1);
  if ((type.front() != '\'' && type.front() != '"') || closing == std::string_view::npos)
    refuse(origin, "it is a structured array", "Save the plain array of shape (virtual tokens, width).");
  header.type = type.substr(1, closing - 1);
  header.columnMajor = valueOf(dictionary, "fortran_order", origin).starts_with("True");
  header.shape = shapeFrom(valueOf(dictionary, "shape", origin), origin);
  return header;
}

std::optional<ElementType> elementTypeOf(std::string_view type) {
  if (type == "<f4") return ElementType::F32;
  if (type == "<f2") return ElementType::F16;
  if (type == "<f8") return ElementType::F64;
  // NumPy has no bf16: libraries that do store it as two opaque bytes.
  if (type == "|V2" || type == "<V2") return ElementType::BF16;
  return std::nullopt;
}

}  // namespace

Matrix npyFrom(std::string_view bytes, const std::string& origin) {
  const Header header = headerOf(bytes, origin);
  const auto type = elementTypeOf(header.type);
  std::string shape;
  for (const auto size : header.shape)
    shape += (shape.empty() ? "" : ", ") + std::to_string(size);
  if (!type || header.shape.empty() || header.shape.size() > 2)
    refuse(origin, "it holds '" + header.type + "' of shape (" + shape + ")", "It should hold float32 of shape (virtual tokens, width).");

  Matrix matrix;
  matrix.rows = header.shape.size() == 2 ? header.shape[0] : 1;
  matrix.columns = header.shape.back();
  const std::string_view data = bytes.substr(header.dataBegin);
  std::int64_t size = 0;
  if (__builtin_mul_overflow(matrix.rows, matrix.columns, &size) ||
      __builtin_mul_overflow(size, static_cast<std::int64_t>(bytesPerElement(*type)), &size) ||
      static_cast<std::size_t>(size) != data.size())
    damaged(origin, "its shape (" + shape + ") does not fit its " + std::to_string(data.size()) + " bytes of data");
  matrix.values = floatsFrom(std::as_bytes(std::span(data)), *type);
  if (!header.columnMajor || header.shape.size() == 1 || size == 0)
    return matrix;  // a shape (10^18, 0) has many rows to turn, and nothing in them

  Matrix rowMajor(matrix.rows, matrix.columns);
  for (std::int64_t row = 0; row < matrix.rows; ++row)
    for (std::int64_t column = 0; column < matrix.columns; ++column)
      rowMajor.row(row)[static_cast<std::size_t>(column)] = matrix.values[static_cast<std::size_t>(column * matrix.rows + row)];
  return rowMajor;
}

std::string toNpy(const Matrix& matrix) {
  std::string header =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (" + std::to_string(matrix.rows) + ", " + std::to_string(matrix.columns) + "), }";
  header.append(21 - std::to_string(matrix.rows).size(), ' ');  // NumPy leaves room for a growing first axis
  while ((magic.size() + 4 + header.size() + 1) % 64 != 0)
    header += ' ';
  header += '\n';
  std::string bytes(magic);
  bytes += '\x01';
  bytes += '\x00';
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  bytes.append(reinterpret_cast<const char*>(matrix.values.data()), matrix.values.size() * sizeof(float));
  return bytes;
}

Matrix readNpy(const std::filesystem::path& file) { return npyFrom(readFile(file), file.string()); }
void writeNpy(const std::filesystem::path& file, const Matrix& matrix) { writeFileAtomically(file, toNpy(matrix)); }

}  // namespace incipit

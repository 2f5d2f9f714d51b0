// Python's pickle format read as data: plain values come out, and nothing is ever imported, called or run.
// The opcodes are those that torch.save writes (protocol 2); https://github.com/python/cpython/blob/main/Lib/pickletools.py tells them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

using PickleIndex = std::uint32_t;  // a value's place in Pickle::values

struct PickleValue {
  enum class Kind { None, Boolean, Integer, Number, Text, Tuple, List, Dictionary, Name, Call, Reference };
  Kind kind = Kind::None;
  int depth = 1;                   // of the values nested in it
  std::int64_t integer = 0;        // Boolean, Integer
  double number = 0;               // Number
  std::string_view text;           // Text, into the pickle; Name: "module.name", one of those allowed
  std::vector<PickleIndex> items;  // Tuple, List; Dictionary: key, value, key, value ...; Call: what would be called, its arguments;
                                   // Reference: what it says, for the reader to look up (torch.save: where a storage lies)
};

struct Pickle {
  std::vector<PickleValue> values;
  PickleIndex root = 0;
  std::size_t size = 0;  // bytes read, the opcode STOP included

  const PickleValue& operator[](PickleIndex index) const { return values[index]; }
};

// Reads one pickle from the beginning of `bytes`, which have to outlive it. `allowed` are the names ("torch._utils._rebuild_tensor_v2")
// a pickle may speak of besides collections.OrderedDict, which becomes a Dictionary. Throws FormatError, naming `origin` and the opcode
// or name, for anything else, for values nested deeper than any state dictionary is, and for more values than one has.
Pickle readPickle(std::span<const std::byte> bytes, std::span<const std::string_view> allowed, const std::string& origin);

}  // namespace incipit

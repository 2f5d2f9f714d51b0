#include "core/tensor/torch_file.h"

#include "core/support/error.h"
#include "core/tensor/pickle.h"
#include "core/tensor/stored_zip.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace incipit {
namespace {

using Kind = PickleValue::Kind;

constexpr std::string_view rebuildTensor = "torch._utils._rebuild_tensor_v2", rebuildParameter = "torch._utils._rebuild_parameter";

struct StorageClass {
  std::string_view name;
  ElementType type;
};
constexpr StorageClass storageClasses[] = {
    {"torch.FloatStorage", ElementType::F32},  {"torch.HalfStorage", ElementType::F16}, {"torch.BFloat16Storage", ElementType::BF16},
    {"torch.DoubleStorage", ElementType::F64}, {"torch.LongStorage", ElementType::I64}, {"torch.IntStorage", ElementType::I32},
    {"torch.ShortStorage", ElementType::I16},  {"torch.CharStorage", ElementType::I8},  {"torch.ByteStorage", ElementType::U8},
    {"torch.BoolStorage", ElementType::Bool},
};
// Every name a file may speak of.
constexpr std::string_view allowedNames[] = {
    rebuildTensor,       rebuildParameter,   "torch.FloatStorage", "torch.HalfStorage", "torch.BFloat16Storage", "torch.DoubleStorage",
    "torch.LongStorage", "torch.IntStorage", "torch.ShortStorage", "torch.CharStorage", "torch.ByteStorage",     "torch.BoolStorage",
};
constexpr std::size_t largestPickle = std::size_t{64} << 20;  // the largest models say all about their tensors in 1 MB or so
constexpr std::size_t mostDimensions = 64;                    // PyTorch's own bound

std::string_view textOf(std::span<const std::byte> bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

struct Storage {
  ElementType type;
  std::string_view key;
  std::int64_t elements;
};

// From the values of a pickle to tensors; where a storage's bytes lie is the business of the file's layout.
class TensorBuilder {
 public:
  using FindBytes = std::function<std::span<const std::byte>(const Storage&)>;
  TensorBuilder(const Pickle& pickle, std::string origin, FindBytes findBytes)
      : m_pickle(pickle), m_origin(std::move(origin)), m_findBytes(std::move(findBytes)) {}

  std::map<std::string, TensorEntry> tensors() const {
    std::map<std::string, TensorEntry> tensors;
    const PickleValue& root = m_pickle[m_pickle.root];
    if (root.kind == Kind::Call) tensors.emplace("tensor", tensorFrom(root, "tensor"));
    if (root.kind == Kind::Call) return tensors;
    if (root.kind != Kind::Dictionary) refuse("holds no dictionary of tensors");
    for (std::size_t i = 0; i + 1 < root.items.size(); i += 2) {
      const PickleValue& key = m_pickle[root.items[i]];
      if (key.kind != Kind::Text) refuse("holds a dictionary whose keys are not names");
      const std::string name(key.text);
      tensors.insert_or_assign(name, tensorFrom(m_pickle[root.items[i + 1]], name));
    }
    return tensors;
  }

  // ('storage', torch.FloatStorage, '0', 'cpu', 9600); files from before version 1.6 end with a sixth, None.
  Storage storageFrom(const PickleValue& reference) const {
    const PickleValue& tuple = m_pickle[reference.items.at(0)];
    const auto item = [&](std::size_t i) -> const PickleValue& { return m_pickle[tuple.items[i]]; };
    if (tuple.kind != Kind::Tuple || tuple.items.size() < 5 || tuple.items.size() > 6 || item(0).text != "storage" ||
        item(1).kind != Kind::Name || item(2).kind != Kind::Text || item(4).kind != Kind::Integer || item(4).integer < 0)
      refuse("speaks of a storage in a way this program does not know");
    if (tuple.items.size() == 6 && item(5).kind != Kind::None) refuse("holds a storage that is a window onto another one");
    const auto found = std::find_if(std::begin(storageClasses), std::end(storageClasses),
                                    [&](const StorageClass& each) { return each.name == item(1).text; });
    if (found == std::end(storageClasses)) refuse("calls '" + std::string(item(1).text) + "' a storage");
    return {found->type, item(2).text, item(4).integer};
  }

 private:
  [[noreturn]] void refuse(const std::string& what) const {
    throw FormatError("'" + m_origin + "' " + what + ".", "Save the model's state_dict() alone, or as safetensors.");
  }
  [[noreturn]] void broken(const std::string& name, const std::string& what) const {
    throw FormatError("'" + m_origin + "': the tensor '" + name + "' " + what + ".", "The file is damaged; get it again.");
  }

  // _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks[, metadata]), maybe inside _rebuild_parameter(tensor, ...).
  TensorEntry tensorFrom(const PickleValue& value, const std::string& name) const {
    if (value.kind != Kind::Call) refuse("holds '" + name + "', which is not a tensor");
    const auto& arguments = m_pickle[value.items[1]].items;
    const auto argument = [&](std::size_t i) -> const PickleValue& { return m_pickle[arguments[i]]; };
    const std::string_view callee = m_pickle[value.items[0]].text;
    if (callee == rebuildParameter && arguments.size() == 3) return tensorFrom(argument(0), name);
    if (callee != rebuildTensor || arguments.size() < 6 || arguments.size() > 7 || argument(0).kind != Kind::Reference ||
        argument(1).kind != Kind::Integer || argument(2).kind != Kind::Tuple || argument(3).kind != Kind::Tuple)
      refuse("makes the tensor '" + name + "' in a way this program does not know");
    if (arguments.size() == 7 && !argument(6).items.empty()) refuse("marks the tensor '" + name + "' as conjugated or negated");

    const Storage storage = storageFrom(argument(0));
    TensorEntry entry{storage.type, integersOf(argument(2), name), {}, integersOf(argument(3), name)};
    if (entry.shape.size() != entry.strides.size() || entry.shape.size() > mostDimensions)
      broken(name, "has " + std::to_string(entry.shape.size()) + " dimensions and " + std::to_string(entry.strides.size()) + " strides");
    const std::int64_t extent = extentOf(entry, name);
    // Fewer numbers than elements is an expanded tensor: a few bytes that would claim any amount of memory.
    std::int64_t end = 0;
    if (argument(1).integer < 0 || __builtin_add_overflow(argument(1).integer, extent, &end) || end > storage.elements ||
        entry.elements() < 0 || entry.elements() > storage.elements)
      broken(name,
             "of shape " + shapeText(entry.shape) + " does not fit into its storage of " + std::to_string(storage.elements) + " numbers");
    const std::size_t width = bytesPerElement(storage.type);
    entry.bytes =
        m_findBytes(storage).subspan(static_cast<std::size_t>(argument(1).integer) * width, static_cast<std::size_t>(extent) * width);
    if (liesRowAfterRow(entry)) entry.strides.clear();
    return entry;
  }

  std::vector<std::int64_t> integersOf(const PickleValue& tuple, const std::string& name) const {
    std::vector<std::int64_t> integers;
    for (const PickleIndex item : tuple.items) {
      const PickleValue& value = m_pickle[item];
      if (value.kind != Kind::Integer || value.integer < 0) broken(name, "has a size or stride that is none");
      integers.push_back(value.integer);
    }
    return integers;
  }

  // From the first element to behind the last.
  std::int64_t extentOf(const TensorEntry& entry, const std::string& name) const {
    if (std::find(entry.shape.begin(), entry.shape.end(), 0) != entry.shape.end()) return 0;
    std::int64_t extent = 1;
    for (std::size_t i = 0; i < entry.shape.size(); ++i) {
      std::int64_t step = 0;
      if (__builtin_mul_overflow(entry.shape[i] - 1, entry.strides[i], &step) || __builtin_add_overflow(extent, step, &extent))
        broken(name, "of shape " + shapeText(entry.shape) + " is larger than any memory");
    }
    return extent;
  }

  static bool liesRowAfterRow(const TensorEntry& entry) {
    if (entry.elements() == 0) return true;
    std::int64_t expected = 1;
    for (std::size_t i = entry.shape.size(); i-- > 0; expected *= entry.shape[i])
      if (entry.shape[i] != 1 && entry.strides[i] != expected) return false;
    return true;
  }

  const Pickle& m_pickle;
  std::string m_origin;
  FindBytes m_findBytes;
};

std::span<const std::byte> checkedStorage(const Storage& storage, std::span<const std::byte> bytes, const std::string& origin) {
  std::int64_t size = 0;
  if (__builtin_mul_overflow(storage.elements, static_cast<std::int64_t>(bytesPerElement(storage.type)), &size) ||
      static_cast<std::uint64_t>(size) != bytes.size())
    throw FormatError("'" + origin + "': the storage '" + std::string(storage.key) + "' claims " + std::to_string(storage.elements) +
                          " numbers of type " + std::string(nameOf(storage.type)) + ", but has " + std::to_string(bytes.size()) + " bytes.",
                      "The file is damaged; get it again.");
  return bytes;
}

std::map<std::string, TensorEntry> readArchive(std::span<const std::byte> bytes, const std::string& origin) {
  const auto members = storedMembers(bytes, origin);
  const auto pickled = std::find_if(members.begin(), members.end(), [](const auto& member) {
    return member.first.ends_with("/data.pkl") && std::count(member.first.begin(), member.first.end(), '/') == 1;
  });
  if (pickled == members.end())
    throw FormatError("'" + origin + "' is a zip archive, but torch.save did not write it: there is no data.pkl in it.",
                      "Choose a file that torch.save wrote.");
  const std::string folder = pickled->first.substr(0, pickled->first.size() - std::strlen("data.pkl"));
  if (pickled->second.size() > largestPickle)
    throw FormatError("'" + origin + "' describes its tensors in " + std::to_string(pickled->second.size()) + " bytes, which is absurd.",
                      "Get the model as safetensors.");
  if (const auto order = members.find(folder + "byteorder"); order != members.end() && textOf(order->second) != "little")
    throw FormatError("'" + origin + "' was saved on a machine with the byte order '" + std::string(textOf(order->second)) + "'.",
                      "Save it again on a little-endian machine.");
  const Pickle pickle = readPickle(pickled->second, allowedNames, origin);
  return TensorBuilder(pickle, origin,
                       [&](const Storage& storage) {
                         const auto member = members.find(folder + "data/" + std::string(storage.key));
                         if (member == members.end())
                           throw FormatError("'" + origin + "' has no storage '" + std::string(storage.key) + "'.",
                                             "It is not complete; get it again.");
                         return checkedStorage(storage, member->second, origin);
                       })
      .tensors();
}

// Before version 1.6: a magic number, the format's version, the machine, the tensors, the keys of the storages, each its own pickle; then
// the storages in the order of the keys, each behind its size.
constexpr std::string_view oldMagic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e", 15);

class OldFile {
 public:
  OldFile(std::span<const std::byte> bytes, const std::string& origin) : m_bytes(bytes), m_origin(origin), m_at(oldMagic.size()) {}

  std::map<std::string, TensorEntry> tensors() {
    const Pickle version = next(), machine = next(), tensors = next(), keys = next();
    if (version[version.root].integer != 1001) broken("it is of a version this program does not know");
    checkByteOrder(machine);
    std::map<std::string_view, std::span<const std::byte>> storages;
    const TensorBuilder builder(tensors, m_origin, [&](const Storage& storage) {
      const auto found = storages.find(storage.key);
      if (found == storages.end()) broken("the storage '" + std::string(storage.key) + "' is missing");
      return checkedStorage(storage, found->second, m_origin);
    });
    std::map<std::string_view, Storage> described;
    for (const PickleValue& value : tensors.values)
      if (value.kind == Kind::Reference) {
        const Storage storage = builder.storageFrom(value);
        described.emplace(storage.key, storage);
      }
    for (const PickleIndex key : keys[keys.root].items) {
      const auto found = described.find(keys[key].text);
      if (found == described.end()) broken("it holds a storage that no tensor uses");
      storages.emplace(found->first, nextStorage(found->second));
    }
    return builder.tensors();
  }

 private:
  [[noreturn]] void broken(const std::string& what) const {
    throw FormatError("'" + m_origin + "' is not a sound PyTorch file: " + what + ".", "It is damaged or cut off; get it again.");
  }

  Pickle next() {
    const auto rest = m_bytes.subspan(m_at);
    Pickle pickle = readPickle(rest.first(std::min(rest.size(), largestPickle)), allowedNames, m_origin);
    m_at += pickle.size;
    return pickle;
  }

  void checkByteOrder(const Pickle& machine) const {
    const auto& items = machine[machine.root].items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
      if (machine[items[i]].text == "little_endian" && machine[items[i + 1]].integer == 0)
        throw FormatError("'" + m_origin + "' was saved on a big-endian machine.", "Save it again on a little-endian one.");
  }

  std::span<const std::byte> nextStorage(const Storage& storage) {
    std::int64_t elements = 0;
    if (m_bytes.size() - m_at < sizeof elements) broken("it ends before its storages do");
    std::memcpy(&elements, m_bytes.data() + m_at, sizeof elements);
    m_at += sizeof elements;
    const std::size_t width = bytesPerElement(storage.type), rest = m_bytes.size() - m_at;
    if (elements < 0 || static_cast<std::uint64_t>(elements) > rest / width)
      broken("the storage '" + std::string(storage.key) + "' claims " + std::to_string(elements) + " numbers, which reach beyond the file");
    const std::size_t begin = m_at, size = static_cast<std::size_t>(elements) * width;
    m_at += size;
    return m_bytes.subspan(begin, size);
  }

  std::span<const std::byte> m_bytes;
  const std::string& m_origin;
  std::size_t m_at;
};

}  // namespace

bool looksLikeTorchFile(std::span<const std::byte> bytes) {
  return textOf(bytes).starts_with("PK\x03\x04") || textOf(bytes).starts_with(oldMagic);
}

TensorFile readTorchFile(const std::filesystem::path& file, std::shared_ptr<const MappedFile> mapping) {
  TensorFile result{file, mapping, {}};
  const auto bytes = mapping->bytes();
  const std::string origin = file.string();
  result.tensors = textOf(bytes).starts_with(oldMagic) ? OldFile(bytes, origin).tensors() : readArchive(bytes, origin);
  return result;
}

}  // namespace incipit

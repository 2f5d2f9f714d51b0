// Files of torch.save: what PyTorch wrote is read without a copy, and whatever asks for more than tensors is refused by its name.
#include "core/tensor/floats.h"
#include "core/tensor/tensor_file.h"
#include "tests/core/tensor/torch_archive.h"

#include <cstring>
#include <numeric>

using namespace incipit;
using namespace incipit::test;

namespace {

std::string floats(int count) {
  std::vector<float> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 0.f);
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(float)};
}

const std::string sixFloats = storage("FloatStorage", "0", 6);

// A file with one tensor "w" over the six floats 0 ... 5.
std::filesystem::path oneTensor(const std::string& code) { return fileWith(torchZip(dictionary({{"w", code}}), {{"0", floats(6)}})); }

TensorFile withPickle(const std::string& pickle) { return readTensorFile(fileWith(torchZip(pickle, {{"0", floats(6)}}))); }

}  // namespace

TEST_CASE("a file that PyTorch wrote holds the tensors of its safetensors twin") {
  const TensorFile theirs = readTensorFile(fixtures() / "gpt2_bin" / "model" / "pytorch_model.bin");
  const TensorFile twin = readTensorFile(fixtures() / "gpt2" / "model" / "model.safetensors");
  CHECK(twin.tensors.size() > 20);
  for (const auto& [name, entry] : twin.tensors) {
    const TensorEntry& same = theirs.tensors.at(name);
    CHECK_EQUAL(same.shape, entry.shape);
    CHECK(same.type == entry.type);
    CHECK(std::memcmp(same.bytes.data(), entry.bytes.data(), entry.bytes.size()) == 0);
  }
}

TEST_CASE("nothing is copied, and what lies aligned in the file is aligned in memory") {
  const TensorFile file = readTensorFile(fixtures() / "gpt2_bin" / "model" / "pytorch_model.bin");
  const auto mapped = file.mapping->bytes();
  for (const auto& [name, entry] : file.tensors) {
    CHECK(entry.bytes.data() >= mapped.data() && entry.bytes.data() + entry.bytes.size() <= mapped.data() + mapped.size());
    CHECK_EQUAL(reinterpret_cast<std::uintptr_t>(entry.bytes.data()) % 64, std::uintptr_t{0});
  }
}

TEST_CASE("every type of storage, and scalars") {
  const std::vector<std::tuple<std::string, ElementType, int>> types = {
      {"FloatStorage", ElementType::F32, 4},  {"HalfStorage", ElementType::F16, 2}, {"BFloat16Storage", ElementType::BF16, 2},
      {"DoubleStorage", ElementType::F64, 8}, {"LongStorage", ElementType::I64, 8}, {"IntStorage", ElementType::I32, 4},
      {"ShortStorage", ElementType::I16, 2},  {"CharStorage", ElementType::I8, 1},  {"ByteStorage", ElementType::U8, 1},
      {"BoolStorage", ElementType::Bool, 1}};
  for (const auto& [name, type, width] : types) {
    const std::string bytes(static_cast<std::size_t>(3 * width), '\1');
    const TensorFile file = readTensorFile(fileWith(torchZip(
        dictionary({{"w", tensor(storage(name, "k", 3), 0, {3}, {1})}, {"s", tensor(storage(name, "k", 3), 2, {}, {})}}), {{"k", bytes}})));
    CHECK(file.tensors.at("w").type == type);
    CHECK_EQUAL(file.tensors.at("w").bytes.size(), bytes.size());
    CHECK_EQUAL(file.tensors.at("s").elements(), std::int64_t{1});
    CHECK(file.tensors.at("s").bytes.data() == file.tensors.at("w").bytes.data() + 2 * width);  // the storage is shared
  }
}

TEST_CASE("strides and offsets are honoured") {
  const TensorFile transposed = readTensorFile(oneTensor(tensor(sixFloats, 0, {3, 2}, {1, 3})));
  CHECK_EQUAL(transposed.tensors.at("w").strides, (std::vector<std::int64_t>{1, 3}));
  CHECK_EQUAL(matrixFrom(transposed, "w").values, (std::vector<float>{0, 3, 1, 4, 2, 5}));
  const TensorFile window = readTensorFile(oneTensor(tensor(sixFloats, 1, {2, 2}, {3, 1})));
  CHECK_EQUAL(matrixFrom(window, "w").values, (std::vector<float>{1, 2, 4, 5}));
  const TensorFile rows = readTensorFile(oneTensor(tensor(sixFloats, 3, {1, 3}, {77, 1})));  // one row: its stride means nothing
  CHECK(rows.tensors.at("w").strides.empty());
  CHECK_EQUAL(matrixFrom(rows, "w").values, (std::vector<float>{3, 4, 5}));
}

TEST_CASE("state dictionaries: OrderedDict with its metadata, parameters, a tensor alone") {
  const std::string w = tensor(sixFloats, 0, {2, 3}, {3, 1});
  const std::string ordered = global("collections", "OrderedDict");
  const std::string metadata = "}" + text("_metadata") + ordered + ")R" + text("") + "}" + text("version") + number(1) + "sssb";
  CHECK_EQUAL(withPickle("\x80\x02" + ordered + ")R" + text("w") + w + "s" + metadata + ".").tensors.size(), std::size_t{1});
  const std::string parameter = global("torch._utils", "_rebuild_parameter") + "(" + w + "\x88" + ordered + ")RtR";
  CHECK_EQUAL(matrixFrom(withPickle(dictionary({{"w", parameter}})), "w").rows, std::int64_t{2});
  CHECK_EQUAL(matrixFrom(withPickle("\x80\x02" + w + "."), "tensor").columns, std::int64_t{3});
}

TEST_CASE("whatever asks for more than tensors is refused by name, and nothing is run") {
  const auto proof = scratch("never") / "run";
  CHECK_THROWS(withPickle("\x80\x02" + global("os", "system") + "(" + text("touch " + proof.string()) + "tR."), "asks for 'os.system'");
  CHECK(!std::filesystem::exists(proof));
  CHECK_THROWS(withPickle("\x80\x02" + global("builtins", "eval") + "(" + text("1") + "tR."), "'builtins.eval'");
  CHECK_THROWS(withPickle("\x80\x02" + global("torch._utils", "_rebuild_tensor") + "."), "'torch._utils._rebuild_tensor'");
  CHECK_THROWS(withPickle("\x80\x02" + global("torch", "FloatStorage.__init__") + "."), "'torch.FloatStorage.__init__'");
  CHECK_THROWS(withPickle("\x80\x02(" + text("a") + "ios\nsystem\n."), "INST (0x69)");
  CHECK_THROWS(withPickle("\x80\x02)\x81."), "NEWOBJ (0x81)");
  CHECK_THROWS(withPickle("\x80\x02\x93."), "STACK_GLOBAL (0x93)");
  CHECK_THROWS(withPickle("\x80\x02\xFE."), "opcode 0xFE");
  CHECK_THROWS(withPickle(std::string("\x80\x04\x95\0\0\0\0\0\0\0\0", 11)), "protocol 4");
  CHECK_THROWS(withPickle("\x80\x02" + text("a") + "}b."), "BUILD");
  CHECK_THROWS(withPickle("\x80\x02" + text("a") + ")R."), "calls something that is not a name");
  // An allowed name in the wrong place is no tensor either.
  CHECK_THROWS(withPickle(dictionary({{"w", global("torch", "FloatStorage") + ")R"}})), "'w' in a way this program does not know");
  CHECK_THROWS(withPickle(dictionary({{"epoch", number(3)}})), "'epoch', which is not a tensor");
  CHECK_THROWS(withPickle(dictionary({{"state_dict", "}"}})), "'state_dict', which is not a tensor");
  CHECK_THROWS(withPickle("\x80\x02]."), "no dictionary of tensors");
}

TEST_CASE("deep nesting and endless values are refused, not obeyed") {
  CHECK_THROWS(withPickle("\x80\x02" + std::string(10000, '(')), "more than 32 deep");
  CHECK_THROWS(withPickle("\x80\x02)" + std::string(10000, '\x85') + "."), "more than 32 deep");
  CHECK_THROWS(withPickle("\x80\x02" + std::string(10000, ']') + std::string(9999, 'a') + "."), "more than 32 deep");
  std::string dictionaries = "\x80\x02";
  for (int i = 0; i < 10000; ++i)
    dictionaries += "}" + text("k");
  CHECK_THROWS(withPickle(dictionaries + "N" + std::string(10000, 's') + "."), "more than 32 deep");
  CHECK_THROWS(withPickle("\x80\x02]q" + std::string(1, '\0') + std::string(100, 'h').append(1, '.')), "");  // recalls what was never kept
  std::string itself = std::string("\x80\x02]q\0", 5);
  for (int i = 0; i < 100; ++i)
    itself += std::string("h\0a", 3);
  CHECK_THROWS(withPickle(itself + "."), "more than 32 deep");
  CHECK_THROWS(withPickle("\x80\x02" + std::string(5'000'000, 'N') + "."), "more than 4000000 values");
}

TEST_CASE("broken pickles are refused with what is wrong") {
  CHECK_THROWS(withPickle(""), "in the middle of a value");
  CHECK_THROWS(withPickle("\x80\x02}"), "in the middle of a value");
  CHECK_THROWS(withPickle("\x80\x02."), "0 values instead of one");
  CHECK_THROWS(withPickle("\x80\x02NN."), "2 values instead of one");
  CHECK_THROWS(withPickle("\x80\x02X\xFF\xFF\xFF\xFFshort"), "in the middle of a value");
  CHECK_THROWS(withPickle("\x80\x02u."), "a mark is missing");
  CHECK_THROWS(withPickle("\x80\x02N(s."), "too few values");
  CHECK_THROWS(withPickle("\x80\x02}(Nu."), "no place for them");
  CHECK_THROWS(withPickle("\x80\x02h\x05."), "the value 5, which was never kept");
  CHECK_THROWS(withPickle("\x80\x02"
                          "ctorch"),
               "has no end");
  CHECK_THROWS(withPickle("\x80\x02\x8a\x09"
                          "123456789."),
               "a number of 9 bytes");
}

TEST_CASE("sizes that lie are found out") {
  const auto refused = [&](std::int32_t offset, const std::vector<std::int32_t>& shape, const std::vector<std::int32_t>& strides) {
    return readTensorFile(oneTensor(tensor(sixFloats, offset, shape, strides)));
  };
  CHECK_THROWS(refused(0, {7}, {1}), "does not fit into its storage of 6 numbers");
  CHECK_THROWS(refused(1, {6}, {1}), "does not fit");
  CHECK_THROWS(refused(-1, {2}, {1}), "does not fit");
  CHECK_THROWS(refused(0, {2, 2}, {1000000000, 1}), "does not fit");
  CHECK_THROWS(refused(0, {1000000000}, {0}), "does not fit");  // one number, repeated a billion times
  CHECK_THROWS(refused(0, {2000000000, 2000000000, 2000000000, 1}, {2000000000, 2000000000, 2000000000, 1}), "larger than any memory");
  CHECK_THROWS(refused(0, {-2}, {1}), "a size or stride that is none");
  CHECK_THROWS(refused(0, {2, 3}, {1}), "2 dimensions and 1 strides");
  CHECK_THROWS(refused(0, std::vector<std::int32_t>(65, 1), std::vector<std::int32_t>(65, 1)), "65 dimensions");
  CHECK_THROWS(readTensorFile(oneTensor(tensor(storage("FloatStorage", "0", 7), 0, {2}, {1}))), "claims 7 numbers of type F32");
  CHECK_THROWS(readTensorFile(oneTensor(tensor(storage("DoubleStorage", "0", 6), 0, {2}, {1}))), "claims 6 numbers of type F64");
  CHECK_THROWS(readTensorFile(oneTensor(tensor(storage("FloatStorage", "9", 6), 0, {2}, {1}))), "has no storage '9'");
  CHECK_THROWS(readTensorFile(oneTensor(tensor(storage("FloatStorage", "../0", 6), 0, {2}, {1}))), "has no storage '../0'");
}

TEST_CASE("archives that are broken, compressed or not PyTorch's") {
  const std::string pickle = dictionary({{"w", tensor(sixFloats, 0, {6}, {1})}});
  const std::string sound = torchZip(pickle, {{"0", floats(6)}});
  CHECK_EQUAL(readTensorFile(fileWith(sound)).tensors.size(), std::size_t{1});
  for (std::size_t size = 4; size < sound.size(); size += 7)
    CHECK_THROWS(readTensorFile(fileWith(sound.substr(0, size))), "not a sound zip archive");
  CHECK_THROWS(readTensorFile(fileWith(torchZip(pickle, {{"0", floats(6), 1 << 30}}))), "reach beyond the file");
  CHECK_THROWS(readTensorFile(fileWith(torchZip(pickle, {{"0", floats(6), -1, 8}}))), "'archive/data/0' is compressed");
  CHECK_THROWS(readTensorFile(fileWith(torchZip(pickle, {{"0", floats(6)}, {"0", floats(6)}}))), "two members called");
  CHECK_THROWS(readTensorFile(fileWith(storedZip({{"a.txt", "hello"}}))), "there is no data.pkl");
  CHECK_THROWS(readTensorFile(fileWith(storedZip({{"x/data.pkl", pickle}, {"x/data/0", floats(6)}, {"x/byteorder", "big"}}))),
               "the byte order 'big'");
  std::string crowded = sound;
  crowded.replace(crowded.size() - 12, 2, "\xFF\xFF");
  CHECK_THROWS(readTensorFile(fileWith(crowded)), "too small for 65535 members");
  CHECK_THROWS(readTensorFile(fileWith("neither")), "does not begin as a file that torch.save wrote");
}

TEST_CASE("archives with zip64's wide fields") {
  const std::string pickle = dictionary({{"w", tensor(sixFloats, 0, {2, 3}, {3, 1})}});
  const std::string sound = storedZip64({{"archive/data.pkl", pickle}, {"archive/data/0", floats(6)}});
  CHECK_EQUAL(matrixFrom(readTensorFile(fileWith(sound)), "w").values, (std::vector<float>{0, 1, 2, 3, 4, 5}));
  const std::size_t record = sound.rfind("PK\x06\x06");
  const auto with = [&](std::size_t at, std::uint64_t value) {
    std::string broken = sound;
    return readTensorFile(fileWith(broken.replace(at, 8, bytesOf(value))));
  };
  CHECK_THROWS(with(record + 32, 1000), "too small for 1000 members");
  CHECK_THROWS(with(record + 40, ~std::uint64_t{0}), "reaches beyond the file");
  CHECK_THROWS(with(record + 48, ~std::uint64_t{0} - 8), "reaches beyond the file");
  CHECK_THROWS(with(sound.rfind("PK\x06\x07") + 8, ~std::uint64_t{0}), "zip64 record is not where it should be");
  CHECK_THROWS(with(record - 8, ~std::uint64_t{0}), "is not where the directory says");  // the last member's header
  CHECK_THROWS(with(record - 24, ~std::uint64_t{0} >> 1), "has two different sizes");    // its size
}

TEST_CASE("files from before PyTorch 1.6, one pickle behind the other") {
  const std::string magic("\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19\x2e", 15);
  const std::string version = "\x80\x02M\xe9\x03.";
  const std::string machine = "\x80\x02}" + text("little_endian") + "\x88s.";
  const std::string old = "(" + text("storage") + global("torch", "FloatStorage") + text("0") + text("cpu") + number(6) + "NtQ";
  const std::string tensors = dictionary({{"w", tensor(old, 0, {2, 3}, {3, 1})}});
  const std::string keys = "\x80\x02]" + text("0") + "a.";
  const std::string whole = magic + version + machine + tensors + keys + bytesOf<std::int64_t>(6) + floats(6);
  CHECK_EQUAL(matrixFrom(readTensorFile(fileWith(whole)), "w").values, (std::vector<float>{0, 1, 2, 3, 4, 5}));
  for (std::size_t size = magic.size(); size < whole.size(); size += 5)
    CHECK_THROWS(readTensorFile(fileWith(whole.substr(0, size))), "pytorch_model.bin'");
  CHECK_THROWS(readTensorFile(fileWith(magic + version + machine + tensors + keys + bytesOf<std::int64_t>(std::int64_t{1} << 61))),
               "reach beyond the file");
  CHECK_THROWS(readTensorFile(fileWith(magic + version + machine + tensors + keys + bytesOf<std::int64_t>(5) + floats(6))),
               "claims 6 numbers");
  CHECK_THROWS(readTensorFile(fileWith(magic + version + "\x80\x02}" + text("little_endian") + "\x89s." + tensors + keys)), "big-endian");
  CHECK_THROWS(readTensorFile(fileWith(magic + version + machine + "\x80\x02" + global("os", "system") + ".")), "'os.system'");
}

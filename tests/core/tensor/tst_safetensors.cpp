// The safetensors format: PEFT's bytes reproduced, and every lie of a header found out.
#include "core/support/files.h"
#include "core/tensor/safetensors.h"

#include "tests/harness/harness.h"

using namespace incipit;
using namespace incipit::test;

namespace {

std::filesystem::path fileWith(const std::string& name, const std::string& header, std::size_t dataBytes, std::uint64_t claimed = 0) {
  const auto path = scratch(name) / "x.safetensors";
  const std::uint64_t size = claimed != 0 ? claimed : header.size();
  std::string content(reinterpret_cast<const char*>(&size), 8);
  writeFileAtomically(path, content + header + std::string(dataBytes, '\0'));
  return path;
}

}  // namespace

TEST_CASE("a file written again is byte for byte the one read") {
  for (const std::string variant : {"gpt2", "llama", "llama_tied"}) {
    const auto original = fixtures() / variant / "adapter" / "adapter_model.safetensors";
    const SafetensorsFile file(original);
    std::vector<TensorToWrite> tensors;
    for (const auto& [name, entry] : file.tensors())
      tensors.push_back({name, entry.type, entry.shape, entry.bytes});
    const auto copy = scratch("again") / "adapter_model.safetensors";
    writeSafetensors(copy, tensors, file.metadata());
    CHECK(readFile(copy) == readFile(original));
  }
}

TEST_CASE("headers that lie are refused with the place") {
  const std::string sound = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
  CHECK_EQUAL(SafetensorsFile(fileWith("sound", sound, 8)).tensors().at("a").elements(), std::int64_t{2});
  CHECK_THROWS(SafetensorsFile(fileWith("long", sound, 8, 1u << 30)), "header claims");
  CHECK_THROWS(SafetensorsFile(fileWith("huge", sound, 8, ~std::uint64_t{0})), "header claims");
  CHECK_THROWS(SafetensorsFile(fileWith("cut", sound, 4)), "reaches to byte 8 of 4");
  CHECK_THROWS(SafetensorsFile(fileWith("json", R"({"a":{"dtype")", 8)), "not valid JSON");
  CHECK_THROWS(SafetensorsFile(fileWith("array", "[1,2]", 8)), "not a JSON object");
  CHECK_THROWS(SafetensorsFile(fileWith("shape", R"({"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}})", 8)), "does not fill");
  CHECK_THROWS(SafetensorsFile(fileWith("minus", R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8)), "does not fill");
  CHECK_THROWS(SafetensorsFile(fileWith("wide", R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}})", 8)),
               "does not fill");
  CHECK_THROWS(SafetensorsFile(fileWith("back", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8)), "reaches to byte");
  CHECK_THROWS(SafetensorsFile(fileWith("kind", R"({"a":{"dtype":"F32","shape":"x","data_offsets":[0,8]}})", 8)), "wrong kind");
  CHECK_THROWS(SafetensorsFile(fileWith("type", R"({"a":{"dtype":"F4","shape":[2],"data_offsets":[0,8]}})", 8)), "F4");
  const auto tiny = scratch("tiny") / "x.safetensors";
  writeFileAtomically(tiny, "abc");
  CHECK_THROWS(SafetensorsFile(tiny), "only 3 bytes");
  writeFileAtomically(tiny, "");
  CHECK_THROWS(SafetensorsFile(tiny), "only 0 bytes");
  CHECK_THROWS(SafetensorsFile(tiny.parent_path()), "is a folder");
}

TEST_CASE("a header is read in one pass: what is not asked for is passed over") {
  const SafetensorsFile file(fileWith("odd",
                                      R"({"__metadata__":{"a":"b","n":1,"deep":{"x":[1]}},)"
                                      R"("t":{"dtype":"F32","more":1.5,"shape":[2],"data_offsets":[0,8]},)"
                                      R"("s":{"data_offsets":[4,8],"shape":[],"dtype":"F32"}})",
                                      8));
  CHECK_EQUAL(file.tensors().size(), std::size_t{2});
  CHECK_EQUAL(file.tensors().at("s").elements(), std::int64_t{1});
  CHECK_EQUAL(file.metadata().at("a"), "b");
  CHECK_EQUAL(file.metadata().size(), std::size_t{1});
  CHECK_THROWS(SafetensorsFile(fileWith("number", R"({"a":1})", 8)), "lacks dtype");
  CHECK_THROWS(SafetensorsFile(fileWith("nested", R"({"a":{"dtype":{},"shape":[2],"data_offsets":[0,8]}})", 8)), "wrong kind");
  CHECK_THROWS(SafetensorsFile(fileWith("lists", R"({"a":{"dtype":"F32","shape":[[2]],"data_offsets":[0,8]}})", 8)), "wrong kind");
  CHECK_THROWS(SafetensorsFile(fileWith("half", R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}})", 8)), "wrong kind");
  CHECK_THROWS(SafetensorsFile(fileWith("float", R"({"a":{"dtype":"F32","shape":[2.5],"data_offsets":[0,8]}})", 8)), "wrong kind");
  CHECK_THROWS(SafetensorsFile(fileWith("text", R"("a")", 8)), "not a JSON object");
  CHECK_THROWS(SafetensorsFile(fileWith("deep", std::string(80000, '['), 8)), "deep");
}

TEST_CASE("a file that cannot be finished leaves the old one as it was") {
  const auto folder = scratch("atomic");
  writeFileAtomically(folder / "a.txt", "old");
  {
    AtomicFile half(folder / "a.txt");
    half.write(std::string_view("new but never committed"));
  }
  CHECK_EQUAL(readFile(folder / "a.txt"), "old");
  CHECK_EQUAL(std::distance(std::filesystem::directory_iterator(folder), {}), std::ptrdiff_t{1});
  CHECK_THROWS(writeFileAtomically(folder / "missing" / "b.txt", "x"), "cannot be created");
  CHECK_THROWS(makeFolder(folder / "a.txt" / "c"), "cannot be made");
}

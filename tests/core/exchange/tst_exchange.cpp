// Every form in which a prompt leaves comes back with the same numbers and, where there is room, its origin.
#include "core/exchange/exchange.h"
#include "core/support/files.h"
#include "core/tensor/npy.h"
#include "core/tensor/safetensors.h"
#include "tests/harness/harness.h"

#include <archive.h>
#include <archive_entry.h>
#include <cmath>

using namespace incipit;

namespace {

SoftPrompt small() {
  SoftPrompt prompt;
  prompt.rows = Matrix(3, 4);
  prompt.rows.values = {1, -2.5f, 3e-40f, 0.1f, 5e30f, -0.0f, 1.17549435e-38f, 3.4028235e38f, 0.3f, 16777216, -1e-7f, 7};
  prompt.origin = {"org/model", "llama", "abc", 300, 4, 8, PromptInit::Text, "be \"kind\"", "org/model"};
  return prompt;
}

bool sameBits(const Matrix& a, const Matrix& b) {
  return a == b && std::equal(a.values.begin(), a.values.end(), b.values.begin(),
                              [](float x, float y) { return std::signbit(x) == std::signbit(y); });
}

}  // namespace

TEST_CASE("each format of the list comes back bit by bit") {
  CHECK_EQUAL(exchangeFormats().size(), 5u);
  for (const ExchangeFormat& format : exchangeFormats()) {
    const auto path = test::scratch("exchange") / "deep" / (format.name + format.extension);
    const auto files = exportPrompt(small(), format.name, path);
    CHECK(!files.empty());
    for (const auto& file : files)
      CHECK(std::filesystem::is_regular_file(file));
    const SoftPrompt back = readPrompt(path);
    CHECK(sameBits(back.rows, small().rows));
    if (format.name != "npy") CHECK_EQUAL(back.origin, small().origin);
    CHECK(format.loadSnippet.find("{path}") != std::string::npos);
  }
}

TEST_CASE("the same prompt gives the same file") {
  for (const ExchangeFormat& format : exchangeFormats()) {
    if (format.extension.empty()) continue;
    const auto folder = test::scratch("exchange");
    const auto first = folder / "1" / ("p" + format.extension), second = folder / "2" / ("p" + format.extension);
    exportPrompt(small(), format.name, first);
    exportPrompt(small(), format.name, second);
    CHECK_EQUAL(readFile(first), readFile(second));
  }
}

TEST_CASE("a run folder's adapter, a file of an adapter, a bare list of rows, a tensor of any name") {
  const auto folder = test::scratch("exchange") / "more";
  exportPrompt(small(), "peft", folder / "run" / "adapter");
  CHECK_EQUAL(readPrompt(folder / "run"), small());
  CHECK_EQUAL(readPrompt(folder / "run" / "adapter" / "adapter_config.json"), small());
  CHECK_EQUAL(readPrompt(folder / "run" / "adapter" / "adapter_model.safetensors"), small());
  writeFileAtomically(folder / "rows.json", "[[1, 2], [3, 4.5]]");
  CHECK_EQUAL(readPrompt(folder / "rows.json").rows.values, (std::vector<float>{1, 2, 3, 4.5f}));
  const std::vector<float> values = {1, 2};
  writeSafetensors(folder / "one.safetensors", {{"anything", ElementType::F32, {1, 2}, std::as_bytes(std::span(values))}});
  CHECK_EQUAL(readPrompt(folder / "one.safetensors").rows.values, values);
  const auto theirs = test::fixtures() / "gpt2" / "adapter_bin";
  CHECK_EQUAL(readPrompt(theirs / "adapter_model.bin"), readPrompt(theirs));
  std::filesystem::copy_file(theirs / "adapter_model.bin", folder / "alone.pt");
  CHECK_EQUAL(readPrompt(folder / "alone.pt").rows, readPrompt(theirs).rows);
}

TEST_CASE("what is not a prompt is refused with a sentence") {
  const auto folder = test::scratch("exchange") / "bad";
  makeFolder(folder / "empty");
  const auto file = [&](const std::string& name, const std::string& content) {
    writeFileAtomically(folder / name, content);
    return folder / name;
  };
  CHECK_THROWS(readPrompt(folder / "nothing"), "There is no prompt at");
  CHECK_THROWS(readPrompt(folder / "empty"), "there is no adapter_config.json");
  file("plan.json", "{}");
  CHECK_THROWS(readPrompt(folder), "has no adapter yet");
  CHECK_THROWS(readPrompt(file("a.txt", "hello")), "in a form this program knows");
  CHECK_THROWS(readPrompt(file("empty.npy", "")), "in a form this program knows");
  CHECK_THROWS(readPrompt(file("a.bin", "PK\x03\x04....")), "not a sound zip archive");
  CHECK_THROWS(readPrompt(file("a.zip", "PK\x03\x04....")), "not a KoboldAI soft prompt");
  CHECK_THROWS(readPrompt(file("a.json", "{\"rows\": [[1, 2], [3]]}")), "row 1 is not as long as the first");
  CHECK_THROWS(readPrompt(file("b.json", "{\"rows\": [[1, null]]}")), "row 0 has a value that is not a number");
  CHECK_THROWS(readPrompt(file("c.json", "{\"rows\": []}")), "no rows");
  CHECK_THROWS(readPrompt(file("d.json", "{\"rows\": [[")), "not valid JSON");
  Matrix infinite(1, 2);
  infinite.values = {1, INFINITY};
  writeNpy(folder / "inf.npy", infinite);
  CHECK_THROWS(readPrompt(folder / "inf.npy"), "row 0, column 1");
  const std::vector<float> two = {1, 2};
  const auto bytes = std::as_bytes(std::span(two));
  writeSafetensors(folder / "two.safetensors", {{"a", ElementType::F32, {1, 2}, bytes}, {"b", ElementType::F32, {1, 2}, bytes}});
  CHECK_THROWS(readPrompt(folder / "two.safetensors"), "none of them called 'prompt_embeds'");
}

TEST_CASE("a damaged zip archive is noticed") {
  const auto file = test::scratch("exchange") / "damaged.zip";
  exportPrompt(small(), "kobold", file);
  std::string bytes = readFile(file);
  bytes[80] = static_cast<char>(bytes[80] ^ 0x55);
  writeFileAtomically(file, bytes);
  CHECK_THROWS(readPrompt(file), "not a KoboldAI soft prompt");
}

TEST_CASE("an unknown format and a place that cannot be written are sentences") {
  const auto folder = test::scratch("exchange");
  CHECK_THROWS(exportPrompt(small(), "gguf", folder / "x"), "peft, npy, kobold, json, safetensors");
  writeFileAtomically(folder / "file", "in the way");
  CHECK_THROWS(exportPrompt(small(), "npy", folder / "file" / "p.npy"), "cannot be made");
  CHECK_THROWS(exportPrompt(small(), "peft", folder / "file"), "cannot be made");
}

TEST_CASE("files say what the rows of a Gemma prompt mean, and what an older file of ours left unsaid is unscaled") {
  for (const RowScale scale : {RowScale::Scaled, RowScale::Unscaled})
    for (const ExchangeFormat& format : exchangeFormats()) {
      SoftPrompt prompt = small();
      prompt.origin.modelFamily = "gemma";
      prompt.origin.rowScale = scale;
      const auto path = test::scratch("exchange") / ("gemma" + format.extension);
      exportPrompt(prompt, format.name, path);
      CHECK(readPrompt(path).origin.rowScale == (format.name == "npy" ? RowScale::Unsaid : scale));
      if (format.name != "peft") continue;
      std::filesystem::remove(path / "incipit_origin.json");  // the file with the rows says it too
      CHECK(readPrompt(path).origin.rowScale == scale);
      prompt.origin.rowScale = RowScale::Unsaid;  // as earlier versions wrote it: an origin, and no word about the rows
      exportPrompt(prompt, format.name, path);
      CHECK(readPrompt(path).origin.rowScale == RowScale::Unscaled);
      std::filesystem::remove(path / "incipit_origin.json");  // nobody's
      CHECK(readPrompt(path).origin.rowScale == RowScale::Unsaid);
    }
}

TEST_CASE("an archive that would unpack to more than any prompt is refused before it does") {
  const auto file = test::scratch("exchange") / "bomb.zip";
  archive* writer = archive_write_new();
  archive_write_set_format_zip(writer);
  archive_write_open_filename(writer, file.c_str());
  archive_entry* entry = archive_entry_new();
  archive_entry_set_pathname(entry, "tensor.npy");
  archive_entry_set_filetype(entry, AE_IFREG);
  archive_entry_set_size(entry, std::int64_t{200} << 20);
  archive_write_header(writer, entry);
  const std::string zeros(1 << 20, '\0');
  for (int i = 0; i < 200; ++i)
    archive_write_data(writer, zeros.data(), zeros.size());
  archive_entry_free(entry);
  archive_write_close(writer);
  archive_write_free(writer);
  CHECK(std::filesystem::file_size(file) < (1u << 20));
  CHECK_THROWS(readPrompt(file), "tensor.npy is larger than any prompt");
}

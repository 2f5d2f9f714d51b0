// Random numbers that repeat, fingerprints that tell apart, JSON that says where it broke.
#include "core/support/compute.h"
#include "core/support/files.h"
#include "core/support/fingerprint.h"
#include "core/support/json.h"
#include "core/support/mapped_file.h"
#include "core/support/random.h"

#include <nlohmann/json.hpp>

#include "tests/harness/harness.h"

#include <algorithm>
#include <filesystem>

using namespace incipit;
using namespace incipit::test;

TEST_CASE("random numbers repeat by seed and go on from a saved state") {
  Random first(42), second(42);
  for (int i = 0; i < 10; ++i)
    CHECK_EQUAL(first.normal(), second.normal());
  Random resumed;
  resumed.restore(first.state());
  for (int i = 0; i < 10; ++i)
    CHECK_EQUAL(resumed.below(1000), first.below(1000));
  CHECK_THROWS(resumed.restore("no state"), "random state");
  std::string zeros;  // all of them: no other number would ever come of it
  for (int i = 0; i < 312; ++i)
    zeros += "0 ";
  CHECK_THROWS(Random().restore(zeros + "312"), "random state");
}

TEST_CASE("distributions have the moments they should") {
  Random random(1);
  double sum = 0, squares = 0, uniform = 0;
  constexpr int n = 20000;
  for (int i = 0; i < n; ++i) {
    const double x = random.normal();
    sum += x, squares += x * x, uniform += random.uniform();
  }
  CHECK_CLOSE(sum / n, 0, 0.03);
  CHECK_CLOSE(squares / n, 1, 0.04);
  CHECK_CLOSE(uniform / n, 0.5, 0.01);
  auto order = random.permutation(50);
  CHECK(!std::is_sorted(order.begin(), order.end()));
  std::sort(order.begin(), order.end());
  for (std::int64_t i = 0; i < 50; ++i)
    CHECK_EQUAL(order[static_cast<std::size_t>(i)], i);
}

TEST_CASE("fingerprints are XXH3's 128 bits, whatever the pieces") {
  CHECK_EQUAL(fingerprintOf(""), "99aa06d3014798d86001c324468d497f");  // the published value of the empty input
  Fingerprint pieces;
  pieces.add("in");
  pieces.add("cipit");
  CHECK_EQUAL(pieces.text(), fingerprintOf("incipit"));
  CHECK(fingerprintOf("incipit") != fingerprintOf("Incipit"));
}

TEST_CASE("broken JSON names the file and the byte") {
  CHECK_THROWS(parseJson("{\"a\": 1,", "x.json"), "'x.json'");
  CHECK_THROWS(parseJson("{\"a\": 1,", "x.json"), "cut off");
  CHECK_EQUAL(prettyJson(Json{{"b", 1}, {"a", nullptr}}), "{\n  \"a\": null,\n  \"b\": 1\n}");
}

TEST_CASE("devices and precisions are named, others refused") {
  CHECK_EQUAL(resolveDevice("cpu"), "cpu");
  CHECK_THROWS(resolveDevice("tpu"), "'tpu'");
  CHECK_THROWS(resolveDevice("cuda:999"), "cuda:999");
  CHECK(precisionFrom("bf16") == Precision::Bf16);
  CHECK_THROWS(precisionFrom("fp8"), "auto, fp32 or bf16");
  CHECK(resolve(Precision::Fp32, "cpu") == Precision::Fp32);
  CHECK(physicalCores() >= 1);
}

TEST_CASE("the memory that is left is some of the memory there is") {
  CHECK(memoryInAll() > (std::size_t{1} << 28));
  CHECK(memoryLeft() > 0 && memoryLeft() <= memoryInAll());
}

TEST_CASE("bytes are copied alike from a mapped file and from other memory") {
  const auto path = std::filesystem::temp_directory_path() / "incipit-copied.bin";
  std::string content;
  for (int i = 0; i < 20000; ++i)
    content += static_cast<char>(i * 7 + i / 251);
  writeFileAtomically(path, content);
  const auto copied = [](const std::byte* from, std::size_t count) {
    std::string to(count, '\0');
    copyFromMapping({from, count}, reinterpret_cast<std::byte*>(to.data()));
    return to;
  };
  {
    const MappedFile file(path);
    CHECK_EQUAL(copied(file.bytes().data() + 5000, 9000), content.substr(5000, 9000));
    CHECK_EQUAL(copied(file.bytes().data(), content.size()), content);
    CHECK_EQUAL(copied(file.bytes().data() + 7, 0), "");
    forgetMappedPages(file.bytes());
    CHECK_EQUAL(copied(file.bytes().data() + 1, 3), content.substr(1, 3));
  }
  CHECK_EQUAL(copied(reinterpret_cast<const std::byte*>(content.data()) + 3, 100), content.substr(3, 100));
  std::filesystem::remove(path);
}

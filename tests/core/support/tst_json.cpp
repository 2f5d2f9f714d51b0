// JSON comes in by one door, which refuses what the library behind it would choke on; failures of other libraries become sentences.
#include "core/support/failure.h"
#include "core/support/json.h"
#include "core/support/parse_json.h"

#include "tests/harness/harness.h"

#include <fstream>
#include <new>

using namespace incipit;
using namespace incipit::test;
namespace fs = std::filesystem;

TEST_CASE("values that lie too deeply in one another are refused, not followed") {
  const auto nested = [](int levels) {
    return std::string(static_cast<std::size_t>(levels), '[') + std::string(static_cast<std::size_t>(levels), ']');
  };
  CHECK(parseJson(nested(deepestJson), "x.json").is_array());
  CHECK_THROWS(parseJson(nested(deepestJson + 1), "x.json"), "'x.json' nests its values more than 256 levels deep (byte 257)");
  CHECK_THROWS(parseJson(nested(80000), "x.json"), "levels deep");
  CHECK(jsonOrNothing(nested(80000)).is_discarded());
  CHECK(parseJson("[\"" + std::string(80000, '[') + "\\\"[[\"]", "x.json").is_array());  // brackets in a text are none
  std::string beside = "[";
  for (int i = 0; i < 80000; ++i)
    beside += "[],";
  CHECK(parseJson(beside + "[]]", "x.json").is_array());
}

TEST_CASE("a number that is too large is a sentence") {
  CHECK_THROWS(parseJson("[1e999]", "x.json"), "'x.json' holds a number that is too large");
  CHECK_THROWS(parseJson("[1,", "x.json"), "byte 3 of 3");
}

TEST_CASE("nothing is parsed beside the door") {
  const fs::path root = fixtures().parent_path().parent_path();
  for (const char* part : {"core", "app", "ui"})
    for (const auto& entry : fs::recursive_directory_iterator(root / part)) {
      const std::string name = entry.path().filename().string();
      if (!entry.is_regular_file() || name == "parse_json.h" || name == "json.cpp") continue;
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".h") continue;
      std::ifstream in(entry.path());
      const std::string text{std::istreambuf_iterator<char>(in), {}};
      for (const char* way : {"Json::parse(", "json::parse(", "Row::parse(", "sax_parse("})
        if (text.find(way) != std::string::npos) fail(entry.path().string() + " parses JSON by itself: " + way, __FILE__, __LINE__);
      CHECK(!text.empty());
    }
}

TEST_CASE("bytes that are not UTF-8 are written as the sign for that") {
  CHECK_EQUAL(compactJson(Json{{"name", "a\xFF"}}), "{\"name\":\"a\xEF\xBF\xBD\"}");
  CHECK_EQUAL(prettyJson(Json("\xFF")), "\"\\ufffd\"");
}

TEST_CASE("every failure has a sentence for a person") {
  const auto told = [](auto thrown) -> std::string {
    try {
      throw thrown;
    } catch (...) {
      return errorFrom(std::current_exception()).what();
    }
  };
  CHECK_EQUAL(told(FileError("The disk is full.", "Free some space.")), "The disk is full. Free some space.");
  CHECK(told(std::bad_alloc()).starts_with("There is not enough memory"));
  CHECK(told(std::runtime_error("[enforce fail at alloc_cpu.cpp:66] . DefaultCPUAllocator: can't allocate memory: you tried to allocate "
                                "80000000000 bytes.\nframe #0 ..."))
            .starts_with("There is not enough memory"));
  CHECK(told(std::runtime_error("CUDA out of memory. Tried to allocate 2 GiB")).starts_with("There is not enough memory"));
  CHECK_EQUAL(told(std::runtime_error("first\nsecond")), "Something went wrong that this program did not expect: first");
  CHECK(told(fs::filesystem_error("x", "/a/b", std::make_error_code(std::errc::permission_denied))).starts_with("'/a/b' cannot be used: "));
  CHECK(told(1).find("does not know") != std::string::npos);
}

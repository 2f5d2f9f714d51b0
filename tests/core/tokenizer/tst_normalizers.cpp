// The normalizer stations, one after the other.
#include "core/tokenizer/normalizers/normalizer.h"
#include "tests/core/tokenizer/small_tokenizers.h"

#include <cstring>

using namespace incipit;
using namespace incipit::test;

namespace {

std::string normalized(const json& station, const std::string& text) {
  return readNormalizer(Station(station, "tokenizer.json", "normalizer"))->normalize(text);
}

json bert(bool lowercase, const json& stripAccents = nullptr) {
  return {{"type", "BertNormalizer"},
          {"clean_text", true},
          {"handle_chinese_chars", true},
          {"strip_accents", stripAccents},
          {"lowercase", lowercase}};
}

// A character map with the single entries "A" -> "aa" and "é" (two bytes) -> "e", in Darts-clone's units: a node's children are at
// its offset ^ byte, its leaf is at its offset.
std::string smallCharacterMap() {
  std::vector<std::uint32_t> units(1024, 0);
  auto unit = [](std::uint32_t offset, std::uint32_t label, bool leaf) { return offset << 10 | (leaf ? 1U << 8 : 0U) | label; };
  units[0] = unit(256, 0, false);
  const std::uint32_t a = 256 ^ 'A', first = 256 ^ 0xC3, second = 768;
  units[a] = unit(a ^ 512, 'A', true);  // its leaf is at 512
  units[512] = 0;                       // "aa" begins at 0
  units[first] = unit(first ^ second ^ 0xA9, 0xC3, false);
  units[second] = unit(second ^ 513, 0xA9, true);
  units[513] = 3;  // "e" begins at 3
  std::string bytes(4, '\0');
  const std::uint32_t size = static_cast<std::uint32_t>(units.size() * 4);
  std::memcpy(bytes.data(), &size, 4);
  bytes.append(reinterpret_cast<const char*>(units.data()), size);
  bytes.append("aa\0e\0", 5);
  constexpr char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    std::uint32_t group = 0;
    for (std::size_t j = 0; j < 3; ++j)
      group = group << 8 | (i + j < bytes.size() ? static_cast<unsigned char>(bytes[i + j]) : 0U);
    for (int shift = 18; shift >= 0; shift -= 6)
      text += alphabet[group >> shift & 63];
  }
  for (std::size_t i = 0; i < (3 - bytes.size() % 3) % 3; ++i)
    text[text.size() - 1 - i] = '=';
  return text;
}

}  // namespace

TEST_CASE("the small ones") {
  CHECK_EQUAL(normalized({{"type", "Prepend"}, {"prepend", "▁"}}, "a"), std::string("▁a"));
  CHECK_EQUAL(normalized({{"type", "Prepend"}, {"prepend", "▁"}}, ""), std::string());
  CHECK_EQUAL(normalized({{"type", "Replace"}, {"pattern", {{"String", "``"}}}, {"content", "\""}}, "``a``` b"), std::string("\"a\"` b"));
  CHECK_EQUAL(normalized({{"type", "Replace"}, {"pattern", {{"Regex", " {2,}"}}}, {"content", "$1"}}, "a   b c"), std::string("a$1b c"));
  CHECK_EQUAL(normalized({{"type", "Lowercase"}}, "ÀB"), std::string("àb"));
  CHECK_EQUAL(normalized({{"type", "NFC"}}, "e\xCC\x81"), std::string("é"));
  CHECK_EQUAL(normalized({{"type", "NFKC"}}, "ﬁ"), std::string("fi"));
  CHECK_EQUAL(normalized({{"type", "Sequence"}, {"normalizers", {{{"type", "NFD"}}, {{"type", "StripAccents"}}}}}, "été"),
              std::string("ete"));
  CHECK_EQUAL(normalized({{"type", "StripAccents"}}, "été"), std::string("été"));  // without NFD there is no mark to strip
  CHECK_EQUAL(normalized({{"type", "Nmt"}}, "a\tb\x01\xE2\x80\x8B"
                                            "c"),
              std::string("a b c"));
  CHECK_EQUAL(normalized({{"type", "ByteLevel"}}, "a é"), std::string("aĠÃ©"));
}

TEST_CASE("Strip takes white space from the ends it is told to") {
  auto strip = [](bool left, bool right) { return json{{"type", "Strip"}, {"strip_left", left}, {"strip_right", right}}; };
  CHECK_EQUAL(normalized(strip(true, true), "\t a b \xE3\x80\x80"), std::string("a b"));
  CHECK_EQUAL(normalized(strip(true, false), " a "), std::string("a "));
  CHECK_EQUAL(normalized(strip(false, true), " a "), std::string(" a"));
  CHECK_EQUAL(normalized(strip(false, false), "  "), std::string("  "));
  CHECK_EQUAL(normalized(strip(false, true), "  "), std::string());
}

TEST_CASE("BertNormalizer") {
  CHECK_EQUAL(normalized(bert(true), "Hé\tX\x7F 你好\xEF\xBF\xBD!"), std::string("he x  你  好 !"));
  CHECK_EQUAL(normalized(bert(false), "Hé"), std::string("Hé"));
  CHECK_EQUAL(normalized(bert(true, false), "Hé"), std::string("hé"));
  CHECK_EQUAL(normalized(bert(false, true), "Hé"), std::string("He"));
}

TEST_CASE("Precompiled replaces what its map holds, whole clusters first") {
  const json station = {{"type", "Precompiled"}, {"precompiled_charsmap", smallCharacterMap()}};
  CHECK_EQUAL(normalized(station, "bAé你"), std::string("baae你"));
  // "A" and a combining mark are one cluster of three bytes: the entry it begins with replaces all of it.
  CHECK_EQUAL(normalized(station, "A\xCC\x81"), std::string("aa"));
  CHECK_THROWS(normalized({{"type", "Precompiled"}, {"precompiled_charsmap", "AAAA"}}, "a"), "cut off");
  CHECK_THROWS(normalized({{"type", "Precompiled"}, {"precompiled_charsmap", "A*"}}, "a"), "not base64");
}

TEST_CASE("an unknown normalizer, option or value is refused by name") {
  CHECK_THROWS(normalized({{"type", "Klingon"}}, "a"), "tokenizer.json: the normalizer (type 'Klingon')");
  CHECK_THROWS(normalized({{"type", "Sequence"}, {"normalizers", {{{"type", "NFC"}}, {{"type", "X"}}}}}, "a"),
               "normalizer.normalizers[1] (type 'X')");
  CHECK_THROWS(normalized({{"type", "NFC"}, {"strength", 3}}, "a"), "option 'strength'");
  CHECK_THROWS(normalized({{"type", "Replace"}, {"pattern", {{"Glob", "*"}}}, {"content", ""}}, "a"), "'String' or a 'Regex'");
  CHECK_THROWS(normalized({{"type", "Replace"}, {"pattern", {{"Regex", "("}}}, {"content", ""}}, "a"), "is wrong near");
}

TEST_CASE("rules that blow a text up are stopped") {
  json steps = json::array();
  for (int i = 0; i < 40; ++i)
    steps.push_back({{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", "aa"}});
  CHECK_THROWS(normalized({{"type", "Sequence"}, {"normalizers", steps}}, "a few letters"), "rules make");
  const json large = {{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", std::string(1 << 20, 'b')}};
  CHECK_THROWS(normalized(large, std::string(100000, 'a')), "rules make");
  CHECK_EQUAL(normalized(large, "a").size(), std::size_t{1} << 20);  // a little text may become a little more
}

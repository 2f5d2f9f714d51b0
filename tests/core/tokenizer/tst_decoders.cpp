// The decoder stations: from tokens back to text.
#include "core/tokenizer/decoders/decoder.h"
#include "tests/core/tokenizer/small_tokenizers.h"

using namespace incipit;
using namespace incipit::test;

namespace {

std::string decoded(const json& station, Strings tokens) {
  readDecoder(Station(station, "tokenizer.json", "decoder"))->decode(tokens);
  std::string text;
  for (const std::string& token : tokens)
    text += token;
  return text;
}

json strip(int start, int stop) { return {{"type", "Strip"}, {"content", " "}, {"start", start}, {"stop", stop}}; }

}  // namespace

TEST_CASE("ByteLevel joins bytes before it reads them as text") {
  const json station = {{"type", "ByteLevel"}, {"add_prefix_space", true}, {"trim_offsets", true}, {"use_regex", true}};
  CHECK_EQUAL(decoded(station, {"Hello", "ĠwÃ", "¶", "rld"}), std::string("Hello wörld"));
  CHECK_EQUAL(decoded(station, {"Ã"}), std::string("\xEF\xBF\xBD"));
  CHECK_EQUAL(decoded(station, {"a", "  ", "<|end of text|>"}), std::string("a  <|end of text|>"));  // outside the alphabet: as they stand
}

TEST_CASE("ByteFallback reads runs, and a run with one wrong byte is lost as a whole") {
  const json station = {{"type", "ByteFallback"}};
  CHECK_EQUAL(decoded(station, {"a", "<0xE4>", "<0xBD>", "<0xA0>", "b", "<0x61>"}), std::string("a你ba"));
  CHECK_EQUAL(decoded(station, {"<0x61>", "<0xE4>", "x"}), std::string("\xEF\xBF\xBD\xEF\xBF\xBDx"));
  CHECK_EQUAL(decoded(station, {"<0xZZ>", "<0x6>"}), std::string("<0xZZ><0x6>"));
}

TEST_CASE("Metaspace drops the mark it put in front") {
  CHECK_EQUAL(decoded({{"type", "Metaspace"}, {"replacement", "▁"}}, {"▁Hey", "▁you▁", "two"}), std::string("Hey you two"));
  CHECK_EQUAL(decoded({{"type", "Metaspace"}, {"replacement", "▁"}, {"prepend_scheme", "never"}}, {"▁Hey"}), std::string(" Hey"));
}

TEST_CASE("Fuse, Strip, Replace, Sequence") {
  CHECK_EQUAL(decoded(strip(1, 0), {"  a", " b"}), std::string(" ab"));
  CHECK_EQUAL(decoded(strip(0, 2), {"a   "}), std::string("a "));
  CHECK_EQUAL(decoded(strip(0, 5), {"  "}), std::string());
  CHECK_EQUAL(decoded({{"type", "Sequence"}, {"decoders", {{{"type", "Fuse"}}, strip(1, 0)}}}, {" a", " b"}), std::string("a b"));
  CHECK_EQUAL(decoded({{"type", "Replace"}, {"pattern", {{"String", "_"}}}, {"content", " "}}, {"a_", "_b"}), std::string("a  b"));
}

TEST_CASE("WordPiece and BPEDecoder") {
  CHECK_EQUAL(decoded({{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", true}}, {"un", "##able", "to", ".", "do", "n't"}),
              std::string("unable to. don't"));
  CHECK_EQUAL(decoded({{"type", "WordPiece"}, {"prefix", "##"}, {"cleanup", false}}, {"a", "."}), std::string("a ."));
  CHECK_EQUAL(decoded({{"type", "BPEDecoder"}, {"suffix", "</w>"}}, {"lo", "w</w>", "er</w>"}), std::string("low er"));
}

TEST_CASE("an unknown decoder is refused by name") {
  CHECK_THROWS(decoded({{"type", "CTC"}}, {}), "tokenizer.json: the decoder (type 'CTC')");
  CHECK_THROWS(decoded({{"type", "Strip"}, {"content", "ab"}, {"start", 1}, {"stop", 0}}, {}), "single character");
  CHECK_THROWS(decoded(strip(-1, 0), {}), "0 or more");
}

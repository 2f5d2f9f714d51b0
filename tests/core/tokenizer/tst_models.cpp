// The model stations: how a word becomes tokens.
#include "core/tokenizer/models/token_model.h"
#include "tests/core/tokenizer/small_tokenizers.h"

using namespace incipit;
using namespace incipit::test;

namespace {

Strings tokens(const json& station, const std::string& word) {
  const auto model = readTokenModel(Station(station, "tokenizer.json", "model"));
  Ids ids;
  model->encode(word, ids);
  Strings spelled;
  for (TokenId id : ids)
    spelled.push_back(*model->vocabulary().token(id));
  return spelled;
}

json bpe(const Strings& vocabulary, const json& merges, const json& options = json::object()) {
  json station = {{"type", "BPE"}, {"vocab", json::object()}, {"merges", merges}};
  for (const std::string& token : vocabulary)
    station["vocab"][token] = static_cast<int>(station["vocab"].size());
  station.update(options);
  return station;
}

}  // namespace

TEST_CASE("BPE merges the earliest merge first, the leftmost among equals") {
  const Strings vocabulary = {"a", "b", "c", "ab", "bc", "abc", "aa"};
  CHECK_EQUAL(tokens(bpe(vocabulary, {"b c", "a b"}), "abc"), (Strings{"a", "bc"}));
  CHECK_EQUAL(tokens(bpe(vocabulary, {"a b", "b c"}), "abc"), (Strings{"ab", "c"}));
  CHECK_EQUAL(tokens(bpe(vocabulary, {"a b", "ab c"}), "abcab"), (Strings{"abc", "ab"}));
  CHECK_EQUAL(tokens(bpe(vocabulary, {"a a"}), "aaaaa"), (Strings{"aa", "aa", "a"}));
  CHECK_EQUAL(tokens(bpe(vocabulary, json::parse(R"([["a", "b"], ["ab", "c"]])")), "abc"), (Strings{"abc"}));  // merges as pairs
  CHECK_EQUAL(tokens(bpe(vocabulary, {"#version: 0.2", "a b"}), "ab"), (Strings{"ab"}));
}

TEST_CASE("BPE and characters it does not know") {
  const Strings vocabulary = {"<unk>", "a", "<0xC3>", "<0xA9>"};
  CHECK_EQUAL(tokens(bpe(vocabulary, json::array()), "axa"), (Strings{"a", "a"}));  // without an unknown token they vanish
  CHECK_EQUAL(tokens(bpe(vocabulary, json::array(), {{"unk_token", "<unk>"}}), "xya"), (Strings{"<unk>", "<unk>", "a"}));
  CHECK_EQUAL(tokens(bpe(vocabulary, json::array(), {{"unk_token", "<unk>"}, {"fuse_unk", true}}), "xyax"),
              (Strings{"<unk>", "a", "<unk>"}));
  const json fallback = {{"unk_token", "<unk>"}, {"fuse_unk", true}, {"byte_fallback", true}};
  CHECK_EQUAL(tokens(bpe(vocabulary, json::array(), fallback), "aé"), (Strings{"a", "<0xC3>", "<0xA9>"}));
  CHECK_EQUAL(tokens(bpe(vocabulary, json::array(), fallback), "è"), (Strings{"<unk>"}));  // one of its bytes has no token
}

TEST_CASE("BPE's marks at the edges of words") {
  CHECK_EQUAL(tokens(bpe({"l", "##o", "##w", "##ow", "low"}, {"##o ##w", "l ##ow"}, {{"continuing_subword_prefix", "##"}}), "low"),
              (Strings{"low"}));
  CHECK_EQUAL(tokens(bpe({"l", "o", "w</w>", "ow</w>"}, {"o w</w>"}, {{"end_of_word_suffix", "</w>"}}), "low"), (Strings{"l", "ow</w>"}));
}

TEST_CASE("BPE with ignore_merges takes a whole word as it stands") {
  const Strings vocabulary = {"a", "b", "c", "ab", "abc"};
  CHECK_EQUAL(tokens(bpe(vocabulary, {"a b"}), "abc"), (Strings{"ab", "c"}));
  CHECK_EQUAL(tokens(bpe(vocabulary, {"a b"}, {{"ignore_merges", true}}), "abc"), (Strings{"abc"}));
}

TEST_CASE("a long word gives the same tokens as its pieces would, and takes no square of steps") {
  const json station = bpe({"a", "b", "ab", "abab"}, {"a b", "ab ab"});
  std::string word;
  for (int i = 0; i < 1 << 19; ++i)
    word += "ab";
  CHECK_EQUAL(tokens(station, word).size(), std::size_t{1} << 18);
}

TEST_CASE("BPE merges across a word's mark where a merge says so") {
  const Strings vocabulary = {"▁", "a", "b", "▁a", "▁▁", "a▁", "a▁b", "▁b"};
  CHECK_EQUAL(tokens(bpe(vocabulary, {"▁ ▁", "▁ a"}), "▁a▁▁a▁"), (Strings{"▁a", "▁▁", "a", "▁"}));
  CHECK_EQUAL(tokens(bpe(vocabulary, {"a ▁", "a▁ b"}), "▁a▁b"), (Strings{"▁", "a▁b"}));
}

TEST_CASE("BPE files that contradict themselves are refused") {
  CHECK_THROWS(tokens(bpe({"a", "b"}, {"a b"}), "a"), "merge number 1 ('a', 'b'), but the token 'ab' is not in the vocabulary");
  CHECK_THROWS(tokens(bpe({"a"}, {"a x"}), "a"), "the token 'x' is not in the vocabulary");
  CHECK_THROWS(tokens(bpe({"a"}, {"a b c"}), "a"), "not a pair of tokens");
  CHECK_THROWS(tokens(bpe({"a"}, {7}), "a"), "not a pair of tokens");
  CHECK_THROWS(tokens(bpe({"a"}, json::array(), {{"unk_token", "<unk>"}}), "a"), "unknown token '<unk>'");
  CHECK_THROWS(tokens(bpe({"a"}, json::array(), {{"dropout", 0.1}}), "a"), "dropout");
  CHECK_EQUAL(tokens(bpe({"a"}, json::array(), {{"dropout", 0.0}}), "a"), (Strings{"a"}));
  CHECK_THROWS(tokens({{"type", "BPE"}, {"vocab", {{"a", -1}}}, {"merges", json::array()}}, "a"), "not an id");
  CHECK_THROWS(tokens({{"type", "BPE"}, {"vocab", {{"a", 4000000000}}}, {"merges", json::array()}}, "a"), "not an id");
  CHECK_THROWS(tokens({{"type", "BPE"}, {"vocab", {{"a", 0}, {"b", 0}}}, {"merges", json::array()}}, "a"), "to two tokens");
  CHECK_THROWS(tokens({{"type", "BPE"}, {"merges", json::array()}}, "a"), "has no 'vocab'");
}

TEST_CASE("WordLevel and WordPiece") {
  const json vocabulary = {{"[UNK]", 0}, {"un", 1}, {"##aff", 2}, {"##able", 3}, {"##é", 4}};
  const json wordPiece = {{"type", "WordPiece"},
                          {"unk_token", "[UNK]"},
                          {"continuing_subword_prefix", "##"},
                          {"max_input_chars_per_word", 10},
                          {"vocab", vocabulary}};
  CHECK_EQUAL(tokens(wordPiece, "unaffable"), (Strings{"un", "##aff", "##able"}));
  CHECK_EQUAL(tokens(wordPiece, "uné"), (Strings{"un", "##é"}));
  CHECK_EQUAL(tokens(wordPiece, "unaffx"), (Strings{"[UNK]"}));
  CHECK_EQUAL(tokens(wordPiece, "unaffaffaff"), (Strings{"[UNK]"}));  // 11 characters
  const json wordLevel = {{"type", "WordLevel"}, {"unk_token", "[UNK]"}, {"vocab", vocabulary}};
  CHECK_EQUAL(tokens(wordLevel, "un"), (Strings{"un"}));
  CHECK_EQUAL(tokens(wordLevel, "unaff"), (Strings{"[UNK]"}));
}

TEST_CASE("Unigram takes the most probable way, and unknown neighbours as one") {
  auto unigram = [](const json& vocabulary, const json& options) {
    json station = {{"type", "Unigram"}, {"unk_id", 0}, {"vocab", vocabulary}};
    station.update(options);
    return station;
  };
  const json vocabulary =
      json::parse(R"([["<unk>", 0], ["a", 0], ["b", 0], ["c", 0], ["d", 0], ["cd", 1], ["ab", 2], ["abc", 5], ["abcd", 10]])");
  CHECK_EQUAL(tokens(unigram(vocabulary, json::object()), "abcdacdxx"), (Strings{"abcd", "a", "cd", "<unk>"}));
  const json tied = json::parse(R"([["<unk>", -9], ["a", -1], ["b", -1], ["ab", -2]])");
  // Equal sums: the way that was found first stays, and the longer token ends where its beginning is looked at first.
  CHECK_EQUAL(tokens(unigram(tied, json::object()), "ab"), (Strings{"ab"}));
  const json bytes = json::parse(R"([["<unk>", 0], ["a", -1], ["<0xC3>", -5], ["<0xA9>", -5]])");
  CHECK_EQUAL(tokens(unigram(bytes, {{"byte_fallback", true}}), "aé"), (Strings{"a", "<0xC3>", "<0xA9>"}));
  CHECK_EQUAL(tokens(unigram(bytes, {{"byte_fallback", false}}), "aé"), (Strings{"a", "<unk>"}));
  CHECK_THROWS(tokens(unigram(bytes, {{"unk_id", nullptr}}), "é"), "neither a token nor an unknown token");
  CHECK_THROWS(tokens(unigram(bytes, {{"unk_id", 4}}), "a"), "unk_id beyond");
  CHECK_THROWS(tokens(unigram(json::parse(R"([["a", "b"]])"), json::object()), "a"), "not a token with a score");
}

TEST_CASE("a model without a type is told by what it holds") {
  json station = bpe({"a", "b", "ab"}, {"a b"});
  station.erase("type");
  CHECK_EQUAL(tokens(station, "ab"), (Strings{"ab"}));
  CHECK_EQUAL(tokens(json::parse(R"({"unk_id": 0, "vocab": [["<unk>", 0], ["a", -1]]})"), "a"), (Strings{"a"}));
  CHECK_EQUAL(tokens({{"unk_token", "u"}, {"vocab", {{"u", 0}, {"a", 1}}}}, "a"), (Strings{"a"}));
  CHECK_THROWS(tokens({{"type", "Morse"}, {"vocab", {{"a", 0}}}}, "a"), "the model (type 'Morse')");
}

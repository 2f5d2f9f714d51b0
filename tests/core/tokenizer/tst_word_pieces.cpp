// BERT's vocab.txt: the ids follow from the lines and from tokenizer_config.json.
#include "tests/core/tokenizer/small_tokenizers.h"

using namespace incipit;
using namespace incipit::test;

namespace {

const std::string lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nsail\n##or\n##s\n,\nete\nété\nThe\n海\n";

std::filesystem::path folderWith(const std::string& vocabulary, const json& config = nullptr) {
  const auto folder = scratch("word-pieces");
  writeFileAtomically(folder / "vocab.txt", vocabulary);
  if (!config.is_null()) writeFileAtomically(folder / "tokenizer_config.json", config.dump());
  return folder;
}

Strings cut(const std::string& text, const json& config = nullptr) {
  return tokensOf(*openTokenizer(folderWith(lines, config)), text, SpecialTokens::Add);
}

}  // namespace

TEST_CASE("the longest pieces first, between [CLS] and [SEP]") {
  const auto tokenizer = openTokenizer(folderWith(lines));
  CHECK_EQUAL(tokenizer->encode("the sailors, the sail"), (Ids{2, 5, 6, 7, 8, 9, 5, 6, 3}));
  CHECK_EQUAL(tokenizer->encode("the boat[MASK]"), (Ids{2, 5, 1, 4, 3}));
  CHECK_EQUAL(tokenizer->decode(tokenizer->encode("The Sailors, the sail")), std::string("the sailors, the sail"));
  CHECK_EQUAL(tokenizer->padding().value(), 0);
  CHECK_EQUAL(tokenizer->vocabularySize(), 14);
  CHECK_EQUAL(openTokenizer(folderWith("[PAD]\r\n[UNK]\r\n[CLS]\r\n[SEP]\r\nthe"))->encode("the"), (Ids{2, 4, 3}));
}

TEST_CASE("lower case, accents and Chinese characters as the configuration says") {
  CHECK_EQUAL(cut("The été海海"), (Strings{"[CLS]", "the", "ete", "海", "海", "[SEP]"}));
  CHECK_EQUAL(cut("The été", {{"do_lower_case", false}}), (Strings{"[CLS]", "The", "été", "[SEP]"}));
  CHECK_EQUAL(cut("The été", {{"strip_accents", false}}), (Strings{"[CLS]", "the", "été", "[SEP]"}));
  CHECK_EQUAL(cut("The été", {{"do_lower_case", false}, {"strip_accents", true}}), (Strings{"[CLS]", "The", "ete", "[SEP]"}));
  CHECK_EQUAL(cut("海海", {{"tokenize_chinese_chars", false}}), (Strings{"[CLS]", "[UNK]", "[SEP]"}));
  CHECK_EQUAL(cut("the", {{"tokenizer_class", "DistilBertTokenizerFast"}}), (Strings{"[CLS]", "the", "[SEP]"}));
}

TEST_CASE("the configuration wins over the normalizer of a BERT's tokenizer.json") {
  const json vocabulary = {{"[UNK]", 0}, {"the", 1}, {"The", 2}};
  const json file = {{"normalizer", {{"type", "BertNormalizer"}, {"lowercase", true}}},
                     {"pre_tokenizer", {{"type", "BertPreTokenizer"}}},
                     {"model", {{"type", "WordPiece"}, {"unk_token", "[UNK]"}, {"vocab", vocabulary}}}};
  const auto first = [&](const json& config) { return openJson(file, "bert-json", config)->encode("The"); };
  CHECK_EQUAL(first(nullptr), (Ids{1}));
  CHECK_EQUAL(first({{"tokenizer_class", "BertTokenizer"}, {"do_lower_case", false}}), (Ids{2}));
  CHECK_EQUAL(first({{"tokenizer_class", "BertTokenizer"}, {"do_lower_case", true}}), (Ids{1}));
  CHECK_EQUAL(first({{"tokenizer_class", "PreTrainedTokenizerFast"}, {"do_lower_case", false}}), (Ids{1}));
}

TEST_CASE("what is not implemented or missing is named") {
  CHECK_THROWS(cut("a", {{"do_basic_tokenize", false}}), "do_basic_tokenize");
  CHECK_THROWS(cut("a", {{"never_split", {"the"}}}), "never_split");
  CHECK_THROWS(cut("a", {{"tokenizer_class", "BertJapaneseTokenizer"}}), "'BertJapaneseTokenizer' is not known");
  CHECK_THROWS(openTokenizer(folderWith("the\nsea\n")), "has no sep_token '[SEP]'");
  CHECK_THROWS(openTokenizer(folderWith("[CLS]\n\xFF\n")), "not UTF-8");
}

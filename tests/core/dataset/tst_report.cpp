// What the report says of data whose faults are known.
#include "core/dataset/folds.h"
#include "core/dataset/label_report.h"
#include "core/dataset/near_duplicates.h"
#include "core/dataset/report.h"
#include "core/dataset/table.h"
#include "core/support/random.h"
#include "tests/core/dataset/small_tokenizer.h"
#include "tests/harness/harness.h"

#include <algorithm>
#include <map>
#include <numeric>

using namespace incipit;
using test::SmallTokenizer;

namespace {

using Rows = std::vector<std::int64_t>;
using Cells = std::vector<std::vector<std::string>>;

DataSettings labelled() {
  DataSettings settings;
  settings.labelColumn = "label";
  return settings;
}

const Finding& said(const DataReport& report, const std::string& name) {
  const Finding* finding = report.find(name);
  if (finding == nullptr) throw std::runtime_error("nothing is said of " + name);
  return *finding;
}

// The words of a tokenizer that cuts every word of more than four letters into pieces of four.
class ShortTokenizer : public SmallTokenizer {
 public:
  std::vector<TokenId> encode(std::string_view text, SpecialTokens special = SpecialTokens::Add) const override {
    std::vector<TokenId> ids;
    for (const TokenId whole : SmallTokenizer::encode(text, special)) {
      const std::string word = piece(whole);
      if (whole <= 1 || word.size() <= 5 || m_whole.contains(word)) {
        ids.push_back(whole);
        continue;
      }
      for (std::size_t at = 0; at < word.size(); at += 5)
        for (const TokenId part : SmallTokenizer::encode(word.substr(at, 5), SpecialTokens::Leave))
          ids.push_back(part);
    }
    return ids;
  }
  void keepWhole(const std::string& word) {
    m_whole[word] = true;
    SmallTokenizer::encode(word, SpecialTokens::Leave);
  }

 private:
  std::map<std::string, bool> m_whole;
};

}  // namespace

TEST_CASE("lengths, cut rows and rows that are left out") {
  const SmallTokenizer tokenizer;
  Cells rows;
  for (int i = 1; i <= 20; ++i) {
    std::string text = "w";
    for (int word = 1; word < i; ++word)
      text += " w";
    rows.push_back({text, i == 7 ? "" : "yes"});
  }
  const Table table = tableOfRows("a.csv", {"text", "label"}, rows);
  // A text of n words is read as <s> w ... \nlabel: yes </s>: n + 5 tokens.
  const Examples examples = encode(table, labelled(), &tokenizer, 20);
  const DataReport report = reportOn({table, examples, nullptr, nullptr, &tokenizer});
  CHECK_EQUAL(report.rows, 20);
  CHECK_EQUAL(report.examples, 19);
  CHECK_EQUAL(report.lengths.room, 20);
  CHECK_EQUAL(report.lengths.shortest, 6);
  CHECK_EQUAL(report.lengths.longest, 25);
  CHECK_EQUAL(report.lengths.median, 16);
  CHECK_EQUAL(report.lengths.most, 25);
  CHECK_CLOSE(report.lengths.mean, (210.0 - 7) / 19 + 5, 1e-9);
  CHECK_EQUAL(std::accumulate(report.lengths.bins.begin(), report.lengths.bins.end(), std::int64_t{0}), 19);
  CHECK_EQUAL(said(report, "cut").rows.rows, (Rows{15, 16, 17, 18, 19}));
  CHECK(said(report, "cut").sentence.starts_with("5 rows are longer than the 20 tokens"));
  CHECK_EQUAL(said(report, "dropped").rows.rows, (Rows{6}));
  CHECK_EQUAL(said(report, "empty_field").rows.rows, (Rows{6}));
  CHECK_EQUAL(said(report, "empty_field").about, "label");
}

TEST_CASE("what stands twice, with other labels, or in the validation data too") {
  const SmallTokenizer tokenizer;
  const Table table =
      tableOfRows("a.csv", {"text", "label"}, {{"a b", "x"}, {"c d", "y"}, {"a b", "x"}, {"e f", "x"}, {"c d", "x"}, {"a b", "x"}});
  const Table validation = tableOfRows("b.csv", {"text", "label"}, {{"new", "x"}, {"e f", "x"}, {"a b", "z"}});
  Examples first = encode(table, labelled(), &tokenizer, 100), second = encode(validation, labelled(), &tokenizer, 100);
  alignClasses(first, second);
  const DataReport report = reportOn({table, first, &validation, &second, &tokenizer});
  CHECK_EQUAL(said(report, "exact_duplicates").rows.rows, (Rows{2, 4, 5}));
  CHECK_EQUAL(said(report, "contradictions").rows.rows, (Rows{1, 4}));
  CHECK(said(report, "contradictions").sentence.starts_with("1 text stands"));
  CHECK_EQUAL(said(report, "overlap").rows.rows, (Rows{1, 2}));
  CHECK(said(report, "overlap").rows.validation);
  CHECK(said(report, "overlap").sentence.starts_with("2 rows of the validation data (66.7 %) stand"));
  CHECK_EQUAL(report.classes.size(), std::size_t{3});
  CHECK_EQUAL(report.classes[0].training, 5);
  CHECK_EQUAL(report.classes[2].validation, 1);
  CHECK(report.find("label_without_rows") == nullptr);  // that nothing teaches 'z' is said once
  CHECK(said(report, "how_validation_read").sentence.find("do") != std::string::npos);
  CHECK(said(report, "balance").warning);  // five of six

  // Rows that are held out of the same file are numbered in it.
  const Examples all = encode(table, labelled(), &tokenizer, 100);
  const auto [kept, aside] = split(all, 0.5, 3);
  const DataReport held = reportOn({table, kept, nullptr, &aside, &tokenizer});
  CHECK_EQUAL(held.validationExamples, 3);
  CHECK(!said(held, "overlap").rows.validation);
  CHECK(held.find("dropped") == nullptr);
}

TEST_CASE("near duplicates are those whose groups of three words agree") {
  CHECK_CLOSE(resemblance("the cat sat on the mat", "The cat sat on the mat!"), 1, 1e-12);
  CHECK_CLOSE(resemblance("the cat sat on the mat", "the cat sat on the sofa"), 3.0 / 5, 1e-12);  // of 4 groups each, 3 the same
  CHECK_CLOSE(resemblance("a", "a b"), 0, 1e-12);

  // Texts of dice, and of a third of them a copy with one word changed at the end: 1 - 2 / (n - 2 + 1) of their groups agree.
  Random dice(5);
  std::vector<std::string> texts;
  for (int i = 0; i < 900; ++i) {
    std::string text;
    for (int word = 0; word < 30; ++word)
      text += "w" + std::to_string(dice.below(5000)) + ' ';
    texts.push_back(text);
  }
  for (int i = 0; i < 300; ++i)
    texts.push_back(texts[static_cast<std::size_t>(i)] + "end");
  const auto pairs = nearDuplicates(texts);
  const auto expected = std::ranges::count_if(pairs, [](const auto& pair) { return pair.second == pair.first + 900; });
  CHECK(expected >= 297);  // 99 of a hundred
  CHECK_EQUAL(pairs.size(), static_cast<std::size_t>(expected));

  // A thousand texts of one pattern do not take a million comparisons, and each of them is found.
  std::vector<std::string> pattern(1000, "one two three four five six seven eight nine ten eleven twelve thirteen fourteen");
  for (std::size_t i = 0; i < pattern.size(); ++i)
    pattern[i] += " n" + std::to_string(i);
  std::vector<bool> found(pattern.size());
  for (const auto& pair : nearDuplicates(pattern))
    found[pair.first] = found[pair.second] = true;
  CHECK(std::ranges::count(found, true) >= 990);
}

TEST_CASE("label words that begin alike, are cut into many tokens or are for nothing") {
  ShortTokenizer tokenizer;
  tokenizer.keepWhole(" abbreviated");
  tokenizer.keepWhole(" abbr");
  tokenizer.keepWhole(" abacus");
  const Table table = tableOfRows("a.csv", {"text", "label"}, {{"q", "abbreviation"}, {"r", "abbrevity"}, {"s", "yes"}});
  DataSettings settings = labelled();
  settings.verbaliser["no"] = "never";
  const Examples examples = encode(table, settings, &tokenizer, 100);
  const DataReport report = reportOn({table, examples, nullptr, nullptr, &tokenizer});
  CHECK(said(report, "shared_first_token").sentence.find("'abbreviation', 'abbrevity'") != std::string::npos);
  CHECK(said(report, "shared_first_token").warning);
  CHECK(said(report, "long_label_word").sentence.starts_with("The label word 'abbreviation' is 3 tokens (' abbr', 'eviat', 'ion')"));
  CHECK_EQUAL(report.classes[0].suggestions, (std::vector<std::string>{"abbreviated"}));
  CHECK_EQUAL(said(report, "unused_label_word").about, "no");
  CHECK_EQUAL(report.classes[2].suggestions.size(), std::size_t{0});  // it has one token
}

TEST_CASE("the report of tokenised rows") {
  const Table table = tableOfTokenised("a.jsonl", {{{1, 2, 3}, {-100, 2, 3}}, {{4, 5}, {-100, -100}}, {{1, 2, 3}, {-100, 2, 3}}});
  const Examples examples = encode(table, {}, nullptr, 2);
  const DataReport report = reportOn({table, examples});
  CHECK_EQUAL(report.examples, 2);
  CHECK_EQUAL(said(report, "exact_duplicates").rows.rows, (Rows{2}));
  CHECK_EQUAL(said(report, "cut").rows.count, 2);
  CHECK_EQUAL(said(report, "dropped").rows.rows, (Rows{1}));
  CHECK(report.find("near_duplicates") == nullptr);
}

TEST_CASE("folds hold every row once and each class's share; saved rows are the rows") {
  Examples all;
  for (std::int64_t i = 0; i < 53; ++i)
    all.items.push_back({{1, 2}, {notScored, 2}, i % 10 < 3 ? 1 : 0, i});
  all.classes = {"a", "b"};
  const auto folds = foldsOf(all, 5, 7);
  CHECK_EQUAL(folds.size(), std::size_t{5});
  std::vector<std::int64_t> rows;
  for (const auto& fold : folds) {
    CHECK(fold.size() == 10 || fold.size() == 11);
    const auto ofB = std::ranges::count_if(fold, [](std::int64_t row) { return row % 10 < 3; });
    CHECK(ofB == 3 || ofB == 4);  // 18 of 53
    rows.insert(rows.end(), fold.begin(), fold.end());
  }
  std::ranges::sort(rows);
  for (std::int64_t i = 0; i < 53; ++i)
    CHECK_EQUAL(rows[static_cast<std::size_t>(i)], i);
  CHECK(foldsOf(all, 5, 7) == folds);
  CHECK(foldsOf(all, 5, 8) != folds);
  CHECK_THROWS(foldsOf(all, 54, 7), "53 examples for 54 folds");

  const Table table = tableOfRows("a.csv", {"text", "label"}, {{"a \"b\"\n", "x"}, {"c", "y"}, {"\xC3\xA9", "z"}});
  const auto saved = test::scratch("report") / "saved.jsonl";
  saveRows(table, {0, 2}, saved);
  const Table again = readTable(saved);
  CHECK_EQUAL(again.columns, table.columns);
  CHECK_EQUAL(again.row(0), table.row(0));
  CHECK_EQUAL(again.row(1), table.row(2));
  const auto ids = test::scratch("report") / "ids.jsonl";
  saveRows(tableOfTokenised("b.jsonl", {{{4, 5}, {-100, 5, -100}, 1, false}}), {0}, ids);
  CHECK_EQUAL(readTable(ids).tokenisedRow(0).padding, std::size_t{1});
  CHECK_EQUAL(readTable(ids).tokenisedRow(0).inputIds, (std::vector<std::int32_t>{4, 5}));
}

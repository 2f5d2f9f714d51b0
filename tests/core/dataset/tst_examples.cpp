// From rows to tokens with a loss mask: what is read, what is scored, what is cut.
#include "core/dataset/examples.h"
#include "core/dataset/table.h"
#include "tests/core/dataset/small_tokenizer.h"
#include "tests/harness/harness.h"

#include <fstream>

#include <algorithm>
#include <set>

using namespace incipit;
using test::SmallTokenizer;

namespace {

Table table(std::vector<std::string> columns, std::vector<std::vector<std::string>> rows) {
  Table result = tableOfRows("data.csv", std::move(columns), std::move(rows));
  result.fingerprint = "f";
  return result;
}

// What is read, and of it what is scored, as text with special tokens.
std::string read(const Tokenizer& tokenizer, const Example& example) { return tokenizer.decode(example.ids, ShowSpecial::Yes); }
std::string scored(const Tokenizer& tokenizer, const Example& example) {
  std::vector<TokenId> ids;
  for (std::size_t i = 0; i < example.ids.size(); ++i)
    if (example.labels[i] != notScored) ids.push_back(example.labels[i]);
  return tokenizer.decode(ids, ShowSpecial::Yes);
}

}  // namespace

TEST_CASE("generative: everything behind the beginning-of-text token is scored, the end of text too") {
  const SmallTokenizer tokenizer;
  const Table data = table({"text"}, {{"once upon"}, {""}});
  const Examples examples = encode(data, {}, &tokenizer, 100);
  CHECK_EQUAL(examples.items.size(), 1u);
  CHECK_EQUAL(examples.unusable, 1);
  CHECK_EQUAL(read(tokenizer, examples.items[0]), "<s>once upon</s>");
  CHECK_EQUAL(scored(tokenizer, examples.items[0]), "once upon</s>");
  CHECK_EQUAL(examples.items[0].labels[0], notScored);
  CHECK_EQUAL(examples.scoredTokens(), 3);
  CHECK_EQUAL(examples.fingerprint, "f");
  DataSettings open;
  open.endOfText = false;
  CHECK_EQUAL(read(tokenizer, encode(data, open, &tokenizer, 100, 1).items[0]), "<s>once upon");
  const SmallTokenizer nameless(/*namesEnd=*/false);
  CHECK_EQUAL(read(nameless, encode(data, {}, &nameless, 100).items[0]), "<s>once upon");
  CHECK_EQUAL(read(nameless, encode(data, {}, &nameless, 100, 1).items[0]), "<s>once upon</s>");
}

TEST_CASE("classification: only the label behind the text is scored, and the whole reads as one string") {
  const SmallTokenizer tokenizer;
  const Table data = table({"text", "label"}, {{"so good", "1"}, {"so bad", "0"}, {"fine", " 1 "}});
  DataSettings settings;
  settings.labelColumn = "label";
  settings.verbaliser = {{"1", "positive"}, {"0", "negative"}};
  const Examples examples = encode(data, settings, &tokenizer, 100);
  CHECK_EQUAL(examples.classes, (std::vector<std::string>{"positive", "negative"}));
  CHECK_EQUAL(read(tokenizer, examples.items[0]), "<s>so good\nlabel: positive</s>");
  CHECK_EQUAL(scored(tokenizer, examples.items[0]), " positive</s>");
  CHECK_EQUAL(examples.items[1].classIndex, 1);
  CHECK_EQUAL(examples.items[2].classIndex, 0);
  CHECK_EQUAL(tokenizer.decode(examples.classTokens[1]), " negative");
  const auto [front, label] = rendered(data, 0, settings);
  std::vector<TokenId> whole = tokenizer.encode(front + label, SpecialTokens::Add);
  CHECK_EQUAL(examples.items[0].ids, whole);
}

TEST_CASE("the template: columns, the input, braces, and where the label is joined") {
  const SmallTokenizer tokenizer;
  const Table data = table({"premise", "hypothesis", "label"}, {{"it rains", "wet ", "yes"}});
  DataSettings settings;
  settings.labelColumn = "label";
  const auto whole = [&](const std::string& text) {
    settings.textTemplate = text;
    const auto [front, label] = rendered(data, 0, settings);
    return front + "|" + label;
  };
  CHECK_EQUAL(whole(""), "it rains\nlabel:| yes");
  CHECK_EQUAL(whole("{hypothesis}? {input} {{x}} ="), "wet ? it rains {x} =| yes");
  CHECK_EQUAL(whole("{premise} Answer: "), "it rains Answer:| yes");
  CHECK_EQUAL(whole("{premise} Answer: {label}"), "it rains Answer:| yes");
  CHECK_EQUAL(whole("{premise}\n"), "it rains\n|yes");
  CHECK_EQUAL(whole("{hypothesis}"), "wet| yes");
  CHECK_THROWS(whole("{label} {premise}"), "shows the model the answer");
  CHECK_THROWS(whole("{nothing}"), "'premise', 'hypothesis', 'label'");
  CHECK_THROWS(whole("{premise"), "never closes");
}

TEST_CASE("columns are suggested by name and by look, and the label is never taken silently") {
  const Table named = table({"ID", "Tweet", "Label"}, {{"1", "a", "x"}, {"2", "b", "y"}});
  CHECK_EQUAL(suggestedLabelColumns(named), (std::vector<std::string>{"Label"}));
  CHECK_EQUAL(completed({}, named).inputColumn, "Tweet");
  CHECK_EQUAL(completed({}, named).textTemplate, "{Tweet}");
  CHECK(completed({}, named).labelColumn.empty());
  const Table bare = table({"column 1", "column 2"}, {{"ham", "see you then"}, {"ham", "ok"}, {"spam", "win now"}, {"ham", "no"}});
  CHECK_EQUAL(suggestedLabelColumns(bare), (std::vector<std::string>{"column 1"}));
  DataSettings settings;
  settings.labelColumn = "column 1";
  CHECK_EQUAL(completed(settings, bare).textTemplate, "{column 2}\nlabel:");
  settings.labelColumn = "mood";
  const SmallTokenizer tokenizer;
  CHECK_THROWS(encode(bare, settings, &tokenizer, 100), "The label column 'mood' is not in 'data.csv'");
}

TEST_CASE("a row that is too long loses the end of its text, never the template or the label, and is counted") {
  const SmallTokenizer tokenizer;
  const Table data = table({"text", "label"}, {{"a b c d e f g", "yes"}, {"h", "no"}});
  DataSettings settings;
  settings.labelColumn = "label";
  settings.textTemplate = "Text: {text} Answer:";
  const Examples examples = encode(data, settings, &tokenizer, 7);
  CHECK_EQUAL(examples.truncated, 1);
  CHECK_EQUAL(read(tokenizer, examples.items[0]), "<s>Text: a b Answer: yes</s>");
  CHECK_EQUAL(scored(tokenizer, examples.items[0]), " yes</s>");
  CHECK_EQUAL(read(tokenizer, examples.items[1]), "<s>Text: h Answer: no</s>");
  settings.maxLength = 4;
  CHECK_EQUAL(read(tokenizer, encode(data, settings, &tokenizer, 7).items[0]), "<s> Answer: yes</s>");
  settings.maxLength = 2;
  CHECK_THROWS(encode(data, settings, &tokenizer, 7), "None of the 2 rows");
  CHECK_THROWS(encode(data, settings, &tokenizer, 0), "Use fewer virtual tokens");

  const Examples text = encode(table({"text"}, {{"a b c d"}}), {}, &tokenizer, 3);
  CHECK_EQUAL(read(tokenizer, text.items[0]), "<s>a b");
  CHECK_EQUAL(text.truncated, 1);
}

TEST_CASE("labels of many kinds are targets, not classes; an empty label is counted as unusable") {
  const SmallTokenizer tokenizer;
  std::vector<std::vector<std::string>> rows;
  for (int i = 0; i <= mostClasses; ++i)
    rows.push_back({"q" + std::to_string(i), "answer " + std::to_string(i)});
  rows.push_back({"q", ""});
  DataSettings settings;
  settings.labelColumn = "answer";
  const Examples examples = encode(table({"question", "answer"}, rows), settings, &tokenizer, 100);
  CHECK(examples.classes.empty());
  CHECK_EQUAL(examples.unusable, 1);
  CHECK_EQUAL(examples.items[3].classIndex, -1);
  CHECK_EQUAL(read(tokenizer, examples.items[3]), "<s>q3\nanswer: answer 3</s>");
  CHECK_EQUAL(scored(tokenizer, examples.items[3]), " answer 3</s>");
}

TEST_CASE("tokenised rows are taken as they are, cut at the right, and counted") {
  Table data = tableOfTokenised("ids.jsonl", {{{1, 2, 3, 4}, {-100, 2, 3, 4}}, {{5, 6, 7}, {-100, -100, 7}}, {{8}, {-100}}});
  const Examples examples = encode(data, {}, nullptr, 2);
  CHECK_EQUAL(examples.items.size(), 1u);
  CHECK_EQUAL(examples.items[0].ids, (std::vector<TokenId>{1, 2}));
  CHECK_EQUAL(examples.items[0].labels, (std::vector<TokenId>{notScored, 2}));
  CHECK_EQUAL(examples.truncated, 2);
  CHECK_EQUAL(examples.unusable, 2);
  CHECK_THROWS(encode(table({"text"}, {{"a"}}), {}, nullptr, 2), "no tokenizer");

  // A target has a length of its own; a label a token has not.
  data = tableOfTokenised("ids.jsonl", {{{1, 2}, {5, 6, 7}}, {{3}, {-100}}, {{}, {4}}});
  CHECK_THROWS(encode(data, {}, nullptr, 9), "Row 1 of 'ids.jsonl' has 2 input_ids but 3 labels");
  const Examples answered = encode(data, {}, nullptr, 9, {}, Reading::TextAndTarget);
  CHECK_EQUAL(answered.items.size(), 1u);
  CHECK_EQUAL(answered.items[0].labels, (std::vector<TokenId>{5, 6, 7}));
  CHECK_EQUAL(answered.unusable, 2);
}

TEST_CASE("for an encoder-decoder model text and target are encoded apart, each closed by itself") {
  const SmallTokenizer tokenizer;
  const Table data = table({"text", "label"}, {{"so good", "1"}, {"so very bad", "0"}, {"fine", " 1 "}});
  DataSettings settings;
  settings.labelColumn = "label";
  settings.verbaliser = {{"1", "positive"}, {"0", "quite negative"}};
  const Examples examples = encode(data, settings, &tokenizer, 4, {}, Reading::TextAndTarget);
  CHECK_EQUAL(read(tokenizer, examples.items[0]), "<s>so good</s>");
  CHECK_EQUAL(tokenizer.decode(examples.items[0].labels, ShowSpecial::Yes), "positive</s>");
  CHECK_EQUAL(read(tokenizer, examples.items[1]), "<s>so very</s>");  // the text lost its end, never the target
  CHECK_EQUAL(tokenizer.decode(examples.items[1].labels, ShowSpecial::Yes), "quite negative</s>");
  CHECK_EQUAL(examples.truncated, 1);
  CHECK_EQUAL(examples.items[2].classIndex, 0);
  CHECK_EQUAL(examples.classTokens[0], examples.items[0].labels);
  settings.endOfText = false;
  CHECK_EQUAL(tokenizer.decode(encode(data, settings, &tokenizer, 4, {}, Reading::TextAndTarget).items[0].labels, ShowSpecial::Yes),
              "positive");
  CHECK_EQUAL(rendered(data, 0, settings, Reading::TextAndTarget).first, "so good");
  CHECK_EQUAL(rendered(data, 0, settings, Reading::TextAndTarget).second, "positive");
  CHECK_THROWS(encode(data, {}, &tokenizer, 4, {}, Reading::TextAndTarget), "chosen as the target");
}

TEST_CASE("a split keeps each class's share, is the same for the same seed, and loses nothing") {
  Examples all;
  all.classes = {"a", "b"};
  for (int i = 0; i < 100; ++i)
    all.items.push_back({{i}, {i}, i < 80 ? 0 : 1, i});
  const auto [training, validation] = split(all, 0.2, 7);
  const auto ofClass = [](const Examples& part, int c) {
    return std::count_if(part.items.begin(), part.items.end(), [&](const Example& e) { return e.classIndex == c; });
  };
  CHECK_EQUAL(training.items.size(), 80u);
  CHECK_EQUAL(ofClass(validation, 0), 16);
  CHECK_EQUAL(ofClass(validation, 1), 4);
  std::set<std::int64_t> rows;
  for (const Examples* part : {&training, &validation})
    for (const Example& example : part->items)
      rows.insert(example.row);
  CHECK_EQUAL(rows.size(), 100u);
  const auto again = split(all, 0.2, 7).second, other = split(all, 0.2, 8).second;
  const auto same = [](const Examples& a, const Examples& b) {
    return std::equal(a.items.begin(), a.items.end(), b.items.begin(), b.items.end(),
                      [](const auto& x, const auto& y) { return x.row == y.row; });
  };
  CHECK(same(validation, again));
  CHECK(!same(validation, other));
  CHECK_THROWS(split(all, 1.0, 0), "between 0 and 1");
}

TEST_CASE("validation labels take the training labels' numbers") {
  Examples training, validation;
  training.classes = {"a", "b"}, training.classTokens = {{1}, {2}};
  validation.classes = {"b", "c"}, validation.classTokens = {{2}, {3}};
  validation.items = {{{0}, {0}, 0, 0}, {{0}, {0}, 1, 1}};
  alignClasses(training, validation);
  CHECK_EQUAL(validation.items[0].classIndex, 1);
  CHECK_EQUAL(validation.items[1].classIndex, 2);
  CHECK_EQUAL(training.classes, (std::vector<std::string>{"a", "b", "c"}));
  CHECK_EQUAL(validation.classes, training.classes);
  CHECK_EQUAL(validation.notes.size(), std::size_t{1});
  CHECK(validation.notes[0].starts_with("1 label of the validation data does not occur in the training data ('c'; 1 row)"));
}

TEST_CASE("a column of lists, an empty label and rows that are all too long are each a sentence") {
  const SmallTokenizer tokenizer;
  const auto path = test::scratch("examples") / "lists.jsonl";
  std::ofstream(path) << R"({"text": "a", "tags": "x", "label": "b"})"
                      << "\n"
                      << R"({"text": "b", "tags": ["x", "y"], "label": "c"})"
                      << "\n";
  const Table lists = readTable(path);
  CHECK_EQUAL(encode(lists, {}, &tokenizer, 100).items.size(), 2u);  // a column that nobody asks for may hold what it likes
  DataSettings settings;
  settings.inputColumn = "tags";
  CHECK_THROWS(encode(lists, settings, &tokenizer, 100), "The column 'tags' of");
  CHECK_THROWS(encode(lists, settings, &tokenizer, 100), "holds lists, as on line 2: [\"x\",\"y\"]");
  settings = {};
  settings.labelColumn = "tags";
  CHECK_THROWS(encode(lists, settings, &tokenizer, 100), "holds lists");

  settings.labelColumn = "label";
  CHECK_THROWS(encode(table({"text", "label"}, {{"a", ""}, {"b", " "}}), settings, &tokenizer, 100), "Every label is empty");
  settings.verbaliser["x"] = " ";
  CHECK_THROWS(encode(table({"text", "label"}, {{"a", "x"}, {"b", "y"}}), settings, &tokenizer, 100), "The label word for 'x' is empty");

  const Examples cut = encode(table({"text"}, {{"a b c d e f"}, {"g h i j k l m"}}), {}, &tokenizer, 4, 1);
  CHECK_EQUAL(cut.notes.size(), std::size_t{1});
  CHECK(cut.notes[0].starts_with("Every row is longer than the 4 tokens"));
  CHECK(cut.items[1].lost > cut.items[0].lost && cut.items[0].lost > 0);
}

TEST_CASE("without shuffling, batches go round and round and are always full") {
  BatchOrder order(5, 2, false, 0);
  CHECK_EQUAL(order.batchesPerEpoch(), 3);
  using Batch = std::vector<std::int64_t>;
  CHECK_EQUAL(order.next(), (Batch{0, 1}));
  CHECK_EQUAL(order.next(), (Batch{2, 3}));
  CHECK_EQUAL(order.next(), (Batch{4, 0}));
  CHECK_EQUAL(order.next(), (Batch{1, 2}));
}

TEST_CASE("shuffled, every epoch visits every example once, in another order") {
  BatchOrder order(10, 4, true, 3);
  const auto epoch = [&] {
    std::vector<std::int64_t> visited;
    for (int i = 0; i < 3; ++i) {
      const auto batch = order.next();
      visited.insert(visited.end(), batch.begin(), batch.end());
    }
    return visited;
  };
  const auto first = epoch(), second = epoch();
  CHECK(first != second);
  CHECK_EQUAL(std::set<std::int64_t>(first.begin(), first.end()).size(), 10u);
  CHECK_EQUAL(std::set<std::int64_t>(second.begin(), second.end()).size(), 10u);
  BatchOrder same(10, 4, true, 3);
  CHECK_EQUAL(same.next(), (std::vector<std::int64_t>(first.begin(), first.begin() + 4)));
}

TEST_CASE("the place in the data is saved and gone back to, in mid-epoch too") {
  for (const bool shuffle : {true, false}) {
    BatchOrder order(10, 3, shuffle, 5);
    for (int i = 0; i < 6; ++i)
      order.next();
    const std::string state = order.state();
    std::vector<std::vector<std::int64_t>> expected, got;
    for (int i = 0; i < 9; ++i)
      expected.push_back(order.next());
    BatchOrder other(10, 3, shuffle, 99);
    other.restore(state);
    for (int i = 0; i < 9; ++i)
      got.push_back(other.next());
    CHECK_EQUAL(got, expected);
    BatchOrder fewer(9, 3, shuffle, 5);
    CHECK_THROWS(fewer.restore(state), "saved for 10 examples, but there are 9");
    CHECK_THROWS(other.restore("nonsense"), "not such a state");
    std::string beyond = state;
    const auto place = beyond.find("\"position\":") + 11;
    beyond.replace(place, beyond.find_first_of(",}", place) - place, "1.18e20");  // of which no whole number of 64 bits can be made
    CHECK_THROWS(other.restore(beyond), "not such a state");
  }
}

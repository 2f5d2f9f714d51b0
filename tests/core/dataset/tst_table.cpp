// Data files as people really have them, and the sentences about those that cannot be read.
#include "core/dataset/table.h"
#include "core/support/error.h"
#include "tests/core/dataset/rows_of.h"
#include "tests/harness/harness.h"

#include <chrono>
#include <fstream>
#include <sys/resource.h>

using namespace incipit;
using test::linesOf;
using test::rowsOf;

namespace {

std::filesystem::path file(const std::string& name, const std::string& content) {
  const auto path = test::scratch("table") / name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

using Columns = std::vector<std::string>;
using Rows = std::vector<std::vector<std::string>>;
using Lines = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("CSV: quotes, doubled quotes, delimiters and line breaks inside quotes, CR LF, byte order mark") {
  const Table table = readTable(file("a.csv", "\xEF\xBB\xBFtext,label\r\n\"one, \"\"two\"\"\r\nthree\",yes\r\n\r\nplain,\"\"\r\nlast,no"));
  CHECK_EQUAL(table.columns, (Columns{"text", "label"}));
  CHECK_EQUAL(rowsOf(table), (Rows{{"one, \"two\"\r\nthree", "yes"}, {"plain", ""}, {"last", "no"}}));
  CHECK_EQUAL(linesOf(table), (Lines{2, 5, 6}));
  CHECK_EQUAL(table.how.encoding, "UTF-8");
  CHECK_EQUAL(table.column("label"), 1);
  CHECK_EQUAL(table.column("nothing"), -1);
}

TEST_CASE("CSV: semicolons and old line ends are understood, a comma inside the text does not mislead") {
  const Table table = readTable(file("b.csv", "review;stars\rgood, really;5\rbad;1\r"));
  CHECK_EQUAL(table.columns, (Columns{"review", "stars"}));
  CHECK_EQUAL(rowsOf(table), (Rows{{"good, really", "5"}, {"bad", "1"}}));
  CHECK_EQUAL(linesOf(table), (Lines{2, 3}));
}

TEST_CASE("CSV: a first line that is data is a row, one that names columns is not") {
  const Table numbers = readTable(file("c.csv", "\"3\",\"Fears\",\"Unions say\"\n\"4\",\"Race\",\"SPACE.com\"\n"));
  CHECK_EQUAL(numbers.columns, (Columns{"column 1", "column 2", "column 3"}));
  CHECK_EQUAL(numbers.size(), 2);
  const Table again = readTable(file("d.tsv", "ham\tOk lar\nham\tU dun say\nspam\tFree entry\n"));
  CHECK_EQUAL(again.size(), 3);
  const Table named = readTable(file("e.csv", ",Tweet text,Label,Label\n0,hi,a,a\n1,ho,b,b\n"));
  CHECK_EQUAL(named.columns, (Columns{"column 1", "Tweet text", "Label", "Label (2)"}));
  CHECK_EQUAL(named.size(), 2);
}

TEST_CASE("TSV: quotes are quotes in a file that is well-formed with them, else characters") {
  const Table quoted = readTable(file("f.tsv", "text\tlabel\n\"he said \"\"no\"\"\"\tbad\nfine\tgood\n"));
  CHECK_EQUAL(rowsOf(quoted), (Rows{{"he said \"no\"", "bad"}, {"fine", "good"}}));
  const Table stray = readTable(file("g.tsv", "text\tlabel\n\"no end\tbad\nthe \"word\"\tgood\n"));
  CHECK_EQUAL(rowsOf(stray), (Rows{{"\"no end", "bad"}, {"the \"word\"", "good"}}));
}

TEST_CASE("broken CSV is refused with file and line") {
  CHECK_THROWS(readTable(file("h.csv", "text,label\na,b\nc\n")), "Line 3 of");
  CHECK_THROWS(readTable(file("h.csv", "text,label\na,b\nc\n")), "has 1 value, but the first line has 2");
  CHECK_THROWS(readTable(file("i.csv", "text,label\na,\"b\nc,d\n")), "a quote is opened and never closed");
  CHECK_THROWS(readTable(file("j.csv", "text,label\n\"a\"b,c\n")), "Line 2 of");
  CHECK_THROWS(readTable(file("k.csv", "text,label\n")), "no rows");
  CHECK_THROWS(readTable(file("l.csv", "")), "no rows");
  CHECK_THROWS(readTable(test::scratch("table") / "missing.csv"), "missing.csv");
}

TEST_CASE("JSON Lines: columns in the file's order, scalars as text, null as nothing") {
  const Table table = readTable(file("a.jsonl", "{\"text\": \"gr\\u00fcn\", \"label\": 1, \"ok\": true, \"x\": null, \"y\": 0.5}\n\n"
                                                "{\"y\": [1], \"x\": \"z\", \"label\": -2, \"ok\": false, \"text\": \"\"}\r\n"));
  CHECK_EQUAL(table.columns, (Columns{"text", "label", "ok", "x", "y"}));
  CHECK_EQUAL(rowsOf(table), (Rows{{"gr\xC3\xBCn", "1", "true", "", "0.5"}, {"", "-2", "false", "z", "[1]"}}));
  CHECK_EQUAL(linesOf(table), (Lines{1, 3}));
}

TEST_CASE("a .json file with an array of objects, each with its own line") {
  const Table table =
      readTable(file("b.json", "[\n  {\"text\": \"a, [b] \\\"}\", \"n\": {\"m\": [1, 2]}},\n  {\"text\": \"c\", \"n\": 2}\n]\n"));
  CHECK_EQUAL(rowsOf(table), (Rows{{"a, [b] \"}", "{\"m\":[1,2]}"}, {"c", "2"}}));
  CHECK_EQUAL(linesOf(table), (Lines{2, 3}));
  CHECK_THROWS(readTable(file("c.json", "[{\"text\": \"a\"},\n{\"text\": \"b\"}")), "never closed");
  CHECK_THROWS(readTable(file("d.json", "[{\"text\": \"a\"}, 5]")), "is not an object but number");
}

TEST_CASE("broken JSON Lines are refused with file and line") {
  CHECK_THROWS(readTable(file("c.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"")), "Line 2 of");
  CHECK_THROWS(readTable(file("d.jsonl", "{\"text\": \"a\"}\n[1]\n")), "is not an object but array");
  CHECK_THROWS(readTable(file("e.jsonl", "{\"text\": \"a\", \"label\": 1}\n{\"text\": \"b\"}\n")), "has no 'label'");
  CHECK_THROWS(readTable(file("f.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\", \"more\": 1}\n")), "has no 'more'");
  CHECK_THROWS(readTable(file("g.jsonl", "\n \n")), "no rows");
}

TEST_CASE("rows that are tokenised already") {
  const Table table = readTable(file("h.jsonl", "{\"input_ids\": [5, 6, 7], \"labels\": [-100, 6, 7]}\n"
                                                "{\"input_ids\": [8, 9, 0], \"labels\": [8, 9, -100], \"attention_mask\": [1, 1, 0]}\n"));
  CHECK(table.tokenised);
  CHECK_EQUAL(table.size(), 2);
  CHECK_EQUAL(table.tokenisedRow(0).labels, (std::vector<std::int32_t>{-100, 6, 7}));
  CHECK_EQUAL(table.tokenisedRow(1).inputIds, (std::vector<std::int32_t>{8, 9}));
  CHECK_EQUAL(table.tokenisedRow(1).padding, std::size_t{1});
  CHECK_EQUAL(readTable(file("i.jsonl", "{\"input_ids\": [1, 2], \"labels\": [1]}\n")).tokenisedRow(0).labels.size(), std::size_t{1});
  CHECK_THROWS(readTable(file("j.jsonl", "{\"input_ids\": [1]}\n")), "has no 'labels'");
  CHECK_THROWS(readTable(file("k.jsonl", "{\"input_ids\": [1.5], \"labels\": [1]}\n")), "not a list of whole numbers");
}

TEST_CASE("plain text: a row a non-empty line, in any encoding") {
  const Table utf8 = readTable(file("a.txt", "first\r\n\r\n  second\n"));
  CHECK_EQUAL(utf8.columns, (Columns{"text"}));
  CHECK_EQUAL(rowsOf(utf8), (Rows{{"first"}, {"second"}}));
  CHECK_EQUAL(linesOf(utf8), (Lines{1, 3}));
  const Table latin = readTable(file("b.txt", "caf\xE9 \x93quoted\x94\n"));
  CHECK_EQUAL(rowsOf(latin), (Rows{{"caf\xC3\xA9 \xE2\x80\x9Cquoted\xE2\x80\x9D"}}));
  CHECK_EQUAL(latin.how.encoding, "Latin-1 (Windows-1252)");
  const Table wide = readTable(file("c.txt", std::string("\xFF\xFEh\0\xE9\0=\xD8\0\xDE\n\0", 12)));
  CHECK_EQUAL(rowsOf(wide), (Rows{{"h\xC3\xA9\xF0\x9F\x98\x80"}}));
  CHECK_THROWS(readTable(file("d.txt", std::string("PK\3\4\0\0", 6))), "is not text");
  const Table sniffed = readTable(file("data.train", "{\"text\": \"a\"}\n"));
  CHECK_EQUAL(rowsOf(sniffed), (Rows{{"a"}}));
}

TEST_CASE("the fingerprint is of the bytes") {
  const std::string first = readTable(file("x.txt", "same\n")).fingerprint;
  CHECK_EQUAL(first, readTable(file("y.txt", "same\n")).fingerprint);
  CHECK(first != readTable(file("y.txt", "other\n")).fingerprint);
}

TEST_CASE("a row of a hundred thousand keys is read in no time, in the order of the file") {
  std::string line = "{";
  for (int i = 0; i < 100000; ++i)
    line += (i == 0 ? "\"k" : ",\"k") + std::to_string(i * 7919 % 100003) + "\":" + std::to_string(i);
  const auto start = std::chrono::steady_clock::now();
  const Table table = readTable(file("keys.jsonl", line + "}\n" + line + "}\n"));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
  CHECK_EQUAL(table.columns.size(), std::size_t{100000});
  CHECK_EQUAL(table.columns[1], "k7919");
  CHECK_EQUAL(rowsOf(table)[1][99999], "99999");
  const Table nested = readTable(file("nested.jsonl", "{\"a\": {\"z\": 1, \"b\": [2, null]}, \"b\": \"first\", \"b\": \"last\"}\n"));
  CHECK_EQUAL(rowsOf(nested), (Rows{{"{\"z\":1,\"b\":[2,null]}", "last"}}));
}

TEST_CASE("nested values are written as they stand, without white space") {
  const Table table =
      readTable(file("values.jsonl", R"({"a": [ [ ], { }, [1, [-2, 3.50]], {"k": {}, "l": ""} ], "b": ["", "[", "\u00e9\n", true, null]})"
                                     "\n{\"b\": 1.0, \"a\": false}\n"));
  CHECK_EQUAL(rowsOf(table),
              (Rows{{R"([[],{},[1,[-2,3.5]],{"k":{},"l":""}])", "[\"\",\"[\",\"\xC3\xA9\\n\",true,null]"}, {"false", "1.0"}}));
  for (const auto& [row, kind] :
       {std::pair{"[1]", "array"}, {"\"a\"", "string"}, {"7", "number"}, {"1.5", "number"}, {"null", "null"}, {"true", "boolean"}})
    CHECK_THROWS(readTable(file("kinds.jsonl", std::string("{\"a\": 1}\n") + row + "\n")), std::string("is not an object but ") + kind);
  for (const char* ids : {"[1, 2.5]", "[1, [2]]", "[3000000000]", "7", "\"[1]\"", "[1, \"2\"]", "{}"})
    CHECK_THROWS(readTable(file("ids.jsonl", std::string("{\"labels\": [1], \"input_ids\": ") + ids + "}\n")),
                 "not a list of whole numbers");
}

TEST_CASE("a row takes memory in proportion to its line") {
  const auto peak = [] {
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss / 1024;  // in MB
  };
  const std::size_t numbers = 12'000'000;
  std::string line = "{\"text\": \"a\", \"numbers\": [1";
  for (std::size_t i = 1; i < numbers; ++i)
    line += ",1";
  const auto path = file("long.jsonl", line + "]}\n");
  const long before = peak();
  const Table table = readTable(path);
  CHECK_EQUAL(rowsOf(table)[0][1].size(), 2 * numbers + 1);
  CHECK(peak() - before < 200);  // of 24 MB: as a tree of values they would be 600
}

TEST_CASE("JSON that no program should follow is refused with its line") {
  CHECK_THROWS(readTable(file("deep.jsonl", "{\"text\": \"a\"}\n{\"text\": " + std::string(80000, '[') + std::string(80000, ']') + "}\n")),
               "Line 2 of");
  CHECK_THROWS(readTable(file("number.jsonl", "{\"text\": 1e999}\n")), "holds a number that is too large");
}

namespace {

// Rows that are read from the file when they are asked for are the rows that would have been kept.
void checkIndexed(const std::string& name, const std::string& content) {
  const auto path = file(name, content);
  const Table held = readTable(path), indexed = readTable(path, {}, 0);
  CHECK_EQUAL(indexed.columns, held.columns);
  CHECK_EQUAL(indexed.tokenised, held.tokenised);
  CHECK_EQUAL(indexed.size(), held.size());
  CHECK_EQUAL(rowsOf(indexed), rowsOf(held));
  CHECK_EQUAL(linesOf(indexed), linesOf(held));
  CHECK_EQUAL(indexed.fingerprint, held.fingerprint);
  CHECK_EQUAL(indexed.facts.size(), held.facts.size());
  for (std::size_t i = 0; i < std::min(indexed.facts.size(), held.facts.size()); ++i) {
    CHECK_EQUAL(indexed.facts[i].values, held.facts[i].values);
    CHECK_EQUAL(indexed.facts[i].many, held.facts[i].many);
    CHECK_EQUAL(indexed.facts[i].bytes, held.facts[i].bytes);
    CHECK_EQUAL(indexed.facts[i].empty, held.facts[i].empty);
    CHECK_EQUAL(indexed.facts[i].list, held.facts[i].list);
  }
  const auto ids = [](const Table& table) {
    std::vector<std::int32_t> all;
    for (const TokenisedRow& row : test::tokenisedOf(table)) {
      all.insert(all.end(), row.inputIds.begin(), row.inputIds.end());
      all.insert(all.end(), row.labels.begin(), row.labels.end());
    }
    return all;
  };
  CHECK_EQUAL(ids(indexed), ids(held));
}

}  // namespace

TEST_CASE("a table whose rows stay in the file is the table whose rows are kept") {
  checkIndexed("a.csv", "\xEF\xBB\xBFtext,label\r\n\"one, \"\"two\"\"\r\nthree\",yes\r\n\r\nplain,\"\"\r\nlast,no");
  checkIndexed("b.csv", "review;stars\rgood, really;5\rbad;1\r");
  checkIndexed("c.csv", "\"3\",\"Fears\",\"Unions say\"\n\"4\",\"Race\",\"SPACE.com\"\n");
  checkIndexed("d.tsv", "ham\tOk lar\nham\tU dun say\nspam\tFree entry\n");
  checkIndexed("f.tsv", "text\tlabel\n\"he said \"\"no\"\"\"\tbad\nfine\tgood\n");
  checkIndexed("g.tsv", "text\tlabel\n\"no end\tbad\nthe \"word\"\tgood\n");
  checkIndexed("latin.csv", "text,label\ncaf\xE9,a\nth\xE9,b\n");
  checkIndexed("a.txt", "first\r\n\r\n  second\n\n\n third");
  checkIndexed("a.json", "[\n  {\"text\": \"a, [b] \\\"}\", \"n\": {\"m\": [1, 2]}} ,\n\n  {\"text\": \"c\", \"n\": 2}\n]\n");
  checkIndexed("ids.jsonl", "{\"input_ids\": [5, 6, 7], \"labels\": [-100, 6, 7]}\n\n"
                            "{\"input_ids\": [8, 9, 0], \"labels\": [8, 9, -100], \"attention_mask\": [1, 1, 0]}\n");
  // Flat rows and such as only look so.
  checkIndexed("flat.jsonl", "{\"text\": \"gr\\u00fcn\", \"label\": 1, \"ok\": true, \"x\": null}\n\n"
                             "{ \"text\":\"\" ,\"label\" : -2,\"ok\":false ,\"x\": \"z\" }\r\n"
                             "{\"label\": -0, \"text\": \"order\", \"ok\": false, \"x\": \"\\ud83d\\ude00 \\n\"}\n"
                             "{\"text\": \"\\u00e9\\\"\", \"label\": 12345678901234567890, \"ok\": true, \"x\": [1, \"]\"]}\n"
                             "{\"text\": \"\\u20ac\", \"label\": 1e3, \"ok\": true, \"x\": {\"a\": 1.50}}\n");
  std::string many;
  for (int i = 0; i < 300; ++i)
    many += "{\"text\": \"row \\u00e9 " + std::to_string(i) + "\", \"label\": \"" + std::string(1, static_cast<char>('a' + i % 3)) +
            "\", \"score\": " + std::to_string(i % 7) + ", \"id\": " + std::to_string(i) + "}\n";
  checkIndexed("many.jsonl", many);
}

TEST_CASE("broken rows are the same sentences where rows stay in the file") {
  const std::pair<const char*, const char*> broken[] = {
      {"a.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"\n"},        {"b.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\x01\"}\n"},
      {"c.jsonl", "{\"text\": \"a\"}\n{\"text\": \"\\ud800\"}\n"}, {"d.jsonl", "{\"text\": 1}\n{\"text\": 01}\n"},
      {"e.jsonl", "{\"text\": 1}\n{\"text\": 1e999}\n"},           {"f.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"}x\n"},
      {"g.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\",}\n"},      {"h.jsonl", "{\"text\": \"a\"}\n{\"text\": tru}\n"},
      {"i.jsonl", "{\"text\": \"a\"}\n{\"text\": \"\\x\"}\n"},     {"j.jsonl", "{\"text\": \"a\"}\n{\"text\": 1.}\n"},
      {"k.jsonl", "{\"text\": \"a\"}\n{\"more\": 1}\n"},           {"l.csv", "text,label\na,b\nc\n"}};
  for (const auto& [name, content] : broken) {
    std::string held, indexed;
    try {
      readTable(file(name, content));
    } catch (const Error& error) {
      held = error.what();
    }
    try {
      readTable(file(name, content), {}, 0);
    } catch (const Error& error) {
      indexed = error.what();
    }
    CHECK(!held.empty());
    CHECK_EQUAL(indexed, held);
  }
}

TEST_CASE("a table whose rows stay in the file says when somebody writes into it") {
  const auto path = file("open.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n");
  const Table table = readTable(path, {}, 0);
  CHECK_EQUAL(table.row(1)[0], "b");
  std::filesystem::remove(path);
  CHECK_EQUAL(table.row(0)[0], "a");  // a file that is taken away stays as long as somebody reads it
  const auto other = file("open2.jsonl", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n");
  const Table changing = readTable(other, {}, 0);
  std::ofstream(other, std::ios::app) << "{\"text\": \"c\"}\n";
  CHECK_THROWS(changing.row(0), "was changed while it was open");
}

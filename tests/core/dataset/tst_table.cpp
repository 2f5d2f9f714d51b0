// Data files as people really have them, and the sentences about those that cannot be read.
#include "core/dataset/table.h"
#include "tests/harness/harness.h"

#include <chrono>
#include <fstream>
#include <sys/resource.h>

using namespace incipit;

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
  CHECK_EQUAL(table.rows, (Rows{{"one, \"two\"\r\nthree", "yes"}, {"plain", ""}, {"last", "no"}}));
  CHECK_EQUAL(table.lines, (Lines{2, 5, 6}));
  CHECK_EQUAL(table.encoding, "UTF-8");
  CHECK_EQUAL(table.column("label"), 1);
  CHECK_EQUAL(table.column("nothing"), -1);
}

TEST_CASE("CSV: semicolons and old line ends are understood, a comma inside the text does not mislead") {
  const Table table = readTable(file("b.csv", "review;stars\rgood, really;5\rbad;1\r"));
  CHECK_EQUAL(table.columns, (Columns{"review", "stars"}));
  CHECK_EQUAL(table.rows, (Rows{{"good, really", "5"}, {"bad", "1"}}));
  CHECK_EQUAL(table.lines, (Lines{2, 3}));
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
  CHECK_EQUAL(quoted.rows, (Rows{{"he said \"no\"", "bad"}, {"fine", "good"}}));
  const Table stray = readTable(file("g.tsv", "text\tlabel\n\"no end\tbad\nthe \"word\"\tgood\n"));
  CHECK_EQUAL(stray.rows, (Rows{{"\"no end", "bad"}, {"the \"word\"", "good"}}));
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
  CHECK_EQUAL(table.rows, (Rows{{"gr\xC3\xBCn", "1", "true", "", "0.5"}, {"", "-2", "false", "z", "[1]"}}));
  CHECK_EQUAL(table.lines, (Lines{1, 3}));
}

TEST_CASE("a .json file with an array of objects, each with its own line") {
  const Table table =
      readTable(file("b.json", "[\n  {\"text\": \"a, [b] \\\"}\", \"n\": {\"m\": [1, 2]}},\n  {\"text\": \"c\", \"n\": 2}\n]\n"));
  CHECK_EQUAL(table.rows, (Rows{{"a, [b] \"}", "{\"m\":[1,2]}"}, {"c", "2"}}));
  CHECK_EQUAL(table.lines, (Lines{2, 3}));
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
  CHECK_EQUAL(table.tokenisedRows[0].labels, (std::vector<std::int32_t>{-100, 6, 7}));
  CHECK_EQUAL(table.tokenisedRows[1].inputIds, (std::vector<std::int32_t>{8, 9}));
  CHECK_EQUAL(table.tokenisedRows[1].padding, std::size_t{1});
  CHECK_EQUAL(readTable(file("i.jsonl", "{\"input_ids\": [1, 2], \"labels\": [1]}\n")).tokenisedRows[0].labels.size(), std::size_t{1});
  CHECK_THROWS(readTable(file("j.jsonl", "{\"input_ids\": [1]}\n")), "has no 'labels'");
  CHECK_THROWS(readTable(file("k.jsonl", "{\"input_ids\": [1.5], \"labels\": [1]}\n")), "not a list of whole numbers");
}

TEST_CASE("plain text: a row a non-empty line, in any encoding") {
  const Table utf8 = readTable(file("a.txt", "first\r\n\r\n  second\n"));
  CHECK_EQUAL(utf8.columns, (Columns{"text"}));
  CHECK_EQUAL(utf8.rows, (Rows{{"first"}, {"second"}}));
  CHECK_EQUAL(utf8.lines, (Lines{1, 3}));
  const Table latin = readTable(file("b.txt", "caf\xE9 \x93quoted\x94\n"));
  CHECK_EQUAL(latin.rows, (Rows{{"caf\xC3\xA9 \xE2\x80\x9Cquoted\xE2\x80\x9D"}}));
  CHECK_EQUAL(latin.encoding, "Windows-1252");
  const Table wide = readTable(file("c.txt", std::string("\xFF\xFEh\0\xE9\0=\xD8\0\xDE\n\0", 12)));
  CHECK_EQUAL(wide.rows, (Rows{{"h\xC3\xA9\xF0\x9F\x98\x80"}}));
  CHECK_THROWS(readTable(file("d.txt", std::string("PK\3\4\0\0", 6))), "is not text");
  const Table sniffed = readTable(file("data.train", "{\"text\": \"a\"}\n"));
  CHECK_EQUAL(sniffed.rows, (Rows{{"a"}}));
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
  CHECK_EQUAL(table.rows[1][99999], "99999");
  const Table nested = readTable(file("nested.jsonl", "{\"a\": {\"z\": 1, \"b\": [2, null]}, \"b\": \"first\", \"b\": \"last\"}\n"));
  CHECK_EQUAL(nested.rows, (Rows{{"{\"z\":1,\"b\":[2,null]}", "last"}}));
}

TEST_CASE("nested values are written as they stand, without white space") {
  const Table table =
      readTable(file("values.jsonl", R"({"a": [ [ ], { }, [1, [-2, 3.50]], {"k": {}, "l": ""} ], "b": ["", "[", "\u00e9\n", true, null]})"
                                     "\n{\"b\": 1.0, \"a\": false}\n"));
  CHECK_EQUAL(table.rows, (Rows{{R"([[],{},[1,[-2,3.5]],{"k":{},"l":""}])", "[\"\",\"[\",\"\xC3\xA9\\n\",true,null]"}, {"false", "1.0"}}));
  for (const auto& [row, kind] :
       {std::pair{"[1]", "array"}, {"\"a\"", "string"}, {"7", "number"}, {"1.5", "number"}, {"null", "null"}, {"true", "boolean"}})
    CHECK_THROWS(readTable(file("kinds.jsonl", std::string("{\"a\": 1}\n") + row + "\n")), std::string("is not an object but ") + kind);
  for (const char* ids : {"[1, 2.5]", "[1, [2]]", "[3000000000]", "7", "\"[1]\"", "[1, \"2\"]", "{}"})
    CHECK_THROWS(readTable(file("ids.jsonl", std::string("{\"labels\": [1], \"input_ids\": ") + ids + "}\n")), "not a list of whole numbers");
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
  CHECK_EQUAL(table.rows[0][1].size(), 2 * numbers + 1);
  CHECK(peak() - before < 200);  // of 24 MB: as a tree of values they would be 600
}

TEST_CASE("JSON that no program should follow is refused with its line") {
  CHECK_THROWS(readTable(file("deep.jsonl", "{\"text\": \"a\"}\n{\"text\": " + std::string(80000, '[') + std::string(80000, ']') + "}\n")),
               "Line 2 of");
  CHECK_THROWS(readTable(file("number.jsonl", "{\"text\": 1e999}\n")), "holds a number that is too large");
}

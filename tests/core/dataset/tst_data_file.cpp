// Data files as they are packed and encoded, and what other formats are told.
#include "core/dataset/data_file.h"
#include "core/dataset/table.h"
#include "core/dataset/text_encoding.h"
#include "core/support/error.h"
#include "tests/core/dataset/packed.h"
#include "tests/core/dataset/rows_of.h"
#include "tests/harness/harness.h"

#include <algorithm>
#include <fstream>
#include <vector>

using namespace incipit;
using test::linesOf;
using test::packed;
using test::rowsOf;

namespace {

std::filesystem::path file(const std::string& name, const std::string& content) {
  const auto path = test::scratch("data_file") / name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

const std::string lines = "{\"text\": \"gr\xC3\xBCn\", \"label\": \"a\"}\n{\"text\": \"blau\", \"label\": \"b\"}\n";
const std::string delimited = "text,label\n\"one,\r\ntwo\",a\r\nthree,b\r\n";

// Of that many different letters, so that it packs badly.
std::string dice(std::size_t size) {
  std::string text;
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < size; ++i) {
    state = state * 1664525U + 1013904223U;
    text += i % 80 == 79 ? '\n' : static_cast<char>('!' + state / 16777216U % 90);
  }
  return text;
}

std::string utf16(const std::string& ascii, bool bigEndian, bool mark) {
  std::string bytes = mark ? (bigEndian ? "\xFE\xFF" : "\xFF\xFE") : "";
  for (const char c : ascii)
    bytes += bigEndian ? std::string{'\0', c} : std::string{c, '\0'};
  return bytes;
}

}  // namespace

TEST_CASE("each kind of file, packed by gzip or zstd, gives the rows it gives unpacked") {
  const std::pair<std::string, std::string> kinds[] = {{"a.jsonl", lines},
                                                       {"a.csv", delimited},
                                                       {"a.tsv", "text\tlabel\nx\ta\ny\tb\n"},
                                                       {"a.txt", "first\n\nsecond\n"},
                                                       {"a.json", "[{\"text\": \"x\", \"label\": 1},\n {\"text\": \"y\", \"label\": 2}]"}};
  for (const auto& [name, content] : kinds) {
    const Table plain = readTable(file(name, content));
    CHECK(plain.how.notes().empty());
    for (const auto& [ending, filter] : {std::pair{".gz", "gzip"}, {".zst", "zstd"}, {".GZ", "gzip"}, {"", "zstd"}}) {
      const std::string bytes = packed(content, filter);
      const Table table = readTable(file("packed-" + name + ending, bytes));
      CHECK_EQUAL(table.columns, plain.columns);
      CHECK_EQUAL(rowsOf(table), rowsOf(plain));
      CHECK_EQUAL(linesOf(table), linesOf(plain));
      CHECK_EQUAL(table.how.packing, filter);
      CHECK_EQUAL(table.how.packedBytes, bytes.size());
      CHECK_EQUAL(table.how.unpackedBytes, content.size());
      CHECK(table.how.notes().at(0).starts_with(std::string("Unpacked from ") + filter));
      CHECK(table.fingerprint != plain.fingerprint);  // it is of the file's own bytes
    }
  }
  const std::string twice = packed("first\n", "gzip") + packed("second\n", "gzip");
  CHECK_EQUAL(readTable(file("members.txt.gz", twice)).size(), 2);
}

TEST_CASE("a packed file that is cut off, damaged or a bomb is a sentence") {
  for (const char* filter : {"gzip", "zstd"}) {
    const std::string whole = packed(dice(300'000), filter);
    for (const std::size_t size : {whole.size() / 2, whole.size() - 3})
      CHECK_THROWS(readTable(file("cut.txt.gz", whole.substr(0, size))), "is cut off");
  }
  std::string damaged = packed(dice(300'000), "gzip");
  damaged[damaged.size() / 2] = static_cast<char>(damaged[damaged.size() / 2] ^ 0x5A);
  CHECK_THROWS(readTable(file("damaged.txt.gz", damaged)), "its gzip data is damaged");
  CHECK_THROWS(readTable(file("empty.txt.gz", packed("", "gzip"))), "no rows");
  CHECK_THROWS(readTable(file("tar.jsonl.gz", packed(std::string(600, '\0'), "gzip"))), "is not text");
  CHECK_THROWS(readTable(file("bomb.txt.zst", packed(std::string(300'000'000, 'a'), "zstd"))), "more than 400 times its size");
}

TEST_CASE("an encoding is told by its mark or by its zeros, and said") {
  const std::string text = "text,label\nfine,a\nbad,b\n";
  for (const bool bigEndian : {false, true})
    for (const bool mark : {false, true}) {
      const Table table = readTable(file("wide.csv", utf16(text, bigEndian, mark)));
      CHECK_EQUAL(rowsOf(table), (std::vector<std::vector<std::string>>{{"fine", "a"}, {"bad", "b"}}));
      CHECK_EQUAL(table.how.encoding, bigEndian ? "UTF-16 (big-endian)" : "UTF-16 (little-endian)");
    }
  const Table latin = readTable(file("latin.csv.gz", packed("text,label\ncaf\xE9,a\nth\xE9,b\n", "gzip")));
  CHECK_EQUAL(rowsOf(latin)[1][0], "th\xC3\xA9");
  CHECK_EQUAL(latin.how.notes().size(), std::size_t{2});
  CHECK(latin.how.notes()[1].starts_with("Read as Latin-1"));
  CHECK(readTable(file("mark.csv", "\xEF\xBB\xBF" + text)).how.notes().empty());
}

TEST_CASE("a text that comes in pieces is judged and converted as one that comes at once") {
  const std::string grinning = "h\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 z";
  std::string wide = "\xFF\xFE";
  wide += std::string("h\0\xE9\0=\xD8\0\xDEz\0", 10);
  const std::string texts[] = {
      grinning, "\xEF\xBB\xBF" + grinning, grinning + "\xE2\x82", "caf\xE9 bar", "\xE2 \x82\xAC", "\xF0\x9F\x98", wide, "plain"};
  for (const std::string& whole : texts) {
    const DecodedText expected = toUtf8(whole, "a.txt");
    for (std::size_t size = 2; size <= 7; ++size) {
      EncodingSniffer sniffer;
      for (std::size_t at = 0; at < whole.size(); at += size)
        sniffer.look(std::string_view(whole).substr(at, size));
      CHECK_EQUAL(nameOf(sniffer.verdict("a.txt")), nameOf(expected.encoding));
      Utf8Converter converter(expected.encoding);
      std::string text;
      for (std::size_t at = 0; at < whole.size(); at += size)
        text += converter.convert(std::string_view(whole).substr(at, size), at + size >= whole.size());
      if (size >= 3) CHECK_EQUAL(text, expected.text);  // a mark stands in the first piece
    }
  }
}

TEST_CASE("a large text is mapped, with the same letters, and notices when somebody writes into it") {
  const auto same = [](const std::string& bytes, const std::string& name) {
    const auto path = file(name, bytes);
    const DataFile small(path, 1U << 20U, {}), large(path, 0, {});
    CHECK(small.held());
    CHECK(!large.held());
    CHECK_EQUAL(large.text(), small.text());
    CHECK_EQUAL(large.copy(3, 5), std::string(small.text().substr(3, 5)));
    CHECK_EQUAL(large.fingerprint(), small.fingerprint());
    CHECK_EQUAL(large.how().encoding, small.how().encoding);
    large.forget(large.text().substr(0, 10));
    CHECK_EQUAL(large.text(), small.text());
  };
  same("\xEF\xBB\xBF" + lines, "utf8.jsonl");
  same("caf\xE9, th\xE9 and more", "latin.txt");
  same(utf16(delimited, true, true), "wide.csv");
  same(packed(lines, "zstd"), "packed.jsonl.zst");
  const auto path = file("changing.txt", "first\nsecond\n");
  const DataFile data(path, 0, {});
  std::ofstream(path, std::ios::app) << "third\n";
  CHECK_THROWS(data.copy(0, 5), "was changed while it was open");
}

TEST_CASE("formats with rows of their own are named, with the line that converts them") {
  CHECK_THROWS(readTable(file("rows.parquet", "PAR1\x15\x04")), "is a Parquet file");
  CHECK_THROWS(readTable(file("it's.csv", "PAR1\x15\x04")), "it'\\''s.csv' '");
  CHECK_THROWS(readTable(file("rows.parquet", "PAR1\x15\x04")), "python3 -c 'import sys, pandas; pandas.read_parquet(sys.argv[1])");
  CHECK_THROWS(readTable(file("rows.feather", "ARROW1\x15\x04")), "read_feather");
  CHECK_THROWS(readTable(file("rows.xlsx", "PK\x03\x04\x15")), "read_excel");
}

TEST_CASE("ten million columns are one sentence, soon") {
  std::string wide(20'000'000, 'a');
  for (std::size_t i = 1; i < wide.size(); i += 2)
    wide[i] = ',';
  for (const char* name : {"wide.csv", "wide.tsv"}) {
    if (name[5] == 't') std::ranges::replace(wide, ',', '\t');
    CHECK_THROWS(readTable(file(name, wide + "\n1,2\n")), "Line 1 of");
    CHECK_THROWS(readTable(file(name, wide + "\n1,2\n")), "more than 100000 columns");
  }
  std::string keys = "{";
  for (int i = 0; i < 150'000; ++i)
    keys += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":1";
  CHECK_THROWS(readTable(file("wide.jsonl", keys + "}\n")), "more than 100000 columns");
}

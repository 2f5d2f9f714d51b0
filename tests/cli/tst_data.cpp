// The report on the data from the terminal.
#include "tests/cli/program.h"
#include "tests/harness/harness.h"

#include <fstream>

using namespace incipit;
using namespace incipit::test;

namespace {

std::filesystem::path written(const std::string& name, const std::string& content) {
  static const auto folder = scratch("data_command");  // asked for again, it is emptied
  const auto path = folder / name;
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

}  // namespace

TEST_CASE("data reports on rows, labels, repetitions and overlap, and shows the first example") {
  const auto train =
      written("train.csv", "text,label\nThe sea is wide,thing\nA boy ran,boy\nThe sea is wide,boy\n,boy\nA girl sang,girl\n");
  const auto validation = written("validation.csv", "text,label\nA boy ran,boy\nA dog ran,dog\n");
  const Outcome told =
      runCli({"data", "demo", "--train", train.string(), "--validation", validation.string(), "--label-column", "label", "--json"});
  CHECK_EQUAL(told.status, 0);
  const auto json = told.json();
  CHECK_EQUAL(json["rows"].get<int>(), 5);
  CHECK_EQUAL(json["examples"].get<int>(), 5);
  CHECK_EQUAL(json["validation_examples"].get<int>(), 2);
  CHECK_EQUAL(json["duplicates"]["exact"]["rows"].dump(), "[2]");
  CHECK_EQUAL(json["duplicates"]["contradictions"]["rows"].dump(), "[0,2]");
  CHECK_EQUAL(json["overlap"]["exact"]["rows"].dump(), "[0]");
  CHECK_EQUAL(json["empty_fields"][0]["column"].get<std::string>(), "text");
  CHECK_EQUAL(json["empty_fields"][0]["rows"].dump(), "[3]");
  CHECK_EQUAL(json["classes"].size(), std::size_t{4});
  CHECK_EQUAL(json["classes"][3]["label"].get<std::string>(), "dog");
  CHECK_EQUAL(json["classes"][3]["count"].get<int>(), 0);
  CHECK(json["first"]["text"].get<std::string>().find("The sea is wide\nlabel: thing") != std::string::npos);
  CHECK_EQUAL(json["first"]["ids"].size(), json["first"]["labels"].size());

  const Outcome words = runCli({"data", "demo", "--train", train.string(), "--label-column", "label"});
  CHECK_EQUAL(words.status, 0);
  CHECK(words.out.find("1 row repeats the text of an earlier row word for word.") != std::string::npos);
  CHECK(words.out.find("The first example as the model reads it: row 1") != std::string::npos);
}

TEST_CASE("data says in a sentence what cannot be reported on") {
  CHECK_EQUAL(runCli({"data", "demo"}).status, 2);
  const Outcome parquet = runCli({"data", "demo", "--train", written("rows.parquet", "PAR1xxxx").string()});
  CHECK_EQUAL(parquet.status, 1);
  CHECK(parquet.err.find("is a Parquet file") != std::string::npos);
  const Outcome lists = runCli({"data", "demo", "--train", written("lists.jsonl", "{\"text\": [\"a\"]}\n").string()});
  CHECK_EQUAL(lists.status, 1);
  CHECK(lists.err.find("holds lists") != std::string::npos);
}

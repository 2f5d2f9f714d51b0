// One station of tokenizer.json while it is being read: its JSON and where it stands, so that every complaint can name file, station and
// type.
#pragma once

#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

class Station {
 public:
  // `name` is the way to the station inside the file, such as "pre_tokenizer.pretokenizers[0]".
  Station(const nlohmann::json& value, std::string file, std::string name, int depth = 0);

  const std::string& file() const { return m_file; }
  const nlohmann::json& value() const { return *m_value; }
  std::string type() const;

  // A key whose value is null counts as absent.
  bool has(const char* key) const;
  const nlohmann::json& at(const char* key) const;
  std::string text(const char* key) const;
  std::string textOr(const char* key, std::string otherwise) const;
  std::optional<std::string> maybeText(const char* key) const;
  // A text of exactly one character, in UTF-8.
  std::string character(const char* key) const;
  bool flag(const char* key) const;
  bool flagOr(const char* key, bool otherwise) const;
  std::size_t count(const char* key) const;
  std::size_t countOr(const char* key, std::size_t otherwise) const;

  Station child(const char* key) const;
  std::vector<Station> children(const char* key) const;

  // Refuses any key beside `type` and these: what is not read would change the ids without a word.
  void allowOnly(std::initializer_list<const char*> keys) const;

  // FormatError: "tokenizer.json: the pre_tokenizer (type 'Split') ...".
  [[noreturn]] void fail(const std::string& complaint, const std::string& remedy = {}) const;

 private:
  const nlohmann::json* m_value;  // belongs to the file's JSON, which outlives the reading
  std::string m_file;
  std::string m_name;
  int m_depth;  // stations may hold stations; a file may not make us follow that for ever
};

}  // namespace incipit

// The one way from text to JSON, whatever kind of value nlohmann's library is to make of it. What that library would do badly with is
// refused before: values that lie in one another so deeply that it, writing them out again, ran out of stack.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace incipit {

// Levels of arrays and objects. No file of any model or run has a tenth of it.
inline constexpr int deepestJson = 256;

struct JsonProblem {
  enum class Kind { None, Syntax, Number, Depth };
  Kind kind = Kind::None;
  std::size_t byte = 0;  // where, counted from 1

  // "is not valid JSON (byte 7 of 20)", the end of a sentence about a file or a line; `size` is the text's.
  std::string words(std::size_t size) const;
};

// The first bracket that opens a level too many, counted from 1; 0: there is none.
std::size_t firstTooDeep(std::string_view text);

// A discarded value, and what is wrong with the text, where it cannot be parsed.
template <class AnyJson>
AnyJson parseJsonAs(std::string_view text, JsonProblem& problem) {
  problem = {};
  if (const std::size_t byte = firstTooDeep(text); byte > 0) {
    problem = {JsonProblem::Kind::Depth, byte};
    return AnyJson(nlohmann::json::value_t::discarded);
  }
  try {
    return AnyJson::parse(text.begin(), text.end());
  } catch (const nlohmann::json::parse_error& error) {
    problem = {JsonProblem::Kind::Syntax, error.byte};
  } catch (const nlohmann::json::out_of_range&) {  // 1e999
    problem = {JsonProblem::Kind::Number, 0};
  }
  return AnyJson(nlohmann::json::value_t::discarded);
}

// A text as it is read, key by key and value by value, for what would be too large as a tree of values.
class JsonEvents : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool binary(nlohmann::json::binary_t&) override { return false; }  // no text has it
  bool parse_error(std::size_t byte, const std::string& token, const nlohmann::json::exception& error) override;

 private:
  friend JsonProblem readJsonEvents(std::string_view text, JsonEvents& events);
  JsonProblem m_problem;
};
// Ends at the first event that returns false, which is no problem of the text.
JsonProblem readJsonEvents(std::string_view text, JsonEvents& events);

}  // namespace incipit

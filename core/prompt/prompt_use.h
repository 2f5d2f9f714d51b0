// How a prompt was trained, as far as whoever uses it elsewhere needs it: how to put a text, what answers to expect, how good they were.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

// Empty where nobody said.
struct PromptUse {
  std::string textTemplate;                   // how each text was put, columns in braces: "{sentence}\nlabel:"
  std::map<std::string, std::string> values;  // of one row, for those columns
  std::string answer;                         // that row's answer; empty: the whole text was learned
  std::vector<std::string> answers;           // the words of the labels; empty: not classification
  std::string data;                           // name of the file
  std::int64_t steps = 0;                     // that it was trained for
  std::int64_t validationRows = 0;            // that the next four were measured on
  std::optional<double> validationLoss, accuracy, labelLoss, f1Macro;
  std::string keptBecause;  // this prompt of the run: "its validation accuracy is the highest"
  bool placed = false;      // the rows stand where {virtual_tokens} does, in the template or in `system`; otherwise in front of everything
  std::string system{};     // of the chat, where it has such places; empty otherwise
  friend bool operator==(const PromptUse&, const PromptUse&) = default;
};

}  // namespace incipit

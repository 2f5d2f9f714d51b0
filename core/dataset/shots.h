// Examples in the context (few-shot): rows with their answers in front of the text that is asked, put by the same template, or as earlier
// turns of the same chat.
#pragma once

#include "core/dataset/examples.h"

#include <cstdint>
#include <string>
#include <vector>

namespace incipit {

// Rows of the training table to show, `most` of them at most, in an order by the seed of which every beginning shows each class about as
// often as any other.
std::vector<std::int64_t> shotRows(const Examples& training, std::int64_t most, std::uint64_t seed);

struct Shot {
  std::string asked;   // the text as the template puts it, in front of the answer
  std::string answer;  // the label's word; empty where the whole text is learned
};
// Row `row` of a table of text. `settings` are completed ones (Examples::settings). Throws DataError where it cannot be one: rows of whole
// chats, a row without an answer.
Shot shotOf(const Table& table, std::int64_t row, const DataSettings& settings);

// The settings that put these in front of every text: a blank line behind each, or a chat's user and assistant turns. Virtual tokens have
// no place in them. Every text a row can have is room enough: nothing is cut.
DataSettings withShots(const DataSettings& settings, const Table& table, const std::vector<Shot>& shots);

}  // namespace incipit

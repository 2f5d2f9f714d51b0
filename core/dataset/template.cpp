#include "core/dataset/template.h"
#include "core/dataset/table.h"

#include "core/chat/chat_format.h"
#include "core/dataset/words.h"
#include "core/support/error.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

std::string list(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names)
    text += (text.empty() ? "'" : ", '") + name + "'";
  return text;
}

int columnOrThrow(const Table& table, const std::string& name, const std::string& what) {
  const int column = table.column(name);
  if (column < 0)
    throw DataError(what + " '" + name + "' is not in '" + table.file.string() + "'.", "Its columns are " + list(table.columns) + ".");
  return column;
}

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// What stands between two braces: a place of virtual tokens, or a column, which wins.
RowTemplate::Part partOf(std::string name, const DataSettings& settings, const Table& table, std::vector<std::string>& notes) {
  const bool isColumn = table.column(name) >= 0;
  if (isColumn && name.starts_with(placeWord) && rowsOfPlace(name))
    notes.push_back("{" + name + "} is the column of that name and places no virtual tokens.");
  if (!isColumn) {
    if (const auto rows = rowsOfPlace(name)) return {{}, -1, *rows};
    if (name == "input") name = settings.inputColumn;
  }
  return {{}, columnOrThrow(table, name, "The template's column"), 0};
}

std::vector<RowTemplate::Part> partsOf(const DataSettings& settings, const Table& table, std::vector<std::string>& notes) {
  std::vector<RowTemplate::Part> parts;
  std::string literal;
  const std::string& text = settings.textTemplate;
  const auto flush = [&] {
    if (!literal.empty()) parts.push_back({std::move(literal), -1, 0});
    literal.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      literal += c;
      ++i;
    } else if (c == '{') {
      const std::size_t end = text.find('}', i);
      const std::string name = text.substr(i + 1, end == std::string::npos ? end : end - i - 1);
      if (end == std::string::npos || (name.find('{') != std::string::npos && table.column(name) < 0))
        throw DataError("The template opens a brace that it never closes: '" + text.substr(i) + "'.",
                        "Write {column} for a column's value, {{ for a brace.");
      flush();
      parts.push_back(partOf(name, settings, table, notes));
      i = end;
    } else {
      literal += c;
    }
  }
  flush();
  return parts;
}

// The last character's kind decides how the label is joined; a single last space moves over to the label.
std::string joinerOf(std::vector<RowTemplate::Part>& parts) {
  if (parts.empty()) return {};
  std::string& last = parts.back().literal;
  if (last.empty() || !isSpace(last.back())) return " ";
  if (last.back() != ' ') return {};
  last.pop_back();
  if (last.empty()) parts.pop_back();
  return " ";
}

}  // namespace

PlacedText RowTemplate::text(const std::vector<std::string>& row, std::size_t first, std::size_t last) const {
  PlacedText result;
  for (std::size_t i = first; i < last; ++i)
    if (parts[i].rows != 0)
      result.addPlace(parts[i].rows);
    else
      result.add(parts[i].column < 0 ? parts[i].literal : row[static_cast<std::size_t>(parts[i].column)]);
  // A value's own white space would stand between it and the label's space.
  if (labelColumn >= 0 && !chat && last == parts.size() && last > first && parts.back().column >= 0)
    while (!result.pieces.back().empty() && isSpace(result.pieces.back().back()))
      result.pieces.back().pop_back();
  return result;
}

std::vector<std::int64_t> RowTemplate::shares() const {
  std::vector<std::int64_t> all = system.shares;
  for (const Part& part : parts)
    if (part.rows != 0) all.push_back(part.rows);
  return all;
}

RowTemplate parseTemplate(const DataSettings& settings, const Table& table) {
  RowTemplate result;
  const int input = columnOrThrow(table, settings.inputColumn, "The input column");
  result.chats = settings.labelColumn.empty() && holdsChats(table, settings.inputColumn);
  if (result.chats && settings.chat == nullptr)
    throw DataError("The rows of '" + table.file.string() + "' are chats ('" + settings.inputColumn +
                        "'), and there is no chat template to write them with.",
                    "Open a model that has one, or give one (--chat-template FILE).");
  if (result.chats && settings.textTemplate != "{" + settings.inputColumn + "}")
    throw DataError("The rows of '" + table.file.string() + "' are whole chats, and the template would put them into another one.",
                    "Leave the template empty; virtual tokens may stand in the system text.");
  if (!settings.labelColumn.empty()) result.labelColumn = columnOrThrow(table, settings.labelColumn, "The label column");
  result.parts = partsOf(settings, table, result.notes);
  if (settings.chat) result.system = placedText(settings.system);

  if (result.labelColumn >= 0) {
    const auto isLabel = [&](const RowTemplate::Part& part) { return part.column == result.labelColumn; };
    if (!result.parts.empty() && isLabel(result.parts.back())) result.parts.pop_back();
    if (std::any_of(result.parts.begin(), result.parts.end(), isLabel))
      throw DataError("The template shows the model the answer: before its end it contains the label column '" + settings.labelColumn +
                          "'.",
                      "Leave it out; the label is put behind the text.");
    result.chat = settings.chat != nullptr;
    if (!result.chat) result.joiner = joinerOf(result.parts);
  }
  for (std::size_t i = 0; i < result.parts.size(); ++i)
    if (result.parts[i].column >= 0 && (result.inputPart < 0 || result.parts[static_cast<std::size_t>(result.inputPart)].column != input))
      result.inputPart = static_cast<int>(i);
  const auto isText = [&](const RowTemplate::Part& part) { return part.column >= 0; };
  if (std::none_of(result.parts.begin(), result.parts.end(), isText))
    throw DataError("The template names no column of the data: every row would be the same text, '" + settings.textTemplate + "'.",
                    "Write {" + settings.inputColumn + "} where the text of a row is to stand.");
  checkShares(result.shares());
  return result;
}

void checkPlaces(const DataSettings& settings, const Table& table, std::int64_t rows) {
  if (table.tokenised) return;
  Places places;
  for (const std::int64_t share : parseTemplate(settings, table).shares())
    places.push_back({0, share});
  checkShares(places, rows);
}

RowExample exampleOf(const Table& table, std::int64_t row, const DataSettings& settings) {
  const RowTemplate form = parseTemplate(settings, table);
  const std::vector<std::string> values = table.row(row);
  RowExample example;
  example.placed = !form.system.shares.empty();
  if (example.placed) example.system = settings.system;
  for (const RowTemplate::Part& part : form.parts) {
    for (const char c : part.literal)
      example.textTemplate += c == '{' || c == '}' ? std::string(2, c) : std::string(1, c);
    if (part.rows != 0) example.textTemplate += placeText(part.rows), example.placed = true;
    if (part.column < 0) continue;
    const std::string& name = table.columns[static_cast<std::size_t>(part.column)];
    example.textTemplate += "{" + name + "}";
    example.values[name] = values[static_cast<std::size_t>(part.column)];
  }
  if (form.labelColumn >= 0) example.answer = labelWord(settings, values[static_cast<std::size_t>(form.labelColumn)]);
  return example;
}

bool holdsChats(const Table& table, const std::string& column) {
  const int place = table.tokenised ? -1 : table.column(column);
  if (place < 0) return false;
  const auto at = static_cast<std::size_t>(place);
  if (table.facts[at].empty == table.size()) return false;
  std::int64_t first = 0;
  while (trimmed(table.row(first)[at]).empty())
    ++first;
  return isConversation(table.row(first)[at]);
}

std::string labelWord(const DataSettings& settings, std::string_view value) {
  const std::string word(trimmed(value));
  const auto found = settings.verbaliser.find(word);
  return found == settings.verbaliser.end() ? word : found->second;
}

std::vector<std::string> suggestedLabelColumns(const Table& table) {
  if (table.tokenised) return {};
  std::vector<std::string> result;
  const auto add = [&](const std::string& name) {
    if (std::find(result.begin(), result.end(), name) == result.end()) result.push_back(name);
  };
  if (table.columns.size() < 2) return result;
  for (const std::string& word : labelWords())
    for (const std::string& column : table.columns)
      if (lowered(column) == word) add(column);
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    // A class comes back: values that are nearly all different are ids or texts.
    const ColumnFacts& facts = table.facts[c];
    if (!facts.many && facts.values.size() >= 2 && 2 * static_cast<std::int64_t>(facts.values.size()) <= table.size())
      add(table.columns[c]);
  }
  return result;
}

namespace {

std::string likelyInput(const Table& table, const std::string& labelColumn) {
  if (labelColumn.empty() && holdsChats(table, "messages")) return "messages";
  std::vector<std::size_t> candidates;
  const std::vector<std::string> labels = suggestedLabelColumns(table);
  const auto collect = [&](bool labelsToo) {
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      if (table.columns[c] != labelColumn && (table.facts[c].list < 0 || holdsChats(table, table.columns[c])) &&
          (labelsToo || std::find(labels.begin(), labels.end(), table.columns[c]) == labels.end()))
        candidates.push_back(c);
  };
  collect(false);
  if (candidates.empty()) collect(true);
  if (candidates.empty()) return table.columns.empty() ? std::string() : table.columns[0];

  for (const std::string& word : inputWords())
    for (const std::size_t c : candidates)
      if (lowered(table.columns[c]) == word) return table.columns[c];
  const auto length = [&](std::size_t c) { return table.facts[c].bytes; };
  return table.columns[*std::max_element(candidates.begin(), candidates.end(), [&](auto a, auto b) { return length(a) < length(b); })];
}

}  // namespace

DataSettings completed(const DataSettings& settings, const Table& table, Reading reading) {
  DataSettings result = settings;
  if (!table.tokenised && result.inputColumn.empty()) result.inputColumn = likelyInput(table, result.labelColumn);
  const bool answered = reading == Reading::TextAndClass ||
                        (reading == Reading::OneText && (!result.labelColumn.empty() || holdsChats(table, result.inputColumn)));
  if (table.tokenised || !answered) result.chat = nullptr;
  if (!result.chat) result.chatTemplate = "none";
  if (table.tokenised) return result;
  if (result.textTemplate.empty()) {
    result.textTemplate = "{" + result.inputColumn + "}";
    if (!result.labelColumn.empty() && reading == Reading::OneText && !result.chat)
      result.textTemplate += "\n" + (isNumberedColumn(result.labelColumn) ? "label" : result.labelColumn) + ":";
  }
  return result;
}

namespace {

// A chat up to its last answer, and that answer.
std::pair<std::string, std::string> lastAnswer(const RowTemplate& form, const DataSettings& settings,
                                               const std::vector<std::string>& values) {
  const std::string& chat = values[static_cast<std::size_t>(form.parts.front().column)];
  const auto pieces = settings.chat->conversation(parseChat(chat, "the chat of a row"));
  const auto last = std::find_if(pieces.rbegin(), pieces.rend(), [](const ChatFormat::Piece& piece) { return piece.learned; });
  std::string front;
  for (auto piece = pieces.begin(); piece != (last == pieces.rend() ? pieces.end() : last.base() - 1); ++piece)
    front += piece->text;
  return {unmarked(front, form.system, {}, settings.chat->chatTemplate().origin()).shown(),
          last == pieces.rend() ? std::string() : last->text};
}

}  // namespace

std::pair<std::string, std::string> rendered(const Table& table, std::int64_t row, const DataSettings& settings, Reading reading) {
  if (table.tokenised || row < 0 || row >= table.size())
    throw DataError("Row " + std::to_string(row + 1) + " of '" + table.file.string() + "' has no text.", "Choose another row.");
  const DataSettings full = completed(settings, table, reading);
  const RowTemplate form = parseTemplate(full, table);
  const std::vector<std::string> values = table.row(row);
  if (form.chats) return lastAnswer(form, full, values);
  const PlacedText front = form.front(values);
  if (form.labelColumn < 0) return {front.shown(), {}};
  const std::string word = labelWord(full, values[static_cast<std::size_t>(form.labelColumn)]);
  const auto chatText = [&](const std::string& text) {
    return unmarked(text, form.system, front, full.chat->chatTemplate().origin()).shown();
  };
  const std::string user = front.marked(form.system.shares.size());
  if (full.chat && reading == Reading::OneText) {
    const ChatFormat::Answered chat = full.chat->answered(user, word);
    return {chatText(chat.front), chat.answer};
  }
  if (full.chat) return {chatText(full.chat->question(user)), word};
  return {front.shown(), word.empty() || reading != Reading::OneText ? word : form.joiner + word};
}

}  // namespace incipit

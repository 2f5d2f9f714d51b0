#include "core/dataset/template.h"

#include "core/chat/chat_format.h"
#include "core/dataset/words.h"
#include "core/support/error.h"

#include <algorithm>
#include <set>

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

std::vector<RowTemplate::Part> partsOf(const DataSettings& settings, const Table& table) {
  std::vector<RowTemplate::Part> parts;
  std::string literal;
  const std::string& text = settings.textTemplate;
  const auto flush = [&] {
    if (!literal.empty()) parts.push_back({std::move(literal), -1});
    literal.clear();
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if ((c == '{' || c == '}') && i + 1 < text.size() && text[i + 1] == c) {
      literal += c;
      ++i;
    } else if (c == '{') {
      const std::size_t end = text.find('}', i);
      if (end == std::string::npos)
        throw DataError("The template opens a brace that it never closes: '" + text.substr(i) + "'.",
                        "Write {column} for a column's value, {{ for a brace.");
      std::string name = text.substr(i + 1, end - i - 1);
      if (name == "input" && table.column(name) < 0) name = settings.inputColumn;
      flush();
      parts.push_back({{}, columnOrThrow(table, name, "The template's column")});
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
  if (parts.back().column >= 0 || !isSpace(last.back())) return " ";
  if (last.back() != ' ') return {};
  last.pop_back();
  if (last.empty()) parts.pop_back();
  return " ";
}

}  // namespace

std::string RowTemplate::text(const std::vector<std::string>& row, std::size_t first, std::size_t last) const {
  std::string result;
  for (std::size_t i = first; i < last; ++i)
    result += parts[i].column < 0 ? parts[i].literal : row[static_cast<std::size_t>(parts[i].column)];
  // A value's own white space would stand between it and the label's space.
  if (labelColumn >= 0 && !chat && last == parts.size() && last > first && parts.back().column >= 0)
    while (!result.empty() && isSpace(result.back()))
      result.pop_back();
  return result;
}

RowTemplate parseTemplate(const DataSettings& settings, const Table& table) {
  RowTemplate result;
  const int input = columnOrThrow(table, settings.inputColumn, "The input column");
  if (!settings.labelColumn.empty()) result.labelColumn = columnOrThrow(table, settings.labelColumn, "The label column");
  result.parts = partsOf(settings, table);

  if (result.labelColumn >= 0) {
    const auto isLabel = [&](const RowTemplate::Part& part) { return part.column == result.labelColumn; };
    if (!result.parts.empty() && isLabel(result.parts.back())) result.parts.pop_back();
    if (std::any_of(result.parts.begin(), result.parts.end(), isLabel))
      throw DataError("The template shows the model the answer: it contains the label column '" + settings.labelColumn + "'.",
                      "Leave it out; the label is put behind the text.");
    result.chat = settings.chat != nullptr;
    if (!result.chat) result.joiner = joinerOf(result.parts);
  }
  for (std::size_t i = 0; i < result.parts.size(); ++i)
    if (result.parts[i].column >= 0 && (result.inputPart < 0 || result.parts[static_cast<std::size_t>(result.inputPart)].column != input))
      result.inputPart = static_cast<int>(i);
  return result;
}

RowExample exampleOf(const Table& table, std::int64_t row, const DataSettings& settings) {
  const RowTemplate form = parseTemplate(settings, table);
  const std::vector<std::string>& values = table.rows[static_cast<std::size_t>(row)];
  RowExample example;
  for (const RowTemplate::Part& part : form.parts) {
    for (const char c : part.literal)
      example.textTemplate += c == '{' || c == '}' ? std::string(2, c) : std::string(1, c);
    if (part.column < 0) continue;
    const std::string& name = table.columns[static_cast<std::size_t>(part.column)];
    example.textTemplate += "{" + name + "}";
    example.values[name] = values[static_cast<std::size_t>(part.column)];
  }
  if (form.labelColumn >= 0) example.answer = labelWord(settings, values[static_cast<std::size_t>(form.labelColumn)]);
  return example;
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
    std::set<std::string_view> values;
    for (const auto& row : table.rows) {
      values.insert(row[c]);
      if (values.size() > mostClasses) break;
    }
    // A class comes back: values that are nearly all different are ids or texts.
    if (values.size() >= 2 && values.size() <= mostClasses && 2 * values.size() <= table.rows.size()) add(table.columns[c]);
  }
  return result;
}

namespace {

std::string likelyInput(const Table& table, const std::string& labelColumn) {
  std::vector<std::size_t> candidates;
  const std::vector<std::string> labels = suggestedLabelColumns(table);
  const auto collect = [&](bool labelsToo) {
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      if (table.columns[c] != labelColumn && (labelsToo || std::find(labels.begin(), labels.end(), table.columns[c]) == labels.end()))
        candidates.push_back(c);
  };
  collect(false);
  if (candidates.empty()) collect(true);
  if (candidates.empty()) return table.columns.empty() ? std::string() : table.columns[0];

  for (const std::string& word : inputWords())
    for (const std::size_t c : candidates)
      if (lowered(table.columns[c]) == word) return table.columns[c];
  const auto length = [&](std::size_t c) {
    std::size_t bytes = 0;
    for (const auto& row : table.rows)
      bytes += row[c].size();
    return bytes;
  };
  return table.columns[*std::max_element(candidates.begin(), candidates.end(), [&](auto a, auto b) { return length(a) < length(b); })];
}

}  // namespace

DataSettings completed(const DataSettings& settings, const Table& table, Reading reading) {
  DataSettings result = settings;
  const bool answered = reading == Reading::TextAndClass || (reading == Reading::OneText && !result.labelColumn.empty());
  if (table.tokenised || !answered) result.chat = nullptr;
  if (!result.chat) result.chatTemplate = "none";
  if (table.tokenised) return result;
  if (result.inputColumn.empty()) result.inputColumn = likelyInput(table, result.labelColumn);
  if (result.textTemplate.empty()) {
    result.textTemplate = "{" + result.inputColumn + "}";
    if (!result.labelColumn.empty() && reading == Reading::OneText && !result.chat)
      result.textTemplate += "\n" + (isNumberedColumn(result.labelColumn) ? "label" : result.labelColumn) + ":";
  }
  return result;
}

std::pair<std::string, std::string> rendered(const Table& table, std::int64_t row, const DataSettings& settings, Reading reading) {
  if (table.tokenised || row < 0 || row >= table.size())
    throw DataError("Row " + std::to_string(row + 1) + " of '" + table.file.string() + "' has no text.", "Choose another row.");
  const DataSettings full = completed(settings, table, reading);
  const RowTemplate form = parseTemplate(full, table);
  const std::vector<std::string>& values = table.rows[static_cast<std::size_t>(row)];
  if (form.labelColumn < 0) return {form.front(values), {}};
  const std::string word = labelWord(full, values[static_cast<std::size_t>(form.labelColumn)]);
  if (full.chat && reading == Reading::OneText) {
    ChatFormat::Answered chat = full.chat->answered(form.front(values), word);
    return {std::move(chat.front), std::move(chat.answer)};
  }
  if (full.chat) return {full.chat->question(form.front(values)), word};
  return {form.front(values), word.empty() || reading != Reading::OneText ? word : form.joiner + word};
}

}  // namespace incipit

#include "core/chat/chat_format.h"
#include "core/dataset/examples.h"
#include "core/dataset/template.h"
#include "core/dataset/words.h"
#include "core/support/counted.h"
#include "core/support/error.h"

#include <algorithm>
#include <set>

namespace incipit {
namespace {

using Ids = std::vector<TokenId>;

// What the tokenizer's post-processor puts in front of a text (BOS): found by a probe, because its closing tokens must not come between
// text and label.
Ids openingTokens(const Tokenizer& tokenizer) {
  const Ids bare = tokenizer.encode("a", SpecialTokens::Leave);
  const Ids dressed = tokenizer.encode("a", SpecialTokens::Add);
  return {dressed.begin(), std::search(dressed.begin(), dressed.end(), bare.begin(), bare.end())};
}

// What it puts behind a text (T5's </s>).
Ids closingTokens(const Tokenizer& tokenizer) {
  const Ids bare = tokenizer.encode("a", SpecialTokens::Leave);
  const Ids dressed = tokenizer.encode("a", SpecialTokens::Add);
  const auto found = std::search(dressed.begin(), dressed.end(), bare.begin(), bare.end());
  return found == dressed.end() ? Ids() : Ids(found + static_cast<long>(bare.size()), dressed.end());
}

bool startsWith(const Ids& ids, const Ids& head) { return ids.size() >= head.size() && std::equal(head.begin(), head.end(), ids.begin()); }

// The label's tokens behind a text: what the whole string has beyond the text's tokens. Where a token would reach across the border
// the label stands on its own, for when the model is asked it sees the text's tokens and nothing else.
Ids tokensBehind(const Tokenizer& tokenizer, const std::string& front, const std::string& label) {
  for (const std::string& anchor : {front, std::string(":")}) {
    const Ids head = tokenizer.encode(anchor, SpecialTokens::Leave);
    const Ids whole = tokenizer.encode(anchor + label, SpecialTokens::Leave);
    if (!head.empty() && whole.size() > head.size() && startsWith(whole, head))
      return {whole.begin() + static_cast<long>(head.size()), whole.end()};
  }
  return tokenizer.encode(label, SpecialTokens::Leave);
}

// One table, one template, one tokenizer: rows to examples.
class Encoder {
 public:
  Encoder(const Table& table, const DataSettings& settings, const Tokenizer& tokenizer, std::size_t limit, std::optional<TokenId> endOfText,
          Reading reading, const Watch& watch)
      : m_table(table), m_settings(settings), m_tokenizer(tokenizer), m_form(parseTemplate(settings, table)), m_limit(limit),
        m_reading(reading), m_watch(watch) {
    if (settings.chat) return;  // a chat template writes its own special tokens
    m_opening = openingTokens(tokenizer);
    if (reading != Reading::OneText) m_closing = closingTokens(tokenizer);
    if (settings.endOfText && reading != Reading::TextAndClass) m_end = tokenizer.endOfText() ? tokenizer.endOfText() : endOfText;
  }

  Examples run() {
    if (m_form.labelColumn >= 0) findClasses();
    for (std::size_t row = 0; row < m_table.rows.size(); ++row) {
      if (row % 64 == 0) m_watch.at(static_cast<double>(row) / static_cast<double>(m_table.rows.size()));
      std::optional<Example> example = encodeRow(row);
      if (example)
        m_result.items.push_back(std::move(*example));
      else
        ++m_result.unusable;
    }
    return std::move(m_result);
  }

 private:
  bool answers() const { return m_reading == Reading::TextAndTarget; }
  bool classifies() const { return m_reading == Reading::TextAndClass; }

  // A chat in three parts: up to the answer, the label in it, and what ends the answer's turn.
  struct ChatTokens {
    Ids front, label, ending;
  };
  ChatTokens chatTokens(const std::string& label, const std::string& user) const {
    const ChatFormat::Answered chat = m_settings.chat->answered(user, label);
    const std::size_t found = chat.answer.find(label), end = found == std::string::npos ? chat.answer.size() : found + label.size();
    const std::string front = chat.front + chat.answer.substr(0, end);
    ChatTokens tokens{
        m_tokenizer.encode(chat.front, SpecialTokens::Leave), tokensBehind(m_tokenizer, chat.front, chat.answer.substr(0, end)), {}};
    if (end < chat.answer.size()) tokens.ending = tokensBehind(m_tokenizer, front, chat.answer.substr(end));
    return tokens;
  }

  std::string asked(const std::string& front) const { return m_settings.chat ? m_settings.chat->question(front) : front; }

  // A target stands by itself, its end is part of it; a label behind a text depends on the text.
  Ids tokensOf(const std::string& label, const std::string& front) const {
    if (m_settings.chat) return chatTokens(label, front).label;
    if (!answers()) return tokensBehind(m_tokenizer, front, m_form.joiner + label);
    Ids target = m_tokenizer.encode(label, SpecialTokens::Leave);
    if (m_end) target.push_back(*m_end);
    return target;
  }

  std::string word(std::size_t row) const { return labelWord(m_settings, m_table.rows[row][static_cast<std::size_t>(m_form.labelColumn)]); }

  void findClasses() {
    std::set<std::string> seen;
    std::vector<std::size_t> firstRows;
    for (std::size_t row = 0; row < m_table.rows.size(); ++row) {
      const std::string label = word(row);
      if (label.empty() || !seen.insert(label).second) continue;
      m_result.classes.push_back(label);
      firstRows.push_back(row);
    }
    if (m_result.classes.size() > static_cast<std::size_t>(classifies() ? mostHeadClasses : mostClasses)) m_result.classes.clear();
    // Every label is tokenised behind the same text, and every example uses these tokens, so that an example's label and the
    // candidates a classification compares it with can never differ.
    for (const std::string& label : m_result.classes)
      m_result.classTokens.push_back(classifies() ? Ids() : tokensOf(label, m_form.front(m_table.rows[firstRows[0]])));
  }

  std::optional<Example> encodeRow(std::size_t row) {
    const std::vector<std::string>& values = m_table.rows[row];
    Example example;
    example.row = static_cast<std::int64_t>(row);
    Ids label;
    if (classifies()) {
      const auto found = std::find(m_result.classes.begin(), m_result.classes.end(), word(row));
      if (found == m_result.classes.end()) return std::nullopt;
      example.classIndex = static_cast<int>(found - m_result.classes.begin());
      return dressed(std::move(example), m_tokenizer.encode(asked(m_form.front(values)), SpecialTokens::Leave), {}, values);
    }
    if (m_form.labelColumn >= 0) {
      label = labelTokens(row, example);
      if (label.empty()) return std::nullopt;
      if (m_end && !answers()) label.push_back(*m_end);
    }
    Ids text;
    if (m_settings.chat) {
      ChatTokens chat = chatTokens(word(row), m_form.front(values));
      text = std::move(chat.front);
      label.insert(label.end(), chat.ending.begin(), chat.ending.end());
    } else {
      text = m_tokenizer.encode(m_form.front(values), SpecialTokens::Leave);
    }
    if (m_form.labelColumn < 0) {
      if (text.empty()) return std::nullopt;
      if (m_end) text.push_back(*m_end);
    }

    if (answers()) return dressed(std::move(example), std::move(text), std::move(label), values);
    if (m_opening.size() + label.size() + (label.empty() ? 1 : 0) > m_limit) {
      ++m_result.truncated;
      return std::nullopt;  // not even the label has room
    }
    const std::size_t room = m_limit - m_opening.size() - label.size();
    if (text.size() > room) {
      ++m_result.truncated;
      shorten(text, room, values);
    }
    example.ids = m_opening;
    example.ids.insert(example.ids.end(), text.begin(), text.end());
    example.ids.insert(example.ids.end(), label.begin(), label.end());
    example.labels = example.ids;
    const std::size_t unscored = label.empty() ? m_opening.size() : m_opening.size() + text.size();
    std::fill_n(example.labels.begin(), unscored, notScored);
    return example;
  }

  // A text with what the tokenizer puts around one, its target apart (or none): only the text is shortened to have room behind the virtual
  // tokens.
  std::optional<Example> dressed(Example example, Ids text, Ids target, const std::vector<std::string>& values) {
    const std::size_t around = m_opening.size() + m_closing.size();
    if (around >= m_limit || target.size() > m_limit) {
      ++m_result.truncated;
      return std::nullopt;
    }
    if (text.size() > m_limit - around) {
      ++m_result.truncated;
      shorten(text, m_limit - around, values);
    }
    example.ids = m_opening;
    example.ids.insert(example.ids.end(), text.begin(), text.end());
    example.ids.insert(example.ids.end(), m_closing.begin(), m_closing.end());
    example.labels = std::move(target);
    return example;
  }

  Ids labelTokens(std::size_t row, Example& example) {
    const std::string label = word(row);
    if (label.empty()) return {};
    const auto found = std::find(m_result.classes.begin(), m_result.classes.end(), label);
    if (found == m_result.classes.end()) return tokensOf(label, m_form.front(m_table.rows[row]));
    example.classIndex = static_cast<int>(found - m_result.classes.begin());
    return m_result.classTokens[static_cast<std::size_t>(example.classIndex)];
  }

  // What the model reads up to the end of the input text, a chat's own words in front of it included.
  std::string upToInput(const std::vector<std::string>& values) const {
    const std::string text = m_form.text(values, 0, static_cast<std::size_t>(m_form.inputPart) + 1);
    if (!m_settings.chat) return text;
    const std::string question = asked(m_form.front(values));
    const std::size_t found = question.find(text);
    return found == std::string::npos ? question : question.substr(0, found + text.size());
  }

  // Cuts the end of the input text. What the template says behind it ("\nSentiment:") is kept: without it the model would not
  // know what it is asked.
  void shorten(Ids& text, std::size_t room, const std::vector<std::string>& values) const {
    const std::size_t excess = text.size() - room;
    std::size_t tail = 0;
    if (m_form.labelColumn >= 0 && m_form.inputPart >= 0) {
      const Ids head = m_tokenizer.encode(upToInput(values), SpecialTokens::Leave);
      // A token across the border belongs to the tail.
      const auto border = std::mismatch(head.begin(), head.end(), text.begin(), text.end()).first;
      tail = text.size() - static_cast<std::size_t>(border - head.begin());
    }
    const std::size_t keptHead = text.size() - tail > excess ? text.size() - tail - excess : 0;
    text.erase(text.begin() + static_cast<long>(keptHead), text.begin() + static_cast<long>(keptHead + excess));
  }

  const Table& m_table;
  const DataSettings& m_settings;
  const Tokenizer& m_tokenizer;
  RowTemplate m_form;
  std::size_t m_limit;
  Reading m_reading;
  const Watch& m_watch;
  Ids m_opening, m_closing;  // around a text; closing tokens would come between a text and a label behind it
  std::optional<TokenId> m_end;
  Examples m_result;
};

// A tokenised row's class is its number, as "label" or "labels" say it.
void takeClass(const Table& table, Example example, Examples& result) {
  const std::string where = "Row " + std::to_string(example.row + 1) + " of '" + table.file.string() + "'";
  if (table.tokenisedRows[static_cast<std::size_t>(example.row)].pair)
    throw DataError(where + " has token_type_ids other than 0: a pair of texts, which is not supported.",
                    "Join both texts to one, with the separator token between them.");
  if (example.labels.size() != 1 || example.labels[0] < notScored || example.labels[0] >= mostHeadClasses)
    throw DataError(where + " gives no class: its label should be one number from 0 to " + std::to_string(mostHeadClasses - 1) + ".",
                    "Write \"label\": 2, for example; the model sorts whole texts into classes.");
  const TokenId number = example.labels[0];
  if (number < 0 || example.ids.empty()) {  // -100: left out, as in transformers
    ++result.unusable;
    return;
  }
  example.labels.clear();
  example.classIndex = number;
  while (static_cast<std::size_t>(number) >= result.classes.size())
    result.classes.push_back(std::to_string(result.classes.size()));
  result.classTokens.resize(result.classes.size());
  result.items.push_back(std::move(example));
}

Examples takeTokenised(const Table& table, std::size_t limit, Reading reading) {
  Examples result;
  for (std::size_t row = 0; row < table.tokenisedRows.size(); ++row) {
    const Table::TokenisedRow& source = table.tokenisedRows[row];
    Example example{source.inputIds, source.labels, -1, static_cast<std::int64_t>(row)};
    if (reading == Reading::OneText) {
      if (source.inputIds.size() + source.padding != source.labels.size())
        throw DataError(
            "Row " + std::to_string(row + 1) + " of '" + table.file.string() + "' has " +
                std::to_string(source.inputIds.size() + source.padding) + " input_ids but " + std::to_string(source.labels.size()) +
                " labels.",
            "Give every token a label, -100 where it is not scored; only encoder-decoder models take targets of another length.");
      example.labels.resize(example.ids.size());
    }
    if (std::max(example.ids.size(), example.labels.size()) > limit) {
      ++result.truncated;
      example.ids.resize(std::min(limit, example.ids.size()));
      example.labels.resize(std::min(limit, example.labels.size()));
    }
    if (reading == Reading::TextAndClass) {
      takeClass(table, example, result);
      continue;
    }
    const bool scored = std::any_of(example.labels.begin(), example.labels.end(), [](TokenId label) { return label != notScored; });
    if (scored && !(reading == Reading::TextAndTarget && example.ids.empty()))
      result.items.push_back(std::move(example));
    else
      ++result.unusable;
  }
  return result;
}

// A value of the label column that no word was given for is its own word.
void nameAllLabels(const Table& table, DataSettings& settings) {
  const int column = table.tokenised ? -1 : table.column(settings.labelColumn);
  if (column < 0) return;
  for (const auto& row : table.rows)
    if (const std::string value(trimmed(row[static_cast<std::size_t>(column)])); !value.empty())
      settings.verbaliser.try_emplace(value, value);
}

}  // namespace

std::int64_t Examples::scoredTokens() const {
  std::int64_t count = 0;
  for (const Example& example : items)
    count += std::count_if(example.labels.begin(), example.labels.end(), [](TokenId label) { return label != notScored; });
  return count;
}

Examples encode(const Table& table, const DataSettings& settings, const Tokenizer* tokenizer, std::int64_t room,
                std::optional<TokenId> endOfText, Reading reading, const Watch& watch) {
  const std::string file = "'" + table.file.string() + "'";
  if (table.size() == 0) throw DataError("The file " + file + " has no rows.", "It needs at least one row of text.");
  if (room <= 0)
    throw DataError("The virtual tokens fill the model's whole context: no room is left for the text of " + file + ".",
                    "Use fewer virtual tokens.");
  const auto limit = static_cast<std::size_t>(settings.maxLength > 0 ? std::min(settings.maxLength, room) : room);

  Examples result;
  DataSettings full = completed(settings, table, reading);
  if (table.tokenised) {
    result = takeTokenised(table, limit, reading);
  } else {
    if (!tokenizer)
      throw DataError("The rows of " + file + " are text, and the model has no tokenizer to read them with.",
                      "Add its tokenizer files, or give rows with input_ids and labels.");
    if (reading == Reading::TextAndClass && settings.labelColumn.empty())
      throw DataError("No column of " + file + " is chosen as the label, and a model that classifies needs one.",
                      "Choose the label column.");
    if (reading == Reading::TextAndTarget && settings.labelColumn.empty())
      throw DataError("No column of " + file + " is chosen as the target, and an encoder-decoder model needs one: it answers a text.",
                      "Choose the label column that holds what the model is to write.");
    result = Encoder(table, full, *tokenizer, limit, endOfText, reading, watch).run();
  }
  if (result.items.empty() && reading == Reading::TextAndClass)
    throw DataError("None of the " + counted(static_cast<std::int64_t>(table.size()), "row") + " of " + file +
                        " can be used: no row has a text and one of a few labels.",
                    "Choose the columns that hold text and label.");
  if (result.items.empty())
    throw DataError("None of the " + counted(static_cast<std::int64_t>(table.size()), "row") + " of " + file +
                        " can be used: no row has a scored token within " + counted(static_cast<std::int64_t>(limit), "token") + ".",
                    table.tokenised ? "Give labels other than -100, or allow longer examples."
                                    : "Choose the columns that hold text and label, or allow longer examples.");
  result.fingerprint = table.fingerprint;
  if (!table.tokenised) result.example = exampleOf(table, result.items.front().row, full);
  full.maxLength = static_cast<std::int64_t>(limit);
  if (!result.classes.empty() && result.classes.size() <= static_cast<std::size_t>(mostClasses)) nameAllLabels(table, full);
  result.settings = std::move(full);
  return result;
}

}  // namespace incipit

#include "core/chat/chat_format.h"
#include "core/dataset/examples.h"
#include "core/dataset/table.h"
#include "core/dataset/template.h"
#include "core/dataset/words.h"
#include "core/support/counted.h"
#include "core/support/error.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace incipit {
namespace {

using Ids = std::vector<TokenId>;

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
    for (std::int64_t row = 0; row < m_table.size(); ++row) {
      if (row % 64 == 0) m_watch.at(static_cast<double>(row) / static_cast<double>(m_table.size()));
      std::optional<Example> example = encodeRow(row, m_table.row(row));
      if (example)
        m_result.items.push_back(*example);
      else
        ++m_result.unusable;
    }
    checkPlaces();
    m_result.notes = m_form.notes;
    return std::move(m_result);
  }

 private:
  // Virtual tokens that no row has room for, or behind which nothing is learned, could be trained for ever.
  void checkPlaces() const {
    const std::string file = "'" + m_table.file.string() + "'";
    if (m_result.items.empty() && m_cutPlaces > 0)
      throw DataError("In " + std::to_string(m_limit) + " tokens no row of " + file +
                          " has room for the text around its virtual tokens: cutting it would cut them away.",
                      "Allow longer examples, or put the virtual tokens in front.");
    const auto isReached = [](const Example& example) {
      const auto last = std::find_if(example.labels.rbegin(), example.labels.rend(), [](TokenId label) { return label != notScored; });
      return example.places.empty() || example.places.front().at < example.labels.rend() - last;
    };
    if (m_reading == Reading::OneText && !m_result.items.empty() && std::none_of(m_result.items.begin(), m_result.items.end(), isReached))
      throw DataError("The virtual tokens stand behind everything that is learned from " + file + ", so they could change nothing.",
                      "Put {virtual_tokens} in front of what is to be learned.");
  }

  bool answers() const { return m_reading == Reading::TextAndTarget; }
  bool classifies() const { return m_reading == Reading::TextAndClass; }

  // A chat in three parts: up to the answer, the label in it, and what ends the answer's turn.
  struct ChatTokens {
    PlacedText front;
    Ids label, ending;
  };
  ChatTokens chatTokens(const std::string& label, const PlacedText& user) const {
    const ChatFormat::Answered chat = m_settings.chat->answered(user.marked(m_form.system.shares.size()), label);
    const std::size_t found = chat.answer.find(label), end = found == std::string::npos ? chat.answer.size() : found + label.size();
    ChatTokens tokens{ofChat(chat.front, user), {}, {}};
    const std::string front = tokens.front.plain();
    tokens.label = tokensBehind(m_tokenizer, front, chat.answer.substr(0, end));
    if (end < chat.answer.size()) tokens.ending = tokensBehind(m_tokenizer, front + chat.answer.substr(0, end), chat.answer.substr(end));
    return tokens;
  }

  // What a chat template made of a marked text.
  PlacedText ofChat(const std::string& chat, const PlacedText& user) const {
    return unmarked(chat, m_form.system, user, m_settings.chat->chatTemplate().origin());
  }

  // What the model reads in front of the answer.
  PlacedText asked(const PlacedText& front) const {
    return m_settings.chat ? ofChat(m_settings.chat->question(front.marked(m_form.system.shares.size())), front) : front;
  }

  // A target stands by itself, its end is part of it; a label behind a text depends on the text.
  Ids labelTokens(const std::string& label, const PlacedText& front) const {
    if (m_settings.chat) return chatTokens(label, front).label;
    if (!answers()) return tokensBehind(m_tokenizer, front.plain(), m_form.joiner + label);
    Ids target = m_tokenizer.encode(label, SpecialTokens::Leave);
    if (m_end) target.push_back(*m_end);
    return target;
  }

  using Values = std::vector<std::string>;
  std::string word(const Values& values) const { return labelWord(m_settings, values[static_cast<std::size_t>(m_form.labelColumn)]); }

  void findClasses() {
    const ColumnFacts& facts = m_table.facts[static_cast<std::size_t>(m_form.labelColumn)];
    const auto most = static_cast<std::size_t>(classifies() ? mostHeadClasses : mostClasses);
    std::set<std::string> seen;
    const auto take = [&](const std::string& label) {
      if (!label.empty() && seen.insert(label).second) m_result.classes.push_back(label);
    };
    if (!facts.many)
      for (const std::string& value : facts.values)
        take(labelWord(m_settings, value));
    else
      for (std::int64_t row = 0; row < m_table.size() && seen.size() <= most; ++row)
        take(word(m_table.row(row)));
    if (m_result.classes.size() > most) m_result.classes.clear();
    if (m_result.classes.empty()) return;
    std::int64_t first = 0;
    while (word(m_table.row(first)).empty())
      ++first;
    // Every label is tokenised behind the same text, and every example uses these tokens, so that an example's label and the
    // candidates a classification compares it with can never differ.
    for (const std::string& label : m_result.classes)
      m_result.classTokens.push_back(classifies() ? Ids() : labelTokens(label, m_form.front(m_table.row(first))));
  }

  std::optional<Example> encodeRow(std::int64_t row, const Values& values) {
    Example example;
    example.row = row;
    if (m_form.chats) return encodeChat(std::move(example), values);
    Ids label;
    if (classifies()) {
      const auto found = std::find(m_result.classes.begin(), m_result.classes.end(), word(values));
      if (found == m_result.classes.end()) return std::nullopt;
      example.classIndex = static_cast<int>(found - m_result.classes.begin());
      return dressed(std::move(example), tokensOf(asked(m_form.front(values)), m_tokenizer), {}, values);
    }
    if (m_form.labelColumn >= 0) {
      label = labelOf(values, example);
      if (label.empty()) return std::nullopt;
      if (m_end && !answers()) label.push_back(*m_end);
    }
    PlacedTokens text;
    if (m_settings.chat) {
      ChatTokens chat = chatTokens(word(values), m_form.front(values));
      text = tokensOf(chat.front, m_tokenizer);
      label.insert(label.end(), chat.ending.begin(), chat.ending.end());
    } else {
      text = tokensOf(m_form.front(values), m_tokenizer);
    }
    if (m_form.labelColumn < 0) {
      if (text.ids.empty()) return std::nullopt;
      if (m_end) text.ids.push_back(*m_end);
    }

    if (answers()) return dressed(std::move(example), std::move(text), std::move(label), values);
    if (m_opening.size() + label.size() + (label.empty() ? 1 : 0) > m_limit) {
      ++m_result.truncated;
      return std::nullopt;  // not even the label has room
    }
    const std::size_t room = m_limit - m_opening.size() - label.size();
    example.lost = beyond(text, room);
    if (!fit(text, room, values)) return std::nullopt;
    const std::size_t unscored = label.empty() ? m_opening.size() : m_opening.size() + text.ids.size();
    place(std::move(text), example);
    example.ids.insert(example.ids.end(), label.begin(), label.end());
    example.labels = example.ids;
    std::fill_n(example.labels.begin(), unscored, notScored);
    return example;
  }

  // A text with what the tokenizer puts around one, its target apart (or none): only the text is shortened to have room behind the virtual
  // tokens.
  std::optional<Example> dressed(Example example, PlacedTokens text, Ids target, const std::vector<std::string>& values) {
    const std::size_t around = m_opening.size() + m_closing.size();
    if (around >= m_limit || target.size() > m_limit) {
      ++m_result.truncated;
      return std::nullopt;
    }
    example.lost = beyond(text, m_limit - around);
    if (!fit(text, m_limit - around, values)) return std::nullopt;
    place(std::move(text), example);
    example.ids.insert(example.ids.end(), m_closing.begin(), m_closing.end());
    example.labels = std::move(target);
    return example;
  }

  // A whole chat, of which the assistant's words are scored. One that is too long loses its end.
  std::optional<Example> encodeChat(Example example, const std::vector<std::string>& values) {
    const std::string& chat = values[static_cast<std::size_t>(m_form.parts.front().column)];
    if (trimmed(chat).empty()) return std::nullopt;
    const std::string origin = "the chat in row " + std::to_string(example.row + 1) + " of '" + m_table.file.string() + "'";
    const std::vector<ChatFormat::Piece> pieces = m_settings.chat->conversation(parseChat(chat, origin));
    std::string whole;
    for (const ChatFormat::Piece& piece : pieces)
      whole += piece.text;
    const PlacedText placed = ofChat(whole, {});
    std::string before;
    std::size_t begin = 0;
    for (const ChatFormat::Piece& piece : pieces) {
      const PlacedText part = placed.upTo(begin + piece.text.size()).behind(begin);
      begin += piece.text.size();
      PlacedTokens tokens = tokensOf(part, m_tokenizer, before);
      before += part.plain();
      for (const Place& place : tokens.places)
        example.places.push_back({place.at + static_cast<std::int64_t>(example.ids.size()), place.rows});
      example.ids.insert(example.ids.end(), tokens.ids.begin(), tokens.ids.end());
      if (piece.learned) example.labels.insert(example.labels.end(), tokens.ids.begin(), tokens.ids.end());
      example.labels.resize(example.ids.size(), notScored);
    }
    if (example.ids.size() > m_limit) {
      ++m_result.truncated;
      example.lost = static_cast<std::int64_t>(example.ids.size() - m_limit);
      example.ids.resize(m_limit);
      example.labels.resize(m_limit);
      if (!example.places.empty() && example.places.back().at > static_cast<std::int64_t>(m_limit)) {
        ++m_cutPlaces;
        return std::nullopt;
      }
    }
    settleFront(example.places);
    const bool scored = std::any_of(example.labels.begin(), example.labels.end(), [](TokenId label) { return label != notScored; });
    return scored ? std::optional(std::move(example)) : std::nullopt;
  }

  // The text behind the opening. What the template begins with is in front of all.
  void place(PlacedTokens text, Example& example) const {
    example.ids = m_opening;
    example.ids.insert(example.ids.end(), text.ids.begin(), text.ids.end());
    bool leading = true;
    for (std::size_t i = 0; i < text.places.size(); ++i) {
      leading = leading && m_form.parts[i].rows != 0;
      if (!leading) text.places[i].at += static_cast<std::int64_t>(m_opening.size());
    }
    settleFront(text.places);
    example.places = std::move(text.places);
  }

  static std::int64_t beyond(const PlacedTokens& text, std::size_t room) {
    return text.ids.size() > room ? static_cast<std::int64_t>(text.ids.size() - room) : 0;
  }

  Ids labelOf(const Values& values, Example& example) {
    const std::string label = word(values);
    if (label.empty()) return {};
    const auto found = std::find(m_result.classes.begin(), m_result.classes.end(), label);
    if (found == m_result.classes.end()) return labelTokens(label, m_form.front(values));
    example.classIndex = static_cast<int>(found - m_result.classes.begin());
    return m_result.classTokens[static_cast<std::size_t>(example.classIndex)];
  }

  // What the model reads up to the end of the input text, a chat's own words in front of it included.
  PlacedText upToInput(const std::vector<std::string>& values) const {
    const PlacedText text = m_form.text(values, 0, static_cast<std::size_t>(m_form.inputPart) + 1);
    if (!m_settings.chat) return text;
    const PlacedText front = m_form.front(values);
    const std::size_t signs = m_form.system.shares.size();
    const std::string question = m_settings.chat->question(front.marked(signs)), input = text.marked(signs);
    const std::size_t found = question.find(input);
    const PlacedText all = asked(front);
    return found == std::string::npos ? all : all.upTo(found + input.size());
  }

  // Cuts the end of the input text where the text is longer than `room`. What the template says behind it ("\nSentiment:") is kept: without
  // it the model would not know what it is asked; so are places of virtual tokens. False: that alone has no room.
  bool fit(PlacedTokens& text, std::size_t room, const std::vector<std::string>& values) {
    if (text.ids.size() <= room) return true;
    ++m_result.truncated;
    const std::size_t excess = text.ids.size() - room;
    const bool placed = !text.places.empty();
    std::size_t tail = 0;
    if ((m_form.labelColumn >= 0 || placed) && m_form.inputPart >= 0) {
      const Ids head = tokensOf(upToInput(values), m_tokenizer).ids;
      // A token across the border belongs to the tail.
      const auto border = std::mismatch(head.begin(), head.end(), text.ids.begin(), text.ids.end()).first;
      tail = text.ids.size() - static_cast<std::size_t>(border - head.begin());
    }
    const bool enough = text.ids.size() - tail > excess;
    const std::size_t keptHead = enough ? text.ids.size() - tail - excess : 0;
    for (Place& place : text.places) {
      const auto at = static_cast<std::size_t>(place.at);
      if (at > keptHead && at < keptHead + excess) {
        ++m_cutPlaces;
        return false;
      }
      if (at > keptHead) place.at -= static_cast<std::int64_t>(excess);
    }
    text.ids.erase(text.ids.begin() + static_cast<long>(keptHead), text.ids.begin() + static_cast<long>(keptHead + excess));
    return true;
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
  std::int64_t m_cutPlaces = 0;  // rows without room for the places of the virtual tokens
  Examples m_result;
};

// A list is no text; of which of its items the person was thinking, nobody can know.
void refuseLists(const Table& table, const RowTemplate& form) {
  const auto check = [&](int column) {
    if (column < 0) return;
    const std::int64_t row = table.facts[static_cast<std::size_t>(column)].list;
    if (row < 0) return;
    const std::string list = table.row(row)[static_cast<std::size_t>(column)];
    throw DataError("The column '" + table.columns[static_cast<std::size_t>(column)] + "' of '" + table.file.string() +
                        "' holds lists, as on line " + std::to_string(table.line(row)) + ": " +
                        (list.size() <= 40 ? list : list.substr(0, 40) + "...") + ". A row is to have one text there.",
                    "Choose another column, or join each list to one text.");
  };
  for (const RowTemplate::Part& part : form.parts)
    check(part.column);
  check(form.labelColumn);
}

void refuseEmptyLabels(const Table& table, const DataSettings& settings) {
  for (const auto& [value, word] : settings.verbaliser)
    if (trimmed(word).empty())
      throw DataError("The label word for '" + value + "' is empty: there would be nothing to learn.", "Give it a word.");
  const int column = table.column(settings.labelColumn);
  if (settings.labelColumn.empty() || column < 0 || table.facts[static_cast<std::size_t>(column)].empty < table.size()) return;
  throw DataError("Every label is empty: the column '" + settings.labelColumn + "' of '" + table.file.string() +
                      "' has nothing in any row.",
                  "Choose another label column.");
}

// A tokenised row's class is its number, as "label" or "labels" say it.
void takeClass(const Table& table, const TokenisedRow& source, Example example, Examples& result) {
  const std::string where = "Row " + std::to_string(example.row + 1) + " of '" + table.file.string() + "'";
  if (source.pair)
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
  result.items.push_back(example);
}

Examples takeTokenised(const Table& table, std::size_t limit, Reading reading, const Watch& watch) {
  Examples result;
  for (std::int64_t row = 0; row < table.size(); ++row) {
    if (row % 64 == 0) watch.at(static_cast<double>(row) / static_cast<double>(table.size()));
    const TokenisedRow source = table.tokenisedRow(row);
    Example example{source.inputIds, source.labels, -1, row};
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
      example.lost = static_cast<std::int64_t>(std::max(example.ids.size(), example.labels.size()) - limit);
      example.ids.resize(std::min(limit, example.ids.size()));
      example.labels.resize(std::min(limit, example.labels.size()));
    }
    if (reading == Reading::TextAndClass) {
      takeClass(table, source, std::move(example), result);
      continue;
    }
    const bool scored = std::any_of(example.labels.begin(), example.labels.end(), [](TokenId label) { return label != notScored; });
    if (scored && !(reading == Reading::TextAndTarget && example.ids.empty()))
      result.items.push_back(example);
    else
      ++result.unusable;
  }
  return result;
}

// A chat template that was meant and is not used.
std::string whyNoChat(const DataSettings& settings, const Table& table) {
  std::string note =
      "The chat template is not used: without a label column there is no answer for the assistant to give, so the whole text is "
      "learned as it is";
  if (!settings.system.empty()) note += ", and the system text is left out";
  const auto labels = suggestedLabelColumns(table);
  return note + (labels.empty() ? "." : "; '" + labels.front() + "' looks like a label column.");
}

// A value of the label column that no word was given for is its own word.
void nameAllLabels(const Table& table, DataSettings& settings) {
  const int column = table.tokenised ? -1 : table.column(settings.labelColumn);
  if (column < 0) return;
  const auto name = [&](const std::string& cell) {
    if (const std::string value(trimmed(cell)); !value.empty()) settings.verbaliser.try_emplace(value, value);
  };
  const ColumnFacts& facts = table.facts[static_cast<std::size_t>(column)];
  for (const std::string& value : facts.values)
    name(value);
  for (std::int64_t row = 0; facts.many && row < table.size(); ++row)
    name(table.row(row)[static_cast<std::size_t>(column)]);
}

}  // namespace

std::int64_t Examples::scoredTokens() const { return items.scored(); }

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
    if (const auto shares = placedText(settings.textTemplate).shares; !shares.empty())
      throw DataError("The template says where the virtual tokens stand in the text, and the rows of " + file + " are tokens already.",
                      "Leave the template away: in front of rows of input_ids they always stand; or give the rows as text.");
    result = takeTokenised(table, limit, reading, watch);
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
    refuseEmptyLabels(table, full);
    if (const RowTemplate form = parseTemplate(full, table); !form.chats) refuseLists(table, form);
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
  result.withoutChat = settings.chat && !full.chat && !table.tokenised;
  if (result.withoutChat) result.notes.push_back(whyNoChat(full, table));
  for (std::string& note : table.how.notes())
    result.notes.push_back(std::move(note));
  if (result.truncated == table.size())
    result.notes.push_back("Every row is longer than the " + std::to_string(limit) +
                           " tokens there is room for: each has lost the end of its text.");
  if (!table.tokenised) result.example = exampleOf(table, result.items.front().row, full);
  full.maxLength = static_cast<std::int64_t>(limit);
  if (!result.classes.empty() && result.classes.size() <= static_cast<std::size_t>(mostClasses)) nameAllLabels(table, full);
  result.settings = std::move(full);
  return result;
}

}  // namespace incipit

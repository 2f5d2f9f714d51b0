// From rows of text to token ids with a loss mask: template, verbaliser, truncation, split.
#pragma once

#include "core/dataset/example_list.h"
#include "core/dataset/words.h"
#include "core/support/watch.h"
#include "core/tokenizer/tokenizer.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace incipit {

class ChatFormat;
struct Table;

// What becomes of a row. Without a label column the whole text is learned (generative); with one, only the label behind the text.
struct DataSettings {
  std::string inputColumn;  // empty: "text", or "input", "sentence", "question" ..., else the column with the longest values
  std::string labelColumn;  // empty: none (a column named "label", "labels", "target", "output" is suggested, not taken silently)
  // Text in front of the label, with {column} for a column's value, {input} for the input column's, {{ and }} for braces; empty: "{input}"
  // without labels, "{input}\n{label column}:" with (of an encoder-decoder model: "{input}"). A label column at its very end may be left
  // away: the label stands there anyway. {virtual_tokens} is where the prompt's rows stand, {virtual_tokens:8} where eight of them do;
  // without, they stand in front. A column of that name wins.
  std::string textTemplate;
  std::map<std::string, std::string> verbaliser;  // label value -> word the model is to say; empty: the value itself
  std::int64_t maxLength = 0;                     // tokens an example may have, the virtual tokens not counted; 0: what the context leaves
  bool endOfText = true;  // learn to stop: the end-of-text token behind the label (or text), where the model has one

  // A chat template around text and label, the user's words and the assistant's: "auto" (the model's own, where it has one), "none", a name
  // among the model's templates, or a file. Rows of token ids, text without a label column and encoder-decoder models stand without.
  std::string chatTemplate = "auto";
  std::string system;                      // what the system says in front of the user, with places as above; empty: nothing
  std::string chatDate;                    // the day that some templates write, "2026-03-05"; empty: today
  std::shared_ptr<const ChatFormat> chat;  // the one that is meant, opened by whoever knows the model's folder; null: none
};

// Where a model looks for the answer.
enum class Reading {
  OneText,        // behind the text: a decoder-only model goes on
  TextAndTarget,  // in a target of its own, which the decoder of an encoder-decoder model writes
  TextAndClass,   // in one of a few classes, which a head chooses: nothing is written
};

// One row as the template takes it, to show how texts are put.
struct RowExample {
  std::string textTemplate;                   // what stands in front of the label, with its columns by name
  std::map<std::string, std::string> values;  // of those columns
  std::string answer;                         // the label's word; empty without one
  bool placed = false;                        // there are places of virtual tokens, in the template or in the system text,
  std::string system;                         //   which stands here where it has some
};

struct Examples {
  ExampleList items;
  std::vector<std::string> classes;               // the label words, in order of appearance; empty when not classification
  std::vector<std::vector<TokenId>> classTokens;  // what each label looks like behind the text
  std::int64_t truncated = 0;                     // rows that were too long: the input text lost its end, never the template or the label
  std::int64_t unusable = 0;                      // rows with no scored token left (counted and reported, never silently dropped)
  std::string fingerprint;                        // of the data file
  DataSettings settings;                          // how they were read, with nothing left open
  RowExample example;                             // of the first row that is used; empty for rows that are tokenised already
  bool withoutChat = false;                       // a chat template was meant, and without an answer it is not used
  std::vector<std::string> notes;                 // sentences about how they were read that somebody should see
  std::int64_t scoredTokens() const;
};

inline constexpr int mostHeadClasses = 10000;  // a head chooses among more than a person would spell out

// The columns that would be taken when the settings leave them empty, so that a form can show them.
DataSettings completed(const DataSettings& settings, const Table& table, Reading reading = Reading::OneText);
std::vector<std::string> suggestedLabelColumns(const Table& table);

// `room`: tokens that the context leaves for an example (context length minus virtual tokens). `endOfText`: the model's own (config.json),
// for tokenizers that name none. For tables that are tokenised already the tokenizer may be null.
// With Reading::TextAndTarget text and target are encoded apart, each with what the tokenizer closes a text with; a label column is needed.
// With Reading::TextAndClass a text stands as the tokenizer dresses it, and its label is a class only; numberClasses is to follow.
// A row that is too long for its template and the virtual tokens in it is unusable: places are never cut away.
// Throws DataError: no rows, a column that is not there, a template naming an unknown column, every row unusable, places of virtual tokens
// where there can be none (rows of token ids, a chat template that drops them).
Examples encode(const Table& table, const DataSettings& settings, const Tokenizer* tokenizer, std::int64_t room,
                std::optional<TokenId> endOfText = {}, Reading reading = Reading::OneText, const Watch& watch = {});

// One row as text, as the template makes it, its places as they are typed: {in front of the label, the label (empty without one)}. Put
// together they are the whole string. The label begins with a space, unless the template ends in another kind of white space: tokenizers of
// text glue a space to the word behind it, so " yes" is a token of its own where "yes" behind a lone space is not.
std::pair<std::string, std::string> rendered(const Table& table, std::int64_t row, const DataSettings& settings,
                                             Reading reading = Reading::OneText);

// Puts `share` of the examples aside for validation, by seed; each class keeps its share.
std::pair<Examples, Examples> split(const Examples& all, double share, std::uint64_t seed);

// Gives validation examples the class numbers of the training examples, so that both choose among the same labels whatever order the
// files have; a label that only the validation data has is added behind the others in both.
void alignClasses(Examples& training, Examples& validation);

// Gives examples read as TextAndClass the class numbers of a head with these labels: by name, by number, or, where nobody named them
// (LABEL_0 ...) or there is no head yet (`labels` empty), as the data has them. Training and validation data are aligned before.
// Throws DataError naming labels of the data that the head does not have.
void numberClasses(Examples& examples, const std::vector<std::string>& labels);

// The order in which examples are visited: `--shuffle` draws a new permutation each epoch, `--no-shuffle` goes round and round.
class BatchOrder {
 public:
  BatchOrder(std::int64_t examples, std::int64_t batchSize, bool shuffle, std::uint64_t seed);
  std::vector<std::int64_t> next();        // indices of the next batch; shuffled, an epoch's last batch may be smaller; else all are full
  std::string state() const;               // place in the data and random state, for checkpoints
  void mark();                             // remembers this place
  std::string markedState() const;         // what state() would have said then
  void restore(const std::string& state);  // throws FormatError when it is of other data or no such state
  std::int64_t batchesPerEpoch() const;

 private:
  std::string textOf(std::int64_t position, const std::string& beforeEpoch) const;

  struct State;
  std::shared_ptr<State> m_state;
};

}  // namespace incipit

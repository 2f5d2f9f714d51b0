// How the virtual tokens will start, as chips: which token each row takes, what is repeated, what finds no place.
#pragma once

#include "core/prompt/recipe.h"
#include "ui/tokens/token_chip.h"

#include <QList>

namespace incipit::ui {

// Pure, for the panel and its test. The tokenizer may be null: ids are shown then.
QList<TokenChip> chipsOf(const InitialLayout& layout, const Tokenizer* tokenizer);
// One sentence about it: "7 tokens fill rows 1 to 7 and are repeated for the remaining 13."
QString sentenceOf(const InitialLayout& layout, PromptInit init);

struct InitWords {
  QString title;  // in a list
  QString help;   // one line: what it is, when to take it
};
InitWords wordsOf(PromptInit init);

}  // namespace incipit::ui

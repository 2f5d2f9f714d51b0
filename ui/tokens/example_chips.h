// An example of the data as chips, exactly as the model reads it: virtual tokens, text, what is learned.
#pragma once

#include "core/dataset/examples.h"
#include "ui/tokens/token_chip.h"

#include <QList>

namespace incipit::ui {

// `className`: of the class that a head is to choose; empty where there is none.
QList<TokenChip> chipsOf(const Example& example, const Tokenizer* tokenizer, std::int64_t virtualTokens, Reading reading,
                         const QString& className = {});

}  // namespace incipit::ui

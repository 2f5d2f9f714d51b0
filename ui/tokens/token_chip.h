// How a token looks, everywhere: a rounded chip, monospaced, its leading space visible, its id in the tooltip.
#pragma once

#include "core/tokenizer/tokenizer.h"

#include <QFont>
#include <QPalette>
#include <QRectF>
#include <QSizeF>
#include <QString>
#include <limits>

class QPainter;

namespace incipit::ui {

struct TokenChip {
  enum class Kind {
    Text,      // a token of running text
    Virtual,   // a trainable row, in the accent colour
    Sampled,   // a token drawn from the vocabulary
    Label,     // a class label, of one or several sub-tokens
    Nothing,   // random numbers: no token stands behind them
    Overflow,  // "+ 312": what is not drawn
  };
  Kind kind = Kind::Text;
  QString text;           // as drawn: spaces and line breaks as signs
  QString toolTip;        // id, the vocabulary's spelling, what its state means
  QString badge;          // small, in front of the text: the number of a virtual token
  bool cutOff = false;    // found no place
  bool repeated = false;  // fills the length for a second time
  bool scored = false;    // its prediction counts in the loss
  bool special = false;   // begin of text and its like
  // -1 to 1: the deeper its red or its blue; no number: not said. What that means says who sets it.
  double leaning = std::numeric_limits<double>::quiet_NaN();
  double surprise = -1;  // how little it was expected, 0 to 1: the deeper its red; below 0: not said
};

// A token of a text: its piece with visible blanks, its id and spelling in the tooltip. Ids outside the vocabulary are shown by number.
TokenChip chipOf(const Tokenizer& tokenizer, TokenId id);
// Virtual token `number` (counted from 1).
TokenChip virtualChip(qsizetype number);
// Blanks made visible: " the" -> "␣the", "\n" -> "↵".
QString visible(const QString& piece);

QFont chipFont(const QFont& surrounding);
QSizeF chipSize(const TokenChip& chip, const QFont& surrounding);
void paintChip(QPainter& painter, const QRectF& place, const TokenChip& chip, const QPalette& palette, const QFont& surrounding);

}  // namespace incipit::ui

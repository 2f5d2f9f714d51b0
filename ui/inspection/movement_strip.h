// Where all rows of the prompt in view went together since the start: the one thing about neighbours that names the task on real models.
#pragma once

#include "core/inspection/neighbours.h"

#include <QWidget>
#include <optional>

class QLabel;

namespace incipit::ui {

class TokenFlow;

class MovementStrip : public QWidget {
  Q_OBJECT
 public:
  explicit MovementStrip(QWidget* parent = nullptr);

  // `together`: neighbours of the mean movement, by cosine; none: there is nothing to say, and the strip goes.
  void show(const std::optional<RowNeighbours>& together, float chance, const Tokenizer* tokenizer);
  QString text() const;  // as a sentence

 private:
  TokenFlow* m_tokens;
  QLabel* m_says;
};

}  // namespace incipit::ui

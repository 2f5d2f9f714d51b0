// The exact tokens that the model reads for one example: virtual tokens first, then the text, scored tokens marked.
#pragma once

#include "core/dataset/examples.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/tokens/token_chip.h"

#include <QList>
#include <QWidget>

class QLabel;
class QSpinBox;

namespace incipit::ui {

class TokenFlow;
class Workspace;

// Pure, for the view and its test.
// `className`: of the class that a head is to choose; empty where there is none.
QList<TokenChip> chipsOf(const Example& example, const Tokenizer* tokenizer, std::int64_t virtualTokens, Reading reading,
                         const QString& className = {});

class ExampleView : public QWidget {
  Q_OBJECT
 public:
  explicit ExampleView(Workspace& workspace, QWidget* parent = nullptr);
  void refresh();

 private:
  Workspace& m_workspace;
  QSpinBox* m_number;
  QLabel* m_of;
  TokenFlow* m_flow;
  QLabel* m_legend;
};

}  // namespace incipit::ui

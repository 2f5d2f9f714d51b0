// The exact tokens that the model reads for one example: virtual tokens first or where the template has them, the text, scored tokens
// marked.
#pragma once

#include "core/dataset/examples.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/tokens/token_chip.h"

#include <QList>
#include <QWidget>
#include <memory>

class QLabel;
class QSpinBox;

namespace incipit::ui {

class TokenFlow;
struct ReadData;

class ExampleView : public QWidget {
  Q_OBJECT
 public:
  explicit ExampleView(QWidget* parent = nullptr);
  void show(std::shared_ptr<const ReadData> data);  // null: nothing is open
  void showRow(std::int64_t row);                   // the example made from this row of the table, where there is one

 private:
  void refresh();

  std::shared_ptr<const ReadData> m_data;
  QSpinBox* m_number;
  QLabel* m_of;
  TokenFlow* m_flow;
  QLabel* m_legend;
};

}  // namespace incipit::ui

// The first rows as the model gets them, below the template: as text or as tokens, the virtual tokens where they stand.
#pragma once

#include "ui/dataset/rows_preview.h"

#include <QList>
#include <QWidget>

class QTextEdit;
class QToolButton;

namespace incipit {
class Tokenizer;
}

namespace incipit::ui {

class TokenFlow;

class TemplatePreview : public QWidget {
  Q_OBJECT
 public:
  explicit TemplatePreview(QWidget* parent = nullptr);
  // `tokenizer` null: no tokens can be shown.
  void show(const RowsPreview& preview, std::int64_t virtualTokens, Reading reading, const Tokenizer* tokenizer);
  QString text() const;  // of the text view
  const QList<TokenFlow*>& flows() const { return m_flows; }
  void showTokens(bool on);

 protected:
  void resizeEvent(QResizeEvent* event) override;
  void changeEvent(QEvent* event) override;

 private:
  void write();
  void settle();

  RowsPreview m_preview;
  std::int64_t m_virtualTokens = 0;
  QToolButton *m_asText, *m_asTokens;
  QTextEdit* m_text;
  QWidget* m_tokens;
  QList<TokenFlow*> m_flows;
};

}  // namespace incipit::ui

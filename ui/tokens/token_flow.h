// Tokens in reading order, wrapped like words: the prompt preview, the exact token view of an example, a playground's answer.
#pragma once

#include "ui/tokens/token_chip.h"

#include <QList>
#include <QWidget>

namespace incipit::ui {

class TokenFlow : public QWidget {
  Q_OBJECT
 public:
  explicit TokenFlow(QWidget* parent = nullptr);

  void setChips(QList<TokenChip> chips);
  const QList<TokenChip>& chips() const { return m_chips; }
  void setEmptyText(const QString& sentence);  // what will appear here and how to get it
  void setMostRows(int rows);                  // further chips become one "+ n"; 0: no limit
  QString text() const;                        // the chips as text, for the clipboard

  bool hasHeightForWidth() const override { return true; }
  int heightForWidth(int width) const override;
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;
  bool event(QEvent* event) override;
  void contextMenuEvent(QContextMenuEvent* event) override;
  void keyPressEvent(QKeyEvent* event) override;

 private:
  struct Placed {
    QRectF place;
    TokenChip chip;
  };
  struct Arrangement {
    QList<Placed> placed;
    int height = 0;
  };
  Arrangement arrange(int width) const;

  QList<TokenChip> m_chips;
  QString m_emptyText;
  int m_mostRows = 0;
  mutable int m_arrangedWidth = -1;  // the arrangement of the last width asked for; -1: none
  mutable Arrangement m_arranged;
};

}  // namespace incipit::ui

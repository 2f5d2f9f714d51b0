// "3 changes since quiet-harbour-3" beside Train: what the form says otherwise than the run in view. A click lists them.
#pragma once

#include <QToolButton>

namespace incipit::ui {

class Workspace;

class ChangesButton : public QToolButton {
  Q_OBJECT
 public:
  explicit ChangesButton(Workspace& workspace, QWidget* parent = nullptr);
  QSize sizeHint() const override { return m_whole; }
  QSize minimumSizeHint() const override { return m_short; }
  QString list() const;  // a line a change: "learning rate: 0.03 → 0.1"

 protected:
  void resizeEvent(QResizeEvent* event) override;

 private:
  void refresh();
  QSize sizeOf(const QString& text);
  void showList();

  Workspace& m_workspace;
  QString m_wholeText, m_shortText;
  QSize m_whole, m_short;  // a narrow bar has room for "3 changes"
};

}  // namespace incipit::ui

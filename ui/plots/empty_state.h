// What a view shows while it has nothing to show: what will appear here, and how to get it.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace incipit::ui {

class EmptyState : public QWidget {
  Q_OBJECT
 public:
  EmptyState(const QString& title, const QString& text, QWidget* parent = nullptr);

  void setTexts(const QString& title, const QString& text);
  void setAction(const QString& label);  // a button below the text; empty: none

 signals:
  void actionTriggered();

 private:
  QLabel* m_title;
  QLabel* m_text;
  QPushButton* m_action;
};

}  // namespace incipit::ui

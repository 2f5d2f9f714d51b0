// A quiet two-column list of facts: what on the left, the value (selectable) on the right.
#pragma once

#include <QList>
#include <QPair>
#include <QString>
#include <QWidget>

class QGridLayout;

namespace incipit::ui {

struct Fact {
  QString name;
  QString value;
  QString toolTip;
};

class FactsView : public QWidget {
  Q_OBJECT
 public:
  explicit FactsView(QWidget* parent = nullptr);
  void show(const QList<Fact>& facts);

 private:
  QGridLayout* m_layout;
};

}  // namespace incipit::ui

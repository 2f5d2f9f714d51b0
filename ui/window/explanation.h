// Explain this run: the views that cost little, one after the other, and what each of them says in one place, each with a way to its view.
#pragma once

#include <QDialog>
#include <QPointer>
#include <vector>

class QGridLayout;
class QLabel;
class QPushButton;

namespace incipit::ui {

class InspectionPanel;
class Views;
class Workspace;

class Explanation : public QDialog {
  Q_OBJECT
 public:
  // Runs the views with these titles, in this order, as they stand among `views`.
  Explanation(Workspace& workspace, Views& views, const QStringList& titles, QWidget* parent = nullptr);
  ~Explanation() override;  // what is being computed goes on in its view only if it was begun there

  void start();
  bool running() const { return m_current >= 0; }
  QString text() const;  // what stands there, a paragraph a view

 private:
  struct Part {
    QPointer<InspectionPanel> panel;
    QLabel* says;
    QString title;
  };
  void next();
  void take(int part);
  void grow();

  Workspace& m_workspace;
  std::vector<Part> m_parts;
  int m_current = -1;
  QLabel* m_of;
  QPushButton* m_stop;
};

}  // namespace incipit::ui

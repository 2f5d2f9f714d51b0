// What was open and set when the studio was closed, so that the next start goes on there: every knob of the plan with model, data, template
// and label, the run whose curves and prompt were in view, and the runs that waited in line. Written whenever one of them changes.
#pragma once

#include <QObject>
#include <QTimer>

namespace incipit::ui {

class Workspace;

class Session : public QObject {
  Q_OBJECT
 public:
  explicit Session(Workspace& workspace, QObject* parent = nullptr);
  ~Session() override;

  bool restore();  // false: there is none, or its model has gone
  void begin();    // from here on changes are written; before, half of what is being opened would be

 private:
  void write();
  void openRunAfterwards(const QString& folder);

  Workspace& m_workspace;
  QTimer m_soon;
  bool m_begun = false;
};

}  // namespace incipit::ui

#include "app/studio/screenshot.h"

#include "ui/generation/playground_panel.h"
#include "ui/inspection/inspection_panel.h"
#include "ui/window/main_window.h"
#include "ui/window/views.h"

#include <QApplication>
#include <QDialog>
#include <QDir>
#include <QFileInfo>
#include <QTimer>
#include <algorithm>
#include <cstdio>

namespace incipit::studio {
namespace {

constexpr int restMilliseconds = 2000;  // without any work, before it counts as rest: plots and neighbours follow a moment later

// One thing after another, each when all work of the one before it has come to an end.
class Photographer : public QObject {
 public:
  Photographer(ui::MainWindow& window, const Screenshot& wanted) : QObject(&window), m_window(window), m_wanted(wanted) {
    m_rest.setSingleShot(true);
    m_rest.setInterval(restMilliseconds);
    connect(&jobs(), &ui::Jobs::busyChanged, this, [this] { m_rest.start(); });
    connect(&m_rest, &QTimer::timeout, this, [this] { jobs().busy() ? m_rest.start() : next(); });
    m_rest.start();
  }

 private:
  ui::Jobs& jobs() { return m_window.workspace().jobs(); }

  void next() {
    m_rest.start();
    if (m_wanted.train) return train();
    if (!m_shown.isEmpty()) shoot(m_shown);
    if (m_wanted.views.isEmpty() && m_shown.isEmpty()) shoot({});
    if (m_wanted.views.isEmpty()) return QApplication::exit(m_failed ? 1 : 0);
    show(m_wanted.views.takeFirst());
  }

  void train() {
    m_wanted.train = false;
    auto& workspace = m_window.workspace();
    if (!workspace.blockers().isEmpty()) return;
    if (m_wanted.steps > 0) {
      auto plan = workspace.plan();
      plan.steps = m_wanted.steps;
      workspace.editPlan(plan, QStringLiteral("Change the number of steps"));
    }
    connect(&workspace, &ui::Workspace::runEnded, this, [this] {
      if (auto* playground = m_window.findChild<ui::PlaygroundPanel*>()) playground->answer();
    });
    workspace.startTraining();
  }

  void show(const QString& title) {
    if (title == QLatin1String("explanation")) return explain();
    auto* views = m_window.findChild<ui::Views*>();
    const auto view = std::ranges::find_if(views->all(), [&](const auto& each) { return !each.title.compare(title, Qt::CaseInsensitive); });
    m_shown = view == views->all().end() ? QString() : title;
    if (m_shown.isEmpty()) {
      std::fprintf(stderr, "there is no view '%s'\n", qPrintable(title));
      m_failed = true;
      return;
    }
    views->show(view->widget);
    if (auto* panel = qobject_cast<ui::InspectionPanel*>(view->widget)) panel->start();
  }

  // The page of Run > Explain this prompt.
  void explain() {
    m_window.explain();
    m_shown = QStringLiteral("explanation");
  }

  void shoot(const QString& view) {
    m_window.resize(m_wanted.size / m_window.devicePixelRatioF());  // pixels of the picture
    QApplication::processEvents();
    const QFileInfo name(m_wanted.file);
    const auto file =
        view.isEmpty()
            ? m_wanted.file
            : name.dir().filePath(name.completeBaseName() + QLatin1Char('-') + view.toLower() + QLatin1Char('.') + name.suffix());
    auto* page = view == QLatin1String("explanation") ? m_window.findChild<QDialog*>() : nullptr;
    if ((page ? static_cast<QWidget*>(page) : &m_window)->grab().save(file)) return;
    std::fprintf(stderr, "the picture could not be written to %s\n", qPrintable(file));
    m_failed = true;
  }

  ui::MainWindow& m_window;
  Screenshot m_wanted;
  QTimer m_rest;
  QString m_shown;
  bool m_failed = false;
};

}  // namespace

void takeScreenshots(ui::MainWindow& window, const Screenshot& wanted) {
  window.resize(wanted.size / window.devicePixelRatioF());
  new Photographer(window, wanted);
}

}  // namespace incipit::studio

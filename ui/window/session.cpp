#include "ui/window/session.h"

#include "core/support/error.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QFileInfo>
#include <QSettings>
#include <nlohmann/json.hpp>

namespace incipit::ui {
namespace {

// A few knobs change together, and typing changes one at every letter.
constexpr int pauseMs = 300;
const auto key = QStringLiteral("session");

bool isGone(const std::string& model) {
  const auto path = toText(model);
  return path.contains(QLatin1Char('/')) && QFileInfo(path).isAbsolute() && !QFileInfo::exists(path);
}

}  // namespace

Session::Session(Workspace& workspace, QObject* parent) : QObject(parent), m_workspace(workspace) {
  m_soon.setSingleShot(true);
  m_soon.setInterval(pauseMs);
  connect(&m_soon, &QTimer::timeout, this, &Session::write);
  const auto soon = [this] {
    if (m_begun && !m_soon.isActive()) m_soon.start();
  };
  connect(&workspace, &Workspace::planChanged, this, soon);
  connect(&workspace, &Workspace::modelChanged, this, soon);
  connect(&workspace, &Workspace::dataChanged, this, soon);
  connect(&workspace, &Workspace::promptChanged, this, soon);
  connect(&workspace, &Workspace::runStarted, this, soon);
  connect(&workspace, &Workspace::runEnded, this, soon);
  connect(&workspace.queue(), &RunQueue::changed, this, soon);
}

Session::~Session() {
  if (m_soon.isActive()) write();
}

void Session::begin() { m_begun = true; }

void Session::write() {
  const auto& workspace = m_workspace;
  // Nothing is remembered while something is on its way: the plan still names what was open before.
  for (const auto* purpose : {"model", "data", "adapter", "run"})
    if (workspace.jobs().busy(QLatin1String(purpose))) return m_soon.start();
  if (!workspace.model()) return;
  Json json{{"plan", toJson(workspace.plan())}};
  const auto run = workspace.run();
  const auto prompt = workspace.prompt();
  // One that goes on, too: should this program end in its middle, the next start finds it, and where it stopped.
  if (run && !(prompt && prompt->state == PromptState::Opened)) json["run"] = run->folder.string();
  for (const auto& waiting : workspace.queue().runs())
    json["waiting"].push_back(toJson(waiting.plan));
  QSettings().setValue(key, toText(compactJson(json)));
}

bool Session::restore() {
  const auto json = jsonOrNothing(QSettings().value(key).toString().toStdString());
  if (!json.is_object() || !json.contains("plan")) return false;
  TrainingPlan plan;
  try {
    plan = planFrom(json["plan"], "the last session");
  } catch (const Error&) {  // of another version: what was open last is known besides
    return false;
  }
  if (isGone(plan.model)) return false;
  const auto run = json.contains("run") && json["run"].is_string() ? toText(json["run"].get<std::string>()) : QString();
  m_workspace.restore(plan);
  std::vector<TrainingPlan> waiting;
  if (json.contains("waiting") && json["waiting"].is_array())
    for (const auto& each : json["waiting"])
      try {
        waiting.push_back(planFrom(each, "the last session"));
      } catch (const Error&) {  // of another version
      }
  if (!waiting.empty()) m_workspace.putBackInLine(std::move(waiting));
  if (!run.isEmpty() && QFileInfo::exists(run)) openRunAfterwards(run);
  return true;
}

// Its prompt stands in front of the model, so the model comes first, and an adapter that the form names must not come behind it.
void Session::openRunAfterwards(const QString& folder) {
  auto* waiting = new QObject(this);
  connect(&m_workspace, &Workspace::statusChanged, waiting, [this, waiting, folder] {
    for (const auto* purpose : {"model", "data", "adapter"})
      if (m_workspace.jobs().busy(QLatin1String(purpose))) return;
    waiting->deleteLater();
    waiting->disconnect();
    disconnect(&m_workspace, nullptr, waiting, nullptr);
    if (!m_workspace.run() && !m_workspace.training()) m_workspace.openRun(folder);
  });
}

}  // namespace incipit::ui

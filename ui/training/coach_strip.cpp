#include "ui/training/coach_strip.h"

#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/workspace.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <nlohmann/json.hpp>

namespace incipit::ui {

CoachStrip::CoachStrip(Workspace& workspace, QWidget* parent) : QFrame(parent), m_workspace(workspace), m_coach(TrainingPlan{}) {
  setAccessibleName(tr("What the coach says"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(grid * 3 / 2, grid, grid * 3 / 2, grid);
  column->setSpacing(grid);
  for (std::size_t i = 0; i < mostLines; ++i) {
    auto* row = new QHBoxLayout;
    row->setSpacing(grid * 2);
    auto* words = new QLabel(this);
    words->setWordWrap(true);
    words->setTextFormat(Qt::PlainText);
    words->setTextInteractionFlags(Qt::TextSelectableByMouse);
    auto* button = new QPushButton(this);
    button->setProperty("plain", true);
    row->addWidget(words, 1);
    row->addWidget(button, 0, Qt::AlignTop);
    column->addLayout(row);
    connect(button, &QPushButton::clicked, this, [this, i] {
      if (i < m_advice.size()) take(Advice(m_advice[i]));
    });
    m_lines.push_back({words, button});
  }
  m_soon.setSingleShot(true);
  m_soon.setInterval(300);
  connect(&m_soon, &QTimer::timeout, this, &CoachStrip::refresh);
  connect(&workspace, &Workspace::statusChanged, this, &CoachStrip::refresh);
  connect(&workspace, &Workspace::runEnded, this, &CoachStrip::refresh);
  begin();
}

void CoachStrip::begin() {
  const auto run = m_workspace.run();
  m_coach = Coach(run ? run->plan : TrainingPlan{});
  refresh();
}

void CoachStrip::follow(const TrainingEvent& event) {
  m_coach.follow(event);
  if (!m_soon.isActive()) m_soon.start();
}

void CoachStrip::refresh() {
  m_advice = m_workspace.run() ? m_coach.advice() : std::vector<Advice>{};
  setVisible(!m_advice.empty());
  for (std::size_t i = 0; i < m_lines.size(); ++i) {
    const Line& line = m_lines[i];
    const bool used = i < m_advice.size();
    line.words->setVisible(used);
    line.button->setVisible(used);
    if (!used) continue;
    const auto text = QString::fromStdString(m_advice[i].seen + ' ' + m_advice[i].remedy);
    if (line.words->text() != text) line.words->setText(text);
    refreshButton(line, m_advice[i]);
  }
}

void CoachStrip::refreshButton(const Line& line, const Advice& advice) {
  const auto run = m_workspace.run();
  const bool here = run->isOf(m_workspace.model()) && m_workspace.data() &&
                    (run->dataFingerprint.empty() || m_workspace.data()->table->fingerprint == run->dataFingerprint);
  line.button->setVisible(!advice.change.empty() && here);
  const bool busy = m_workspace.training();
  line.button->setText(busy ? tr("For the next run") : tr("Try it"));
  QStringList knobs;
  for (const auto& [key, value] : advice.change.items())
    knobs << QStringLiteral("%1 = %2").arg(QString::fromStdString(key),
                                           QString::fromStdString(value.is_string() ? value.get<std::string>() : value.dump()));
  const auto change = knobs.join(QStringLiteral(", "));
  line.button->setToolTip(plainToolTip(busy ? tr("Sets this run's settings with %1, for the next run. It can be undone.").arg(change)
                                            : tr("Starts a run with this run's settings and %1. The settings can be undone.").arg(change)));
}

void CoachStrip::take(const Advice& advice) {
  m_workspace.useSettingsOfRun();
  const auto plan = planFrom(changed(toJson(m_workspace.plan()), advice.change), "the coach");
  m_workspace.editPlan(plan, tr("What the coach suggests"));
  if (!m_workspace.training()) m_workspace.startTraining();
}

void CoachStrip::paintEvent(QPaintEvent*) {
  QPainter painter(this);
  painter.setPen(QPen(hairline(palette()), 1));
  painter.drawLine(0, height() - 1, width(), height() - 1);
  painter.fillRect(0, 0, 3, height() - 1, palette().color(QPalette::Highlight));
}

}  // namespace incipit::ui

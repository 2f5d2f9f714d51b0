#include "ui/window/changes_button.h"

#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QResizeEvent>

namespace incipit::ui {
namespace {

QString wordsOf(const std::string& knob) { return toText(knob).replace(QLatin1Char('_'), QLatin1Char(' ')); }

// A value of plan.json as a person reads it; the end of a long path or text tells more than its beginning.
QString valueOf(const std::string& value) {
  auto text = toText(value).replace(QLatin1Char('\n'), QStringLiteral("\\n"));
  constexpr int most = 48;
  if (text.size() > most) text = QChar(0x2026) + text.right(most - 1);
  return text.isEmpty() ? Workspace::tr("none") : text;
}

}  // namespace

ChangesButton::ChangesButton(Workspace& workspace, QWidget* parent) : QToolButton(parent), m_workspace(workspace) {
  setObjectName(QStringLiteral("changes"));
  setAutoRaise(true);
  connect(this, &QToolButton::clicked, this, &ChangesButton::showList);
  connect(&workspace, &Workspace::statusChanged, this, &ChangesButton::refresh);
  connect(&workspace, &Workspace::runStarted, this, &ChangesButton::refresh);
  connect(&workspace, &Workspace::runEnded, this, &ChangesButton::refresh);
  refresh();
}

QString ChangesButton::list() const {
  QStringList lines;
  for (const auto& change : m_workspace.changesSinceRun())
    lines << QStringLiteral("%1: %2 → %3").arg(wordsOf(change.knob), valueOf(change.before), valueOf(change.after));
  return lines.join(QLatin1Char('\n'));
}

void ChangesButton::refresh() {
  const auto changes = m_workspace.changesSinceRun();
  const bool any = !changes.empty() && m_workspace.model();
  if (any) {
    const int count = int(changes.size());
    // While a run goes on it is not touched by them.
    m_shortText = tr("%Ln change(s)", nullptr, count);
    m_wholeText = m_workspace.training() ? tr("%Ln change(s) for the next run", nullptr, count)
                                         : tr("%Ln change(s) since %1", nullptr, count).arg(m_workspace.run()->name);
    m_short = sizeOf(m_shortText);
    m_whole = sizeOf(m_wholeText);
    setText(width() < m_whole.width() && isVisible() ? m_shortText : m_wholeText);
    setToolTip(plainToolTip(m_wholeText + QStringLiteral(":\n") + list()));
    updateGeometry();
  }
  setVisible(any);
}

QSize ChangesButton::sizeOf(const QString& text) {
  setText(text);
  return QToolButton::sizeHint();
}

void ChangesButton::resizeEvent(QResizeEvent* event) {
  QToolButton::resizeEvent(event);
  setText(event->size().width() < m_whole.width() ? m_shortText : m_wholeText);
}

void ChangesButton::showList() {
  auto* popup = new QFrame(this, Qt::Popup);
  popup->setAttribute(Qt::WA_DeleteOnClose);
  popup->setFrameShape(QFrame::StyledPanel);
  popup->setObjectName(QStringLiteral("changesList"));
  auto* rows = new QGridLayout(popup);
  rows->setContentsMargins(grid * 2, grid * 3 / 2, grid * 2, grid * 3 / 2);
  rows->setHorizontalSpacing(grid * 2);
  rows->setVerticalSpacing(grid / 2);
  const auto run = m_workspace.run();
  int row = 0;
  for (const auto& title : {QString(), run->name, tr("Next run")})
    rows->addWidget(sectionTitle(title, popup), 0, row++);
  row = 1;
  for (const auto& change : m_workspace.changesSinceRun()) {
    rows->addWidget(helpLine(wordsOf(change.knob), popup), row, 0);
    int column = 1;
    for (const auto& value : {change.before, change.after}) {
      auto* label = new QLabel(popup);
      label->setTextFormat(Qt::PlainText);
      label->setText(valueOf(value));
      label->setToolTip(plainToolTip(toText(value)));
      rows->addWidget(label, row, column++);
    }
    ++row;
  }
  if (!m_workspace.training()) {
    auto* back = new QPushButton(tr("Use the settings of %1").arg(run->name), popup);
    back->setProperty("plain", true);
    back->setToolTip(tr("Set steps 3 and 4 as this run had them (can be undone)"));
    rows->addWidget(back, row, 0, 1, 3, Qt::AlignLeft);
    connect(back, &QPushButton::clicked, &m_workspace, &Workspace::useSettingsOfRun);
    connect(back, &QPushButton::clicked, popup, &QWidget::close);
  }
  popup->move(mapToGlobal(QPoint(0, height())));
  popup->show();
}

}  // namespace incipit::ui

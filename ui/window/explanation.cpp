#include "ui/window/explanation.h"

#include "ui/inspection/inspection_panel.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"
#include "ui/window/views.h"
#include "ui/workspace/workspace.h"

#include <QApplication>
#include <QClipboard>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace incipit::ui {

Explanation::Explanation(Workspace& workspace, Views& views, const QStringList& titles, QWidget* parent)
    : QDialog(parent), m_workspace(workspace), m_of(sectionTitle({}, this)) {
  setWindowTitle(tr("What this prompt does"));
  setProperty("helpPage", QStringLiteral("inspection"));
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(grid * 2, grid * 2, grid * 2, grid * 2);
  column->setSpacing(grid);
  m_of->setWordWrap(true);
  column->addWidget(m_of);
  auto* parts = new QGridLayout;
  parts->setHorizontalSpacing(grid * 2);
  parts->setVerticalSpacing(grid * 3 / 2);
  parts->setColumnStretch(1, 1);
  column->addLayout(parts);
  for (const auto& title : titles) {
    const auto view = std::ranges::find(views.all(), title, &Views::View::title);
    auto* panel = view == views.all().end() ? nullptr : qobject_cast<InspectionPanel*>(view->widget);
    if (!panel) continue;
    auto* open = new QPushButton(title, this);
    open->setProperty("plain", true);
    open->setAutoDefault(false);
    open->setToolTip(tr("Show this view"));
    connect(open, &QPushButton::clicked, &views, [&views, panel] { views.show(panel); });
    auto* says = new QLabel(QStringLiteral("–"), this);
    says->setTextFormat(Qt::PlainText);
    says->setWordWrap(true);
    says->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    says->setMinimumWidth(grid * 56);
    const int row = int(m_parts.size());
    parts->addWidget(open, row, 0, Qt::AlignTop);
    parts->addWidget(says, row, 1, Qt::AlignTop);
    m_parts.push_back({panel, says, title});
    connect(panel, &InspectionPanel::finished, this, [this, row] {
      if (row == m_current) take(row);
    });
  }
  column->addWidget(helpLine(tr("Each says what it measured; what that means, and what it does not, stands below its view."), this));
  column->addStretch(1);
  auto* end = new QHBoxLayout;
  auto* copy = new QPushButton(tr("&Copy"), this);
  copy->setProperty("plain", true);
  copy->setAutoDefault(false);
  connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(text()); });
  m_stop = new QPushButton(tr("Stop"), this);
  m_stop->setProperty("plain", true);
  m_stop->setAutoDefault(false);
  connect(m_stop, &QPushButton::clicked, this, [this] {
    const int now = std::exchange(m_current, -1);
    if (now >= 0 && m_parts[std::size_t(now)].panel) m_parts[std::size_t(now)].panel->stop();
    if (now >= 0) take(now);
  });
  auto* close = new QPushButton(tr("Close"), this);
  close->setProperty("primary", true);
  close->setDefault(true);
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
  end->addWidget(copy);
  end->addStretch(1);
  end->addWidget(m_stop);
  end->addWidget(close);
  column->addLayout(end);
  // What it says is of one prompt.
  for (auto signal : {&Workspace::promptChanged, &Workspace::modelChanged})
    connect(&workspace, signal, this, &QDialog::reject);
  resize(grid * 86, 0);
  start();
}

Explanation::~Explanation() {
  const int now = std::exchange(m_current, -1);
  if (now >= 0 && m_parts[std::size_t(now)].panel) m_parts[std::size_t(now)].panel->stop();
}

void Explanation::start() {
  const auto prompt = m_workspace.prompt();
  m_of->setText(prompt ? tr("Of %1").arg(prompt->title()) : QString());
  m_current = -1;
  next();
}

// The next view that can be seen at all; of the others it is said why not.
void Explanation::next() {
  for (++m_current; m_current < int(m_parts.size()); ++m_current) {
    auto& [panel, says, title] = m_parts[std::size_t(m_current)];
    if (!panel) continue;
    if (panel->isCurrent()) {  // it stands there already
      says->setText(panel->summary());
      continue;
    }
    if (const auto why = panel->whyNothing(); !why.isEmpty()) {
      says->setText(why);
      continue;
    }
    says->setText(tr("measuring…"));
    panel->start();
    if (panel->running()) break;
    says->setText(panel->summary());
  }
  if (m_current >= int(m_parts.size())) m_current = -1;
  m_stop->setEnabled(running());
  grow();
}

// With what is said, never smaller: it does not jump under the pointer.
void Explanation::grow() {
  layout()->activate();
  const int needed = layout()->totalHeightForWidth(width());
  if (needed > height()) resize(width(), needed);
}

void Explanation::take(int part) {
  auto& [panel, says, title] = m_parts[std::size_t(part)];
  const auto sentence = panel ? panel->summary() : QString();
  says->setText(!sentence.isEmpty() ? sentence : panel && !panel->problem().isEmpty() ? panel->problem() : tr("stopped"));
  if (running()) next();
  m_stop->setEnabled(running());
  grow();
}

QString Explanation::text() const {
  QStringList lines{m_of->text()};
  for (const auto& part : m_parts)
    lines << QStringLiteral("%1: %2").arg(part.title, part.says->text());
  return lines.join(QLatin1Char('\n')) + QLatin1Char('\n');
}

}  // namespace incipit::ui

#include "ui/window/queue_button.h"

#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/workspace.h"

#include <QFrame>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>
#include <algorithm>

namespace incipit::ui {

QueueButton::QueueButton(Workspace& workspace, QWidget* parent) : QToolButton(parent), m_workspace(workspace) {
  setObjectName(QStringLiteral("queue"));
  setAutoRaise(true);
  connect(this, &QToolButton::clicked, this, &QueueButton::showList);
  connect(&workspace.queue(), &RunQueue::changed, this, &QueueButton::refresh);
  refresh();
}

void QueueButton::refresh() {
  const auto& queue = m_workspace.queue();
  setVisible(!queue.empty());
  const int count = int(queue.runs().size());
  setText(queue.paused() ? tr("%Ln run(s) held", nullptr, count) : tr("%Ln run(s) waiting", nullptr, count));
  setToolTip(queue.paused() ? tr("Nothing begins by itself after a stop, a failure or a new start. A click shows what waits.")
                            : tr("Begin one after the other when the run ends. A click shows them."));
  if (m_popup) queue.empty() ? m_popup->close() : (fill(), true);
}

void QueueButton::showList() {
  auto* popup = new QFrame(this, Qt::Popup);
  popup->setAttribute(Qt::WA_DeleteOnClose);
  popup->setFrameShape(QFrame::StyledPanel);
  auto* column = new QVBoxLayout(popup);
  column->setContentsMargins(grid * 2, grid * 2, grid * 2, grid * 2);
  column->setSpacing(grid);
  column->addWidget(helpLine(tr("Each is trained as it was put in line, whatever is open by then.")));
  m_list = new QListWidget;
  m_list->setAccessibleName(tr("Runs that wait"));
  m_list->setMinimumSize(grid * 52, grid * 14);
  m_list->setTextElideMode(Qt::ElideRight);
  column->addWidget(m_list);
  auto* row = new QHBoxLayout;
  const auto add = [&](const QString& text, const QString& toolTip, auto&& act) {
    auto* button = new QPushButton(text);
    button->setProperty("plain", true);
    button->setToolTip(toolTip);
    connect(button, &QPushButton::clicked, this, act);
    row->addWidget(button);
    return button;
  };
  const auto moved = [this](int by) {
    const int from = m_list->currentRow(), to = from + by;
    m_workspace.queue().move(std::size_t(from), std::size_t(to));
    m_list->setCurrentRow(to);
  };
  m_up = add(tr("Earlier"), tr("Before the one above it"), [moved] { moved(-1); });
  m_down = add(tr("Later"), tr("Behind the one below it"), [moved] { moved(1); });
  m_drop = add(tr("Drop"), tr("Take it out of the line (Delete)"), [this] { m_workspace.queue().drop(std::size_t(m_list->currentRow())); });
  row->addStretch(1);
  m_goOn = add(tr("Go on"), tr("Begin the first of them"), [this] { m_workspace.goOnWithQueue(); });
  column->addLayout(row);
  auto* remove = new QShortcut(QKeySequence::Delete, m_list, nullptr, nullptr, Qt::WidgetShortcut);
  connect(remove, &QShortcut::activated, m_drop, &QPushButton::click);
  connect(m_list, &QListWidget::currentRowChanged, this, [this](int row) {
    m_up->setEnabled(row > 0);
    m_down->setEnabled(row >= 0 && row + 1 < m_list->count());
    m_drop->setEnabled(row >= 0);
  });
  m_popup = popup;
  fill();
  m_list->setCurrentRow(0);
  popup->adjustSize();
  popup->move(mapToGlobal(QPoint(0, height())));
  popup->show();
  m_list->setFocus();
}

void QueueButton::fill() {
  const auto& queue = m_workspace.queue();
  const auto run = m_workspace.run();
  const int chosen = m_list->currentRow();
  m_list->clear();
  for (std::size_t place = 0; place < queue.runs().size(); ++place) {
    const auto title = queue.titleOf(place, run ? &run->plan : nullptr);
    auto* item = new QListWidgetItem(QStringLiteral("%1. %2").arg(place + 1).arg(title), m_list);
    item->setToolTip(plainToolTip(title));
  }
  m_list->setCurrentRow(std::min(chosen, m_list->count() - 1));
  m_goOn->setVisible(queue.paused() && !m_workspace.training());
}

}  // namespace incipit::ui

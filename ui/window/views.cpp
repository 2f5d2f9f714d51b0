#include "ui/window/views.h"

#include "ui/plots/empty_state.h"
#include "ui/settings/theme.h"
#include "ui/window/timeline.h"

#include <QAction>
#include <QButtonGroup>
#include <QEvent>
#include <QHBoxLayout>
#include <QSignalBlocker>
#include <QTabBar>
#include <QTabWidget>
#include <QToolButton>
#include <QVBoxLayout>

#include <algorithm>

namespace incipit::ui {
namespace {

constexpr auto takenOut = "takenOut";  // of the page that stands where a view was: the view

QWidget* standsFor(const QWidget* page) { return page ? page->property(takenOut).value<QWidget*>() : nullptr; }

}  // namespace

QString Views::titleOf(ViewGroup group) {
  switch (group) {
  case ViewGroup::Watch:
    return tr("Watch");
  case ViewGroup::LookInside:
    return tr("Look inside");
  case ViewGroup::Compare:
    return tr("Compare");
  case ViewGroup::Every:
    break;
  }
  return {};
}

Views::Views(Workspace& workspace, QWidget* parent) : QWidget(parent), m_groups(new QButtonGroup(this)), m_tabs(new QTabWidget) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  auto* row = new QHBoxLayout;
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(2);
  static const char* const help[] = {QT_TR_NOOP("A run while it goes on: its curves, and each validation example"),
                                     QT_TR_NOOP("One prompt, row by row: what was learned, and what each row does"),
                                     QT_TR_NOOP("Many runs: which is better, by how much, how sure")};
  for (const auto group : {ViewGroup::Watch, ViewGroup::LookInside, ViewGroup::Compare}) {
    auto* button = new QToolButton;
    button->setText(titleOf(group));
    button->setToolTip(tr(help[int(group)]));
    button->setCheckable(true);
    button->setAutoRaise(true);
    button->setProperty("viewGroup", true);
    m_groups->addButton(button, int(group));
    row->addWidget(button);
  }
  m_groups->button(int(m_group))->setChecked(true);
  row->addStretch(1);
  column->addLayout(row);
  m_tabs->tabBar()->setUsesScrollButtons(true);
  m_tabs->tabBar()->setElideMode(Qt::ElideNone);
  column->addWidget(m_tabs, 1);
  m_timeline = new Timeline(workspace);
  m_timeline->setWanted(false);
  auto* below = new QVBoxLayout;
  below->setContentsMargins(0, grid / 2, 0, 0);
  below->addWidget(m_timeline);
  column->addLayout(below);
  connect(m_groups, &QButtonGroup::idClicked, this, [this](int id) { showGroup(ViewGroup(id)); });
  connect(m_tabs, &QTabWidget::currentChanged, this, &Views::follow);
  connect(m_tabs, &QTabWidget::tabBarDoubleClicked, this, &Views::takeOut);
}

const Views::View* Views::viewOf(const QWidget* page) const {
  const auto* sought = standsFor(page) ? standsFor(page) : page;
  const auto found = std::ranges::find(m_views, sought, &View::widget);
  return found == m_views.end() ? nullptr : &*found;
}

void Views::add(ViewGroup group, QWidget* view, const QString& title) {
  const auto place = std::ranges::upper_bound(m_views, group, {}, &View::group) - m_views.begin();
  m_views.insert(m_views.begin() + place, {group, view, title});
  const int tab = m_tabs->insertTab(int(place), view, title);
  m_tabs->setTabToolTip(tab, tr("%1. A double click gives it a window of its own.").arg(title));
  m_tabs->setTabVisible(tab, group == m_group || group == ViewGroup::Every);
}

void Views::remove(QWidget* view) {
  bringBack(view);
  m_tabs->removeTab(m_tabs->indexOf(view));
  view->setParent(nullptr);
  std::erase_if(m_views, [view](const View& one) { return one.widget == view; });
  std::ranges::replace(m_last, view, static_cast<QWidget*>(nullptr));
}

bool Views::has(const QWidget* view) const { return viewOf(view) != nullptr; }

void Views::show(QWidget* view) {
  for (int tab = 0; tab < m_tabs->count(); ++tab)
    if (m_tabs->widget(tab) == view || standsFor(m_tabs->widget(tab)) == view) m_tabs->setCurrentIndex(tab);
  if (view->isWindow()) {
    view->raise();
    view->activateWindow();
  }
}

void Views::showGroup(ViewGroup group) {
  auto* view = m_last[std::size_t(group)];
  if (!view)
    if (const auto first = std::ranges::find(m_views, group, &View::group); first != m_views.end()) view = first->widget;
  if (view) show(view);
}

// Whoever chose the tab, its group comes with it.
void Views::follow(int tab) {
  const auto* view = viewOf(m_tabs->widget(tab));
  if (!view) return;
  if (view->group != ViewGroup::Every) {
    m_last[std::size_t(view->group)] = view->widget;
    setGroup(view->group);
  }
}

void Views::setGroup(ViewGroup group) {
  m_group = group;
  m_groups->button(int(group))->setChecked(true);
  // A tab that becomes visible before the chosen one would be shown in its place.
  if (const auto* chosen = viewOf(m_tabs->currentWidget()); chosen && chosen->group == group)
    m_tabs->setTabVisible(m_tabs->currentIndex(), true);
  for (int tab = 0; tab < m_tabs->count(); ++tab)
    if (const auto* view = viewOf(m_tabs->widget(tab))) m_tabs->setTabVisible(tab, view->group == group || view->group == ViewGroup::Every);
  m_timeline->setWanted(group == ViewGroup::LookInside);
}

// Another page on the same tab, without a word to anybody.
void Views::exchange(int tab, QWidget* page) {
  const QSignalBlocker quiet(m_tabs);
  const bool current = m_tabs->currentIndex() == tab, visible = m_tabs->isTabVisible(tab);
  const auto title = m_tabs->tabText(tab), toolTip = m_tabs->tabToolTip(tab);
  m_tabs->removeTab(tab);
  m_tabs->insertTab(tab, page, title);
  m_tabs->setTabToolTip(tab, toolTip);
  m_tabs->setTabVisible(tab, visible);
  if (current) m_tabs->setCurrentIndex(tab);
}

// The view in a window of its own; where it was, a sentence says so and brings it back. Closing the window brings it back, too.
void Views::takeOut(int tab) {
  const auto* view = viewOf(m_tabs->widget(tab));
  if (!view || view->group == ViewGroup::Every || standsFor(m_tabs->widget(tab))) return;
  auto* widget = view->widget;
  auto* note = new EmptyState(tr("%1 has a window of its own").arg(view->title), tr("Close that window, and it stands here again."));
  note->setAction(tr("Bring it back"));
  note->setProperty(takenOut, QVariant::fromValue(widget));
  connect(note, &EmptyState::actionTriggered, this, [this, widget] { bringBack(widget); });
  const auto size = widget->size();
  exchange(tab, note);
  widget->setParent(window(), Qt::Window);
  widget->setAutoFillBackground(true);
  widget->setWindowTitle(tr("%1 - Incipit").arg(view->title));
  widget->installEventFilter(this);
  widget->resize(size);
  widget->show();
}

bool Views::eventFilter(QObject* watched, QEvent* event) {
  auto* view = qobject_cast<QWidget*>(watched);
  if (event->type() == QEvent::Close && view && view->isWindow())
    QMetaObject::invokeMethod(
        this, [this, view] { bringBack(view); }, Qt::QueuedConnection);  // it is still closing
  return QWidget::eventFilter(watched, event);
}

void Views::bringBack(QWidget* view) {
  for (int tab = 0; tab < m_tabs->count(); ++tab) {
    auto* note = m_tabs->widget(tab);
    if (standsFor(note) != view) continue;
    view->removeEventFilter(this);
    view->setAutoFillBackground(false);
    view->setWindowFlags(Qt::Widget);
    exchange(tab, view);
    note->deleteLater();
    return;
  }
}

}  // namespace incipit::ui

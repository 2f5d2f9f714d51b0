#include "ui/window/rail.h"

#include "ui/settings/theme.h"

#include <QAbstractButton>
#include <QAction>
#include <QDockWidget>
#include <QPainter>

namespace incipit::ui {
namespace {

// The name of the column, read from below.
class RailButton : public QAbstractButton {
 public:
  explicit RailButton(const QString& title) {
    setText(title);
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
  }
  QSize sizeHint() const override { return {grid * 3, fontMetrics().horizontalAdvance(text()) + grid * 3}; }

 protected:
  void paintEvent(QPaintEvent*) override {
    QPainter painter(this);
    const bool near = underMouse() || hasFocus();
    if (near) {
      painter.setRenderHint(QPainter::Antialiasing);
      painter.setPen(Qt::NoPen);
      painter.setBrush(mixed(palette().color(QPalette::Window), palette().color(QPalette::WindowText), 0.08));
      painter.drawRoundedRect(rect(), 4, 4);
    }
    painter.setPen(near ? accent(palette()) : muted(palette()));
    painter.translate(0, height());
    painter.rotate(-90);
    painter.drawText(QRect(0, 0, height(), width()), Qt::AlignCenter, text());
  }
};

}  // namespace

Rail::Rail(QDockWidget* dock, Qt::ToolBarArea edge, QWidget* parent) : QToolBar(parent), m_dock(dock) {
  setObjectName(dock->objectName() + QStringLiteral("Rail"));
  setWindowTitle(tr("%1 rail").arg(dock->windowTitle()));
  setProperty("rail", true);
  setMovable(false);
  setAllowedAreas(edge);
  setOrientation(Qt::Vertical);
  setContextMenuPolicy(Qt::PreventContextMenu);
  toggleViewAction()->setVisible(false);  // it comes and goes with its column
  auto* button = new RailButton(dock->windowTitle());
  button->setAccessibleName(tr("Bring back %1").arg(dock->windowTitle()));
  const auto key = dock->toggleViewAction()->shortcut().toString(QKeySequence::NativeText);
  button->setToolTip(key.isEmpty() ? tr("Bring back %1").arg(dock->windowTitle()) : tr("Bring back %1 (%2)").arg(dock->windowTitle(), key));
  addWidget(button);
  connect(button, &QAbstractButton::clicked, dock, [dock] {
    dock->show();
    dock->raise();
  });
  connect(dock->toggleViewAction(), &QAction::toggled, this, &Rail::refresh);
  refresh();
}

void Rail::setWanted(bool wanted) {
  m_wanted = wanted;
  refresh();
}

// Asked of the action: a dock that lies behind another one in a stack is not visible, and not folded either.
void Rail::refresh() { setVisible(m_wanted && !m_dock->toggleViewAction()->isChecked()); }

}  // namespace incipit::ui

#include "ui/settings/style_sheet.h"

#include "ui/settings/theme.h"

namespace incipit::ui {

// Names in double braces are colours of the palette. Lists, menus and dialogs are left to Fusion.
QString styleSheet(const QPalette& palette) {
  static const char* const sheet = R"(
QMainWindow::separator { width: 8px; height: 8px; background: {{window}}; }
QToolBar { border: none; padding: 8px; spacing: 8px; background: {{window}}; }
QToolBar[rail="true"] { padding: 8px 0; spacing: 0; }
QStatusBar { background: {{window}}; border-top: 1px solid {{hairline}}; }
QStatusBar::item { border: none; }
QDockWidget { titlebar-close-icon: none; }
QDockWidget::title { text-align: left; padding: 6px 8px; background: {{window}}; }
QScrollArea { border: none; background: transparent; }
QTabWidget::pane { border: 1px solid {{hairline}}; border-radius: 6px; top: -1px; background: {{base}}; }
QTabWidget[atTheEdge="true"]::pane { margin-right: 8px; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { padding: 6px 8px; margin-right: 2px; border: 1px solid transparent; border-bottom: 2px solid transparent;
  color: {{muted}}; background: transparent; }
QTabBar::tab:selected { color: {{text}}; border-bottom: 2px solid {{accent}}; }
QTabBar::tab:hover:!selected { color: {{text}}; border-bottom: 2px solid {{hairline}}; }
QTabBar::tab:focus { color: {{accent}}; }
QToolButton#trainMore::menu-indicator { image: none; }
QToolButton#filterTokens { padding: 4px 18px 4px 6px; border: 1px solid transparent; border-radius: 4px; }
QToolButton#filterTokens:hover, QToolButton#filterTokens:focus { border-color: {{hairline}}; }
QToolButton#filterTokens::menu-indicator { image: url(:/icons/chevron-down.svg); width: 10px; height: 10px;
  subcontrol-origin: padding; subcontrol-position: center right; right: 4px; }
QToolButton[viewGroup="true"] { padding: 4px 12px; border: none; border-radius: 4px; color: {{muted}}; background: transparent; }
QToolButton[viewGroup="true"]:hover { color: {{text}}; background: {{hover}}; }
QToolButton[viewGroup="true"]:focus { color: {{accent}}; }
QToolButton[viewGroup="true"]:checked { color: {{text}}; font-weight: 600; background: {{hover}}; }
QLineEdit, QAbstractSpinBox, QComboBox { border: 1px solid {{field}}; border-radius: 4px; background: {{base}}; color: {{text}};
  padding: 3px 6px; min-height: 18px; selection-background-color: {{accent}}; selection-color: {{onAccent}}; }
QLineEdit:hover, QAbstractSpinBox:hover, QComboBox:hover { border-color: {{muted}}; }
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus { border-color: {{accent}}; }
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled { color: {{disabled}}; border-color: {{hairline}}; }
QAbstractSpinBox { padding-right: 18px; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { subcontrol-origin: border; width: 18px; border: none; background: transparent; }
QAbstractSpinBox::up-button { subcontrol-position: top right; margin-top: 1px; }
QAbstractSpinBox::down-button { subcontrol-position: bottom right; margin-bottom: 1px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: {{hover}}; }
QAbstractSpinBox::up-arrow { image: url(:/icons/chevron-up.svg); width: 10px; height: 10px; }
QAbstractSpinBox::down-arrow { image: url(:/icons/chevron-down.svg); width: 10px; height: 10px; }
QComboBox { padding-right: 20px; }
QComboBox::drop-down { subcontrol-origin: border; subcontrol-position: center right; width: 22px; border: none; }
QComboBox::down-arrow { image: url(:/icons/chevron-down.svg); width: 12px; height: 12px; }
QComboBox QAbstractItemView { border: 1px solid {{field}}; background: {{base}}; padding: 2px; outline: none; }
QCheckBox, QRadioButton { spacing: 8px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid {{field}}; border-radius: 3px; background: {{base}}; }
QCheckBox::indicator:hover, QCheckBox::indicator:focus { border-color: {{accent}}; }
QCheckBox::indicator:checked { background: {{accent}}; border-color: {{accent}}; image: url({{check}}); }
QCheckBox:focus { color: {{accent}}; }
QProgressBar { border: none; border-radius: 4px; background: {{track}}; }
QProgressBar::chunk { border-radius: 4px; background: {{accent}}; }
QScrollBar:vertical { width: 12px; background: transparent; margin: 0; }
QScrollBar:horizontal { height: 12px; background: transparent; margin: 0; }
QScrollBar::handle { background: {{handle}}; border-radius: 4px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 24px; }
QScrollBar::handle:horizontal { min-width: 24px; }
QScrollBar::handle:hover { background: {{muted}}; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QFrame#plotFrame { border: 1px solid transparent; border-radius: 4px; }
QFrame#plotFrame[focused="true"] { border-color: {{accent}}; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QTableView#frozenColumn { border: none; border-right: 1px solid {{hairline}}; border-radius: 0; }
QTableCornerButton::section { background: {{window}}; border: none; border-bottom: 1px solid {{hairline}}; }
QHeaderView { background: {{window}}; }
QHeaderView::section:vertical { border: none; padding: 0 6px; }
QToolTip { color: #ffffff; background: {{tip}}; border: 1px solid {{tip}}; padding: 4px 6px; }
QHeaderView::section:horizontal { background: {{window}}; color: {{muted}}; border: none; border-bottom: 1px solid {{hairline}}; padding: 4px; }
QHeaderView::up-arrow { image: url(:/icons/chevron-up.svg); }
QHeaderView::down-arrow { image: url(:/icons/chevron-down.svg); }
QHeaderView::up-arrow, QHeaderView::down-arrow { width: 10px; height: 10px; subcontrol-origin: margin; subcontrol-position: center right; }
QTableView, QTreeView, QListView, QTextBrowser, QPlainTextEdit, QTextEdit, QScrollArea#bars { border: 1px solid {{hairline}}; border-radius: 4px;
  background: {{base}}; }
QTableView { gridline-color: {{hairline}}; }
QPlainTextEdit:focus, QTextEdit:focus, QTableView:focus, QTreeView:focus, QListView:focus { border: 1px solid {{accent}}; }
QPushButton[primary="true"] { background: {{accent}}; color: {{onAccent}}; border: 1px solid {{accent}}; border-radius: 4px;
  padding: 5px 16px; font-weight: 600; }
QPushButton[primary="true"]:hover { background: {{accentHover}}; }
QPushButton[primary="true"]:pressed { background: {{accentDown}}; }
QPushButton[primary="true"]:focus { border: 2px solid {{text}}; padding: 4px 15px; }
QPushButton[primary="true"][blocked="true"] { background: {{blocked}}; border-color: {{hairline}}; color: {{muted}}; }
QPushButton[plain="true"] { border: 1px solid {{hairline}}; border-radius: 4px; padding: 5px 12px; background: {{button}}; }
QPushButton[plain="true"]::menu-indicator { image: url(:/icons/chevron-down.svg); width: 12px; height: 12px;
  subcontrol-origin: padding; subcontrol-position: center right; right: 6px; }
QPushButton[plain="true"][menu="true"] { padding-right: 24px; }
QPushButton[plain="true"]:pressed { background: {{hover}}; }
QPushButton[plain="true"]:hover { border-color: {{accent}}; }
QPushButton[plain="true"]:focus { border-color: {{accent}}; }
QPushButton[plain="true"]:disabled { color: {{disabled}}; }
)";
  const QColor window = palette.color(QPalette::Window), text = palette.color(QPalette::WindowText), strong = accent(palette);
  auto result = QString::fromLatin1(sheet);
  const auto put = [&](const char* name, const QColor& colour) {
    result.replace(QLatin1String("{{") + QLatin1String(name) + QLatin1String("}}"), colour.name());
  };
  const bool night = isDark(palette);
  result.replace(QLatin1String("{{check}}"), night ? QLatin1String(":/icons/check-dark.svg") : QLatin1String(":/icons/check-light.svg"));
  put("field", mixed(window, text, night ? 0.34 : 0.30));
  put("track", mixed(window, text, 0.10));
  put("handle", mixed(window, text, 0.24));
  put("hover", mixed(palette.color(QPalette::Base), text, 0.08));
  put("window", window);
  put("base", palette.color(QPalette::Base));
  put("button", palette.color(QPalette::Button));
  put("text", text);
  put("muted", muted(palette));
  put("hairline", hairline(palette));
  put("tip", palette.color(QPalette::ToolTipBase));
  put("accent", strong);
  put("accentHover", mixed(strong, text, 0.12));
  put("accentDown", mixed(strong, text, 0.25));
  put("onAccent", palette.color(QPalette::HighlightedText));
  put("blocked", mixed(window, text, 0.06));
  put("disabled", palette.color(QPalette::Disabled, QPalette::ButtonText));
  return result;
}

}  // namespace incipit::ui

#include "ui/settings/style_sheet.h"

#include "ui/settings/theme.h"

namespace incipit::ui {

// Names in double braces are colours of the palette. Plain fields and buttons are left to Fusion.
QString styleSheet(const QPalette& palette) {
  static const char* const sheet = R"(
QMainWindow::separator { width: 8px; height: 8px; background: {{window}}; }
QToolBar { border: none; padding: 8px; spacing: 8px; background: {{window}}; }
QStatusBar { background: {{window}}; border-top: 1px solid {{hairline}}; }
QStatusBar::item { border: none; }
QDockWidget { titlebar-close-icon: none; }
QDockWidget::title { text-align: left; padding: 6px 8px; background: {{window}}; }
QScrollArea { border: none; background: transparent; }
QTabWidget::pane { border: 1px solid {{hairline}}; border-radius: 6px; top: -1px; background: {{base}}; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { padding: 6px 16px; margin-right: 2px; border: 1px solid transparent; border-bottom: 2px solid transparent;
  color: {{muted}}; background: transparent; }
QTabBar::tab:selected { color: {{text}}; border-bottom: 2px solid {{accent}}; }
QTabBar::tab:hover:!selected { color: {{text}}; border-bottom: 2px solid {{hairline}}; }
QTabBar::tab:focus { color: {{accent}}; }
QToolTip { color: #ffffff; background: {{tip}}; border: 1px solid {{tip}}; padding: 4px 6px; }
QHeaderView::section { background: {{window}}; color: {{muted}}; border: none; border-bottom: 1px solid {{hairline}}; padding: 4px 8px; }
QTableView, QTreeView, QListView, QTextBrowser, QPlainTextEdit, QTextEdit { border: 1px solid {{hairline}}; border-radius: 4px;
  background: {{base}}; }
QPlainTextEdit:focus, QTextEdit:focus, QTableView:focus, QTreeView:focus, QListView:focus { border: 1px solid {{accent}}; }
QPushButton[primary="true"] { background: {{accent}}; color: {{onAccent}}; border: 1px solid {{accent}}; border-radius: 4px;
  padding: 5px 16px; font-weight: 600; }
QPushButton[primary="true"]:hover { background: {{accentHover}}; }
QPushButton[primary="true"]:pressed { background: {{accentDown}}; }
QPushButton[primary="true"]:focus { border: 2px solid {{text}}; padding: 4px 15px; }
QPushButton[primary="true"][blocked="true"] { background: {{blocked}}; border-color: {{hairline}}; color: {{muted}}; }
QPushButton[plain="true"] { border: 1px solid {{hairline}}; border-radius: 4px; padding: 5px 12px; background: {{button}}; }
QPushButton[plain="true"]:hover { border-color: {{accent}}; }
QPushButton[plain="true"]:focus { border-color: {{accent}}; }
QPushButton[plain="true"]:disabled { color: {{disabled}}; }
)";
  const QColor window = palette.color(QPalette::Window), text = palette.color(QPalette::WindowText), strong = accent(palette);
  auto result = QString::fromLatin1(sheet);
  const auto put = [&](const char* name, const QColor& colour) {
    result.replace(QLatin1String("{{") + QLatin1String(name) + QLatin1String("}}"), colour.name());
  };
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

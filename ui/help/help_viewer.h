// The help pages (resources/help/*.md), shown inside the studio. F1 opens the page of where the focus is.
#pragma once

#include <QWidget>

class QTextBrowser;
class QAction;

namespace incipit::ui {

class HelpViewer : public QWidget {
  Q_OBJECT
 public:
  explicit HelpViewer(QWidget* parent = nullptr);

  void open(const QString& page);  // "prompt"; an unknown page opens the first one
  // The page of a widget: its own or its nearest ancestor's property "helpPage", else "index".
  static QString pageOf(const QWidget* widget);

 protected:
  void changeEvent(QEvent* event) override;

 private:
  void follow(const QUrl& link);
  void restyle();

  QTextBrowser* m_browser;
  QString m_page;
  QStringList m_past;
  QAction* m_back;
};

}  // namespace incipit::ui

#include "app/studio/first_picture.h"

#include <QApplication>
#include <QEvent>
#include <QTimer>
#include <QWidget>
#include <cstdio>

namespace incipit::studio {
namespace {

class FirstPicture : public QObject {
 public:
  explicit FirstPicture(QWidget& window) : QObject(&window) { window.installEventFilter(this); }

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override {
    if (event->type() == QEvent::Paint && !m_seen) {
      m_seen = true;
      QTimer::singleShot(0, this, [] {  // the children are painted after the window, and all of it is shown then
        std::puts(visibleWord);
        std::fflush(stdout);
        QApplication::quit();
      });
    }
    return QObject::eventFilter(watched, event);
  }

 private:
  bool m_seen = false;
};

}  // namespace

void endAfterFirstPicture(QWidget& window) { new FirstPicture(window); }

}  // namespace incipit::studio

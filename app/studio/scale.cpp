#include "app/studio/scale.h"

#include <QGuiApplication>
#include <QScreen>
#include <QStringList>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace incipit::studio {
namespace {

constexpr int manyPixels = 3200;   // across: 4K and more
constexpr double denseDots = 150;  // an inch: a laptop's 4K screen; fewer is a large one on a desk

// 1: as it is. A screen that says 96 dots an inch and no ratio has been scaled by nobody.
double scaleFor(const QScreen& screen) {
  const bool unscaled = screen.devicePixelRatio() == 1 && screen.logicalDotsPerInch() <= 96;
  if (!unscaled || screen.size().width() < manyPixels) return 1;
  return screen.physicalDotsPerInch() > denseDots ? 2 : 1.5;
}

// "DP-1=1.5;DP-2=1", or nothing where no screen wants a scale.
QByteArray factors() {
  QStringList each;
  bool any = false;
  for (const auto* screen : QGuiApplication::screens()) {
    const double scale = scaleFor(*screen);
    any = any || scale != 1;
    each << QStringLiteral("%1=%2").arg(screen->name()).arg(scale);
  }
  return any ? each.join(QLatin1Char(';')).toUtf8() : QByteArray();
}

[[noreturn]] void look(int argc, char** argv, int answer, int release) {
  const QGuiApplication application(argc, argv);
  const auto found = factors();
  const bool told = write(answer, found.constData(), std::size_t(found.size())) == found.size();
  close(answer);
  char end;
  while (told && read(release, &end, 1) > 0) {
  }
  _exit(0);
}

}  // namespace

ScreenScale::ScreenScale(int argc, char** argv) {
  for (const auto* name : {"QT_SCALE_FACTOR", "QT_SCREEN_SCALE_FACTORS", "QT_FONT_DPI", "QT_USE_PHYSICAL_DPI", "QT_ENABLE_HIGHDPI_SCALING"})
    if (qEnvironmentVariableIsSet(name)) return;
  int answer[2], release[2];
  if (pipe2(answer, O_CLOEXEC) != 0) return;
  if (pipe2(release, O_CLOEXEC) != 0) {
    close(answer[0]);
    close(answer[1]);
    return;
  }
  m_child = fork();
  if (m_child == 0) {
    close(answer[0]);
    close(release[1]);
    // A screen that cannot be reached is told of by the application itself.
    const int silent = open("/dev/null", O_WRONLY);
    if (silent >= 0) dup2(silent, STDERR_FILENO);
    look(argc, argv, answer[1], release[0]);
  }
  close(answer[1]);
  close(release[0]);
  m_release = release[1];
  QByteArray found;
  char piece[256];
  for (ssize_t got; m_child > 0 && (got = read(answer[0], piece, sizeof piece)) > 0;)
    found.append(piece, got);
  close(answer[0]);
  if (!found.isEmpty()) qputenv("QT_SCREEN_SCALE_FACTORS", found);
}

ScreenScale::~ScreenScale() {
  if (m_release >= 0) close(m_release);
  if (m_child > 0) waitpid(m_child, nullptr, 0);
}

}  // namespace incipit::studio

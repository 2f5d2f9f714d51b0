#include "ui/settings/settings.h"

#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QStandardPaths>

namespace incipit::ui::settings {
namespace {

constexpr int mostRecent = 8;
// Raised when the docks of the window change so much that an old arrangement no longer fits.
constexpr auto docksKey = "window/docks3";

QString keyOf(Recent kind) {
  switch (kind) {
  case Recent::Model:
    return QStringLiteral("recent/models");
  case Recent::Data:
    return QStringLiteral("recent/data");
  case Recent::Adapter:
    return QStringLiteral("recent/adapters");
  case Recent::Run:
    return QStringLiteral("recent/runs");
  }
  return {};
}

}  // namespace

Theme theme() {
  const auto name = QSettings().value(QStringLiteral("theme")).toString();
  return name == QLatin1String("dark") ? Theme::Dark : name == QLatin1String("light") ? Theme::Light : Theme::System;
}

void setTheme(Theme theme) {
  QSettings().setValue(QStringLiteral("theme"), theme == Theme::Dark    ? QStringLiteral("dark")
                                                : theme == Theme::Light ? QStringLiteral("light")
                                                                        : QStringLiteral("system"));
}

QStringList recent(Recent kind) { return QSettings().value(keyOf(kind)).toStringList(); }

void remember(Recent kind, const QString& path) {
  auto all = recent(kind);
  all.removeAll(path);
  all.prepend(path);
  QSettings().setValue(keyOf(kind), QStringList(all.mid(0, mostRecent)));
}

void forget(Recent kind, const QString& path) {
  auto all = recent(kind);
  all.removeAll(path);
  QSettings().setValue(keyOf(kind), all);
}

QByteArray geometry() { return QSettings().value(QStringLiteral("window/geometry")).toByteArray(); }
QByteArray docks() { return QSettings().value(QLatin1String(docksKey)).toByteArray(); }
void setWindow(const QByteArray& geometry, const QByteArray& docks) {
  QSettings settings;
  settings.setValue(QStringLiteral("window/geometry"), geometry);
  settings.setValue(QLatin1String(docksKey), docks);
}

bool folded(int step) { return QSettings().value(QStringLiteral("folded/%1").arg(step), step != 3).toBool(); }
void setFolded(int step, bool folded) { QSettings().setValue(QStringLiteral("folded/%1").arg(step), folded); }

bool foldsSetup() { return QSettings().value(QStringLiteral("foldsSetup"), false).toBool(); }
void setFoldsSetup(bool folds) { QSettings().setValue(QStringLiteral("foldsSetup"), folds); }

QString startOf(const QString& purpose) {
  const auto last = QSettings().value(QStringLiteral("last/") + purpose).toString();
  if (last.isEmpty()) return QDir::homePath();
  if (QFileInfo::exists(last)) return last;
  const auto folder = QFileInfo(last).absolutePath();
  return QFileInfo::exists(folder) ? folder : QDir::homePath();
}

void setLast(const QString& purpose, const QString& path) { QSettings().setValue(QStringLiteral("last/") + purpose, path); }

double speed(const QString& key) { return QSettings().value(QStringLiteral("speed/") + key).toDouble(); }
void setSpeed(const QString& key, double seconds) { QSettings().setValue(QStringLiteral("speed/") + key, seconds); }

QString runsFolder() {
  const auto chosen = qEnvironmentVariable("INCIPIT_RUNS");
  if (!chosen.isEmpty()) return chosen;
  const auto documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
  return QDir(documents.isEmpty() ? QDir::homePath() : documents).filePath(QStringLiteral("Incipit runs"));
}

}  // namespace incipit::ui::settings

#include "ui/dataset/demo_data.h"

#include "core/hub/find_model.h"
#include "core/support/json.h"
#include "ui/workspace/text.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit::ui {
namespace {

const auto validationMark = QStringLiteral("-validation");

QString tr(const char* text) { return QCoreApplication::translate("DemoData", text); }

DemoData describe(const QFileInfo& file) {
  DemoData demo;
  demo.file = file.absoluteFilePath();
  demo.validation = validationBeside(demo.file);
  const auto plan = file.dir().filePath(file.completeBaseName() + QStringLiteral(".plan.json"));
  if (QFileInfo::exists(plan)) demo.knobs = planFrom(readJson(toPath(plan)), plan.toStdString());
  auto name = file.completeBaseName().replace(QLatin1Char('-'), QLatin1Char(' '));
  name[0] = name[0].toUpper();
  if (file.completeBaseName() == QLatin1String("who-class")) name = tr("Who a scene is about");
  demo.title = (demo.knobs.data.labelColumn.empty() ? tr("%1: learn to write like this") : tr("%1: learn to say the label")).arg(name);
  return demo;
}

}  // namespace

QList<DemoData> demoData() {
  QList<DemoData> found;
  for (const auto& file : QDir(toText(demoDataFolder())).entryInfoList({QStringLiteral("*.jsonl")}, QDir::Files, QDir::Name))
    if (!file.completeBaseName().endsWith(validationMark)) found.append(describe(file));
  // First the one that is open at the first start.
  std::stable_partition(found.begin(), found.end(), [](const DemoData& demo) { return demo.knobs.data.labelColumn.empty(); });
  return found;
}

bool isDemoData(const QString& file) {
  const QFileInfo info(file);
  return info.isFile() && info.canonicalPath() == QFileInfo(toText(demoDataFolder())).canonicalFilePath();
}

std::optional<DemoData> demoDataOf(const QString& file) {
  const QFileInfo info(file);
  if (!isDemoData(file)) return {};
  if (info.completeBaseName().endsWith(validationMark)) return {};
  return describe(info);
}

QString demoDataFile(const QString& name) { return QDir(toText(demoDataFolder())).filePath(name + QStringLiteral(".jsonl")); }

QString validationBeside(const QString& file) {
  const QFileInfo info(file);
  const bool packed = info.suffix() == QLatin1String("gz") || info.suffix() == QLatin1String("zst");
  const QFileInfo inner(packed ? info.completeBaseName() : info.fileName());
  auto beside = info.dir().filePath(inner.completeBaseName() + validationMark + QLatin1Char('.') + inner.suffix());
  if (packed) beside += QLatin1Char('.') + info.suffix();
  return QFileInfo(beside).isFile() ? beside : QString();
}

}  // namespace incipit::ui

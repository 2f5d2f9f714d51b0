#include "ui/window/dropped.h"

#include <QDir>
#include <QFileInfo>

namespace incipit::ui {

QString wholeOf(const QString& path) {
  static const QStringList parts{QStringLiteral("config.json"),       QStringLiteral("adapter_config.json"),
                                 QStringLiteral("tokenizer.json"),    QStringLiteral("adapter_model.safetensors"),
                                 QStringLiteral("model.safetensors"), QStringLiteral("model.safetensors.index.json"),
                                 QStringLiteral("pytorch_model.bin"), QStringLiteral("pytorch_model.bin.index.json"),
                                 QStringLiteral("adapter_model.bin"), QStringLiteral("spiece.model"),
                                 QStringLiteral("tokenizer.model"),   QStringLiteral("vocab.txt"),
                                 QStringLiteral("plan.json"),         QStringLiteral("events.jsonl")};
  const QFileInfo info(path);
  return info.isFile() && parts.contains(info.fileName()) ? info.absolutePath() : info.absoluteFilePath();
}

Dropped kindOf(const QString& path) {
  const QFileInfo info(wholeOf(path));
  if (info.isDir()) {
    const QDir folder(info.absoluteFilePath());
    if (folder.exists(QStringLiteral("events.jsonl")) || folder.exists(QStringLiteral("plan.json"))) return Dropped::Run;
    if (folder.exists(QStringLiteral("adapter_config.json"))) return Dropped::Adapter;
    return Dropped::Model;  // opening it says what is missing
  }
  if (!info.isFile()) return Dropped::Nothing;
  const auto ending = info.suffix().toLower();
  static const QStringList data{QStringLiteral("jsonl"), QStringLiteral("ndjson"), QStringLiteral("csv"), QStringLiteral("tsv"),
                                QStringLiteral("txt"),   QStringLiteral("json"),   QStringLiteral("text")};
  if (data.contains(ending)) return Dropped::Data;
  static const QStringList prompts{QStringLiteral("npy"), QStringLiteral("safetensors"), QStringLiteral("bin"), QStringLiteral("pt"),
                                   QStringLiteral("pth")};
  if (prompts.contains(ending)) return Dropped::Adapter;
  return Dropped::Data;  // plain text under another name
}

}  // namespace incipit::ui

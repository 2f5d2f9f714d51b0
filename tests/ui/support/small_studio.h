// What the tests of the studio stand on: settings and runs in a folder of their own, and the small Llama of tests/fixtures with a
// byte-level tokenizer beside it (three special tokens and the 256 bytes, no merges), so that every text has known ids.
#pragma once

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSettings>
#include <QTemporaryDir>

namespace incipit::test {

inline void writeText(const QString& file, const QByteArray& text) {
  QFile out(file);
  if (!out.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(file));
  out.write(text);
}

class SmallStudio {
 public:
  SmallStudio() {
    QCoreApplication::setOrganizationName(QStringLiteral("Incipit"));
    QCoreApplication::setApplicationName(QStringLiteral("Incipit tests"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, m_folder.filePath(QStringLiteral("settings")));
    qputenv("INCIPIT_RUNS", path(QStringLiteral("runs")).toUtf8());
  }

  QString path(const QString& name) const { return m_folder.filePath(name); }

  QString model() const {
    const QDir from(QStringLiteral(INCIPIT_FIXTURES_DIR "/llama/model"));
    const QDir to(path(QStringLiteral("small-llama")));
    if (to.exists()) return to.path();
    to.mkpath(QStringLiteral("."));
    for (const auto& name : {QStringLiteral("config.json"), QStringLiteral("model.safetensors")})
      QFile::copy(from.filePath(name), to.filePath(name));
    writeText(to.filePath(QStringLiteral("tokenizer.json")), tokenizerJson());
    return to.path();
  }

  // The same shape with other numbers: a prompt would fit it, and was not made for it.
  QString otherModel() const {
    const QDir to(path(QStringLiteral("other-llama"))), from(model());
    if (to.exists()) return to.path();
    to.mkpath(QStringLiteral("."));
    for (const auto& file : from.entryInfoList(QDir::Files))
      QFile::copy(file.filePath(), to.filePath(file.fileName()));
    QFile weights(to.filePath(QStringLiteral("model.safetensors")));
    weights.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
    if (!weights.open(QIODevice::ReadWrite)) qFatal("cannot open the weights");
    weights.seek(weights.size() - 4);
    weights.write("\x00\x00\x00\x3e", 4);
    return to.path();
  }

  // An encoder-decoder model: the small T5 of tests/fixtures with the small T5's tokenizer.
  QString translator() const {
    const QDir fixtures(QStringLiteral(INCIPIT_FIXTURES_DIR)), to(path(QStringLiteral("small-t5")));
    if (to.exists()) return to.path();
    to.mkpath(QStringLiteral("."));
    for (const auto& part : {fixtures.filePath(QStringLiteral("t5/model")), fixtures.filePath(QStringLiteral("tokenizers/t5_tiny"))})
      for (const auto& file : QDir(part).entryInfoList(QDir::Files))
        QFile::copy(file.filePath(), to.filePath(file.fileName()));
    return to.path();
  }

  // Rows short enough for the small model's context of 128.
  QString stories(int rows = 12) const {
    const auto file = path(QStringLiteral("stories.jsonl"));
    QByteArray text;
    for (int i = 0; i < rows; ++i)
      text += R"({"text": "The sea was deep and ship )" + QByteArray::number(i) + R"( went down to it."})" + '\n';
    writeText(file, text);
    return file;
  }
  QString places() const {
    const auto file = path(QStringLiteral("places.csv"));
    writeText(file, "text,label\nThe waves broke.,0\nThe oak fell.,1\nA ship sailed.,0\nThe fern grew.,1\n");
    return file;
  }

 private:
  static QByteArray tokenizerJson() {
    QJsonObject vocabulary{{QStringLiteral("<pad>"), 0}, {QStringLiteral("<s>"), 1}, {QStringLiteral("</s>"), 2}};
    int moved = 256;  // bytes that are no printable character have letters from 256 on, as GPT-2's vocabulary writes them
    for (int byte = 0; byte < 256; ++byte) {
      const bool printable = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
      vocabulary[QString(QChar(printable ? byte : moved++))] = byte + 3;
    }
    const auto special = [](int id, const char* content) {
      return QJsonObject{{"id", id},        {"content", content},  {"single_word", false}, {"lstrip", false},
                         {"rstrip", false}, {"normalized", false}, {"special", true}};
    };
    const QJsonObject byteLevel{{"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}};
    const QJsonObject begin{{"SpecialToken", QJsonObject{{"id", "<s>"}, {"type_id", 0}}}};
    const QJsonObject sequence{{"Sequence", QJsonObject{{"id", "A"}, {"type_id", 0}}}};
    const QJsonObject sequenceB{{"Sequence", QJsonObject{{"id", "B"}, {"type_id", 1}}}};
    const QJsonObject around{
        {"type", "TemplateProcessing"},
        {"single", QJsonArray{begin, sequence}},
        {"pair", QJsonArray{begin, sequence, sequenceB}},
        {"special_tokens", QJsonObject{{"<s>", QJsonObject{{"id", "<s>"}, {"ids", QJsonArray{1}}, {"tokens", QJsonArray{"<s>"}}}}}}};
    const QJsonObject model{{"type", "BPE"},
                            {"dropout", QJsonValue::Null},
                            {"unk_token", QJsonValue::Null},
                            {"continuing_subword_prefix", QJsonValue::Null},
                            {"end_of_word_suffix", QJsonValue::Null},
                            {"fuse_unk", false},
                            {"byte_fallback", false},
                            {"vocab", vocabulary},
                            {"merges", QJsonArray{}}};
    return QJsonDocument(QJsonObject{{"version", "1.0"},
                                     {"truncation", QJsonValue::Null},
                                     {"padding", QJsonValue::Null},
                                     {"added_tokens", QJsonArray{special(0, "<pad>"), special(1, "<s>"), special(2, "</s>")}},
                                     {"normalizer", QJsonValue::Null},
                                     {"pre_tokenizer", byteLevel},
                                     {"post_processor", around},
                                     {"decoder", byteLevel},
                                     {"model", model}})
        .toJson();
  }

  QTemporaryDir m_folder;
};

}  // namespace incipit::test

// The export dialog writes what it says, where it says, and shows how to load it.
#include "core/exchange/exchange.h"
#include "ui/exchange/export_dialog.h"
#include "ui/steps/problem_strip.h"

#include <QComboBox>
#include <QLabel>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestExportDialog : public QObject {
  Q_OBJECT
  Jobs m_jobs;
  QTemporaryDir m_folder;

  static PromptInView shown() { return {PromptState::Trained, prompt(), nullptr, "/runs/mine", QStringLiteral("mine"), 7, {}, {}}; }
  static SoftPrompt prompt() {
    SoftPrompt made;
    made.rows = Matrix(3, 4);
    for (std::size_t i = 0; i < made.rows.values.size(); ++i)
      made.rows.values[i] = static_cast<float>(i) * 0.5f;
    made.origin.modelName = "demo";
    return made;
  }

 private slots:
  void initTestCase() {
    QStandardPaths::setTestModeEnabled(true);
    QCoreApplication::setApplicationName(QStringLiteral("incipit-test"));
  }

  void everyFormatIsWrittenAndComesBack() {
    for (const auto& format : exchangeFormats()) {
      ExportDialog dialog(m_jobs, shown());
      dialog.setFormat(QString::fromStdString(format.name));
      const auto target = m_folder.filePath(QStringLiteral("out-") + QString::fromStdString(format.name + format.extension));
      dialog.setPath(target);
      QVERIFY(dialog.snippet().isEmpty() || dialog.snippet().contains(target));
      QSignalSpy written(&dialog, &ExportDialog::written);
      dialog.write();
      QVERIFY2(written.wait(10'000), format.name.c_str());
      for (const auto& file : written.first().first().toStringList())
        QVERIFY(QFileInfo::exists(file));
      const auto back = readPrompt(target.toStdString());
      QCOMPARE(back.rows.rows, 3);
      QCOMPARE(back.rows.values, prompt().rows.values);
    }
  }

  void anotherFormatChangesTheEndingOnly() {
    ExportDialog dialog(m_jobs, shown());
    dialog.setPath(QStringLiteral("/somewhere/mine"));
    dialog.setFormat(QStringLiteral("npy"));
    QCOMPARE(dialog.path(), QStringLiteral("/somewhere/mine.npy"));
    dialog.setFormat(QStringLiteral("peft"));
    QCOMPARE(dialog.path(), QStringLiteral("/somewhere/mine"));
  }

  void onlyAGemmaPromptAsksForWhichTransformers() {
    ExportDialog plain(m_jobs, shown());
    QVERIFY(!plain.findChild<QComboBox*>(QStringLiteral("transformers")));
    auto gemma = shown();
    gemma.prompt.origin.rowScale = RowScale::Unscaled;
    for (const int index : {0, 1}) {
      ExportDialog dialog(m_jobs, gemma);
      auto* choice = dialog.findChild<QComboBox*>(QStringLiteral("transformers"));
      QVERIFY(choice);
      QCOMPARE(choice->currentIndex(), 0);  // the newest
      choice->setCurrentIndex(index);
      const auto target = m_folder.filePath(QStringLiteral("gemma-%1").arg(index));
      dialog.setPath(target);
      QSignalSpy written(&dialog, &ExportDialog::written);
      dialog.write();
      QVERIFY(written.wait(10'000));
      const auto back = readPrompt(target.toStdString());
      QCOMPARE(back.origin.rowScale, index == 0 ? RowScale::Scaled : RowScale::Unscaled);
      QCOMPARE(back.rows.values[1], index == 0 ? 1.0f : 0.5f);  // 0.5 times the root of a width of 4
    }
  }

  void aReadmeOfSomebodyElseStays() {
    const QDir folder(m_folder.filePath(QStringLiteral("theirs")));
    folder.mkpath(QStringLiteral("."));
    QFile readme(folder.filePath(QStringLiteral("README.md")));
    QVERIFY(readme.open(QIODevice::WriteOnly));
    readme.write("# My project\n");
    readme.close();
    ExportDialog dialog(m_jobs, shown());
    dialog.setFormat(QStringLiteral("peft"));
    dialog.setPath(folder.path());
    bool said = false;
    for (const auto* label : dialog.findChildren<QLabel*>())
      said = said || label->text().contains(QStringLiteral("README.md"));
    QVERIFY(said);
    QSignalSpy written(&dialog, &ExportDialog::written);
    for (int times = 0; times < 2; ++times) {
      dialog.write();
      QVERIFY(written.wait(10'000));
      QVERIFY(readme.open(QIODevice::ReadOnly));
      QCOMPARE(readme.readAll(), QByteArray("# My project\n"));
      readme.close();
      QVERIFY(QFileInfo::exists(folder.filePath(QStringLiteral("adapter_config.json"))));
    }
    dialog.setPath(m_folder.filePath(QStringLiteral("ours")));  // our own card is written again
    for (int times = 0; times < 2; ++times) {
      dialog.write();
      QVERIFY(written.wait(10'000));
      QVERIFY(written.last().first().toStringList().filter(QStringLiteral("README.md")).size() == 1);
    }
  }

  void thePythonLinesNameModelAndClass() {
    auto classifier = shown();
    classifier.prompt.origin.modelName = "/models/minilm";
    classifier.prompt.origin.task = PromptTask::SeqCls;
    classifier.prompt.head = {{"classifier.weight", Matrix(3, 4)}};
    classifier.prompt.origin.use = {"{text}\nKind:", {{"text", "A boat."}}, "wet", {"dry", "wet"}, "rows.csv"};
    ExportDialog dialog(m_jobs, classifier);
    dialog.setFormat(QStringLiteral("peft"));
    for (const auto& line : {QStringLiteral("base = \"/models/minilm\"\n"),
                             QStringLiteral("AutoModelForSequenceClassification.from_pretrained(base, num_labels=3)"),
                             QStringLiteral("template = \"{text}\\nKind:\"\n"), QStringLiteral("labels = [\"dry\", \"wet\"]\n")})
      QVERIFY2(dialog.snippet().contains(line), qPrintable(dialog.snippet()));
    QVERIFY(!dialog.snippet().contains(QStringLiteral("CausalLM")) && !dialog.snippet().contains(QStringLiteral("T5")));
  }

  void aPromptAmongItsTextSaysThatOthersCannotPutItThere() {
    auto placed = shown();
    placed.prompt.origin.use.textTemplate = "{text}{virtual_tokens}\nKind:";
    placed.prompt.origin.use.values = {{"text", "A boat."}};
    ExportDialog usual(m_jobs, placed);
    QVERIFY(!usual.findChild<ProblemStrip*>(QStringLiteral("placed")));
    placed.prompt.origin.use.placed = true;
    ExportDialog dialog(m_jobs, placed);
    auto* strip = dialog.findChild<ProblemStrip*>(QStringLiteral("placed"));
    QVERIFY(strip && strip->problem().what.contains(QStringLiteral("{text}{virtual_tokens}")));
    dialog.setFormat(QStringLiteral("peft"));
    QVERIFY2(dialog.snippet().contains(QStringLiteral("template = \"{text}\\nKind:\"\n")), qPrintable(dialog.snippet()));
    QVERIFY(dialog.snippet().contains(QStringLiteral("PEFT can only put them in front")));
  }

  void aPlaceThatCannotBeWrittenIsASentence() {
    QFile file(m_folder.filePath(QStringLiteral("file")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.close();
    ExportDialog dialog(m_jobs, shown());
    dialog.setFormat(QStringLiteral("npy"));
    dialog.setPath(m_folder.filePath(QStringLiteral("file/below.npy")));  // a file is not a folder
    dialog.write();
    auto* strip = dialog.findChild<ProblemStrip*>();
    QTRY_VERIFY(!strip->problem().empty());
    QVERIFY(strip->problem().text().contains(QStringLiteral("below.npy")) || strip->problem().text().contains(QStringLiteral("file")));
  }
};

QTEST_MAIN(TestExportDialog)
#include "tst_export_dialog.moc"

// What is dropped on the window is recognised by what it is, not by where it is dropped.
#include "tests/ui/support/small_studio.h"
#include "ui/window/dropped.h"

#include <QtTest>

using namespace incipit::ui;

class TestDropped : public QObject {
  Q_OBJECT
 private slots:
  void kinds() {
    incipit::test::SmallStudio studio;
    const auto folder = [&](const QString& name, const QString& file) {
      QDir().mkpath(studio.path(name));
      incipit::test::writeText(studio.path(name) + QLatin1Char('/') + file, "{}");
      return studio.path(name);
    };
    QCOMPARE(kindOf(studio.model()), Dropped::Model);
    QCOMPARE(kindOf(studio.model() + QStringLiteral("/config.json")), Dropped::Model);
    QCOMPARE(wholeOf(studio.model() + QStringLiteral("/config.json")), studio.model());
    QCOMPARE(kindOf(studio.stories()), Dropped::Data);
    QCOMPARE(kindOf(studio.places()), Dropped::Data);
    QCOMPARE(kindOf(folder(QStringLiteral("adapter"), QStringLiteral("adapter_config.json"))), Dropped::Adapter);
    const auto pickled = folder(QStringLiteral("pickled"), QStringLiteral("pytorch_model.bin"));
    QCOMPARE(wholeOf(pickled + QStringLiteral("/pytorch_model.bin")), pickled);
    QCOMPARE(kindOf(folder(QStringLiteral("pickled"), QStringLiteral("vocab.txt")) + QStringLiteral("/vocab.txt")), Dropped::Model);
    QCOMPARE(kindOf(pickled + QStringLiteral("/pytorch_model.bin")), Dropped::Model);
    QCOMPARE(kindOf(folder(QStringLiteral("tensors"), QStringLiteral("decoder.pt")) + QStringLiteral("/decoder.pt")), Dropped::Adapter);
    QCOMPARE(kindOf(folder(QStringLiteral("run"), QStringLiteral("events.jsonl"))), Dropped::Run);
    QCOMPARE(kindOf(studio.path(QStringLiteral("not there"))), Dropped::Nothing);
  }
};

QTEST_GUILESS_MAIN(TestDropped)
#include "tst_dropped.moc"

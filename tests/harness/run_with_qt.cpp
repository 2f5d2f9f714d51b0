// Runs the cases of tests/harness/harness.h under Qt Test.
#include "tests/harness/harness.h"

#include <QtTest>

class Cases : public QObject {
  Q_OBJECT
 private slots:
  void run_data() {
    QTest::addColumn<int>("index");
    const auto& all = incipit::test::cases();
    for (int i = 0; i < static_cast<int>(all.size()); ++i)
      QTest::newRow(all[static_cast<size_t>(i)].name.c_str()) << i;
  }
  void run() {
    using namespace incipit::test;
    QFETCH(int, index);
    const auto before = checksDone();
    try {
      cases()[static_cast<size_t>(index)].run();
    } catch (const Failure& failure) {
      QTest::qFail(failure.message.c_str(), failure.file, failure.line);
      return;
    } catch (const Skip& skip) {
      QSKIP(skip.reason.c_str());
    } catch (const std::exception& error) {
      QFAIL((std::string("unexpected exception: ") + error.what()).c_str());
    }
    QVERIFY2(checksDone() > before, "this case checked nothing");
  }
};

QTEST_APPLESS_MAIN(Cases)
#include "run_with_qt.moc"

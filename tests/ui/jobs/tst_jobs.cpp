// Threads live in one room, and what comes out of it comes on the GUI thread, in order, and only when it is still wanted.
#include "core/support/error.h"
#include "ui/jobs/jobs.h"

#include <QSignalSpy>
#include <QtTest>
#include <atomic>
#include <thread>

using namespace incipit;
using namespace incipit::ui;

class TestJobs : public QObject {
  Q_OBJECT
  static void until(const std::stop_token& stop) {
    while (!stop.stop_requested())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

 private slots:
  void resultsComeOnTheGuiThread() {
    Jobs jobs;
    int result = 0;
    QThread* where = nullptr;
    std::atomic<bool> elsewhere = false;
    jobs.quick(
        QStringLiteral("sum"), this,
        [&](Job&) {
          elsewhere = QThread::currentThread() != QCoreApplication::instance()->thread();
          return 42;
        },
        [&](int value) {
          result = value;
          where = QThread::currentThread();
        });
    QVERIFY(jobs.busy(QStringLiteral("sum")));
    QTRY_COMPARE(result, 42);
    QVERIFY(elsewhere);
    QCOMPARE(where, qApp->thread());
    QVERIFY(!jobs.busy(QStringLiteral("sum")));
  }

  void theNewestOfAPurposeWinsAndPurposesDoNotDisturbEachOther() {
    Jobs jobs;
    QStringList seen;
    std::atomic<bool> otherMayGo = false;
    jobs.quick(
        QStringLiteral("other"), this,
        [&](Job& job) {
          while (!otherMayGo && !job.stop().stop_requested())
            std::this_thread::sleep_for(std::chrono::milliseconds(1));
          return job.stop().stop_requested();
        },
        [&](bool stopped) { seen.append(stopped ? QStringLiteral("other stopped") : QStringLiteral("other")); });
    for (const int number : {1, 2, 3})
      jobs.quick(
          QStringLiteral("this"), this,
          [number](Job& job) {
            if (number < 3) until(job.stop());
            return number;
          },
          [&](int value) { seen.append(QString::number(value)); });
    QTRY_COMPARE(seen, QStringList{QStringLiteral("3")});
    otherMayGo = true;
    QTRY_COMPARE(seen, (QStringList{QStringLiteral("3"), QStringLiteral("other")}));
  }

  void stepsArriveInOrderBeforeTheResult() {
    Jobs jobs;
    QList<int> seen;
    jobs.quick(
        QStringLiteral("count"), this,
        [&](Job& job) {
          for (int i = 0; i < 100; ++i)
            job.tell([&seen, i] { seen.append(i); });
        },
        [&] { seen.append(-1); });
    QTRY_COMPARE(seen.size(), 101);
    for (int i = 0; i < 100; ++i)
      QCOMPARE(seen[i], i);
    QCOMPARE(seen.last(), -1);
  }

  void errorsArriveAsASentenceAndAStep() {
    Jobs jobs;
    Problem found;
    const auto fail = [&](const Problem& problem) { found = problem; };
    jobs.quick(
        QStringLiteral("fail"), this, [](Job&) -> int { throw FileError("The file is torn.", "Copy it again."); }, [](int) {}, fail);
    QTRY_COMPARE(found.what, QStringLiteral("The file is torn."));
    QCOMPARE(found.remedy, QStringLiteral("Copy it again."));
    jobs.quick(
        QStringLiteral("fail"), this, [](Job&) -> int { throw std::runtime_error("first line\nframe #0: ..."); }, [](int) {}, fail);
    QTRY_COMPARE(found.what, QStringLiteral("Something went wrong that this program did not expect: first line"));
  }

  // A sentence in the window names files; their paths are for who asks.
  void filesAreNamedWithoutTheirFolders_data() {
    QTest::addColumn<QString>("told");
    QTest::addColumn<QString>("shown");
    QTest::newRow("a file") << "Line 3 of '/home/who/my data/reviews.csv' has 2 values."
                            << "Line 3 of 'reviews.csv' has 2 values.";
    QTest::newRow("an apostrophe") << "'/home/o'brien/a.csv' cannot be read."
                                   << "'a.csv' cannot be read.";
    QTest::newRow("a folder") << "The folder '/runs/quiet-harbour-1/' holds another run."
                              << "The folder 'quiet-harbour-1' holds another run.";
    QTest::newRow("no path") << "The label 'yes/no' is not among them."
                             << "The label 'yes/no' is not among them.";
    QTest::newRow("two") << "'/a/b' and '/c/d.txt' differ."
                         << "'b' and 'd.txt' differ.";
  }
  void filesAreNamedWithoutTheirFolders() {
    QFETCH(QString, told);
    QFETCH(QString, shown);
    const auto problem = problemFrom(std::make_exception_ptr(FileError(told.toStdString(), "Try again.")));
    QCOMPARE(problem.what, shown);
    QCOMPARE(problem.whole, told == shown ? QString() : told + QStringLiteral(" Try again."));
  }

  void aGoneContextHearsNothing() {
    Jobs jobs;
    auto context = std::make_unique<QObject>();
    bool called = false;
    QSignalSpy idle(&jobs, &Jobs::busyChanged);
    jobs.quick(
        QStringLiteral("late"), context.get(), [](Job&) { return 1; }, [&](int) { called = true; });
    context.reset();
    QTRY_COMPARE(idle.count(), 2);
    QVERIFY(!called);
  }

  void aStoppedRunStillDeliversWhatItKept() {
    Jobs jobs;
    int kept = 0;
    const auto run = [](Job& job) {
      until(job.stop());
      return 7;
    };
    QVERIFY(jobs.train(this, run, [&](int value) { kept = value; }));
    QVERIFY(!jobs.train(this, run, [](int) {}));  // one at a time
    jobs.stopTraining();                          // perhaps before its thread has begun
    QTRY_COMPARE(kept, 7);
    QVERIFY(!jobs.training());
  }

  void cancelledWorkIsSilent() {
    Jobs jobs;
    bool called = false;
    const auto call = [&](auto&&...) { called = true; };
    jobs.quick(
        QStringLiteral("long"), this,
        [](Job& job) {
          until(job.stop());
          return 0;
        },
        call, call);
    jobs.cancel(QStringLiteral("long"));
    QVERIFY(!jobs.busy(QStringLiteral("long")));
    jobs.wait(QStringLiteral("long"));
    QCoreApplication::processEvents();
    QVERIFY(!called);
  }
};

QTEST_GUILESS_MAIN(TestJobs)
#include "tst_jobs.moc"

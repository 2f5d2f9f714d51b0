// The one list of long jobs: each stands there as long as it goes on, says what is left, and can be given up.
#include "ui/jobs/jobs.h"
#include "ui/jobs/long_work.h"
#include "ui/window/jobs_button.h"

#include <QFrame>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QtTest>
#include <memory>

using namespace incipit::ui;

class TestLongWork : public QObject {
  Q_OBJECT
 private slots:
  void workStandsInTheListAsLongAsItLives() {
    Jobs jobs;
    QSignalSpy changed(&jobs, &Jobs::longWorkChanged);
    QVERIFY(jobs.longWork().isEmpty());
    auto one = std::make_unique<LongWork>(jobs, QStringLiteral("one"), [] {});
    {
      const LongWork two(jobs, QStringLiteral("two"), [] {});
      QCOMPARE(jobs.longWork().size(), 2);
      QCOMPARE(jobs.longWork().last()->title(), QStringLiteral("two"));
    }
    QCOMPARE(jobs.longWork().size(), 1);
    one->at(2);
    QCOMPARE(one->share(), 1.0);
    one.reset();
    QVERIFY(jobs.longWork().isEmpty());
    QCOMPARE(changed.count(), 5);
  }

  void whatIsLeftIsSaidOnceItCanBeKnown() {
    Jobs jobs;
    LongWork work(jobs, QStringLiteral("map"), [] {});
    QVERIFY(work.secondsLeft() < 0);
    QTest::qWait(100);
    work.at(0.25);
    const double left = work.secondsLeft();
    QVERIFY2(left > 0.2 && left < 3, qPrintable(QString::number(left)));
    work.at(1);
    QCOMPARE(work.secondsLeft(), 0.0);
  }

  void theButtonShowsThemAndGivesThemUp() {
    Jobs jobs;
    QWidget window;
    JobsButton button(jobs, &window);
    window.show();
    QVERIFY(!button.isVisible());
    std::unique_ptr<LongWork> work;
    work = std::make_unique<LongWork>(jobs, QStringLiteral("<b>map"), [&] { work.reset(); });
    QVERIFY(button.isVisible());
    work->at(0.5);
    QCOMPARE(button.text(), QStringLiteral("1 job(s), 50 %"));  // as the source says it: no translation is loaded here
    QVERIFY(button.toolTip().contains(QStringLiteral("&lt;b&gt;map")));
    button.click();
    auto* popup = button.findChild<QFrame*>();
    QVERIFY(popup && popup->isVisible());
    work->at(0.75);
    QCOMPARE(popup->findChild<QProgressBar*>()->value(), 750);
    QCOMPARE(popup->findChild<QLabel*>()->textFormat(), Qt::PlainText);
    popup->findChild<QPushButton*>()->click();
    QVERIFY(!work && jobs.longWork().isEmpty());
    QVERIFY(!button.isVisible());
  }
};

QTEST_MAIN(TestLongWork)
#include "tst_long_work.moc"

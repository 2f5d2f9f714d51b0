// How the window is laid out and read: on small screens and large ones, by keyboard, and when something is wrong.
#include "tests/ui/support/small_studio.h"
#include "ui/dataset/data_panel.h"
#include "ui/dataset/example_view.h"
#include "ui/dataset/template_text.h"
#include "ui/generation/playground_panel.h"
#include "ui/jobs/long_work.h"
#include "ui/settings/settings.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_header.h"
#include "ui/window/main_window.h"
#include "ui/window/run_bar.h"
#include "ui/window/status_line.h"

#include <QAction>
#include <QDockWidget>
#include <QFormLayout>
#include <QLabel>
#include <QLayout>
#include <QProgressBar>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QSpinBox>
#include <QTabWidget>
#include <QTableView>
#include <QToolButton>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestLayout : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  static void ready(MainWindow& window) {
    QTRY_VERIFY_WITH_TIMEOUT(window.workspace().blockers().isEmpty() && window.workspace().prompt(), 60000);
  }
  static QList<StepPanel*> unfold(MainWindow& window) {
    const auto panels = window.findChildren<StepPanel*>();
    for (auto* panel : panels)
      panel->setFolded(false);
    return panels;
  }
  static QDockWidget* playgroundDock(const MainWindow& window) { return window.findChild<QDockWidget*>(QStringLiteral("playground")); }

 private slots:
  void initTestCase() { applyTheme(Theme::Light); }

  void aNarrowWindowHasThePlaygroundAmongItsViews() {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    auto* views = window.findChild<QTabWidget*>();
    const int count = views->count();
    QVERIFY(playgroundDock(window)->isVisible());
    QTRY_VERIFY2(views->width() >= 640, qPrintable(QString::number(views->width())));
    window.openFirst(m_studio.model(), m_studio.places());
    ready(window);
    unfold(window);
    for (auto* fold : window.findChildren<QToolButton*>())
      if (fold->text() == QStringLiteral("More settings")) fold->setChecked(true);

    window.resize(900, 600);
    QCOMPARE(window.size(), QSize(900, 600));
    QCOMPARE(views->count(), count + 1);
    QCOMPARE(views->tabText(count), QStringLiteral("Playground"));
    QVERIFY(!playgroundDock(window)->isVisible());
    QTest::qWait(50);
    // With everything unfolded nothing asks for more than there is.
    QVERIFY2(window.layout()->minimumSize().width() <= 900, qPrintable(QString::number(window.layout()->minimumSize().width())));
    window.showPlayground();
    QVERIFY(window.findChild<PlaygroundPanel*>()->isVisible());

    // Work beside a run does not push the run out of its bar.
    window.workspace().startTraining();
    QTRY_VERIFY_WITH_TIMEOUT(!window.workspace().training(), 60000);
    {
      const LongWork work(window.workspace().jobs(), QStringLiteral("Something that takes long"), [] {});
      QTest::qWait(50);
      auto* bar = window.findChild<RunBar*>();
      QVERIFY(bar->findChild<QToolButton*>(QStringLiteral("jobs"))->isVisible());
      QVERIFY(bar->findChild<QProgressBar*>()->isVisible());
      QVERIFY(!bar->findChild<QWidget*>(QStringLiteral("qt_toolbar_ext_button"))->isVisible());
    }

    window.resize(1280, 800);
    QCOMPARE(views->count(), count);
    QVERIFY(playgroundDock(window)->isVisible() && window.findChild<PlaygroundPanel*>()->isVisible());
    QTest::qWait(50);
    QVERIFY(window.layout()->minimumSize().width() <= 1280);
  }

  void aNarrowWindowComesBackWide() {
    {
      MainWindow window;
      window.resize(900, 600);
      window.show();
      QVERIFY(!playgroundDock(window)->isVisible());
      window.close();
    }
    MainWindow window;
    window.show();
    QCOMPARE(window.size(), QSize(900, 600));
    auto* views = window.findChild<QTabWidget*>();
    QCOMPARE(views->tabText(views->count() - 1), QStringLiteral("Playground"));
    window.resize(1300, 800);
    QVERIFY(playgroundDock(window)->isVisible());
    window.close();
  }

  void theWindowFitsItsScreen() {
    MainWindow window;
    const auto room = window.screen()->availableGeometry();
    window.resize(room.size() + QSize(400, 300));
    window.move(room.topLeft() + QPoint(200, 100));
    window.show();
    QTRY_VERIFY2(room.contains(window.frameGeometry()), "a part of the window, or of its frame, is outside");
  }

  void fieldsOfAllStepsStandBelowEachOther() {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    window.openFirst(m_studio.model(), m_studio.places());
    ready(window);
    unfold(window);
    for (auto* fold : window.findChildren<QToolButton*>())
      if (fold->text() == QStringLiteral("More settings")) fold->setChecked(true);
    QTest::qWait(50);
    QMap<int, int> places;
    int fields = 0;
    for (auto* panel : window.findChildren<StepPanel*>())
      for (auto* form : panel->findChildren<QFormLayout*>())
        for (int row = 0; row < form->rowCount(); ++row) {
          const auto* name = form->itemAt(row, QFormLayout::LabelRole);
          const auto* field = form->itemAt(row, QFormLayout::FieldRole);
          if (!name || !field || !field->widget() || !field->widget()->isVisible()) continue;
          ++places[field->widget()->mapTo(&window, QPoint(0, 0)).x()];
          ++fields;
        }
    QVERIFY(fields > 15);
    QCOMPARE(places.size(), 1);
    for (const char* ofOthers : {"num_transformer_submodules", "pooling"})  // T5's and BERT's
      QVERIFY(!window.findChild<QWidget*>(QLatin1String(ofOthers))->isVisible());
  }

  void noIconWithoutAWord() {
    MainWindow window;
    window.show();
    for (auto* button : window.findChildren<QAbstractButton*>())
      if (button->isVisible() && button->text().isEmpty() && !button->objectName().startsWith(QLatin1String("qt_spinbox")) &&
          !button->inherits("QTableCornerButton") && !button->inherits("QCheckBox")) {
        QVERIFY2(!button->toolTip().isEmpty(), qPrintable(button->objectName()));
        QVERIFY2(!button->accessibleName().isEmpty(), qPrintable(button->objectName()));
      }
  }

  // Every stop of the Tab key is somewhere to be seen.
  void theFocusIsAlwaysSeen() {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(window);
    window.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&window));
    auto before = window.grab().toImage();
    QSet<QWidget*> seen;
    for (int stop = 0; stop < 60; ++stop) {
      QTest::keyClick(QApplication::focusWidget() ? QApplication::focusWidget() : &window, Qt::Key_Tab);
      auto* focus = QApplication::focusWidget();
      QVERIFY(focus);
      if (seen.contains(focus)) break;
      seen.insert(focus);
      const auto what =
          QStringLiteral("stop %1: %2 %3").arg(seen.size()).arg(QLatin1String(focus->metaObject()->className()), focus->objectName());
      QVERIFY2(!focus->visibleRegion().isEmpty() || focus->window() != &window, qPrintable(what));
      const auto after = window.grab().toImage();
      QVERIFY2(after != before, qPrintable(what + QStringLiteral(" does not show that it has the focus")));
      before = after;
    }
    QVERIFY(seen.size() > 10);
  }

  void afterStopTheFocusIsNotOnTheHelp() {
    MainWindow window;
    window.show();
    window.activateWindow();
    window.openFirst(m_studio.model(), m_studio.stories());
    ready(window);
    auto plan = window.workspace().plan();
    plan.steps = 100000;
    plan.numVirtualTokens = 4;
    plan.batchSize = 2;
    window.workspace().editPlan(plan, QStringLiteral("long"));
    ready(window);
    window.workspace().startTraining();
    auto* stop = window.findChild<QPushButton*>(QStringLiteral("stop"));
    QVERIFY(stop->isEnabled());
    stop->setFocus();
    QTest::keyClick(stop, Qt::Key_Space);
    QVERIFY(!stop->isEnabled());
    QCOMPARE(QApplication::focusWidget(), window.findChild<QPushButton*>(QStringLiteral("train")));
    QTRY_VERIFY_WITH_TIMEOUT(!window.workspace().training(), 60000);
  }

  void oneProblemIsSaidOnce() {
    MainWindow window;
    window.resize(1280, 900);
    window.show();
    window.openFirst(m_studio.model(), m_studio.places());
    ready(window);
    auto plan = window.workspace().plan();
    plan.data.textTemplate = "{nothing} is";
    window.workspace().editPlan(plan, QStringLiteral("a wrong template"));
    const auto data = [&] { return window.workspace().data(); };
    QTRY_VERIFY_WITH_TIMEOUT(!data()->problem.empty(), 60000);
    QTest::qWait(50);
    const auto said = data()->problem.what;
    int places = 0;
    for (const auto* label : window.findChildren<QLabel*>())
      if (label->isVisible() && label->text().contains(QStringLiteral("nothing"))) ++places;
    for (const auto* head : window.findChildren<StepHeader*>())
      if (head->accessibleDescription().contains(QStringLiteral("nothing"))) ++places;
    QCOMPARE(places, 1);
    QVERIFY2(!said.contains(QLatin1Char('/')), qPrintable(said));  // the name of the file, not its path
    QVERIFY(window.findChild<StatusLine*>()->text().contains(QStringLiteral("step 2")));
    QVERIFY(window.findChild<QPushButton*>(QStringLiteral("train"))->toolTip().contains(QStringLiteral("step 2")));
  }

  // What appears above a field does not push the field away from under the hands that are in it.
  void aProblemAppearsAndTheFieldStays() {
    MainWindow window;
    window.resize(1280, 800);
    window.show();
    window.activateWindow();
    window.openFirst(m_studio.model(), m_studio.places());
    ready(window);
    for (auto* panel : window.findChildren<StepPanel*>())
      panel->setFolded(!qobject_cast<DataPanel*>(panel));
    QTest::qWait(50);
    auto* field = window.findChild<TemplateText*>();
    QVERIFY(field);
    field->setFocus();
    const auto place = [&] { return field->mapTo(&window, QPoint(0, 0)).y(); };
    const int before = place();
    QTest::keyClicks(field, QStringLiteral("{nothing}"));
    QTRY_VERIFY_WITH_TIMEOUT(window.workspace().data() && !window.workspace().data()->problem.empty(), 60000);
    QTest::qWait(100);
    QVERIFY2(std::abs(place() - before) <= 1, qPrintable(QStringLiteral("%1 -> %2").arg(before).arg(place())));
    field->clear();
    QTest::keyClicks(field, QStringLiteral("{text}"));
    QTRY_VERIFY_WITH_TIMEOUT(window.workspace().blockers().isEmpty(),
                             60000);  // where it stands then is another question: the report comes back
  }

  void aSelectedRowShowsItsExample() {
    MainWindow window;
    window.show();
    window.openFirst(m_studio.model(), m_studio.places());
    ready(window);
    unfold(window);
    auto* panel = window.findChild<DataPanel*>();
    QTableView* rows = nullptr;
    for (auto* table : panel->findChildren<QTableView*>())
      if (table->accessibleName() == QStringLiteral("Rows of the file")) rows = table;
    auto* number = panel->findChild<ExampleView*>()->findChild<QSpinBox*>();
    QVERIFY(rows && number);
    rows->selectRow(2);
    QCOMPARE(number->value(), 3);
    number->setValue(1);
    QTest::mouseClick(rows->viewport(), Qt::LeftButton, {}, rows->visualRect(rows->model()->index(2, 0)).center());
    QCOMPARE(number->value(), 3);  // the same row again
  }

  void theKeyTableIsComplete() {
    QFile page(QStringLiteral(INCIPIT_RESOURCES_DIR "/help/index.md"));
    QVERIFY(page.open(QIODevice::ReadOnly));
    const auto table = QString::fromUtf8(page.readAll());
    MainWindow window;
    int keys = 0;
    for (const auto* action : window.findChildren<QAction*>())
      for (const auto& key : action->shortcuts()) {
        if (key.isEmpty()) continue;
        ++keys;
        const auto name = key.toString(QKeySequence::PortableText);
        QVERIFY2(QRegularExpression(QStringLiteral("\\| [^|]*") + QRegularExpression::escape(name) + QStringLiteral("[ ,][^|]*\\|"))
                     .match(table)
                     .hasMatch(),
                 qPrintable(name + QStringLiteral(" for ") + action->text()));
      }
    QVERIFY(keys > 15);
  }

  void dialogsBeginBesideTheLastFile() {
    MainWindow window;
    window.show();
    window.openFirst(m_studio.model(), {});
    QVERIFY(!window.workspace().data());
    window.openPath(m_studio.places());  // dropped, not chosen in a dialog
    ready(window);
    QCOMPARE(settings::startOf(QStringLiteral("data")), m_studio.places());
    QCOMPARE(settings::startOf(QStringLiteral("model")), m_studio.model());
    settings::setLast(QStringLiteral("data"), m_studio.path(QStringLiteral("gone.csv")));
    QCOMPARE(settings::startOf(QStringLiteral("data")), m_studio.path(QString()));
  }
};

QTEST_MAIN(TestLayout)
#include "tst_layout.moc"

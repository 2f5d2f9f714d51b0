// The report in step 2: made of the data in view, gone with it, and its buttons show the rows.
#include "core/dataset/table.h"
#include "tests/ui/support/small_studio.h"
#include "ui/dataset/data_panel.h"
#include "ui/dataset/report_view.h"
#include "ui/dataset/rows_item_model.h"
#include "ui/settings/theme.h"
#include "ui/workspace/workspace.h"

#include <QLabel>
#include <QPushButton>
#include <QTableView>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestReportView : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

  static QPushButton* button(QWidget* in, const QString& begin) {
    for (auto* each : in->findChildren<QPushButton*>())
      if (each->text().startsWith(begin) && each->isVisibleTo(in)) return each;
    return nullptr;
  }
  QString places() const {
    const auto file = m_studio.path(QStringLiteral("report.csv"));
    test::writeText(file,
                    "text,label\nThe waves broke.,sea\nThe oak fell.,wood\nThe waves broke.,sea\nThe fern grew.,wood\nThe oak fell.,sea\n");
    return file;
  }

 private slots:
  void itBelongsToItsData() {
    Jobs jobs;
    Workspace workspace(jobs);
    DataPanel panel(workspace);
    panel.resize(360, 1200);
    panel.show();
    auto* view = panel.findChild<ReportView*>();
    QVERIFY(view && !view->isVisible());
    workspace.openModel(m_studio.model());
    workspace.openData(places());
    QTRY_VERIFY_WITH_TIMEOUT(view->report(), 60000);
    QCOMPARE(view->report()->rows, 5);
    QVERIFY(view->isVisible());

    // The rows of a sentence, and all of them again.
    auto* rows = panel.findChild<QTableView*>(QStringLiteral("rows"));
    QCOMPARE(rows->model()->rowCount(), 5);
    const auto* repeated = view->report()->find("exact_duplicates");
    QVERIFY(repeated && repeated->rows.count == 2);
    QTRY_VERIFY_WITH_TIMEOUT(button(view, QStringLiteral("Show 2 row")), 60000);
    auto* show = button(view, QStringLiteral("Show 2 row"));
    show->click();
    QCOMPARE(rows->model()->rowCount(), 2);
    QCOMPARE(rows->model()->headerData(0, Qt::Vertical).toInt(), 3);
    auto* all = button(&panel, QStringLiteral("Show all rows"));
    QVERIFY(all);
    all->click();
    QCOMPARE(rows->model()->rowCount(), 5);

    // Other data: the old report is gone at once, the new one comes.
    show = button(view, QStringLiteral("Show 2 row"));
    show->click();
    workspace.openData(m_studio.stories());
    QTRY_VERIFY_WITH_TIMEOUT(view->report() && view->report()->rows == 12, 60000);
    QCOMPARE(rows->model()->rowCount(), 12);
    QVERIFY(!button(&panel, QStringLiteral("Show all rows")));
  }

  void manyRowsAreLookedThroughWhenAsked() {
    const auto file = m_studio.path(QStringLiteral("many.txt"));
    QByteArray text;
    for (int i = 0; i < 30'000; ++i)
      text += "row " + QByteArray::number(i % 29'990) + '\n';
    test::writeText(file, text);
    Jobs jobs;
    Workspace workspace(jobs);
    DataPanel panel(workspace);
    panel.resize(360, 1200);
    panel.show();
    auto* view = panel.findChild<ReportView*>();
    workspace.openModel(m_studio.model());
    workspace.openData(file);
    QTRY_VERIFY_WITH_TIMEOUT(workspace.data() && workspace.data()->training, 60000);
    QVERIFY(!view->report());
    auto* look = button(view, QStringLiteral("Look through the rows"));
    QVERIFY(look);
    look->click();
    auto* cancel = button(view, QStringLiteral("Cancel"));
    QVERIFY(cancel);
    cancel->click();
    QTRY_VERIFY(!jobs.busy(QStringLiteral("report")));
    QVERIFY(!view->report());
    look->click();
    QTRY_VERIFY_WITH_TIMEOUT(view->report(), 60000);
    QCOMPARE(view->report()->find("exact_duplicates")->rows.count, 10);
  }

  void someRowsOfATable() {
    RowsItemModel model;  // without a tester, which fetches all at once
    std::vector<std::vector<std::string>> cells;
    for (int i = 0; i < 250'000; ++i)
      cells.push_back({std::to_string(i)});
    const auto table = std::make_shared<const Table>(tableOfRows("a.txt", {"text"}, std::move(cells)));
    model.show(table);
    QCOMPARE(model.rowCount(), 100'000);  // the rest comes when somebody scrolls there
    QVERIFY(model.canFetchMore({}));
    model.fetchMore({});
    model.fetchMore({});
    QCOMPARE(model.rowCount(), 250'000);
    QVERIFY(!model.canFetchMore({}));
    model.showOnly(table, {7, 200'000});
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.index(1, 0).data().toString(), QStringLiteral("200000"));
    QCOMPARE(model.headerData(1, Qt::Vertical, Qt::DisplayRole).toInt(), 200'001);
    model.show(table);
    QCOMPARE(model.rowCount(), 100'000);
  }
};

QTEST_MAIN(TestReportView)
#include "tst_report_view.moc"

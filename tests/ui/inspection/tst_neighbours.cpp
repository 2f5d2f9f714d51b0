// The neighbours' table: a well-behaved item model whose values change in place, sort as numbers, and tell which rows share a token.
#include "core/dataset/examples.h"
#include "core/model/frozen_model.h"
#include "core/runs/run_folder.h"
#include "tests/ui/support/small_inspection.h"
#include "ui/inspection/movement_strip.h"
#include "ui/inspection/neighbour_delegate.h"
#include "ui/inspection/neighbour_search.h"
#include "ui/inspection/neighbours_item_model.h"
#include "ui/inspection/neighbours_panel.h"
#include "ui/settings/capped_spin_box.h"
#include "ui/steps/frozen_table.h"
#include "ui/workspace/workspace.h"

#include <QAbstractItemModelTester>
#include <QHeaderView>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QStackedLayout>
#include <QTableView>
#include <QTemporaryDir>
#include <QToolButton>
#include <QToolTip>
#include <QtTest>
#include <algorithm>
#include <set>

using namespace incipit;
using namespace incipit::ui;

class TestNeighbours : public QObject {
  Q_OBJECT
  using Model = NeighboursItemModel;

  static Neighbourhood found(int rows, int k, float first, Metric metric = Metric::Cosine) {
    Neighbourhood result{metric, {}, {0.5f, 1.0f, 1.5f}};
    for (int row = 0; row < rows; ++row) {
      RowNeighbours item{row, 1.0f + static_cast<float>(row), {}};
      for (int place = 0; place < k; ++place)
        item.neighbours.push_back({row * 100 + place, first / static_cast<float>(row + place + 1)});
      result.rows.push_back(item);
    }
    return result;
  }

 private slots:
  void theModelKeepsItsPromises() {
    Model model(Model::Vectors::VirtualTokens);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    model.show(found(20, 5, 0.9f), nullptr, {});
    model.show(found(20, 5, 0.8f), nullptr, {});
    model.show(found(20, 3, 0.8f), nullptr, {});
    model.show(found(4, 3, 0.8f), nullptr, {{{1}, {2, 3}, {}, {4}}, {0.1, 0.2, 0.3, 0.4}});
    QCOMPARE(model.rowCount(), 4);
    QCOMPARE(model.columnCount(), int(Model::FirstNeighbour) + 3);
    model.clear();
    QCOMPARE(model.rowCount(), 0);
  }

  void liveValuesKeepSelectionAndPlace() {
    Model model(Model::Vectors::VirtualTokens);
    model.show(found(50, 5, 0.9f), nullptr, {});
    QTableView view;
    view.setModel(&model);
    view.resize(300, 150);
    view.show();
    view.selectRow(30);
    view.scrollTo(model.index(30, 0));
    const auto top = view.rowAt(0);
    QSignalSpy reset(&model, &QAbstractItemModel::modelReset), changed(&model, &QAbstractItemModel::dataChanged);
    model.show(found(50, 5, 0.4f), nullptr, {});
    QCOMPARE(reset.count(), 0);
    QCOMPARE(changed.count(), 1);
    QCOMPARE(view.selectionModel()->selectedRows().size(), 1);
    QCOMPARE(view.selectionModel()->selectedRows().first().row(), 30);
    QCOMPARE(view.rowAt(0), top);
  }

  void sortingIsNumeric() {
    Model model(Model::Vectors::VirtualTokens);
    model.show(found(12, 2, 0.9f), nullptr, {{}, {5, 10, 9, 100, 1, 2, 3, 4, 6, 7, 8, 11}});
    QSortFilterProxyModel sorted;
    sorted.setSourceModel(&model);
    sorted.setSortRole(Model::SortRole);
    sorted.sort(Model::Drift, Qt::DescendingOrder);
    QCOMPARE(sorted.index(0, Model::Drift).data().toString(), QStringLiteral("100.0"));
    QCOMPARE(sorted.index(1, Model::Drift).data(Model::SortRole).toDouble(), 11.0);
    sorted.sort(Model::Row, Qt::AscendingOrder);
    QCOMPARE(sorted.index(9, Model::Row).data().toString(), QStringLiteral("10"));
  }

  void barsSayHowNear() {
    Model model(Model::Vectors::VirtualTokens);
    const auto share = [&](int row, int place) {
      return model.index(row, Model::FirstNeighbour + place).data(Model::ShareRole).toDouble();
    };
    model.show(found(2, 2, 0.8f), nullptr, {});
    QVERIFY(std::abs(share(0, 0) - 0.8) < 1e-6);
    model.show(found(2, 2, 4.0f, Metric::Dot), nullptr, {});
    QCOMPARE(share(0, 0), 1.0);  // the largest dot product fills the cell
    QVERIFY(std::abs(share(1, 0) - 0.5) < 1e-6);
    model.show(found(2, 2, 4.0f, Metric::Euclidean), nullptr, {});
    QVERIFY(share(1, 1) > share(0, 0));  // smaller is nearer
  }

  void aTokenNearSeveralRowsIsMarked() {
    Model model(Model::Vectors::VirtualTokens);
    auto shared = found(3, 2, 0.9f);
    shared.rows[2].neighbours[1].token = shared.rows[0].neighbours[0].token;
    model.show(shared, nullptr, {});
    QCOMPARE(model.index(0, Model::FirstNeighbour).data(Model::SharedRole).toInt(), 2);
    QVERIFY(model.index(2, Model::FirstNeighbour + 1).data(Qt::ToolTipRole).toString().contains(QStringLiteral("1, 3")));
    QCOMPARE(model.index(1, Model::FirstNeighbour).data(Model::SharedRole).toInt(), 1);
  }

  void theBandTravelsWithTheNorm() {
    Model model(Model::Vectors::VirtualTokens);
    model.show(found(4, 1, 0.9f), nullptr, {});
    const auto band = model.index(3, Model::Norm).data(Model::BandRole).value<QList<double>>();
    QCOMPARE(band.size(), 4);
    QCOMPARE(band[1], 1.0);
    QVERIFY(band[3] > 4.0);  // the longest row still has its place on the scale
  }

  void whatKeepsOneFromReadingTooMuchStandsBeside() {
    Model model(Model::Vectors::VirtualTokens);
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    auto three = found(3, 2, 0.9f);  // 0.9, 0.45; 0.45, 0.3; 0.3, 0.225
    three.rows[2].neighbours[1].token = three.rows[0].neighbours[0].token;
    Model::Beside beside;
    beside.chance = {{0.1f, 0.1f}, {0.4f, 0.25f}};
    beside.sinceStart = {{{0, 1}, {7}}, {{}, {}}, {{200}, {}}};
    beside.sinceLast = {{{1}, {}}, {{}, {}}, {{}, {}}};
    beside.lastStep = 20;
    beside.labels = {101};
    model.show(three, nullptr, {{{1}, {}, {}}, {}}, beside);
    const auto cell = [&](int row, int place) { return model.index(row, Model::FirstNeighbour + place); };
    const auto zone = cell(0, 0).data(Model::ChanceRole).value<QList<double>>();
    QVERIFY(std::abs(zone[0] - 0.1) < 1e-6 && std::abs(zone[1] - 0.4) < 1e-6);
    QVERIFY(std::abs(cell(0, 1).data(Model::ChanceRole).value<QList<double>>()[1] - 0.25) < 1e-6);
    QCOMPARE(cell(1, 1).data(Model::MarkRole).toInt(), int(Model::LabelWord));
    QCOMPARE(cell(0, 1).data(Model::MarkRole).toInt(), int(Model::StartWord));
    QCOMPARE(cell(0, 0).data(Model::MarkRole).toInt(), int(Model::NoMark));
    QCOMPARE(model.index(0, Model::Shares).data().toString(), QStringLiteral("3"));
    QCOMPARE(model.index(1, Model::Shares).data().toString(), QString());
    QCOMPARE(model.index(0, Model::Changes).data().toString(), QStringLiteral("+#0 +#1 −#7"));
    QCOMPARE(model.index(1, Model::Changes).data().toString(), QString());
    const auto said = model.index(0, Model::Changes).data(Qt::ToolTipRole).toString();
    QVERIFY2(said.contains(QStringLiteral("step 20")) && said.contains(QStringLiteral("+#1")), qPrintable(said));
    // Distances are nearer when they are smaller: the zone is still one, and in order.
    auto far = found(2, 1, 4.0f, Metric::Euclidean);
    beside.chance = {{3.0f}, {5.0f}};
    model.show(far, nullptr, {}, beside);
    const auto distances = cell(0, 0).data(Model::ChanceRole).value<QList<double>>();
    QVERIFY(distances[0] < distances[1]);
    model.show(found(2, 1, 0.5f), nullptr, {});  // nothing beside it any more
    QVERIFY(!cell(0, 0).data(Model::ChanceRole).isValid());
    QCOMPARE(model.index(0, Model::Changes).data().toString(), QStringLiteral("–"));
  }

  void theSearchComparesWithStartAndLastSnapshot() {
    const auto frozen = openModel(INCIPIT_FIXTURES_DIR "/llama/model", {Precision::Fp32, "cpu"});
    SoftPrompt start, middle, now;
    start.rows = frozen->embeddingRows(std::vector<TokenId>{3, 50});
    middle.rows = frozen->embeddingRows(std::vector<TokenId>{3, 60});
    now.rows = frozen->embeddingRows(std::vector<TokenId>{70, 60});
    QTemporaryDir folder;
    const auto run = std::filesystem::path(folder.path().toStdString()) / "run";
    {
      RunWriter writer(run, {}, "model", "data");
      writer.events()(Snapshotted{10, middle});
      writer.events()(Snapshotted{20, now});
    }
    NeighbourSearch search(frozen, nullptr);
    NeighbourSearch::Wanted wanted;
    wanted.prompt = &now;
    wanted.start = std::make_shared<const SoftPrompt>(start);
    wanted.runFolder = run;
    wanted.step = 20;
    wanted.k = 1;
    const auto found = search.find(wanted, {});
    QCOMPARE(found.neighbours.rows[0].neighbours[0].token, TokenId(70));
    QCOMPARE(found.lastStep, std::int64_t(10));
    QCOMPARE(found.sinceStart[0].went, std::vector<TokenId>{3});
    QCOMPARE(found.sinceStart[1].came, std::vector<TokenId>{60});
    QCOMPARE(found.sinceLast[0].came, std::vector<TokenId>{70});
    QVERIFY(found.sinceLast[1].came.empty());
    QVERIFY(found.together && found.togetherChance > 0 && found.chance.high.size() == 1);
    const auto expected = nearestTokens(meanMovement(now, start), *search.vocabulary(), 1).rows[0];
    QCOMPARE(found.together->neighbours[0].token, expected.neighbours[0].token);
    // At its start nothing has moved, and the first snapshot has none before it.
    wanted.prompt = &start;
    wanted.step = 10;
    const auto first = search.find(wanted, {});
    QVERIFY(!first.together && first.sinceLast.empty() && first.sinceStart[0].came.empty());
    wanted.seenIn = std::make_shared<const Examples>();  // nothing passes, without a tokenizer all of it does
    QCOMPARE(search.find(wanted, {}).neighbours.rows[0].neighbours.size(), std::size_t(1));
  }

  void onlyWhatTheDataHoldsIsNear() {
    test::SmallStudio studio;
    Jobs jobs;
    Workspace workspace(jobs);
    NeighboursPanel panel(workspace);
    panel.resize(640, 500);
    panel.show();
    auto* filter = panel.findChild<QToolButton*>(QStringLiteral("filterTokens"));
    auto* seen = filter->menu()->actions().last();
    seen->setChecked(true);  // before there is anything to see
    QTest::qWait(300);
    QCOMPARE(filter->text(), QStringLiteral("All tokens"));
    QVERIFY(test::openShips(workspace, studio));
    QTRY_COMPARE_WITH_TIMEOUT(filter->text(), QStringLiteral("Some tokens"), 10'000);
    const auto examples = workspace.data()->training;
    std::set<TokenId> held;
    for (const auto example : examples->items)
      held.insert(example.ids.begin(), example.ids.end());
    for (const auto& label : examples->classTokens)
      held.insert(label.begin(), label.end());
    const auto allHeld = [&] {
      const auto& rows = panel.model()->neighbourhood().rows;
      return !rows.empty() && std::ranges::all_of(rows, [&](const RowNeighbours& row) {
        return std::ranges::all_of(row.neighbours, [&](const Neighbour& one) { return held.contains(one.token); });
      });
    };
    QTRY_VERIFY_WITH_TIMEOUT(allHeld(), 10'000);
    seen->setChecked(false);
    QTRY_VERIFY_WITH_TIMEOUT(!allHeld(), 10'000);
    QCOMPARE(filter->text(), QStringLiteral("All tokens"));
  }

  void theMovementSaysWhetherItIsChance() {
    QWidget window;
    MovementStrip strip(&window);
    window.show();
    QVERIFY(!strip.isVisible());
    strip.show(RowNeighbours{0, 2.5f, {{7, 0.4f}, {8, 0.3f}}}, 0.2f, nullptr);
    QVERIFY(strip.isVisible());
    QVERIFY2(strip.text().contains(QStringLiteral("#7")) && strip.text().contains(QStringLiteral("0.40")), qPrintable(strip.text()));
    strip.show(RowNeighbours{0, 2.5f, {{7, 0.15f}}}, 0.2f, nullptr);
    QVERIFY(strip.text().contains(QStringLiteral("names nothing")));
    strip.show({}, 0, nullptr);
    QVERIFY(!strip.isVisible());
  }

  // A search finds tokens, not scores, and brings the first of them into view; what row it is stays seen.
  void aSearchShowsWhatItFound() {
    Jobs jobs;
    Workspace workspace(jobs);
    NeighboursPanel panel(workspace);
    panel.resize(640, 500);
    panel.show();
    QTest::qWait(300);  // without a model it shows its empty page first
    qobject_cast<QStackedLayout*>(panel.layout())->setCurrentIndex(1);
    panel.model()->show(found(20, 40, 0.9f), nullptr, {});
    FrozenTable* table = nullptr;
    for (auto* any : panel.findChildren<FrozenTable*>())
      if (any->model()->rowCount() == 20) table = any;
    auto* search = panel.findChild<QLineEdit*>(QStringLiteral("findToken"));
    QVERIFY(table && search);
    QVERIFY(table->frozenColumn()->isVisibleTo(table));
    search->setText(QStringLiteral("#1139"));  // the last neighbour of row 11, without a tokenizer
    QCOMPARE(table->model()->rowCount(), 1);
    const auto cell = table->visualRect(table->model()->index(0, Model::FirstNeighbour + 39));
    QVERIFY2(
        cell.left() >= table->frozenColumn()->width() && cell.left() < table->viewport()->width(),
        qPrintable(QStringLiteral("%1 of %2, %3").arg(cell.left()).arg(table->viewport()->width()).arg(table->frozenColumn()->width())));
    QCOMPARE(table->frozenColumn()->columnViewportPosition(0), 0);
    search->setText(QStringLiteral("0.9"));  // a score
    QCOMPARE(table->model()->rowCount(), 0);
    search->clear();
    QCOMPARE(table->model()->rowCount(), 20);
  }

  void theFrozenColumnSortsAndSelects() {
    Model model(Model::Vectors::VirtualTokens);
    model.show(found(12, 4, 0.9f), nullptr, {});
    QSortFilterProxyModel sorted;
    sorted.setSourceModel(&model);
    sorted.setSortRole(Model::SortRole);
    FrozenTable table;
    table.setModel(&sorted);
    table.setSortingEnabled(true);
    table.setSelectionBehavior(QAbstractItemView::SelectRows);
    table.sortByColumn(Model::Row, Qt::AscendingOrder);
    table.resize(300, 200);
    table.show();
    auto* header = table.frozenColumn()->horizontalHeader();
    QTest::mouseClick(header->viewport(), Qt::LeftButton, {}, QPoint(10, 5));
    QCOMPARE(sorted.index(0, Model::Row).data().toString(), QStringLiteral("12"));
    QTest::mouseClick(table.frozenColumn()->viewport(), Qt::LeftButton, {}, table.frozenColumn()->visualRect(sorted.index(1, 0)).center());
    QCOMPARE(table.selectionModel()->selectedRows().value(0).row(), 1);
    table.verticalScrollBar()->setValue(3);
    QCOMPARE(table.frozenColumn()->verticalScrollBar()->value(), 3);
  }

  void theBaselineScrollsAlong() {
    Jobs jobs;
    Workspace workspace(jobs);
    NeighboursPanel panel(workspace);
    panel.resize(700, 400);
    panel.show();
    QTest::qWait(300);  // without a model it shows its empty page first
    qobject_cast<QStackedLayout*>(panel.layout())->setCurrentIndex(1);
    panel.model()->show(found(60, 5, 0.9f), nullptr, {});
    panel.baseline()->show(found(60, 5, 0.2f), nullptr, {});
    const auto tables = panel.findChildren<FrozenTable*>();
    QCOMPARE(tables.size(), 2);
    for (auto* table : tables)
      table->show();
    QTest::qWait(50);
    tables[0]->verticalScrollBar()->setValue(7);
    QCOMPARE(tables[1]->verticalScrollBar()->value(), 7);
    tables[1]->verticalScrollBar()->setValue(2);
    QCOMPARE(tables[0]->verticalScrollBar()->value(), 2);
  }

  void aNumberTooLargeIsTakenAsTheLargest() {
    Jobs jobs;
    Workspace workspace(jobs);
    NeighboursPanel panel(workspace);
    panel.show();
    QTest::qWait(300);  // without a model it shows its empty page first
    qobject_cast<QStackedLayout*>(panel.layout())->setCurrentIndex(1);
    auto* count = panel.findChild<CappedSpinBox*>();
    QVERIFY(count);
    const auto type = [&](const char* number) {
      count->selectAll();
      QTest::keyClicks(count, QLatin1String(number));
      QTest::keyClick(count, Qt::Key_Return);
      return count->value();
    };
    QCOMPARE(type("50"), 50);
    QCOMPARE(type("500"), 100);
    QVERIFY(QToolTip::text().contains(QStringLiteral("100")));  // and says so
  }

  void withoutAModelThePanelSaysWhatWillAppear() {
    Jobs jobs;
    Workspace workspace(jobs);
    NeighboursPanel panel(workspace);
    panel.show();
    QCOMPARE(qobject_cast<QStackedLayout*>(panel.layout())->currentIndex(), 0);
  }
};

QTEST_MAIN(TestNeighbours)
#include "tst_neighbours.moc"

// Virtual tokens chosen in one view are chosen in all, whatever a table has sorted or hidden.
#include "ui/workspace/selection.h"
#include "ui/workspace/selection_in_table.h"

#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QTableView>
#include <QtTest>

using namespace incipit::ui;
using Rows = std::vector<std::int64_t>;

class TestSelection : public QObject {
  Q_OBJECT

  struct Table {
    QStandardItemModel model;
    QSortFilterProxyModel sorted;
    QTableView view;

    Table() {
      for (const char* word : {"sea", "fog", "seal", "bay"})
        model.appendRow({new QStandardItem(QString::fromLatin1(word)), new QStandardItem(QStringLiteral("x"))});
      sorted.setSourceModel(&model);
      view.setModel(&sorted);
      view.setSelectionBehavior(QAbstractItemView::SelectRows);
    }
    QStringList chosen() const {
      QStringList words;
      for (const auto& index : view.selectionModel()->selectedRows())
        words << index.data().toString();
      words.sort();
      return words;
    }
    void choose(const QString& word, QItemSelectionModel::SelectionFlag flag) {
      for (int row = 0; row < sorted.rowCount(); ++row)
        if (sorted.index(row, 0).data() == word) view.selectionModel()->select(sorted.index(row, 0), flag | QItemSelectionModel::Rows);
    }
  };

 private slots:
  void rowsThatThePromptLacksAreNotChosen() {
    Selection selection;
    selection.choose({1});
    QVERIFY(selection.rows().empty());  // there is no prompt
    selection.setLength(4);
    QSignalSpy changed(&selection, &Selection::changed);
    selection.choose({3, 1, 3, 7, -1});
    QCOMPARE(selection.rows(), (Rows{1, 3}));
    selection.choose({1, 3});
    QCOMPARE(changed.count(), 1);
    selection.toggle(1);
    selection.toggle(0);
    QCOMPARE(selection.rows(), (Rows{0, 3}));
    selection.setLength(2);
    QCOMPARE(selection.rows(), (Rows{0}));
    QVERIFY(selection.has(0) && !selection.has(3));
  }

  void tablesChooseTogether() {
    Selection selection;
    selection.setLength(4);
    Table one, other;
    bindSelection(&one.view, selection);
    bindSelection(&other.view, selection);
    other.sorted.sort(0, Qt::DescendingOrder);
    one.choose(QStringLiteral("sea"), QItemSelectionModel::Select);
    one.choose(QStringLiteral("bay"), QItemSelectionModel::Select);
    QTRY_COMPARE(selection.rows(), (Rows{0, 3}));
    QCOMPARE(other.chosen(), (QStringList{QStringLiteral("bay"), QStringLiteral("sea")}));
    other.choose(QStringLiteral("sea"), QItemSelectionModel::Deselect);
    QTRY_COMPARE(selection.rows(), (Rows{3}));
    QCOMPARE(one.chosen(), (QStringList{QStringLiteral("bay")}));
    selection.clear();
    QVERIFY(one.chosen().isEmpty() && other.chosen().isEmpty());
  }

  void whatAFilterHidesStaysChosen() {
    Selection selection;
    selection.setLength(4);
    Table table;
    bindSelection(&table.view, selection);
    selection.choose({1, 2});
    table.sorted.setFilterFixedString(QStringLiteral("sea"));
    QTest::qWait(20);
    QCOMPARE(selection.rows(), (Rows{1, 2}));
    QCOMPARE(table.chosen(), (QStringList{QStringLiteral("seal")}));
    table.choose(QStringLiteral("sea"), QItemSelectionModel::Select);
    QTRY_COMPARE(selection.rows(), (Rows{0, 1, 2}));
    table.sorted.setFilterFixedString({});
    QTest::qWait(20);
    QCOMPARE(table.chosen(), (QStringList{QStringLiteral("fog"), QStringLiteral("sea"), QStringLiteral("seal")}));
    QCOMPARE(selection.rows(), (Rows{0, 1, 2}));
  }

  void newRowsAreChosenAsBefore() {
    Selection selection;
    selection.setLength(4);
    Table table;
    bindSelection(&table.view, selection);
    selection.choose({2});
    table.model.setRowCount(0);
    table.model.appendRow(new QStandardItem(QStringLiteral("a")));
    QTest::qWait(20);
    QCOMPARE(selection.rows(), (Rows{2}));
    table.model.appendRow(new QStandardItem(QStringLiteral("b")));
    table.model.appendRow(new QStandardItem(QStringLiteral("c")));
    QTRY_COMPARE(table.chosen(), (QStringList{QStringLiteral("c")}));
  }
};

QTEST_MAIN(TestSelection)
#include "tst_selection.moc"

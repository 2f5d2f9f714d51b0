// The tables of the data step keep the promises of Qt's item models, whatever is opened in them.
#include "ui/dataset/label_words_item_model.h"
#include "ui/dataset/rows_item_model.h"

#include <QAbstractItemModelTester>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestDataItemModels : public QObject {
  Q_OBJECT
 private slots:
  void rowsShowTheTable() {
    RowsItemModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    QCOMPARE(model.rowCount(), 0);
    model.show(std::make_shared<const Table>(tableOfRows("a.csv", {"text", "label"}, {{"one\ntwo", "a"}, {std::string(2000, 'x'), "b"}})));
    QCOMPARE(model.rowCount(), 2);
    QCOMPARE(model.columnCount(), 2);
    QCOMPARE(model.headerData(1, Qt::Horizontal, Qt::DisplayRole).toString(), QStringLiteral("label"));
    QCOMPARE(model.index(0, 0).data().toString(), QStringLiteral("one↵two"));
    QVERIFY(model.index(1, 0).data().toString().size() < 500);  // the cell is short, the tooltip is whole
    QCOMPARE(model.index(1, 0).data(Qt::ToolTipRole).toString().size(), 2000);

    model.show(std::make_shared<const Table>(tableOfTokenised("a.jsonl", {{{5, 6, 7}, {-100, 6, 7}}})));
    QCOMPARE(model.index(0, 1).data().toString(), QStringLiteral("-100 6 7"));
    model.show(nullptr);
    QCOMPARE(model.rowCount(), 0);
  }

  void labelWordsCanBeChangedAndTakenBack() {
    LabelWordsItemModel model;
    QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    std::map<std::string, std::string> told;
    connect(&model, &LabelWordsItemModel::edited, this, [&](const auto& words) { told = words; });
    model.show({QStringLiteral("0"), QStringLiteral("1")}, {{"1", "good"}});
    QCOMPARE(model.index(0, LabelWordsItemModel::Word).data().toString(), QStringLiteral("0"));
    QCOMPARE(model.index(1, LabelWordsItemModel::Word).data().toString(), QStringLiteral("good"));
    QVERIFY(!(model.flags(model.index(0, LabelWordsItemModel::Value)) & Qt::ItemIsEditable));
    QVERIFY(model.setData(model.index(0, LabelWordsItemModel::Word), QStringLiteral(" bad "), Qt::EditRole));
    QCOMPARE(told, (std::map<std::string, std::string>{{"0", "bad"}, {"1", "good"}}));
    QVERIFY(model.setData(model.index(1, LabelWordsItemModel::Word), QString(), Qt::EditRole));
    QCOMPARE(told, (std::map<std::string, std::string>{{"0", "bad"}}));
  }
};

QTEST_MAIN(TestDataItemModels)
#include "tst_item_models.moc"

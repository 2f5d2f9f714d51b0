// Chips wrap like words, say how many they leave out, and can be copied as text.
#include "ui/settings/theme.h"
#include "ui/tokens/token_flow.h"

#include <QClipboard>
#include <QImage>
#include <QPainter>
#include <QtTest>

using namespace incipit::ui;

class TestTokenFlow : public QObject {
  Q_OBJECT
  static QList<TokenChip> words(int count) {
    QList<TokenChip> chips;
    for (int i = 0; i < count; ++i) {
      TokenChip chip;
      chip.text = QStringLiteral("word%1").arg(i);
      chips.append(chip);
    }
    return chips;
  }
  static QImage drawn(const TokenChip& chip) {
    QImage image(120, 32, QImage::Format_ARGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    paintChip(painter, QRectF(4, 4, 100, 22), chip, QGuiApplication::palette(), QGuiApplication::font());
    return image;
  }

 private slots:
  void initTestCase() { applyTheme(Theme::Light); }

  void blanksAreVisible() {
    QCOMPARE(visible(QStringLiteral(" the")), QStringLiteral("␣the"));
    QCOMPARE(visible(QStringLiteral("\n\t")), QStringLiteral("↵⇥"));
    QCOMPARE(visible(QString()), QStringLiteral("∅"));
    QCOMPARE(visible(QStringLiteral("日本")), QStringLiteral("日本"));
  }

  void narrowerIsHigher() {
    TokenFlow flow;
    flow.setChips(words(30));
    QVERIFY(flow.heightForWidth(200) > flow.heightForWidth(800));
    QCOMPARE(flow.heightForWidth(100000), int(chipSize({}, flow.font()).height()));
  }

  void rowsCanBeLimited() {
    TokenFlow flow;
    flow.setChips(words(500));
    const int whole = flow.heightForWidth(400);
    flow.setMostRows(3);
    const int limited = flow.heightForWidth(400);
    QVERIFY(limited < whole / 4);
    QCOMPARE(flow.chips().size(), 500);  // copied and read aloud in full
    flow.setMostRows(0);
    QCOMPARE(flow.heightForWidth(400), whole);
  }

  void aChipWiderThanTheFlowStaysInside() {
    TokenFlow flow;
    TokenChip chip;
    chip.text = QString(500, QLatin1Char('m'));
    flow.setChips({chip});
    flow.resize(100, 40);
    QVERIFY(!flow.grab().isNull());
    QCOMPARE(flow.heightForWidth(100), int(chipSize({}, flow.font()).height()));
  }

  void copiesAsText() {
    TokenFlow flow;
    auto chips = words(2);
    chips[0].badge = QStringLiteral("1");
    flow.setChips(chips);
    QCOMPARE(flow.text(), QStringLiteral("1:word0 word1"));
    QTest::keySequence(&flow, QKeySequence::Copy);
    QCOMPARE(QGuiApplication::clipboard()->text(), flow.text());
  }

  void everyStateLooksDifferent() {
    TokenChip plain;
    plain.text = QStringLiteral("word");
    auto cut = plain, repeated = plain, scored = plain, special = plain, sampled = plain, label = plain, virtually = plain;
    cut.cutOff = true;
    repeated.repeated = true;
    scored.scored = true;
    special.special = true;
    sampled.kind = TokenChip::Kind::Sampled;
    label.kind = TokenChip::Kind::Label;
    virtually.kind = TokenChip::Kind::Virtual;
    QList<QImage> images;
    for (const auto& chip : {plain, cut, repeated, scored, special, sampled, label, virtually})
      images.append(drawn(chip));
    for (qsizetype i = 0; i < images.size(); ++i)
      for (qsizetype j = 0; j < i; ++j)
        QVERIFY2(images[i] != images[j], qPrintable(QStringLiteral("states %1 and %2 look alike").arg(i).arg(j)));
  }
};

QTEST_MAIN(TestTokenFlow)
#include "tst_token_flow.moc"

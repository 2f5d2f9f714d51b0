// The preview says exactly what layOut() says: which row starts at which token, what is repeated, what is cut off.
#include "core/tokenizer/tokenizer.h"
#include "tests/ui/support/small_studio.h"
#include "ui/prompt/layout_chips.h"

#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

class TestLayoutChips : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;
  std::shared_ptr<const Tokenizer> m_tokenizer;

  InitialLayout text(const char* words, std::int64_t length) {
    PromptRecipe recipe;
    recipe.init = PromptInit::Text;
    recipe.text = words;
    recipe.length = length;
    return layOut(recipe, *m_tokenizer, 300);
  }

 private slots:
  void initTestCase() { m_tokenizer = openTokenizer(m_studio.model().toStdString()); }

  void aShortTextIsRepeated() {
    const auto layout = text("ab", 7);  // <s> a b | <s> a b | <s>
    const auto chips = chipsOf(layout, m_tokenizer.get());
    QCOMPARE(chips.size(), 7);
    QVERIFY(chips[0].special && !chips[0].repeated);
    QCOMPARE(chips[1].text, QStringLiteral("a"));
    QCOMPARE(chips[1].badge, QStringLiteral("2"));
    for (int i = 3; i < 7; ++i)
      QVERIFY(chips[i].repeated);
    QVERIFY(sentenceOf(layout, PromptInit::Text).contains(QStringLiteral("repeated")));
  }

  void aLongTextIsCutOff() {
    const auto layout = text("abcdef", 4);
    const auto chips = chipsOf(layout, m_tokenizer.get());
    QCOMPARE(chips.size(), 7);  // four rows and three tokens without one
    QVERIFY(!chips[3].cutOff && !chips[3].badge.isEmpty());
    for (int i = 4; i < 7; ++i)
      QVERIFY(chips[i].cutOff && chips[i].badge.isEmpty());
    QCOMPARE(chips[4].text, QStringLiteral("d"));
    QVERIFY(sentenceOf(layout, PromptInit::Text).contains(QStringLiteral("3")));
  }

  void anEmptyTextSaysSo() {
    PromptRecipe recipe;
    recipe.init = PromptInit::Text;
    recipe.textSpecial = SpecialTokens::Leave;
    const auto layout = layOut(recipe, *m_tokenizer, 300);
    QVERIFY(!sentenceOf(layout, PromptInit::Text).isEmpty());
    QVERIFY(!layout.problem.empty());
  }

  void everyWayToStartIsExplained() {
    for (const auto init : {PromptInit::Random, PromptInit::RandomScaled, PromptInit::SampleVocabulary, PromptInit::Text,
                            PromptInit::ClassLabels, PromptInit::Adapter})
      QVERIFY(!wordsOf(init).title.isEmpty() && !wordsOf(init).help.isEmpty());
  }
};

QTEST_MAIN(TestLayoutChips)
#include "tst_layout_chips.moc"

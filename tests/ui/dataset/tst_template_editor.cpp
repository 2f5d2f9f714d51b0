// The template's editor and the preview below it: chips that are clicked and dropped, places that share the prompt, an undo that takes it
// all back, and the first rows as text and tokens.
#include "core/chat/model_template.h"
#include "tests/ui/support/small_studio.h"
#include "ui/dataset/chat_choice.h"
#include "ui/dataset/data_panel.h"
#include "ui/dataset/template_editor.h"
#include "ui/dataset/template_preview.h"
#include "ui/dataset/template_text.h"
#include "ui/steps/problem_strip.h"
#include "ui/tokens/chip_button.h"
#include "ui/tokens/token_flow.h"
#include "ui/workspace/workspace.h"

#include <QComboBox>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QTextBlock>
#include <QtTest>

using namespace incipit;
using namespace incipit::ui;

namespace {

QString str(const char* text) { return QString::fromUtf8(text); }

struct Studio {
  Jobs jobs;
  Workspace workspace{jobs};
  DataPanel panel{workspace};

  Studio(const QString& model, const QString& data) {
    workspace.openModel(model);
    workspace.openData(data);
    panel.resize(400, 1600);
    panel.show();
  }
  bool ready() const { return workspace.data() && workspace.data()->training; }
  TemplateText* text() { return panel.findChild<TemplateText*>(); }
  TemplatePreview* preview() { return panel.findChild<TemplatePreview*>(); }
  std::string written() const { return workspace.plan().data.textTemplate; }
  ChipButton* chip(const QString& name) {
    for (auto* chip : panel.findChildren<ChipButton*>())
      if (chip->text() == name) return chip;
    return nullptr;
  }
};

}  // namespace

class TestTemplateEditor : public QObject {
  Q_OBJECT
  test::SmallStudio m_studio;

 private slots:
  void placesShareThePrompt() {
    QCOMPARE(withPlace(str("{text}:"), 6, 20), str("{text}{virtual_tokens}:"));
    QCOMPARE(withPlace(str("{text}{virtual_tokens}:"), 0, 20), str("{virtual_tokens:10}{text}{virtual_tokens:10}:"));
    QCOMPARE(withPlace(str("{virtual_tokens:4}{text}{virtual_tokens:9}:"), 24, 13),
             str("{virtual_tokens:4}{text}{virtual_tokens:4}{virtual_tokens:5}:"));
    QCOMPARE(withPlace(str("{virtual_tokens}{text}"), 5, 3), str("{virtual_tokens:2}{virtual_tokens:1}{text}"));  // never into another
    QCOMPARE(withPlace(str("{virtual_tokens:1}{text}"), 20, 1), str("{virtual_tokens:1}{text}"));                 // there is none left
  }

  void aClickInsertsAtTheCursorAndUndoTakesItBack() {
    Studio studio(m_studio.model(), m_studio.places());
    QTRY_VERIFY_WITH_TIMEOUT(studio.ready(), 60000);
    auto* text = studio.text();
    text->setFocus();
    QTest::keyClicks(text, str("Say: , "));
    auto cursor = text->textCursor();
    cursor.setPosition(5);
    text->setTextCursor(cursor);
    QVERIFY(studio.chip(str("text")) && studio.chip(str("label")));
    QTest::mouseClick(studio.chip(str("text")), Qt::LeftButton);
    QCOMPARE(studio.written(), std::string("Say: {text}, "));
    QTest::mouseClick(studio.chip(str("virtual tokens")), Qt::LeftButton);
    QCOMPARE(studio.written(), std::string("Say: {text}{virtual_tokens}, "));
    QTest::mouseClick(studio.chip(str("virtual tokens")), Qt::LeftButton);
    QCOMPARE(studio.written(), std::string("Say: {text}{virtual_tokens:10}{virtual_tokens:10}, "));
    studio.workspace.undoStack()->undo();
    QVERIFY(studio.written() != text->toPlainText().toStdString() || studio.written().find("{virtual_tokens:10}") == std::string::npos);
    QTRY_COMPARE(text->toPlainText().toStdString(), studio.written());
  }

  void aDropGoesWhereThePointerIsAndSeveralLinesStay() {
    Studio studio(m_studio.model(), m_studio.places());
    QTRY_VERIFY_WITH_TIMEOUT(studio.ready(), 60000);
    auto* text = studio.text();
    text->setPlainText(str("one\ntwo {text}"));
    QMimeData data;
    data.setText(str("{virtual_tokens}"));
    const auto end = text->cursorRect(QTextCursor(text->document()->findBlockByNumber(0))).topRight();
    QDragEnterEvent enter(end, Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(text->viewport(), &enter);
    QDropEvent drop(QPointF(end), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(text->viewport(), &drop);
    QCOMPARE(studio.written(), std::string("{virtual_tokens}one\ntwo {text}"));
  }

  void thePreviewShowsThePlacesAsTextAndAsChips() {
    Studio studio(m_studio.model(), m_studio.places());
    QTRY_VERIFY_WITH_TIMEOUT(studio.ready(), 60000);
    auto plan = studio.workspace.plan();
    plan.data.labelColumn = "label";
    plan.data.textTemplate = "{text}{virtual_tokens:4} is{virtual_tokens:16}\nkind:";
    studio.workspace.editPlan(plan, str("template"), str("template"));
    auto* preview = studio.preview();
    const auto shown = [&] { return preview->text().replace(str("token(s)"), str("tokens")); };  // as without a translation
    QTRY_VERIFY_WITH_TIMEOUT(shown().contains(str("The waves broke.  4 virtual tokens   is  16 virtual tokens  ↵\nkind: 0")), 60000);
    QVERIFY2(preview->text().contains(str("3  A ship sailed.")), qPrintable(preview->text()));
    preview->showTokens(true);
    const auto chips = preview->flows().front()->chips();
    const auto isVirtual = [&](qsizetype i) { return chips[i].kind == TokenChip::Kind::Virtual; };
    QVERIFY(!isVirtual(0));
    qsizetype first = 0;
    while (first < chips.size() && !isVirtual(first))
      ++first;
    QCOMPARE(chips.mid(first, 4).last().text, str("4"));
    QVERIFY(isVirtual(first + 3) && !isVirtual(first + 4));
    QVERIFY(chips.last().scored);
    // A problem is said at the top of the step, and the last good rows stay.
    plan.data.textTemplate = "{text}{virtual_tokens:4}{virtual_tokens:5}";
    studio.workspace.editPlan(plan, str("template"), str("template"));
    QTRY_VERIFY_WITH_TIMEOUT(!preview->isEnabled(), 60000);
    QVERIFY(preview->isVisible());
    QTRY_VERIFY_WITH_TIMEOUT(studio.panel.strip()->problem().what.contains(str("4 + 5 = 9 virtual tokens, and the prompt has 20")), 60000);
  }

  void aColumnOfThatNameTakesTheChip() {
    const auto file = m_studio.path(str("named.csv"));
    test::writeText(file, "text,virtual_tokens\nThe sea,1\nThe oak,2\n");
    Studio studio(m_studio.model(), file);
    QTRY_VERIFY_WITH_TIMEOUT(studio.ready(), 60000);
    QVERIFY(!studio.chip(str("virtual tokens")));
    QVERIFY(studio.chip(str("virtual_tokens")));
  }

  void theChatIsChosenShownAndSaid() {
    const QDir folder(m_studio.path(str("instruct")));
    folder.mkpath(str("."));
    for (const auto& file : QDir(m_studio.model()).entryInfoList(QDir::Files))
      QFile::copy(file.filePath(), folder.filePath(file.fileName()));
    test::writeText(
        folder.filePath(str("chat_template.jinja")),
        "{% for m in messages %}<{{ m.role }}>{{ m.content }}!{% endfor %}{% if add_generation_prompt %}<assistant>{% endif %}");
    Studio studio(folder.path(), m_studio.places());
    QTRY_VERIFY_WITH_TIMEOUT(studio.ready(), 60000);
    auto plan = studio.workspace.plan();
    plan.data.labelColumn = "label";
    studio.workspace.editPlan(plan, str("label"));
    QTRY_VERIFY_WITH_TIMEOUT(studio.preview()->text().contains(str("<user>The waves broke.!<assistant> 0!")), 60000);
    auto* system = studio.panel.findChild<QPlainTextEdit*>(str("system"));
    QTest::keyClicks(system, str("Be brief."));
    QCOMPARE(studio.workspace.plan().data.system, std::string("Be brief."));
    QTRY_VERIFY_WITH_TIMEOUT(studio.preview()->text().contains(str("<system>Be brief.!<user>The")), 60000);
    const auto sentence = [&] { return chatSentence(*studio.workspace.data(), {"default"}); };
    QTRY_VERIFY_WITH_TIMEOUT(sentence().contains(str("the label what the assistant answers")), 60000);

    plan = studio.workspace.plan();
    plan.data.labelColumn.clear();
    studio.workspace.editPlan(plan, str("label"));
    QTRY_VERIFY_WITH_TIMEOUT(sentence().contains(str("without a label column there is no answer")), 60000);
    auto* box = studio.panel.findChild<QComboBox*>(str("chatTemplate"));
    box->setCurrentIndex(box->findData(str("none")));
    emit box->activated(box->currentIndex());
    QCOMPARE(studio.workspace.plan().data.chatTemplate, std::string("none"));
    studio.workspace.undoStack()->undo();
    QCOMPARE(box->currentData().toString(), str("auto"));
  }
};

QTEST_MAIN(TestTemplateEditor)
#include "tst_template_editor.moc"

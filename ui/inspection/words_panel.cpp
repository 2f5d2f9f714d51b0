#include "ui/inspection/words_panel.h"

#include "core/chat/chat_format.h"
#include "core/dataset/asked_text.h"
#include "core/inspection/ask.h"
#include "core/inspection/sample.h"
#include "core/inspection/translate.h"
#include "core/model/frozen_model.h"
#include "core/runs/typed_data.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/inspection/airy_rows.h"
#include "ui/inspection/judged_examples.h"
#include "ui/inspection/table_picture.h"
#include "ui/inspection/words_item_model.h"
#include "ui/settings/capped_spin_box.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/table_copy.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QHeaderView>
#include <QLineEdit>
#include <QPainter>
#include <QTableView>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

constexpr int firstSample = 64, firstBudget = 30;
constexpr std::size_t taskFrame = 2;  // "The task is ... In other words,"

// Some rows of a table, as a table.
Table rowsOf(const Table& table, const Examples& some) {
  std::vector<std::vector<std::string>> rows;
  for (std::size_t i = 0; i < some.items.size(); ++i)
    rows.push_back(table.row(some.items.sizes(i).row));
  return tableOfRows(table.file, table.columns, std::move(rows));
}

}  // namespace

WordsPanel::WordsPanel(Workspace& workspace, QWidget* parent)
    : InspectionPanel(workspace,
                      {QStringLiteral("words"),
                       tr("Words stand in front of the text, as if typed. Mostly they lose what the rows "
                          "have learned (Khashabi et al. 2022): what rows say need not have words."),
                       tr("The prompt in words"),
                       tr("Press Translate: the nearest words, those the model writes itself, your own, and words that are searched for, "
                          "each with what it is worth."),
                       tr("&Translate"), tr("Every way in turn; what is known can be read while it goes on")},
                      parent),
      m_model(new WordsItemModel(this)), m_table(new QTableView), m_sample(new CappedSpinBox), m_budget(new CappedSpinBox),
      m_own(new QLineEdit) {
  m_sample->setRange(1, 100'000);
  m_sample->setValue(firstSample);
  m_sample->setGroupSeparatorShown(true);
  m_sample->setSuffix(tr(" examples"));
  m_sample->setToolTip(tr("How many examples at most, drawn at random: more are surer and take longer"));
  m_sample->setAccessibleName(tr("Examples at most"));
  m_budget->setRange(0, 100'000);
  m_budget->setValue(firstBudget);
  m_budget->setSuffix(tr(" tries"));
  m_budget->setSpecialValueText(tr("no search"));
  m_budget->setToolTip(tr("How many texts the search may try, and as many again the repair"));
  m_budget->setAccessibleName(tr("Texts to try"));
  m_own->setPlaceholderText(tr("Your own words"));
  m_own->setToolTip(tr("Judged beside the others: what would you have typed?"));
  m_own->setAccessibleName(tr("Your own words"));
  m_own->setClearButtonEnabled(true);
  m_own->setMinimumWidth(grid * 22);
  for (QWidget* widget : {static_cast<QWidget*>(m_sample), static_cast<QWidget*>(m_budget), static_cast<QWidget*>(m_own)})
    controls()->addWidget(widget);
  for (auto* number : {m_sample, m_budget})
    connect(number, &QSpinBox::valueChanged, this, [this] { refresh(); });
  connect(m_own, &QLineEdit::returnPressed, this, &InspectionPanel::start);
  connect(m_own, &QLineEdit::textChanged, this, [this] { refresh(); });

  m_table->setModel(m_model);
  m_table->setAccessibleName(tr("The prompt in words"));
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setItemDelegate(new AiryRows(m_table));
  m_table->setWordWrap(true);
  m_table->setTextElideMode(Qt::ElideNone);
  m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_table->horizontalHeader()->setHighlightSections(false);
  m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_table->horizontalHeader()->setSectionResizeMode(WordsItemModel::Words, QHeaderView::Stretch);
  makeCopyable(m_table);
  body()->addWidget(m_table, 1);
  refresh();
}

InspectionPanel::Made WordsPanel::wanted() const {
  return {workspace().model(), workspace().prompt(), workspace().data(), m_own->text().trimmed()};
}

InspectionPanel::Missing WordsPanel::missing() const {
  if (auto why = InspectionPanel::missing(); !why.title.isEmpty()) return why;
  if (!workspace().model()->tokenizer)
    return {tr("This model has no tokenizer"),
            tr("Tokens cannot be turned into words for it. Add tokenizer.json to its folder and open it again.")};
  if (const auto why = whyNotJudged(workspace())) return {why->first, why->second};
  if (workspace().data()->table->tokenised)
    return {tr("The data are token ids"), tr("No words can stand in front of them. Open data of texts.")};
  return {};
}

QString WordsPanel::costNow() const {
  const auto judged = judgedExamples(workspace());
  const auto all = std::max<std::size_t>(1, judged.examples->items.size());
  const double each = double(judged.examples->items.tokens()) / double(all) + double(workspace().prompt()->prompt.length());
  const double rows = std::min<double>(m_sample->value(), double(all)), searched = std::min(rows, double(RepairOptions().sample));
  // Seven ways, each with its labels; a try of the search is an evaluation and up to three gradients.
  const double work = each * (7 * rows * (judged.examples->classes.empty() ? 1 : 2) + 2.0 * m_budget->value() * searched * 5);
  return costOn(workspace(), judged, m_sample->value(), work);
}

void WordsPanel::begin() {
  const auto now = wanted();
  const auto judged = judgedExamples(workspace());
  const auto table = judged.validation && now.data->validationTable ? now.data->validationTable : now.data->table;
  auto plan = workspace().plan();
  plan.data = now.data->settings;
  TranslateOptions options;
  options.search.budget = m_budget->value();
  options.own = now.text.toStdString();
  m_model->clear();
  m_table->setColumnHidden(WordsItemModel::Accuracy, judged.examples->classes.empty());
  took(now, {});  // what was said before is not of this
  run(
      [this, now, judged, table, plan, options, sample = m_sample->value()](Job& job, const Watch& watch) mutable {
        const auto& frozen = *now.model->frozen;
        const auto& tokenizer = *now.model->tokenizer;
        const auto& prompt = now.prompt->prompt;
        const auto some =
            std::make_shared<const Examples>(picked(*judged.examples, sampleOrder(*judged.examples, sample, options.search.seed), true));
        const TypedData data(plan, rowsOf(*table, *some), some, frozen, tokenizer, prompt);
        const auto chat = openChatFormat(now.model->card().folder, "auto", {}, {});
        options.frame = askedText(askingFrames()[taskFrame], chat.get(), {}, tokenizer);
        translate(
            prompt, *indexVocabulary(now.model->frozen), tokenizer, *some,
            [&](const std::string& front, std::int64_t rows) { return data.with(front, rows); }, options, watch, job.stop(),
            [&](JudgedWords words) {
              job.tell([this, now, words] {
                if (now.model != workspace().model()) return;
                m_model->add(words);
                took(now, sentenceNow());
              });
            });
        return true;
      },
      [this, now](bool) {
        if (hasResult()) took(made(), sentenceNow());
      });
}

QString WordsPanel::sentenceNow() const {
  const auto* best = m_model->best();
  if (!best) return {};
  const double kept = m_model->kept(*best);
  if (std::isnan(kept)) return tr("This prompt is no better than nothing on these examples: there is nothing to put into words.");
  if (kept <= 0) return tr("No words keep anything of what the prompt has gained.");
  return tr("The best words keep %1 of what the prompt has gained over the bare model, on %2 examples.")
      .arg(percentText(std::min(kept, 1.0)), grouped(best->score.examples));
}

void WordsPanel::forget() { m_model->clear(); }
QString WordsPanel::text() const { return tableText(m_table); }
QSize WordsPanel::pictureSize() const { return tableSize(m_table); }
void WordsPanel::drawPicture(QPainter& painter, const QPalette& palette) const { drawTable(painter, m_table, palette); }

}  // namespace incipit::ui

#include "ui/inspection/ask_panel.h"

#include "core/chat/chat_format.h"
#include "core/dataset/asked_text.h"
#include "core/inspection/ask.h"
#include "core/model/frozen_model.h"
#include "core/tokenizer/tokenizer.h"
#include "ui/inspection/airy_rows.h"
#include "ui/inspection/ask_item_model.h"
#include "ui/inspection/start_rows.h"
#include "ui/inspection/table_picture.h"
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

namespace incipit::ui {
namespace {

constexpr std::int64_t mostTokens = 40;
constexpr std::uint64_t randomSeed = 2021;

}  // namespace

AskPanel::AskPanel(Workspace& workspace, QWidget* parent)
    : InspectionPanel(workspace,
                      {QStringLiteral("ask"),
                       tr("Contextualised soft prompts (Maher 2026), SelfIE (Chen et al. 2024). A prompt trained in front of a text was "
                          "never trained to be "
                          "talked about: what it says may be nothing."),
                       tr("What the prompt says of itself"),
                       tr("Press Ask: the model goes on with sentences such as “Repeat the meaning of …:”, the prompt standing at the "
                          "dots, beside a random "
                          "prompt and the start."),
                       tr("As&k"), tr("Each sentence to each of the prompts, one by one")},
                      parent),
      m_model(new AskItemModel(this)), m_table(new QTableView), m_own(new QLineEdit) {
  m_own->setPlaceholderText(tr("Own sentence with {virtual_tokens}"));
  m_own->setToolTip(tr("Asked in place of the five sentences; {virtual_tokens} says where the prompt stands"));
  m_own->setAccessibleName(tr("Own sentence"));
  m_own->setClearButtonEnabled(true);
  m_own->setMinimumWidth(grid * 34);
  controls()->addWidget(m_own);
  connect(m_own, &QLineEdit::returnPressed, this, &InspectionPanel::start);
  connect(m_own, &QLineEdit::textChanged, this, [this] { refresh(); });
  m_table->setModel(m_model);
  m_table->setAccessibleName(tr("What the model says of its prompt"));
  m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setItemDelegate(new AiryRows(m_table));
  m_table->setWordWrap(true);
  m_table->setTextElideMode(Qt::ElideNone);
  m_table->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
  m_table->horizontalHeader()->setHighlightSections(false);
  m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
  makeCopyable(m_table);
  body()->addWidget(m_table, 1);
  refresh();
}

QStringList AskPanel::sentences() const {
  const auto own = m_own->text().trimmed();
  if (!own.isEmpty()) return {own};
  QStringList all;
  for (const auto& frame : askingFrames())
    all << toText(frame);
  return all;
}

InspectionPanel::Made AskPanel::wanted() const { return {workspace().model(), workspace().prompt(), {}, m_own->text().trimmed()}; }

InspectionPanel::Missing AskPanel::missing() const {
  if (auto why = InspectionPanel::missing(); !why.title.isEmpty()) return why;
  const auto model = workspace().model();
  if (model->card().head != HeadKind::None)
    return {tr("This model cannot say anything"),
            tr("%1 sorts texts into classes and writes none. Influence, attention and lens show what its prompt does.")
                .arg(model->shortName())};
  if (!model->tokenizer)
    return {tr("This model has no tokenizer"),
            tr("Text cannot be turned into tokens for it. Add tokenizer.json to its folder and open it again.")};
  return {};
}

QString AskPanel::warning() const {
  if (m_warnedOf != workspace().model()) {
    m_warnedOf = workspace().model();
    m_warning = toText(askingWarning(*m_warnedOf->frozen));
  }
  return m_warning;
}

QString AskPanel::costNow() const {
  const int prompts = startSourceOf(workspace()).empty() ? 2 : 3;
  return warning() + QLatin1Char(' ') + tr("%1 answers of up to %2 tokens.").arg(sentences().size() * prompts).arg(mostTokens);
}

void AskPanel::begin() {
  const auto now = wanted();
  const auto all = sentences();
  const auto source = startSourceOf(workspace());
  std::vector<std::string> labels;
  if (const auto data = workspace().data(); data && data->model == now.model && data->training) labels = data->training->classes;
  m_model->begin(all, !source.empty());
  took(now, warning());
  run(
      [this, now, all, source, labels](Job& job, const Watch& watch) {
        const auto& model = *now.model->frozen;
        const auto& tokenizer = *now.model->tokenizer;
        const auto& prompt = now.prompt->prompt;
        const auto random = randomLike(prompt, randomSeed);
        const auto start = startFrom(source, prompt);
        const auto chat = openChatFormat(now.model->card().folder, "auto", {}, {});
        const SoftPrompt* prompts[] = {&prompt, &random, start.get()};
        const int columns = source.empty() ? 2 : 3;
        for (int row = 0; row < int(all.size()); ++row) {
          const auto frame = askedText(all[row].toStdString(), chat.get(), {}, tokenizer);
          for (int i = 0; i < columns; ++i) {
            watch.at(double(row * columns + i) / double(all.size() * columns));
            Saying saying;
            if (prompts[i] != nullptr) {
              const auto answer = incipit::said(model, tokenizer, *prompts[i], frame, mostTokens, job.stop());
              if (job.stop().stop_requested()) throw GivenUp();  // what was being said is cut off
              saying.text = toText(answer);
              if (!labels.empty()) saying.labelWords = classRate(answer, labels);
            } else {
              saying.text = tr("(nobody kept it)");
            }
            job.tell([this, now, row, i, saying] {
              if (now.model == workspace().model()) m_model->set(row, i + 1, saying);
            });
          }
        }
        return true;
      },
      [](bool) {});
}

// Its first answer, and how large the model is.
QString AskPanel::summary() const {
  if (m_model->answers() == 0) return sentence();
  const auto cell = [this](int column) { return m_model->index(0, column).data().toString().simplified(); };
  return tr("%1 “%2” %3").arg(cell(AskItemModel::Sentence), cell(AskItemModel::Prompt), sentence());
}

void AskPanel::ended() { m_model->end(); }
void AskPanel::forget() { m_model->clear(); }
QString AskPanel::text() const { return tableText(m_table); }
QSize AskPanel::pictureSize() const { return tableSize(m_table); }
void AskPanel::drawPicture(QPainter& painter, const QPalette& palette) const { drawTable(painter, m_table, palette); }

}  // namespace incipit::ui

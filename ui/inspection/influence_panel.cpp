#include "ui/inspection/influence_panel.h"

#include "core/model/frozen_model.h"
#include "ui/inspection/influence_bars.h"
#include "ui/inspection/judged_examples.h"
#include "ui/plots/number_text.h"
#include "ui/settings/capped_spin_box.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/scrolled.h"
#include "ui/steps/table_copy.h"
#include "ui/tokens/token_chip.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QSpinBox>
#include <QTableWidget>
#include <QVBoxLayout>

#include <algorithm>

namespace incipit::ui {
namespace {

constexpr int firstSample = 64;
constexpr std::size_t strongest = 5;

}  // namespace

InfluencePanel::InfluencePanel(Workspace& workspace, QWidget* parent)
    : InspectionPanel(
          workspace,
          {QStringLiteral("influence"),
           tr("What the loss becomes without each row, exactly, the rows behind it moving up: longer bars do more. Not why, and not "
              "what a row would do alone. The gate (XPrompt, Ma et al. 2022) is a guess that need not agree."),
           tr("What each virtual token does"),
           tr("Press Measure: every virtual token is left out in turn, and a bar says what the loss grows by. It begins with a few "
              "examples and becomes surer with each batch."),
           tr("&Measure"), tr("Leave out every virtual token in turn; what is known can be read while it goes on")},
          parent),
      m_bars(new InfluenceBars), m_sample(new CappedSpinBox), m_pairsButton(new QPushButton(tr("&Pairs of the strongest"))),
      m_pairs(new QTableWidget(0, 3)) {
  m_sample->setRange(1, 10'000'000);
  m_sample->setValue(firstSample);
  m_sample->setGroupSeparatorShown(true);
  m_sample->setSuffix(tr(" examples"));
  m_sample->setToolTip(tr("How many examples at most, drawn at random: more are surer and take longer"));
  m_sample->setAccessibleName(tr("Examples at most"));
  controls()->addWidget(m_sample);
  m_pairsButton->setProperty("plain", true);
  controls()->addWidget(m_pairsButton);
  connect(m_pairsButton, &QPushButton::clicked, this, &InfluencePanel::lookAtPairs);
  connect(m_sample, &QSpinBox::valueChanged, this, [this] { refresh(); });
  connect(&workspace, &Workspace::promptChanged, this, &InfluencePanel::refreshControls);
  connect(&workspace, &Workspace::dataChanged, this, &InfluencePanel::refreshControls);

  body()->addWidget(scrolled(m_bars), 2);
  m_pairs->setHorizontalHeaderLabels({tr("Pair"), tr("Without both"), tr("Beyond both alone")});
  m_pairs->horizontalHeaderItem(0)->setToolTip(tr("Two of the five rows with the largest influence"));
  m_pairs->horizontalHeaderItem(1)->setToolTip(tr("What the loss grows by without both rows, in nats a scored token"));
  m_pairs->horizontalHeaderItem(2)->setToolTip(
      tr("How much that is more than what each costs alone. Well above 0: either of the two does the other's work."));
  m_pairs->horizontalHeader()->setStretchLastSection(true);
  m_pairs->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
  m_pairs->verticalHeader()->hide();
  m_pairs->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_pairs->setSelectionBehavior(QAbstractItemView::SelectRows);
  m_pairs->setShowGrid(false);
  m_pairs->setAccessibleName(tr("Pairs that may stand in for each other"));
  makeCopyable(m_pairs);
  m_pairs->hide();
  body()->addWidget(m_pairs, 1);

  connect(m_bars, &InfluenceBars::rowPressed, this, [this](std::int64_t row, bool others) {
    auto& selection = this->workspace().selection();
    if (others || (selection.has(row) && selection.rows().size() == 1))
      selection.toggle(row);
    else
      selection.choose({row});
  });
  connect(m_pairs, &QTableWidget::itemSelectionChanged, this, [this] {
    std::vector<std::int64_t> rows;
    for (const auto& index : m_pairs->selectionModel()->selectedRows())
      for (const auto& row : index.data(Qt::UserRole).toList())
        rows.push_back(row.toLongLong());
    if (!rows.empty()) this->workspace().selection().choose(std::move(rows));
  });
  connect(&workspace.selection(), &Selection::changed, this, [this] { m_bars->setChosen(this->workspace().selection().rows()); });
  refresh();
  refreshControls();
}

InfluenceOptions InfluencePanel::options() const {
  InfluenceOptions options;
  options.sample = m_sample->value();
  return options;
}

InspectionPanel::Made InfluencePanel::wanted() const { return {workspace().model(), workspace().prompt(), workspace().data(), {}}; }

InspectionPanel::Missing InfluencePanel::missing() const {
  if (auto why = InspectionPanel::missing(); !why.title.isEmpty()) return why;
  const auto why = whyNotJudged(workspace());
  return why ? Missing{why->first, why->second} : Missing{};
}

QString InfluencePanel::costNow() const {
  const auto rows = workspace().prompt()->prompt.length();
  const auto judged = judgedExamples(workspace());
  if (m_work.examples != judged.examples || m_work.rows != rows || m_work.sample != m_sample->value())
    m_work = {judged.examples, rows, m_sample->value(), influenceWork(*judged.examples, rows, options())};
  return tr("%1 evaluations and a gradient over ").arg(grouped(rows + 1)) + costOn(workspace(), judged, m_sample->value(), m_work.tokens);
}

void InfluencePanel::begin() {
  const auto now = wanted();
  const auto used = judgedExamples(workspace()).examples;
  m_pairs->hide();
  run(
      [this, now, used, options = options()](Job& job, const Watch& watch) {
        return rowInfluence(*now.model->frozen, now.prompt->prompt, *used, options, watch, [&](const Influence& part) {
          job.tell([this, now, used, options, part] {
            m_options = options;
            m_used = used;
            take(now, part);
          });
        });
      },
      [this, now](const Influence& found) {
        if (!found.rows.empty()) take(now, found);
      });
  refreshControls();
}

void InfluencePanel::take(const Made& made, const Influence& found) {
  if (made.model != workspace().model()) return;
  m_found = found;
  m_bars->show(found);
  m_bars->setChosen(workspace().selection().rows());
  QStringList words;
  for (const auto& sentence : inWords(found, 1))
    words << toText(sentence);
  words << tr("On %1 of %2 examples; the loss of the whole prompt there is %3.")
               .arg(grouped(found.examples), grouped(found.ofExamples), valueText(found.loss));
  took(made, words.join(QLatin1Char(' ')));
  refreshControls();
}

void InfluencePanel::forget() {
  m_found = {};
  m_used.reset();
  m_bars->show({});
  m_pairs->setRowCount(0);
  m_pairs->hide();
  refreshControls();
}

void InfluencePanel::refreshControls() {
  const bool ready = hasResult() && !running() && m_used && m_found.rows.size() > 1;
  m_pairsButton->setEnabled(ready);
  const auto count = std::min(strongest, m_found.rows.size());
  m_pairsButton->setToolTip(
      ready ? tr("Leave out two rows at a time, of the %1 with the largest influence: %2 evaluations over the same examples")
                  .arg(count)
                  .arg(count * (count - 1) / 2)
            : tr("Measure first: the pairs are those of the five strongest rows"));
  m_sample->setEnabled(!running());
}

void InfluencePanel::lookAtPairs() {
  if (!m_pairsButton->isEnabled()) return;
  const auto now = made();
  run(
      [now, used = m_used, options = m_options, found = m_found](Job&, const Watch& watch) {
        return pairInfluence(*now.model->frozen, now.prompt->prompt, *used, options, found, strongest, watch);
      },
      [this, now](const std::vector<PairInfluence>& pairs) {
        if (now == made()) showPairs(pairs);
      });
  refresh();
  refreshControls();
}

void InfluencePanel::showPairs(const std::vector<PairInfluence>& found) {
  auto pairs = found;
  std::ranges::stable_sort(pairs, std::ranges::greater(), &PairInfluence::beyond);
  m_pairs->setRowCount(int(pairs.size()));
  for (int i = 0; i < int(pairs.size()); ++i) {
    const auto& pair = pairs[std::size_t(i)];
    auto* name = new QTableWidgetItem(QStringLiteral("%1 + %2").arg(pair.first + 1).arg(pair.second + 1));
    name->setData(Qt::UserRole, QVariantList{qlonglong(pair.first), qlonglong(pair.second)});
    m_pairs->setItem(i, 0, name);
    m_pairs->setItem(i, 1, new QTableWidgetItem(valueText(pair.together, 3)));
    m_pairs->setItem(i, 2, new QTableWidgetItem(valueText(pair.beyond, 3)));
  }
  m_pairs->show();
}

QString InfluencePanel::text() const { return m_bars->text() + (m_pairs->isHidden() ? QString() : QLatin1Char('\n') + tableText(m_pairs)); }

QSize InfluencePanel::pictureSize() const { return m_bars->size(); }
void InfluencePanel::drawPicture(QPainter& painter, const QPalette& palette) const { m_bars->draw(painter, palette); }

}  // namespace incipit::ui

#include "ui/inspection/attention_panel.h"

#include "core/model/frozen_model.h"
#include "ui/inspection/text_choice.h"
#include "ui/plots/heat_map.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/scrolled.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/workspace.h"

#include <QLabel>
#include <QPainter>
#include <QSplitter>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

constexpr int before = 2;  // columns in front of the heads: their mean, and what even attention would be

}  // namespace

AttentionPanel::AttentionPanel(Workspace& workspace, QWidget* parent)
    : InspectionPanel(workspace,
                      {QStringLiteral("attention"),
                       tr("What the text reads, not what is done with it (Jain & Wallace 2019). A prompt adds to what a text reads; how "
                          "the text's own tokens "
                          "share their attention among each other it leaves as it is, in the first block exactly (Petrov et al. 2023)."),
                       tr("How loud the prompt is"),
                       tr("Press Read: the share of the text's attention that goes to the virtual tokens stands here by block and head, "
                          "and of each head who "
                          "attends to which of them."),
                       tr("Rea&d"), tr("One pass over the text with the prompt (Enter in the text)")},
                      parent),
      m_choice(new TextChoice(workspace)), m_loud(new HeatMap(tr("Share of the attention that goes to the prompt, by block and head"))),
      m_head(new HeatMap(tr("Attention of each position of the text to each virtual token"))), m_headTitle(new QLabel) {
  top()->addWidget(m_choice);
  auto* splitter = new QSplitter(Qt::Vertical);
  splitter->setChildrenCollapsible(false);
  splitter->addWidget(scrolled(m_loud));
  auto* below = new QWidget;
  auto* column = new QVBoxLayout(below);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid / 2);
  m_headTitle->setTextFormat(Qt::PlainText);
  m_headTitle->setWordWrap(true);
  column->addWidget(m_headTitle);
  column->addWidget(scrolled(m_head), 1);
  splitter->addWidget(below);
  splitter->setSizes({100, 100});
  body()->addWidget(splitter, 1);
  m_loud->setPressable(true);
  m_loud->setTexts([this](int block, int column) { return loudText(block, column); });
  m_head->setPressable(true);
  m_head->setTexts([this](int row, int column) { return headText(row, column); });
  connect(m_loud, &HeatMap::cellChosen, this, [this](int block, int column) { showHead(block, column < before ? -1 : column - before); });
  connect(m_head, &HeatMap::cellChosen, this,
          [this](int, int column) { this->workspace().selection().choose({-1 - m_found->maps.rows[m_keys[std::size_t(column)]]}); });
  connect(m_choice, &TextChoice::changed, this, [this] { refresh(); });
  connect(m_choice, &TextChoice::entered, this, &InspectionPanel::start);
  connect(&workspace.selection(), &Selection::changed, this, &AttentionPanel::markChosen);
  refresh();
}

InspectionPanel::Made AttentionPanel::wanted() const { return {workspace().model(), workspace().prompt(), {}, m_choice->text()}; }

InspectionPanel::Missing AttentionPanel::missing() const {
  if (auto why = InspectionPanel::missing(); !why.title.isEmpty()) return why;
  if (!workspace().model()->tokenizer)
    return {tr("This model has no tokenizer"),
            tr("Text cannot be turned into tokens for it. Add tokenizer.json to its folder and open it again.")};
  return {};
}

void AttentionPanel::begin() {
  const auto now = wanted();
  run(
      [now, reading = m_choice->reading()](Job&, const Watch& watch) {
        auto found = std::make_shared<Found>();
        found->text = reading();
        found->maps = attentionMaps(*now.model->frozen, now.prompt->prompt, found->text, watch);
        found->loudness = loudness(found->maps);
        found->sink = sinkOf(found->maps);
        return std::shared_ptr<const Found>(std::move(found));
      },
      [this, now](std::shared_ptr<const Found> found) { take(now, std::move(found)); });
}

void AttentionPanel::take(const Made& made, std::shared_ptr<const Found> found) {
  if (made.model != workspace().model()) return;
  m_found = std::move(found);
  m_queries.clear();
  m_keys.clear();
  for (std::size_t i = 0; i < m_found->maps.rows.size(); ++i)
    (m_found->maps.rows[i] < 0 ? m_keys : m_queries).push_back(i);
  took(made, {});
  took(made, sinkText());
  if (m_queries.empty()) {
    m_loud->clear();
    m_head->clear();
    m_headTitle->setText(tr("There is no text that could attend to anything. Type one above."));
    return;
  }
  const bool again = m_block < int(m_found->maps.text.size()) && m_ofHead < int(m_found->maps.text.front().heads);
  showLoudness();
  showHead(again ? m_block : 0, again ? m_ofHead : -1);
}

void AttentionPanel::forget() {
  m_found.reset();
  m_loud->clear();
  m_head->clear();
  m_headTitle->clear();
}

void AttentionPanel::showLoudness() {
  HeatMap::Table table;
  const auto& blocks = m_found->loudness;
  table.down.title = tr("Block");
  table.across.title = tr("Head: how much of the text's attention goes to the prompt (press a cell)");
  table.across.names << tr("mean") << tr("even");
  for (std::size_t head = 0; head < blocks.front().byHead.size(); ++head)
    table.across.names << QString::number(head);
  for (const auto& block : blocks) {
    table.down.names << QString::number(block.block);
    table.values.push_back(block.mean);
    table.values.push_back(block.even);
    table.values.insert(table.values.end(), block.byHead.begin(), block.byHead.end());
  }
  table.lowText = tr("0 %");
  table.highText = tr("100 % to the prompt");
  table.showNumbers = blocks.front().byHead.size() <= 16;
  table.digits = 0;
  table.factor = 100;
  m_loud->show(std::move(table));
}

QString AttentionPanel::loudText(int place, int column) const {
  const auto& block = m_found->loudness[std::size_t(place)];
  if (column == 0)
    return tr("Block %1: on the mean over its heads, %2 of what the text attends to are virtual tokens.")
        .arg(block.block)
        .arg(percentText(block.mean));
  if (column == 1)
    return tr("Block %1: it would be %2 if every token of the text attended evenly to all that it sees.")
        .arg(block.block)
        .arg(percentText(block.even));
  return tr("Block %1, head %2: %3 of what the text attends to are virtual tokens.")
      .arg(block.block)
      .arg(column - before)
      .arg(percentText(block.byHead[std::size_t(column - before)]));
}

TokenChip AttentionPanel::chipOfRow(std::int64_t row) const {
  if (row < 0) return virtualChip(-row);
  return chipOf(*made().model->tokenizer, m_found->text.ids[std::size_t(row)]);
}

void AttentionPanel::showHead(int block, int head) {
  m_block = block;
  m_ofHead = head;
  m_loud->choose(HeatMap::Cell{block, head < 0 ? 0 : head + before});
  const auto& map = m_found->maps.text[std::size_t(block)];
  HeatMap::Table table;
  table.down.title = tr("Text");
  table.across.title = tr("Virtual token");
  for (const auto key : m_keys)
    table.across.chips << chipOfRow(m_found->maps.rows[key]);
  double most = 0;
  for (const auto query : m_queries) {
    table.down.chips << chipOfRow(m_found->maps.rows[query]);
    for (const auto key : m_keys) {
      double weight = 0;
      for (std::int64_t h = 0; h < map.heads; ++h)
        if (head < 0 || h == head) weight += map.at(h, std::int64_t(query), std::int64_t(key));
      table.values.push_back(head < 0 ? weight / double(map.heads) : weight);
      most = std::max(most, table.values.back());
    }
  }
  table.high = most > 0 ? most : 1;
  table.lowText = tr("0 %");
  table.highText = percentText(table.high);
  m_head->show(std::move(table));
  m_headTitle->setText(
      head < 0 ? tr("Block %1, mean of its heads: how much each token of the text attends to each virtual token").arg(map.block)
               : tr("Block %1, head %2: how much each token of the text attends to each virtual token").arg(map.block).arg(head));
  markChosen();
}

QString AttentionPanel::headText(int row, int column) const {
  const auto& rows = m_found->maps.rows;
  const auto query = m_queries[std::size_t(row)], key = m_keys[std::size_t(column)];
  const double value = m_head->table().values[std::size_t(row) * m_keys.size() + std::size_t(column)];
  return tr("%1 (token %2 of the text) gives virtual token %3 %4 of its attention here.")
      .arg(chipOfRow(rows[query]).text)
      .arg(row + 1)
      .arg(-rows[key])
      .arg(percentText(value));
}

QString AttentionPanel::sinkText() const {
  if (m_found->sink.row < 0) return {};
  double loud = 0, even = 0;
  for (const auto& block : m_found->loudness) {
    loud += block.mean / double(m_found->loudness.size());
    even += block.even / double(m_found->loudness.size());
  }
  auto text = tr("The prompt has %1 of what the text attends to, over all blocks and heads; evenly it would be %2.")
                  .arg(percentText(loud), percentText(even));
  const auto row = m_found->maps.rows[std::size_t(m_found->sink.row)];
  const auto name = row < 0 ? tr("virtual token %1").arg(-row) : tr("the text's %1").arg(chipOfRow(row).text);
  text += QLatin1Char(' ') + tr("The sink is %1: it takes %2 of it.").arg(name, percentText(m_found->sink.share));
  if (m_found->sink.row == 0)
    text += QLatin1Char(' ') +
            tr("Models rest attention they have no use for on the first row (Xiao et al. 2023), so that says little about it.");
  if (made().model->card().encoderDecoder) text += QLatin1Char(' ') + tr("This is the encoder, where the prompt stands.");
  return text;
}

void AttentionPanel::markChosen() {
  if (!m_found || m_head->table().values.empty()) return;
  auto table = m_head->table();
  table.marked.clear();
  for (const auto key : m_keys)
    table.marked.push_back(workspace().selection().has(-1 - m_found->maps.rows[key]));
  m_head->show(std::move(table));
}

QString AttentionPanel::text() const {
  return m_loud->text() + QLatin1Char('\n') + m_headTitle->text() + QLatin1Char('\n') + m_head->text();
}

QSize AttentionPanel::pictureSize() const {
  return {std::max(m_loud->width(), m_head->width()), m_loud->height() + m_head->height() + grid * 6};
}

void AttentionPanel::drawPicture(QPainter& painter, const QPalette& palette) const {
  m_loud->draw(painter, palette);
  painter.translate(0, m_loud->height() + grid * 2);
  painter.setPen(palette.color(QPalette::Text));
  painter.drawText(QRect(0, 0, m_head->width(), grid * 3), Qt::AlignLeft | Qt::AlignVCenter, m_headTitle->text());
  painter.translate(0, grid * 3);
  m_head->draw(painter, palette);
}

}  // namespace incipit::ui

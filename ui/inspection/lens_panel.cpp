#include "ui/inspection/lens_panel.h"

#include "core/model/frozen_model.h"
#include "ui/inspection/neighbour_delegate.h"
#include "ui/inspection/table_picture.h"
#include "ui/inspection/text_choice.h"
#include "ui/plots/heat_map.h"
#include "ui/plots/number_text.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/frozen_table.h"
#include "ui/steps/scrolled.h"
#include "ui/steps/step_panel.h"
#include "ui/steps/table_copy.h"
#include "ui/tokens/token_flow.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QComboBox>
#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

constexpr double asDeepAsCan = 3;  // nats: twenty times as likely

QString signedText(double value) { return (value > 0 ? QStringLiteral("+") : QString()) + valueText(value, 3); }

// What is read, a chip each: of an encoder-decoder model's answer what was said before.
QList<TokenChip> chipsRead(const Tokenizer& tokenizer, const SoftPrompt& prompt, const ReadText& text, bool ofAnswer) {
  QList<TokenChip> chips;
  if (ofAnswer) {
    TokenChip start;
    start.kind = TokenChip::Kind::Nothing;
    start.text = LensPanel::tr("start");
    start.toolTip = LensPanel::tr("The start of the answer");
    chips << start;
    for (std::size_t i = 0; i + 1 < text.answer.size(); ++i)
      chips << chipOf(tokenizer, std::max(0, text.answer[i]));
    return chips;
  }
  for (const auto row : rowsRead(prompt, text))
    chips << (row < 0 ? virtualChip(-row) : chipOf(tokenizer, text.ids[std::size_t(row)]));
  return chips;
}

}  // namespace

LensPanel::LensPanel(Workspace& workspace, QWidget* parent)
    : InspectionPanel(workspace,
                      {QStringLiteral("lens"),
                       tr("The final norm and the head on the state after each block (logit lens, nostalgebraist 2020). The last column is "
                          "the model's own "
                          "answer; what early blocks seem to say no model was trained for: where it is unlike any word, that shows nothing "
                          "(Belrose 2023)."),
                       tr("What the model says, block by block"),
                       tr("Press Read: behind every virtual token and every token of the text stands the word that would come next after "
                          "each block. Below "
                          "it, where in the text the prompt makes a difference."),
                       tr("Rea&d"), tr("One pass over the text with the prompt, and one without (Enter in the text)")},
                      parent),
      m_choice(new TextChoice(workspace)), m_side(new QComboBox), m_model(new LensItemModel(this)), m_table(new FrozenTable),
      m_classes(new HeatMap(tr("Probabilities of the classes after each block"))), m_above(new QStackedWidget), m_bestTitle(new QLabel),
      m_spokenTitle(new QLabel), m_best(new TokenFlow), m_spoken(new TokenFlow) {
  build();
  connect(m_choice, &TextChoice::changed, this, [this] { refresh(); });
  connect(m_choice, &TextChoice::entered, this, &InspectionPanel::start);
  connect(m_side, &QComboBox::currentIndexChanged, this, [this] { refresh(); });
  const auto fits = [this] { m_side->setVisible(this->workspace().model() && this->workspace().model()->card().encoderDecoder); };
  connect(&workspace, &Workspace::modelChanged, this, fits);
  fits();
  connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &LensPanel::showBest);
  connect(m_model, &QAbstractItemModel::modelReset, this, &LensPanel::showBest);
  refresh();
}

void LensPanel::build() {
  top()->addWidget(m_choice);
  m_side->addItem(tr("The decoder, which answers"));
  m_side->addItem(tr("The encoder, where the prompt stands"));
  m_side->setToolTip(tr("The encoder was never made to be read by the head: what it seems to say is a convention"));
  m_side->setAccessibleName(tr("Which half of the model"));
  controls()->addWidget(m_side);

  m_table->setModel(m_model);
  m_table->setItemDelegate(new NeighbourDelegate(m_table));
  m_table->setAccessibleName(tr("The likeliest next token behind every row, after every block"));
  m_table->setSelectionMode(QAbstractItemView::SingleSelection);
  m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
  m_table->setShowGrid(false);
  m_table->setWordWrap(false);
  m_table->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
  m_table->verticalHeader()->hide();
  m_table->verticalHeader()->setSectionResizeMode(QHeaderView::Fixed);
  m_table->verticalHeader()->setDefaultSectionSize(int(chipSize(virtualChip(1), font()).height()) + 6);
  m_table->horizontalHeader()->setHighlightSections(false);
  m_table->horizontalHeader()->setDefaultSectionSize(m_table->fontMetrics().horizontalAdvance(QStringLiteral("␣something")) + grid * 2);
  makeCopyable(m_table);

  m_above->addWidget(m_table);
  m_above->addWidget(scrolled(m_classes));

  auto* inside = new QWidget;
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid / 2);
  for (auto* title : {m_bestTitle, m_spokenTitle}) {
    title->setTextFormat(Qt::PlainText);
    title->setWordWrap(true);
  }
  m_best->setAccessibleName(tr("The likeliest five of the chosen cell"));
  m_spoken->setAccessibleName(tr("Where the prompt speaks"));
  column->addWidget(m_bestTitle);
  column->addWidget(m_best);
  column->addSpacing(grid / 2);
  column->addWidget(m_spokenTitle);
  column->addWidget(m_spoken);
  column->addStretch(1);
  auto* splitter = new QSplitter(Qt::Vertical);
  splitter->setChildrenCollapsible(false);
  splitter->addWidget(m_above);
  splitter->addWidget(scrolled(inside));
  splitter->setStretchFactor(0, 3);
  splitter->setStretchFactor(1, 2);
  body()->addWidget(splitter, 1);
  m_classes->setTexts([this](int block, int column) {
    const auto& table = m_classes->table();
    const double share = table.values[std::size_t(block) * std::size_t(table.across.size()) + std::size_t(column)];
    return tr("%1: the head would give %2 a probability of %3.")
        .arg(table.down.nameOf(block), table.across.nameOf(column), percentText(share));
  });
}

bool LensPanel::sorts() const { return workspace().model() && workspace().model()->card().head != HeadKind::None; }

InspectionPanel::Made LensPanel::wanted() const {
  const auto side = m_side->isHidden() ? QString() : QString::number(m_side->currentIndex());
  return {workspace().model(), workspace().prompt(), {}, m_choice->text() + QChar(0) + side};
}

InspectionPanel::Missing LensPanel::missing() const {
  if (auto why = InspectionPanel::missing(); !why.title.isEmpty()) return why;
  if (!workspace().model()->tokenizer)
    return {tr("This model has no tokenizer"),
            tr("Text cannot be turned into tokens for it. Add tokenizer.json to its folder and open it again.")};
  if (sorts() && workspace().prompt()->prompt.head.empty() && workspace().model()->frozen->head().empty())
    return {tr("No head yet"), tr("This model sorts texts by a head, which training makes. Train first.")};
  return {};
}

void LensPanel::begin() {
  const auto now = wanted();
  const auto side = m_side->isVisibleTo(this) && m_side->currentIndex() == 1 ? LensSide::Text : LensSide::Answer;
  run(
      [now, side, sorting = sorts(), reading = m_choice->reading()](Job&, const Watch& watch) {
        const auto& model = *now.model->frozen;
        const auto& prompt = now.prompt->prompt;
        const auto text = answered(model, prompt, reading());
        const double blocks = double(model.card().layers) + 1;
        Found found;
        found.table.tokenizer = now.model->tokenizer;
        const auto visit = [&](LensBlock&& block) {
          watch.at(0.1 + 0.8 * double(block.block) / blocks);
          if (sorting) {
            auto& shares = found.classes.emplace_back(std::size_t(block.logits.columns));
            for (const auto& guess : bestOf(block.logits.row(0), shares.size()))
              shares[std::size_t(guess.id)] = guess.probability;
            return;
          }
          found.table.blocks.push_back(block.block);
          auto& best = found.table.best.emplace_back();
          for (std::int64_t row = 0; row < block.logits.rows; ++row)
            best.push_back(bestOf(block.logits.row(row)));
        };
        logitLens(model, prompt, text, visit, side, watch.part(0, 0.1));
        watch.at(0.9);
        if (sorting) {
          found.labels = classesSpoken(model, prompt, text);
        } else {
          found.table.rows = chipsRead(*now.model->tokenizer, prompt, text, model.card().encoderDecoder && side == LensSide::Answer);
          found.tokens = tokensSpoken(model, prompt, text);
        }
        return found;
      },
      [this, now](Found found) { take(now, std::move(found)); });
}

void LensPanel::take(const Made& made, Found found) {
  if (made.model != workspace().model()) return;
  const bool sorting = !found.labels.empty();
  m_above->setCurrentIndex(sorting ? 1 : 0);
  m_bestTitle->setVisible(!sorting);
  m_best->setVisible(!sorting);
  m_spoken->setVisible(!sorting);
  m_tokens = found.tokens;
  took(made, {});
  if (sorting) {
    m_model->clear();
    showClasses(found);
  } else {
    m_classes->clear();
    m_model->show(found.table);
    m_table->setColumnWidth(0, m_table->columnWidth(1));
    // The last row's own answer is what most people look for.
    m_table->setCurrentIndex(m_model->index(m_model->rowCount() - 1, m_model->columnCount() - 1));
  }
  showSpoken(found);
}

void LensPanel::showClasses(const Found& found) {
  HeatMap::Table table;
  table.down.title = tr("After block");
  table.across.title = tr("What the head would choose");
  for (const auto& label : found.labels)
    table.across.names << toText(label.label);
  for (std::size_t block = 0; block < found.classes.size(); ++block) {
    table.down.names << (block + 1 == found.classes.size() ? tr("answer") : QString::number(block));
    table.values.insert(table.values.end(), found.classes[block].begin(), found.classes[block].end());
  }
  table.lowText = tr("0 %");
  table.highText = tr("100 %");
  table.showNumbers = found.labels.size() <= 12;
  table.digits = 0;
  table.factor = 100;
  m_classes->show(std::move(table));
}

void LensPanel::showSpoken(const Found& found) {
  if (!found.labels.empty()) {
    m_gained.clear();
    QStringList lines;
    for (const auto& one : found.labels) {
      auto line = tr("%1: %2 with the prompt, %3 without it but with its head")
                      .arg(toText(one.label), percentText(std::exp(one.with)), percentText(std::exp(one.without)));
      if (one.bare) line += tr(", %1 by the bare model").arg(percentText(std::exp(*one.bare)));
      lines << line;
    }
    m_spokenTitle->setText(lines.join(QLatin1Char('\n')));
    return;
  }
  QList<TokenChip> chips;
  double gained = 0;
  int compared = 0;
  for (const auto& token : found.tokens) {
    auto chip = chipOf(*found.table.tokenizer, std::max(0, token.token));
    chip.special = false;
    if (token.with && token.without) {
      const double difference = *token.with - *token.without;
      chip.leaning = std::clamp(difference / asDeepAsCan, -1.0, 1.0);
      chip.toolTip +=
          QLatin1Char('\n') + tr("With the prompt %1, without %2: log-likelihood ratio %3 nats")
                                  .arg(percentText(std::exp(*token.with)), percentText(std::exp(*token.without)), signedText(difference));
      gained += difference;
      ++compared;
    } else if (token.with) {
      chip.toolTip += QLatin1Char('\n') +
                      tr("With the prompt %1; without it nothing stands in front of this token").arg(percentText(std::exp(*token.with)));
    }
    chips << chip;
  }
  m_spoken->setChips(chips);
  m_gained = chips.isEmpty()
                 ? QString()
                 : tr("The prompt changes the likelihood of the text by %1 nats over %2.").arg(signedText(gained), tokensText(compared));
  m_spokenTitle->setText(chips.isEmpty()
                             ? tr("Without a text there is nothing that the prompt could make likelier.")
                             : tr("Where the prompt speaks: blue tokens are likelier with it, red ones less likely; the deeper, the more. "
                                  "Together %1 nats over %2.")
                                   .arg(signedText(gained), tokensText(compared)));
}

// What the model would say, and how much of it is the prompt's.
QString LensPanel::summary() const {
  if (!hasResult()) return {};
  const auto spoken = m_gained.isEmpty() ? m_spokenTitle->text().replace(QLatin1Char('\n'), QStringLiteral("; ")) : m_gained;
  if (m_model->rowCount() == 0) return spoken;
  const auto& best = m_model->guesses(m_model->index(m_model->rowCount() - 1, m_model->columnCount() - 1));
  if (best.empty()) return spoken;
  return tr("Behind the text the model goes on with “%1” (%2). %3")
      .arg(m_model->chip(best.front()).text, percentText(best.front().probability), spoken);
}

// The likeliest five of the cell that is chosen.
void LensPanel::showBest() {
  const auto index = m_table->currentIndex();
  const auto& best = m_model->guesses(index);
  QList<TokenChip> chips;
  for (const auto& guess : best) {
    auto chip = m_model->chip(guess);
    chip.text += QStringLiteral("  ") + percentText(guess.probability);
    chips << chip;
  }
  m_best->setChips(chips);
  m_bestTitle->setText(best.empty() ? tr("Choose a cell to see the five likeliest tokens there.")
                                    : m_model->placeText(index) + QLatin1Char(':'));
}

void LensPanel::forget() {
  m_model->clear();
  m_classes->clear();
  m_spoken->setChips({});
  m_spokenTitle->clear();
  m_tokens.clear();
}

QString LensPanel::text() const {
  if (m_above->currentIndex() == 1) return m_classes->text() + QLatin1Char('\n') + m_spokenTitle->text() + QLatin1Char('\n');
  auto all = tableText(m_table) + QLatin1Char('\n') + tr("token\twith\twithout\tratio") + QLatin1Char('\n');
  const auto number = [](const std::optional<double>& value) { return value ? QString::number(*value, 'g', 6) : QString(); };
  for (qsizetype i = 0; i < m_spoken->chips().size() && std::size_t(i) < m_tokens.size(); ++i) {
    const auto& token = m_tokens[std::size_t(i)];
    const auto ratio = token.with && token.without ? std::optional(*token.with - *token.without) : std::nullopt;
    all += QStringLiteral("%1\t%2\t%3\t%4\n").arg(m_spoken->chips()[i].text, number(token.with), number(token.without), number(ratio));
  }
  return all;
}

QSize LensPanel::pictureSize() const { return m_above->currentIndex() == 1 ? m_classes->size() : tableSize(m_table); }

void LensPanel::drawPicture(QPainter& painter, const QPalette& palette) const {
  if (m_above->currentIndex() == 1)
    m_classes->draw(painter, palette);
  else
    drawTable(painter, m_table, palette);
}

}  // namespace incipit::ui

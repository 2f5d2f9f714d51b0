#include "ui/inspection/similarity_panel.h"

#include "core/library/held_prompts.h"
#include "core/model/frozen_model.h"
#include "ui/plots/heat_map.h"
#include "ui/settings/capped_spin_box.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/scrolled.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QComboBox>
#include <QPainter>
#include <QSpinBox>
#include <QVBoxLayout>

#include <cmath>

namespace incipit::ui {

SimilarityPanel::SimilarityPanel(Workspace& workspace, QWidget* parent)
    : InspectionPanel(workspace,
                      {QStringLiteral("similarity"),
                       tr("Cosines of mean rows and of best matching rows (SPoT, Vu et al. 2022), and of what training added, P − start "
                          "(Belanec et al. 2024). "
                          "Prompts with one start are alike through it: look at the starts beside them."),
                       tr("How alike prompts are"),
                       tr("Press Compare: the prompts that runs of this model have kept, or one run's prompt step by step, each against "
                          "each, like beside "
                          "like."),
                       tr("Co&mpare"), tr("Read the prompts and compare each with each")},
                      parent),
      m_of(new QComboBox), m_figure(new QComboBox), m_most(new CappedSpinBox), m_map(new HeatMap(tr("Similarity of prompts"))) {
  m_of->addItem(tr("Runs of this model"));
  m_of->addItem(tr("Steps of the run in view"));
  m_of->setToolTip(tr("What is compared"));
  m_of->setAccessibleName(tr("What is compared"));
  m_most->setRange(2, 200);
  m_most->setValue(16);
  m_most->setPrefix(tr("up to "));
  m_most->setToolTip(tr("The newest runs, or steps spread evenly over the run"));
  m_most->setAccessibleName(tr("Prompts at most"));
  m_figure->addItem(tr("Best matching rows"));
  m_figure->addItem(tr("Mean rows"));
  m_figure->addItem(tr("What training added"));
  m_figure->addItem(tr("Their starts"));
  m_figure->setItemData(0, tr("For each row the most similar one of the other prompt, the mean both ways"), Qt::ToolTipRole);
  m_figure->setItemData(1, tr("The cosine of the two mean rows"), Qt::ToolTipRole);
  m_figure->setItemData(2, tr("The cosine of P − start, all numbers as one vector: whether they learned the same"), Qt::ToolTipRole);
  m_figure->setItemData(3, tr("The control: how alike the two starts are by their best matching rows"), Qt::ToolTipRole);
  m_figure->setToolTip(tr("Which similarity is shown"));
  m_figure->setAccessibleName(tr("Figure"));
  for (QWidget* widget : {static_cast<QWidget*>(m_of), static_cast<QWidget*>(m_most), static_cast<QWidget*>(m_figure)})
    controls()->addWidget(widget);
  body()->addWidget(scrolled(m_map), 1);
  m_map->setTexts([this](int row, int column) { return cellText(row, column); });
  connect(m_figure, &QComboBox::currentIndexChanged, this, &SimilarityPanel::showMap);
  connect(m_of, &QComboBox::currentIndexChanged, this, [this] { refresh(); });
  connect(m_most, &QSpinBox::valueChanged, this, [this] { refresh(); });
  refresh();
}

void SimilarityPanel::compare(Of of) {
  m_of->setCurrentIndex(int(of));
  start();
}

void SimilarityPanel::showFigure(Figure figure) { m_figure->setCurrentIndex(int(figure)); }

// Of the runs it does not matter which prompt is in view.
InspectionPanel::Made SimilarityPanel::wanted() const {
  const auto run = m_of->currentIndex() == int(Of::Steps) && workspace().run() ? toText(workspace().run()->folder) : QString();
  return {workspace().model(), {}, {}, QStringLiteral("%1 %2 %3").arg(m_of->currentIndex()).arg(m_most->value()).arg(run)};
}

InspectionPanel::Missing SimilarityPanel::missing() const {
  if (!workspace().model()) return InspectionPanel::missing();
  return {};
}

void SimilarityPanel::begin() {
  const auto now = wanted();
  const bool steps = m_of->currentIndex() == int(Of::Steps);
  const auto run = workspace().run();
  if (steps && (!run || !run->isOf(now.model))) {
    strip()->show({tr("No run of this model is in view."), tr("Train, or open one under Compare, Runs."), {}});
    return;
  }
  this->run(
      [now, steps, most = std::size_t(m_most->value()), folder = run ? run->folder : std::filesystem::path(),
       root = workspace().runsFolder()](Job& job, const Watch&) {
        const auto held = steps ? promptsOfSteps(folder, most, job.stop()) : promptsOfRuns(root, now.model->fingerprint, most, job.stop());
        Found found;
        std::vector<ComparedPrompt> prompts;
        for (const auto& one : held) {
          if (one.prompt.width() != now.model->card().hiddenSize || one.prompt.empty()) continue;
          prompts.push_back({one.name, &one.prompt, one.start ? &*one.start : nullptr});
          found.names << toText(one.name);
        }
        if (prompts.size() > 1) found.similarity = promptSimilarity(prompts, now.model->card());
        return found;
      },
      [this, now](Found found) { take(now, std::move(found)); });
}

void SimilarityPanel::take(const Made& made, Found found) {
  if (made.model != workspace().model()) return;
  if (found.names.size() < 2) {
    strip()->show({m_of->currentIndex() == int(Of::Steps) ? tr("This run has stored fewer than two steps.")
                                                          : tr("Fewer than two runs of this model have kept a prompt."),
                   tr("Similarity is between prompts: train another one."),
                   {}});
    return;
  }
  m_names = std::move(found.names);
  m_found = std::move(found.similarity);
  took(made, chanceText());
  showMap();
}

QString SimilarityPanel::chanceText() const {
  const auto two = [](double value) { return QString::number(value, 'f', 2); };
  return tr("%1 prompts. Random rows have %2 by their best matching rows and %3 by their means.")
      .arg(m_names.size())
      .arg(two(m_found.chanceBest), two(m_found.chanceMean));
}

const Matrix& SimilarityPanel::shown() const {
  switch (Figure(m_figure->currentIndex())) {
  case Figure::MeanRows:
    return m_found.meanRows;
  case Figure::Tasks:
    return m_found.tasks;
  case Figure::Starts:
    return m_found.starts;
  case Figure::BestRows:
    break;
  }
  return m_found.bestRows;
}

void SimilarityPanel::showMap() {
  if (m_names.isEmpty()) return;
  HeatMap::Table table;
  table.down.title = tr("Prompt");
  table.across.title = tr("%1, cosine").arg(m_figure->currentText());
  for (const auto place : m_found.order) {
    table.down.names << QStringLiteral("%1 %2").arg(place + 1).arg(m_names[place]);
    table.across.names << QString::number(place + 1);
    for (const auto other : m_found.order)
      table.values.push_back(double(shown().row(place)[std::size_t(other)]));
  }
  table.low = -1;
  table.high = 1;
  table.lowText = QStringLiteral("−1");
  table.highText = tr("1: the same direction");
  table.colours = HeatMap::Colours::Diverging;
  table.showNumbers = m_names.size() <= 16;
  m_map->show(std::move(table));
}

QString SimilarityPanel::cellText(int row, int column) const {
  const auto a = m_found.order[std::size_t(row)], b = m_found.order[std::size_t(column)];
  const double value = double(shown().row(a)[std::size_t(b)]);
  if (std::isnan(value))
    return tr("%1 and %2: not to be had, since where they started is not known, or they have different lengths.")
        .arg(m_names[a], m_names[b]);
  return tr("%1 and %2: %3").arg(m_names[a], m_names[b], QString::number(value, 'f', 3));
}

void SimilarityPanel::forget() {
  m_names.clear();
  m_found = {};
  m_map->clear();
}

QString SimilarityPanel::text() const { return m_map->text(); }
QSize SimilarityPanel::pictureSize() const { return m_map->size(); }
void SimilarityPanel::drawPicture(QPainter& painter, const QPalette& palette) const { m_map->draw(painter, palette); }

}  // namespace incipit::ui

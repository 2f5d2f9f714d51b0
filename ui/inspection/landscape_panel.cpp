#include "ui/inspection/landscape_panel.h"

#include "core/model/frozen_model.h"
#include "ui/inspection/judged_examples.h"
#include "ui/inspection/start_rows.h"
#include "ui/plots/band_plot.h"
#include "ui/plots/heat_map.h"
#include "ui/plots/number_text.h"
#include "ui/settings/capped_spin_box.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/scrolled.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QPainter>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

constexpr int firstSample = 32;

QString signedText(double value) { return (value > 0 ? QStringLiteral("+") : QString()) + valueText(value, 3); }

}  // namespace

LandscapePanel::LandscapePanel(Workspace& workspace, QWidget* parent)
    : InspectionPanel(
          workspace,
          {QStringLiteral("landscape"),
           tr("How steep it is around the prompt (PTP, Chen et al. 2023): a steep place goes with unsteady training. A plane is two "
              "directions of thousands: what it does not show may be steep."),
           tr("The loss around the prompt"),
           tr("Press Look around: noise of growing size, rows stored in fewer bits, and a plane through the prompt, each judged on the "
              "same examples."),
           tr("Look aroun&d"), tr("Evaluate the prompt at places around it")},
          parent),
      m_sample(new CappedSpinBox), m_noise(new BandPlot(tr("noise, in standard deviations of the vocabulary's numbers"), tr("loss, nats"))),
      m_plane(new HeatMap(tr("Loss on a plane through the prompt"))) {
  m_sample->setRange(1, 10'000'000);
  m_sample->setValue(firstSample);
  m_sample->setGroupSeparatorShown(true);
  m_sample->setSuffix(tr(" examples"));
  m_sample->setToolTip(tr("How many examples at most, drawn at random: more are surer and take longer"));
  m_sample->setAccessibleName(tr("Examples at most"));
  controls()->addWidget(m_sample);
  connect(m_sample, &QSpinBox::valueChanged, this, [this] { refresh(); });
  auto* inside = new QWidget;
  auto* column = new QVBoxLayout(inside);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid);
  column->addWidget(m_noise, 1);
  column->addWidget(m_plane, 1);
  body()->addWidget(scrolled(inside), 1);
  m_noise->setToolTip(tr("Mean loss over three draws of noise of each size; the band reaches from the least to the largest"));
  m_plane->setTexts([this](int row, int column) { return planeText(row, column); });
  refresh();
}

LandscapeOptions LandscapePanel::options() const {
  LandscapeOptions options;
  options.sample = m_sample->value();
  return options;
}

InspectionPanel::Made LandscapePanel::wanted() const { return {workspace().model(), workspace().prompt(), workspace().data(), {}}; }

InspectionPanel::Missing LandscapePanel::missing() const {
  if (auto why = InspectionPanel::missing(); !why.title.isEmpty()) return why;
  const auto why = whyNotJudged(workspace());
  return why ? Missing{why->first, why->second} : Missing{};
}

QString LandscapePanel::costNow() const {
  const auto judged = judgedExamples(workspace());
  if (m_work.examples != judged.examples || m_work.sample != m_sample->value())
    m_work = {judged.examples, m_sample->value(), landscapeWork(*judged.examples, options())};
  return tr("%1 evaluations over ").arg(landscapeEvaluations(options())) + costOn(workspace(), judged, m_sample->value(), m_work.tokens);
}

void LandscapePanel::begin() {
  const auto now = wanted();
  const auto used = judgedExamples(workspace()).examples;
  const auto seen = std::min<std::int64_t>(m_sample->value(), std::int64_t(used->items.size()));
  run(
      [this, now, used, seen, options = options(), source = startSourceOf(workspace())](Job& job, const Watch& watch) mutable {
        const auto& model = *now.model->frozen;
        const auto& prompt = now.prompt->prompt;
        const auto start = startFrom(source, prompt);
        if (start) options.steps = {-1.5, -1, -0.5, 0, 0.5};
        Found found;
        const auto tell = [&] { job.tell([this, now, seen, found] { take(now, seen, found); }); };
        found.noise = noiseCurve(model, prompt, *used, options, watch.part(0, 0.35));
        tell();
        found.rounded = roundingCost(model, prompt, *used, options, watch.part(0.35, 0.45));
        tell();
        found.plane = lossPlane(model, prompt, *used, options, start.get(), watch.part(0.45, 1));
        return found;
      },
      [this, now, seen](const Found& found) { take(now, seen, found); });
}

void LandscapePanel::take(const Made& made, std::int64_t examples, const Found& found) {
  if (made.model != workspace().model()) return;
  m_found = found;
  std::vector<BandPlot::Point> points;
  for (const auto& point : found.noise.points)
    points.push_back({point.size, point.loss, point.low, point.high});
  m_noise->setPoints(std::move(points));
  m_noise->setLevel(found.noise.loss, tr("the prompt as it is"));
  QStringList words;
  const auto sharp = toText(sharpness(found.noise));
  words << (sharp.isEmpty() ? tr("No sharp minimum: little noise costs little.")
                            : sharp + QLatin1Char(' ') + tr("Training with noise (step 4, prompt noise) may find a wider one."));
  if (!found.rounded.empty()) {
    QStringList formats;
    for (const auto& one : found.rounded)
      formats << tr("%1 %2").arg(toText(one.format), signedText(one.change));
    words << tr("Stored in fewer bits the loss changes by: %1.").arg(formats.join(QStringLiteral(", ")));
  }
  words << tr("Loss %1 on %2.").arg(valueText(found.noise.loss), examplesText(examples));
  m_plane->setVisible(found.plane.has_value());
  if (found.plane) showPlane(*found.plane);
  took(made, words.join(QLatin1Char(' ')));
}

void LandscapePanel::showPlane(const LossPlane& plane) {
  HeatMap::Table table;
  table.down.title = tr("random");
  table.across.title = plane.towards
                           ? tr("Loss on a plane: 0, 0 is the prompt, −1 its start; upwards a random direction, as long")
                           : tr("Loss on a plane in two random directions: 0, 0 is the prompt, 1 a standard deviation of the vocabulary");
  for (const double a : plane.a)
    table.across.names << QString::number(a).replace(QLatin1Char('-'), QChar(0x2212));
  double low = INFINITY, high = -INFINITY;
  for (std::size_t j = plane.b.size(); j-- > 0;) {
    table.down.names << QString::number(plane.b[j]).replace(QLatin1Char('-'), QChar(0x2212));
    for (const float loss : plane.losses.row(std::int64_t(j))) {
      table.values.push_back(std::isfinite(loss) ? double(loss) : NAN);
      if (!std::isfinite(loss)) continue;
      low = std::min(low, double(loss));
      high = std::max(high, double(loss));
    }
  }
  table.low = low;
  table.high = high;
  table.showNumbers = true;
  m_plane->show(std::move(table));
}

QString LandscapePanel::planeText(int row, int column) const {
  const auto& table = m_plane->table();
  return tr("%1 along the first direction, %2 along the second: loss %3 nats")
      .arg(table.across.nameOf(column), table.down.nameOf(row),
           valueText(table.values[std::size_t(row) * std::size_t(table.across.size()) + std::size_t(column)]));
}

void LandscapePanel::forget() {
  m_found = {};
  m_noise->setPoints({});
  m_noise->setLevel({}, {});
  m_plane->clear();
}

QString LandscapePanel::text() const {
  auto all = m_noise->dataAsText() + QLatin1Char('\n') + tr("stored as\tloss\tchange") + QLatin1Char('\n');
  for (const auto& one : m_found.rounded)
    all += QStringLiteral("%1\t%2\t%3\n").arg(toText(one.format)).arg(one.loss, 0, 'g', 6).arg(one.change, 0, 'g', 6);
  return all + QLatin1Char('\n') + m_plane->text();
}

QSize LandscapePanel::pictureSize() const {
  return {std::max(m_noise->width(), m_plane->width()), m_noise->height() + grid * 2 + m_plane->height()};
}

void LandscapePanel::drawPicture(QPainter& painter, const QPalette& palette) const {
  m_noise->draw(painter);
  painter.translate(0, m_noise->height() + grid * 2);
  m_plane->draw(painter, palette);
}

}  // namespace incipit::ui

// What a CurvePlot consists of: panels, curves, tools. How it is drawn stands in curve_plot_drawing.cpp.
#include "ui/plots/curve_plot.h"

#include "ui/plots/curve_plot_panel.h"
#include "ui/plots/empty_state.h"
#include "ui/plots/number_text.h"
#include "ui/plots/pictures.h"
#include "ui/plots/plot_navigator.h"
#include "ui/plots/tickers.h"
#include "ui/settings/settings.h"

#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMessageBox>
#include <QShortcut>
#include <QSlider>
#include <QStackedLayout>
#include <QStyle>
#include <QStyleHints>
#include <QToolButton>

#include <cmath>

namespace incipit::ui {

CurvePlot::CurvePlot(const QString& xTitle, QWidget* parent)
    : QWidget(parent), m_xTitle(xTitle), m_plot(new QCustomPlot), m_empty(new EmptyState({}, {})), m_stack(new QStackedLayout),
      m_leftMargins(new QCPMarginGroup(m_plot)), m_redraw([this] { redraw(); }) {
  m_plot->plotLayout()->clear();
  m_plot->setAccessibleName(tr("Curves"));
  // Line by line: one path of thousands of lines takes the painter a time that grows with their square, and round caps look like joins.
  m_plot->setPlottingHint(QCP::phFastPolylines);
  m_plot->setSelectionRect(new QCPSelectionRect(m_plot));
  auto* drawing = new QFrame;
  drawing->setObjectName(QStringLiteral("plotFrame"));
  auto* column = new QVBoxLayout(drawing);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(0);
  column->addWidget(makeTools());
  column->addWidget(m_plot, 1);
  m_stack->addWidget(m_empty);
  m_stack->addWidget(drawing);
  m_stack->setContentsMargins(0, 0, 0, 0);
  setLayout(m_stack);

  connect(m_plot, &QCustomPlot::afterLayout, this, &CurvePlot::placeNames);
  auto* hands = new PlotNavigator(m_plot);
  connect(hands, &PlotNavigator::focused, drawing, [drawing](bool on) {
    drawing->setProperty("focused", on);
    drawing->style()->polish(drawing);
  });
  connect(hands, &PlotNavigator::xWanted, this, &CurvePlot::showX);
  connect(hands, &PlotNavigator::yWanted, this, [this](QCPAxisRect* rect, double lower, double upper) {
    for (std::size_t i = 0; i < m_panels.size(); ++i)
      if (m_panels[i]->rect == rect && QCPRange::validRange(lower, upper)) m_wantedY[i] = QCPRange(lower, upper);
    m_redraw.request();
  });
  connect(hands, &PlotNavigator::allWanted, this, &CurvePlot::showAll);
  connect(hands, &PlotNavigator::cursorAt, this, [this](double x) { setCursor(x); });
  connect(hands, &PlotNavigator::cursorGone, this, [this] { setCursor({}); });
  connect(hands, &PlotNavigator::clicked, this, [this](QPointF place, bool* taken) {
    for (const auto& panel : m_panels) {
      if (!panel->visible) continue;
      if (const auto curve = panel->header->entryAt(place)) {
        setCurveVisible(*curve, !m_curves[static_cast<std::size_t>(*curve)].visible);
        *taken = true;
      }
    }
  });
  auto* copy = new QShortcut(QKeySequence::Copy, m_plot, nullptr, nullptr, Qt::WidgetWithChildrenShortcut);
  connect(copy, &QShortcut::activated, this, &CurvePlot::copyData);
}

CurvePlot::~CurvePlot() = default;

QWidget* CurvePlot::makeTools() {
  auto* tools = new QWidget;
  auto* row = new QHBoxLayout(tools);
  row->setContentsMargins(8, 4, 8, 4);
  row->setSpacing(8);
  const auto button = [&](const QString& text, const QString& help) {
    auto* made = new QToolButton;
    made->setText(text);
    made->setToolTip(help);
    made->setAutoRaise(true);
    row->addWidget(made);
    return made;
  };
  m_logButton =
      button(tr("Log scale"), tr("Draw the loss and the gradient norm on a logarithmic axis: equal ratios become equal distances."));
  m_logButton->setCheckable(true);
  connect(m_logButton, &QToolButton::toggled, this, &CurvePlot::setLogarithmic);

  auto* label = new QLabel(tr("Smoothing"));
  m_smoothingSlider = new QSlider(Qt::Horizontal);
  m_smoothingSlider->setRange(0, 99);
  m_smoothingSlider->setValue(static_cast<int>(m_smoothing * 100));
  m_smoothingSlider->setFixedWidth(96);
  m_smoothingSlider->setAccessibleName(tr("Smoothing"));
  m_smoothingSlider->setToolTip(tr("Weight of the past in the bold curve (an exponential moving average): left none, right the calmest."));
  label->setBuddy(m_smoothingSlider);
  connect(m_smoothingSlider, &QSlider::valueChanged, this, [this](int value) { setSmoothing(value / 100.0); });
  row->addWidget(label);
  row->addWidget(m_smoothingSlider);
  row->addStretch(1);
  auto* all = button(tr("Show all"), tr("Show all steps again and follow the newest (Home, or double-click).\n"
                                        "Wheel: zoom. Drag: zoom to a box. Shift+drag: move. Ctrl+wheel: zoom the height."));
  connect(all, &QToolButton::clicked, this, &CurvePlot::showAll);
  connect(button(tr("Copy data"), tr("Copy all values as a table, for a spreadsheet (%1 in the plot)")
                                      .arg(QKeySequence(QKeySequence::Copy).toString(QKeySequence::NativeText))),
          &QToolButton::clicked, this, &CurvePlot::copyData);
  connect(button(tr("Save picture…"), tr("Save as PNG (as it looks now), or as SVG or PDF (in light colours, for paper)")),
          &QToolButton::clicked, this, &CurvePlot::askAndSavePicture);
  return tools;
}

int CurvePlot::addPanel(const QString& title, const QString& unit, int stretch, Scale scale) {
  auto panel = std::make_unique<Panel>();
  panel->stretch = stretch;
  panel->scale = scale;
  panel->rect = new QCPAxisRect(m_plot);
  panel->rect->setMarginGroup(QCP::msLeft, m_leftMargins);
  // Room for any usual number on the left, so that the plot does not move sideways while its range changes.
  panel->rect->setMinimumMargins(QMargins(fontMetrics().horizontalAdvance(QStringLiteral("0.000")) + 20, 4, 16, 4));
  panel->rect->setMinimumSize(64, 40);
  panel->rect->axis(QCPAxis::atTop)->setVisible(false);
  panel->rect->axis(QCPAxis::atRight)->setVisible(false);
  panel->x()->setTicker(QSharedPointer<QCPAxisTicker>(new WholeTicker));
  panel->header = new PanelHeader(m_plot, title, unit);
  panel->header->alignWith(panel->rect);
  m_panels.push_back(std::move(panel));
  arrange();  // before any item: an item looks for an axis rect that the plot shows
  auto& added = *m_panels.back();
  const auto line = [&](const char* layer) {
    auto* made = new QCPItemLine(m_plot);
    for (auto* end : {made->start, made->end}) {
      end->setAxes(added.x(), added.y());
      end->setAxisRect(added.rect);
      end->setTypeX(QCPItemPosition::ptPlotCoords);
      end->setTypeY(QCPItemPosition::ptAxisRectRatio);
    }
    made->setClipAxisRect(added.rect);
    made->setLayer(QLatin1String(layer));
    made->setVisible(false);
    return made;
  };
  added.cursor = line("overlay");
  added.mark = line("main");
  added.above = new QCPItemText(m_plot);
  added.above->position->setAxisRect(added.rect);
  added.above->position->setType(QCPItemPosition::ptAxisRectRatio);
  added.above->setPositionAlignment(Qt::AlignLeft | Qt::AlignTop);
  added.above->setLayer(QStringLiteral("overlay"));
  added.above->setVisible(false);
  return static_cast<int>(m_panels.size()) - 1;
}

int CurvePlot::addCurve(int panel, const QString& name, Hue hue, Stroke stroke) {
  auto& home = *m_panels[static_cast<std::size_t>(panel)];
  Curve curve{name, hue, stroke, panel, -1, {}, Smoother(m_smoothing)};
  curve.graph = new QCPGraph(home.x(), home.y());
  curve.graph->setAdaptiveSampling(false);  // Series has chosen the points already
  curve.graph->removeFromLegend();
  curve.dot = new QCPItemTracer(m_plot);
  curve.dot->position->setAxes(home.x(), home.y());
  curve.dot->setClipAxisRect(home.rect);
  curve.dot->setLayer(QStringLiteral("overlay"));
  curve.dot->setStyle(QCPItemTracer::tsCircle);
  curve.dot->setSize(8);
  curve.dot->setVisible(false);
  if (stroke == Stroke::Level) {
    curve.label = new QCPItemText(m_plot);
    curve.label->position->setType(QCPItemPosition::ptAxisRectRatio);
    curve.label->position->setAxisRect(home.rect);
    curve.label->setClipAxisRect(home.rect);
    curve.label->setPositionAlignment(Qt::AlignRight | Qt::AlignBottom);
    curve.label->setLayer(QStringLiteral("overlay"));
    curve.label->setVisible(false);
  }
  m_curves.push_back(std::move(curve));
  recolour(palette());
  return static_cast<int>(m_curves.size()) - 1;
}

int CurvePlot::addSmoothed(int of, const QString& name) {
  const auto& raw = m_curves[static_cast<std::size_t>(of)];
  const int added = addCurve(raw.panel, name, raw.hue, Stroke::Bold);
  m_curves.back().smoothedFrom = of;
  return added;
}

QCPItemText* CurvePlot::makeText(Qt::Alignment alignment) {
  auto* text = new QCPItemText(m_plot);
  text->setLayer(QStringLiteral("overlay"));
  text->setClipToAxisRect(false);
  text->setPadding(QMargins(6, 2, 6, 2));
  text->setPositionAlignment(alignment);
  text->position->setTypeX(QCPItemPosition::ptPlotCoords);
  text->position->setTypeY(QCPItemPosition::ptAxisRectRatio);
  text->setVisible(false);
  return text;
}

// Lays the visible panels out again; only the lowest one writes the steps.
void CurvePlot::arrange() {
  auto* grid = m_plot->plotLayout();
  for (const auto& panel : m_panels)
    for (QCPLayoutElement* element : {static_cast<QCPLayoutElement*>(panel->header), static_cast<QCPLayoutElement*>(panel->rect)})
      if (element->layout() == grid) grid->take(element);
  grid->simplify();
  grid->setRowSpacing(0);
  const auto attach = [](QCPItemText* text, const Panel& panel) {
    text->position->setAxes(panel.x(), panel.y());
    text->position->setAxisRect(panel.rect);
  };
  int row = 0;
  Panel* lowest = nullptr;
  for (const auto& panel : m_panels) {
    panel->header->setVisible(panel->visible);
    panel->rect->setVisible(panel->visible);
    if (!panel->visible) continue;
    grid->addElement(row, 0, panel->header);
    grid->addElement(row + 1, 0, panel->rect);
    grid->setRowStretchFactor(row, 0.0001);
    grid->setRowStretchFactor(row + 1, panel->stretch);
    panel->x()->setTickLabels(false);
    panel->x()->setLabel({});
    lowest = panel.get();
    row += 2;
  }
  if (lowest) {
    lowest->x()->setTickLabels(true);
    lowest->x()->setLabel(m_xTitle);
    if (!m_cursorText) {
      m_cursorText = makeText(Qt::AlignHCenter | Qt::AlignTop);
      m_markText = makeText(Qt::AlignLeft | Qt::AlignTop);
    }
    attach(m_cursorText, *lowest);
    for (auto panel = m_panels.rbegin(); panel != m_panels.rend(); ++panel)
      if ((*panel)->visible) attach(m_markText, **panel);
  }
  m_redraw.request();
}

void CurvePlot::setLevel(int curve, std::optional<double> value, const QString& name) {
  auto& level = m_curves[static_cast<std::size_t>(curve)];
  level.level = value;
  level.name = name;
  m_redraw.request();
}

void CurvePlot::setPanelVisible(int panel, bool visible) {
  auto& shown = m_panels[static_cast<std::size_t>(panel)]->visible;
  if (shown == visible) return;
  shown = visible;
  arrange();
}

void CurvePlot::setUnit(int panel, const QString& unit) {
  m_panels[static_cast<std::size_t>(panel)]->header->setUnit(unit);
  m_redraw.request();
}

void CurvePlot::append(int curve, double x, double y) {
  m_curves[static_cast<std::size_t>(curve)].series.append(x, y);
  for (auto& other : m_curves)
    if (other.smoothedFrom == curve) other.series.append(x, other.smoother.push(y));
  m_redraw.request();
}

void CurvePlot::truncateFrom(double x) {
  for (auto& curve : m_curves)
    curve.series.truncateFrom(x);
  setSmoothing(m_smoothing);
}

void CurvePlot::clear() {
  for (auto& curve : m_curves) {
    curve.series.clear();
    curve.smoother = Smoother(m_smoothing);
    curve.level.reset();
  }
  m_mark.reset();
  showAll();
  m_whole = false;
}

void CurvePlot::setMark(std::optional<double> x, const QString& label) {
  m_mark = x;
  m_markLabel = label;
  m_redraw.request();
}

void CurvePlot::setEmptyTexts(const QString& title, const QString& text) { m_empty->setTexts(title, text); }

void CurvePlot::setLogarithmic(bool on) {
  m_logarithmic = on;
  m_logButton->setChecked(on);
  m_wantedY.clear();
  m_redraw.request();
}

void CurvePlot::setSmoothing(double weight) {
  m_smoothing = std::clamp(weight, 0.0, 0.99);
  m_smoothingSlider->setValue(static_cast<int>(std::lround(m_smoothing * 100)));
  for (auto& curve : m_curves) {
    curve.smoother = Smoother(m_smoothing);
    if (curve.smoothedFrom < 0) continue;
    curve.series.clear();
    for (const auto& point : m_curves[static_cast<std::size_t>(curve.smoothedFrom)].series.points())
      curve.series.append(point.x, curve.smoother.push(point.y));
  }
  m_redraw.request();
}

void CurvePlot::setCurveVisible(int curve, bool visible) {
  m_curves[static_cast<std::size_t>(curve)].visible = visible;
  m_redraw.request();
}

void CurvePlot::showAll() {
  m_whole = true;
  m_wantedX.reset();
  m_wantedY.clear();
  m_redraw.request();
}

// Never wider than the data and never narrower than two steps; the whole of it means following again.
void CurvePlot::showX(double lower, double upper) {
  const auto all = dataRange();
  const double size = std::clamp(upper - lower, std::min(2.0, all.size()), all.size());
  if (size >= all.size()) {
    m_wantedX.reset();
  } else {
    lower = std::clamp((lower + upper - size) / 2, all.lower, all.upper - size);
    m_wantedX = QCPRange(lower, lower + size);
  }
  m_redraw.request();
}

QString CurvePlot::dataAsText() const {
  std::map<double, std::vector<std::optional<double>>> rows;
  QStringList names{m_xTitle};
  std::vector<std::size_t> columns;  // levels are there only while they have a value
  for (std::size_t i = 0; i < m_curves.size(); ++i) {
    if (m_curves[i].stroke == Stroke::Level && !m_curves[i].level) continue;
    columns.push_back(i);
    const auto& name = m_curves[i].name;
    const bool alone = std::ranges::count(m_curves, name, &Curve::name) == 1;
    names << (alone ? name : m_panels[static_cast<std::size_t>(m_curves[i].panel)]->header->title() + QLatin1String(": ") + name);
    for (const auto& point : m_curves[i].series.points()) {
      auto& row = rows[point.x];
      row.resize(m_curves.size());
      row[i] = point.y;
    }
  }
  QString text = names.join(QLatin1Char('\t')) + QLatin1Char('\n');
  for (const auto& [x, values] : rows) {
    text += QString::number(x, 'g', 12);
    for (const auto i : columns) {
      const auto value = m_curves[i].level ? m_curves[i].level : values[i];
      text += QLatin1Char('\t') + (value ? QString::number(*value, 'g', 9) : QString());
    }
    text += QLatin1Char('\n');
  }
  return text;
}

void CurvePlot::copyData() { QApplication::clipboard()->setText(dataAsText()); }

QString CurvePlot::savePicture(const QString& file) {
  const auto cursor = m_cursor;
  setCursor({});
  const bool forPaper = !file.endsWith(QLatin1String(".png"), Qt::CaseInsensitive);
  if (forPaper) recolour(lightPalette());
  const auto problem = ui::savePicture(m_plot, file);
  if (forPaper) recolour(palette());
  setCursor(cursor);
  return problem;
}

void CurvePlot::askAndSavePicture() {
  const QFileInfo last(settings::startOf(QStringLiteral("pictures")));
  const QDir folder(last.isDir() ? last.filePath() : last.absolutePath());
  const auto file = QFileDialog::getSaveFileName(this, tr("Save picture"), folder.filePath(QStringLiteral("curves.png")), pictureFilter());
  if (file.isEmpty()) return;
  settings::setLast(QStringLiteral("pictures"), file);
  if (const auto problem = savePicture(file); !problem.isEmpty()) QMessageBox::warning(this, tr("Save picture"), problem);
}

bool CurvePlot::isEmpty() const {
  return std::all_of(m_curves.begin(), m_curves.end(), [](const Curve& curve) { return curve.series.empty(); });
}

}  // namespace incipit::ui

// How the Map panel is built, searched and saved. What it computes, and when, stands in map_live.cpp.
#include "ui/inspection/map_panel.h"

#include "core/tokenizer/tokenizer.h"
#include "ui/jobs/long_work.h"
#include "ui/plots/empty_state.h"
#include "ui/plots/pictures.h"
#include "ui/settings/settings.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/step_panel.h"
#include "ui/tokens/token_chip.h"
#include "ui/workspace/workspace.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMessageBox>
#include <QProgressBar>
#include <QShortcut>
#include <QStackedLayout>
#include <QToolButton>

#include <algorithm>
#include <utility>

namespace incipit::ui {
namespace {

constexpr int lateMilliseconds = 1000;
constexpr std::chrono::milliseconds liveInterval{250}, pathInterval{2000};
constexpr int mostFound = 500;

}  // namespace

MapPanel::MapPanel(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_stack(new QStackedLayout), m_place([this] { place(); }, liveInterval),
      m_follow([this] { follow(); }, pathInterval) {
  setProperty("helpPage", QStringLiteral("inspection"));
  auto* waiting = new QWidget;
  auto* waitingColumn = new QVBoxLayout(waiting);
  waitingColumn->setContentsMargins(grid, grid, grid, grid);
  m_empty = new EmptyState({}, {});
  m_progress = new QProgressBar;
  m_progress->setRange(0, 1000);
  m_progress->setTextVisible(false);
  m_progress->setAccessibleName(tr("How far the layout is"));
  m_progress->hide();

  auto* content = new QWidget;
  auto* column = new QVBoxLayout(content);
  column->setContentsMargins(grid, grid, grid, grid);
  column->setSpacing(grid);
  m_strip = new ProblemStrip(this);
  m_view = new MapView;
  m_title = helpLine({});
  m_title->setTextFormat(Qt::PlainText);  // names of runs and tokens stand in it
  m_title->hide();
  m_about = helpLine({});
  auto* tools = makeTools();
  column->addWidget(m_title);
  column->addWidget(m_view, 1);
  column->addWidget(m_about);

  waitingColumn->addWidget(m_empty, 1);
  waitingColumn->addWidget(m_progress);
  auto* pages = new QWidget;
  pages->setLayout(m_stack);
  m_stack->addWidget(waiting);
  m_stack->addWidget(content);
  auto* all = new QVBoxLayout(this);
  all->setContentsMargins(0, 0, 0, 0);
  all->setSpacing(0);
  all->addWidget(tools);
  all->addWidget(m_strip);
  all->addWidget(pages, 1);

  connect(m_empty, &EmptyState::actionTriggered, this, [this] { m_work ? giveUp() : layOut(); });
  connect(m_method, &QComboBox::currentIndexChanged, this, [this] {
    cancel();
    m_givenUp = false;
    look();
  });
  connect(m_view, &MapView::rowsChosen, this, [this](const std::vector<std::int64_t>& rows) { m_workspace.selection().choose(rows); });
  connect(m_view, &MapView::rowToggled, this, [this](std::int64_t row) { m_workspace.selection().toggle(row); });
  connect(m_view, &MapView::chooseNothing, this, [this] { m_workspace.selection().clear(); });
  connect(m_view, &MapView::lassoed, this, &MapPanel::sayWhatIsShown);
  connect(&workspace.selection(), &Selection::changed, this, [this] { m_view->setChosen(m_workspace.selection().rows()); });
  auto* copy = new QShortcut(QKeySequence::Copy, m_view, nullptr, nullptr, Qt::WidgetShortcut);
  connect(copy, &QShortcut::activated, this, [this] { QApplication::clipboard()->setText(tableText()); });

  m_late.setSingleShot(true);
  m_late.setInterval(lateMilliseconds);
  connect(&m_late, &QTimer::timeout, this, &MapPanel::sayWhatIsShown);
  connect(&workspace, &Workspace::promptChanged, this, [this] {
    if (!m_late.isActive()) m_late.start();
    m_place.request();
    m_follow.request();
  });
  connect(&workspace, &Workspace::modelChanged, this, [this] {
    cancel();
    m_givenUp = false;
    forget();
    look();
  });
  connect(&workspace, &Workspace::statusChanged, this, [this] {
    if (!m_workspace.prompt()) sayWhy();
  });
  connect(&workspace, &Workspace::runStarted, this, [this] {
    m_path.clear();  // one that goes on from a checkpoint stores other prompts after the same steps
    m_pathOf.clear();
  });
  connect(&workspace, &Workspace::runEnded, this, [this] { m_follow.request(); });
  look();
}

MapPanel::~MapPanel() = default;

QWidget* MapPanel::makeTools() {
  auto* tools = new QWidget;
  auto* row = new QHBoxLayout(tools);
  row->setContentsMargins(grid, grid, grid, 0);
  row->setSpacing(grid);
  m_method = new QComboBox;
  m_method->addItem(tr("PCA"), int(ProjectionMethod::Pca));
  m_method->addItem(tr("t-SNE"), int(ProjectionMethod::Tsne));
  m_method->addItem(tr("UMAP"), int(ProjectionMethod::Umap));
  m_method->setItemData(0, tr("The two directions in which the tokens differ most. Distances are honest, but most of them are lost"),
                        Qt::ToolTipRole);
  m_method->setItemData(1, tr("What is near is drawn near (van der Maaten 2014). Distances between far groups mean nothing"),
                        Qt::ToolTipRole);
  m_method->setItemData(
      2, tr("What is near is drawn near, groups more apart (McInnes et al. 2018). Distances between far groups mean nothing"),
      Qt::ToolTipRole);
  m_method->setToolTip(tr("How hundreds of dimensions become two"));
  m_method->setAccessibleName(tr("Method"));
  m_search = new QLineEdit;
  m_search->setObjectName(QStringLiteral("findOnMap"));
  m_search->setPlaceholderText(tr("Find a token"));
  m_search->setClearButtonEnabled(true);
  m_search->setToolTip(tr("Mark the tokens that hold this text; Enter goes to the next one"));
  m_search->setMaximumWidth(grid * 24);
  const auto button = [&](const QString& text, const QString& help, auto act) {
    auto* made = new QToolButton;
    made->setText(text);
    made->setToolTip(help);
    made->setAutoRaise(true);
    connect(made, &QToolButton::clicked, this, act);
    row->addWidget(made);
  };
  row->addWidget(m_method);
  row->addWidget(m_search, 2);
  row->addStretch(1);
  button(tr("Show all"),
         tr("Show the whole vocabulary again (Home, or double-click).\nWheel: zoom. Drag: move. Shift+drag: a lasso chooses the virtual "
            "tokens "
            "and marks the tokens in it."),
         [this] { m_view->showAll(); });
  button(tr("Copy data"), tr("Copy the virtual tokens and what the lasso holds as a table, for a spreadsheet"),
         [this] { QApplication::clipboard()->setText(tableText()); });
  button(tr("Save picture…"), tr("Save as PNG (as it looks now), or as SVG or PDF (in light colours, for paper)"),
         [this] { askAndSavePicture(); });
  connect(m_search, &QLineEdit::textChanged, this, &MapPanel::find);
  connect(m_search, &QLineEdit::returnPressed, this, &MapPanel::bringNext);
  return tools;
}

ProjectionMethod MapPanel::method() const { return ProjectionMethod(m_method->currentData().toInt()); }

void MapPanel::setMethod(ProjectionMethod method) { m_method->setCurrentIndex(m_method->findData(int(method))); }

void MapPanel::find(const QString& text) {
  m_found.clear();
  m_brought = 0;
  const auto sought = text.isEmpty() ? QString() : visible(text);
  if (m_picture && !sought.isEmpty())
    for (const int point : m_picture->worth)
      if (m_picture->names[std::size_t(point)].contains(sought, Qt::CaseInsensitive) && int(m_found.size()) < mostFound)
        m_found.push_back(point);
  // What is it exactly comes first, then what begins with it.
  std::ranges::stable_sort(m_found, {}, [&](int point) {
    auto name = m_picture->names[std::size_t(point)];
    if (name.startsWith(QChar(0x2423))) name.remove(0, 1);
    return name.compare(sought, Qt::CaseInsensitive) == 0 ? 0 : name.startsWith(sought, Qt::CaseInsensitive) ? 1 : 2;
  });
  m_view->setFound(m_found);
  sayWhatIsShown();
}

void MapPanel::bringNext() {
  if (m_found.empty()) return;
  m_view->bring(m_found[m_brought % m_found.size()]);
  ++m_brought;
}

QString MapPanel::nameOfToken(TokenId token) const {
  const auto model = m_picture ? m_picture->model : nullptr;
  return model && model->tokenizer ? chipOf(*model->tokenizer, token).text : QStringLiteral("#%1").arg(token);
}

QString MapPanel::rowToolTip(std::int64_t row) const {
  const auto it = std::ranges::find(m_placed, row, &PlacedRow::row);
  if (it == m_placed.end()) return {};
  return tr("Virtual token %1 beside %2\nNearest by cosine: %3 (%4)\n%5 of its %6 nearest tokens are its nearest here too")
      .arg(row + 1)
      .arg(nameOfToken(it->nearestInPicture), nameOfToken(it->nearest), QString::number(it->cosine, 'f', 2))
      .arg(int(it->kept * double(m_picture->layout->kept.k) + 0.5))
      .arg(m_picture->layout->kept.k);
}

QString MapPanel::tableText() const {
  auto text = tr("Token") + QStringLiteral("\tx\ty\t") + tr("Beside") + u'\t' + tr("Nearest by cosine") + u'\t' + tr("Cosine") + u'\n';
  if (!m_picture) return text;
  const auto& layout = *m_picture->layout;
  for (const auto& row : m_placed)
    text += QStringLiteral("%1\t%2\t%3\t%4\t%5\t%6\n")
                .arg(row.row + 1)
                .arg(row.place.x)
                .arg(row.place.y)
                .arg(nameOfToken(row.nearestInPicture), nameOfToken(row.nearest))
                .arg(row.cosine);
  for (const int point : m_view->inLasso())
    text += QStringLiteral("%1\t%2\t%3\t\t\t\n")
                .arg(m_picture->names[std::size_t(point)])
                .arg(layout.places[std::size_t(point)].x)
                .arg(layout.places[std::size_t(point)].y);
  return text;
}

QString MapPanel::savePicture(const QString& file) {
  const bool forPaper = !file.endsWith(QLatin1String(".png"), Qt::CaseInsensitive);
  auto colours = palette();
  if (forPaper) {
    colours = lightPalette();
    colours.setColor(QPalette::Highlight, palette().color(QPalette::Highlight));
    colours.setColor(QPalette::HighlightedText, palette().color(QPalette::HighlightedText));
  }
  return ui::savePicture(
      m_view->size(), [&](QPainter& painter) { m_view->paintAll(painter, colours); }, file);
}

void MapPanel::askAndSavePicture() {
  const QFileInfo last(settings::startOf(QStringLiteral("pictures")));
  const QDir folder(last.isDir() ? last.filePath() : last.absolutePath());
  const auto file = QFileDialog::getSaveFileName(this, tr("Save picture"), folder.filePath(QStringLiteral("map.png")), pictureFilter());
  if (file.isEmpty()) return;
  settings::setLast(QStringLiteral("pictures"), file);
  if (const auto problem = savePicture(file); !problem.isEmpty()) QMessageBox::warning(this, tr("Save picture"), problem);
}

}  // namespace incipit::ui

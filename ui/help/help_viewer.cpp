#include "ui/help/help_viewer.h"

#include "ui/settings/theme.h"

#include <QAction>
#include <QDesktopServices>
#include <QEvent>
#include <QFile>
#include <QImage>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextCursor>
#include <QTextDocument>
#include <QTextTable>
#include <QToolBar>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace incipit::ui {
namespace {
constexpr int widestPicture = grid * 78;

// Pictures are drawn for the screen's pixels, and stand smaller in a page. Whether there was one in the block.
bool fitPictures(const QTextBlock& block) {
  bool any = false;
  for (auto part = block.begin(); !part.atEnd(); ++part) {
    auto format = part.fragment().charFormat().toImageFormat();
    if (!format.isValid()) continue;
    any = true;
    const QImage picture(QStringLiteral(":/help/") + format.name());
    format.setWidth(std::min(picture.width(), widestPicture));
    QTextCursor cursor(block);
    cursor.setPosition(part.fragment().position());
    cursor.setPosition(part.fragment().position() + part.fragment().length(), QTextCursor::KeepAnchor);
    cursor.setCharFormat(format);
    break;  // what follows in this block has moved
  }
  return any;
}

QString resourceOf(const QString& page) { return QStringLiteral(":/help/%1.md").arg(page); }
}  // namespace

HelpViewer::HelpViewer(QWidget* parent) : QWidget(parent, Qt::Window), m_browser(new QTextBrowser(this)) {
  setWindowTitle(tr("Incipit help"));
  resize(grid * 90, grid * 85);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(0);
  auto* bar = new QToolBar(this);
  m_back = bar->addAction(tr("Back"), this, [this] {
    if (m_past.isEmpty()) return;
    const auto page = m_past.takeLast();
    m_page.clear();
    open(page);
  });
  m_back->setShortcut(QKeySequence::Back);
  bar->addAction(tr("Contents"), this, [this] { open(QStringLiteral("index")); });
  auto* close = new QAction(this);
  close->setShortcut(Qt::Key_Escape);
  connect(close, &QAction::triggered, this, &QWidget::close);
  addAction(close);
  layout->addWidget(bar);
  layout->addWidget(m_browser);
  m_browser->setOpenLinks(false);
  m_browser->setSearchPaths({QStringLiteral(":/help")});
  m_browser->setFrameShape(QFrame::NoFrame);
  m_browser->document()->setDocumentMargin(grid * 3);
  connect(m_browser, &QTextBrowser::anchorClicked, this, &HelpViewer::follow);
}

void HelpViewer::open(const QString& page) {
  const auto wanted = QFile::exists(resourceOf(page)) ? page : QStringLiteral("index");
  if (wanted != m_page) {
    if (!m_page.isEmpty()) m_past.append(m_page);
    m_page = wanted;
    restyle();
  }
  m_back->setEnabled(!m_past.isEmpty());
  m_back->setToolTip(m_past.isEmpty() ? tr("This is the first page you opened")
                                      : tr("Back to the page before (%1)").arg(m_back->shortcut().toString(QKeySequence::NativeText)));
}

void HelpViewer::follow(const QUrl& link) {
  if (link.isRelative() && link.path().endsWith(QLatin1String(".md")))
    open(link.path().chopped(3));
  else
    QDesktopServices::openUrl(link);
}

QString HelpViewer::pageOf(const QWidget* widget) {
  for (; widget; widget = widget->parentWidget())
    if (const auto page = widget->property("helpPage").toString(); !page.isEmpty()) return page;
  return QStringLiteral("index");
}

// Markdown brings structure; air, line height and table lines are given here, in the palette's colours.
void HelpViewer::restyle() {
  QFile file(resourceOf(m_page));
  if (!file.open(QIODevice::ReadOnly)) return;
  auto* document = m_browser->document();
  document->setMarkdown(QString::fromUtf8(file.readAll()));
  for (auto block = document->begin(); block.isValid(); block = block.next()) {
    QTextCursor cursor(block);
    auto format = block.blockFormat();
    const int level = format.headingLevel();
    format.setLineHeight(fitPictures(block) ? 100 : 130, QTextBlockFormat::ProportionalHeight);
    if (level > 0) {
      format.setTopMargin(level == 1 ? 0 : grid * 3);
      format.setBottomMargin(grid);
    } else if (!cursor.currentTable() && !block.textList()) {
      format.setBottomMargin(grid);
    }
    cursor.setBlockFormat(format);
  }
  for (auto* child : document->rootFrame()->childFrames()) {
    auto* table = qobject_cast<QTextTable*>(child);
    if (!table) continue;
    auto format = table->format();
    format.setBorder(1);
    format.setBorderBrush(hairline(palette()));
    format.setBorderCollapse(true);
    format.setCellPadding(grid * 3 / 4);
    format.setTopMargin(grid);
    format.setBottomMargin(grid * 2);
    table->setFormat(format);
  }
  m_browser->moveCursor(QTextCursor::Start);
}

void HelpViewer::changeEvent(QEvent* event) {
  if (event->type() == QEvent::PaletteChange && !m_page.isEmpty()) restyle();
  QWidget::changeEvent(event);
}

}  // namespace incipit::ui

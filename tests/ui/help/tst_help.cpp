// The help: every page opens, every link leads to a page, every picture is there and fits.
#include "ui/help/help_viewer.h"
#include "ui/settings/theme.h"

#include <QDir>
#include <QRegularExpression>
#include <QTextBlock>
#include <QTextBrowser>
#include <QTextDocument>
#include <QtTest>

using namespace incipit::ui;

class TestHelp : public QObject {
  Q_OBJECT
  static QString textOf(const QString& file) {
    QFile page(file);
    return page.open(QIODevice::ReadOnly) ? QString::fromUtf8(page.readAll()) : QString();
  }

 private slots:
  void initTestCase() { applyTheme(Theme::Light); }

  void everyPageOfTheFolderIsInTheProgram() {
    const auto pages = QDir(QStringLiteral(INCIPIT_RESOURCES_DIR "/help")).entryList({QStringLiteral("*.md")});
    QVERIFY(pages.size() > 10);
    for (const auto& page : pages)
      QVERIFY2(!textOf(QStringLiteral(":/help/") + page).isEmpty(), qPrintable(page));
  }

  void everyLinkAndPictureIsThere() {
    const QRegularExpression link(QStringLiteral("\\]\\(([^)#]+)\\)"));
    const auto pages = QDir(QStringLiteral(":/help")).entryList({QStringLiteral("*.md")});
    for (const auto& page : pages)
      for (auto found = link.globalMatch(textOf(QStringLiteral(":/help/") + page)); found.hasNext();) {
        const auto target = found.next().captured(1);
        if (target.contains(QLatin1String("://"))) continue;
        QVERIFY2(QFile::exists(QStringLiteral(":/help/") + target), qPrintable(page + QStringLiteral(": ") + target));
      }
  }

  void picturesFitThePage() {
    HelpViewer viewer;
    viewer.open(QStringLiteral("tour"));
    viewer.show();
    auto* browser = viewer.findChild<QTextBrowser*>();
    int pictures = 0;
    for (auto block = browser->document()->begin(); block.isValid(); block = block.next())
      for (auto part = block.begin(); !part.atEnd(); ++part)
        if (const auto format = part.fragment().charFormat().toImageFormat(); format.isValid()) {
          ++pictures;
          QVERIFY(format.width() > 100 && format.width() <= browser->viewport()->width());
        }
    QCOMPARE(pictures, 4);
    QVERIFY(browser->document()->size().width() <= browser->viewport()->width());
  }
};

QTEST_MAIN(TestHelp)
#include "tst_help.moc"

// The studio. Everything it does is in ui/window; here are only its command line and its start.
#include "app/studio/first_picture.h"
#include "app/studio/scale.h"
#include "app/studio/screenshot.h"
#include "core/support/compute.h"
#include "core/support/error.h"
#include "core/support/mapped_file.h"
#include "core/support/process.h"
#include "core/support/processor.h"
#include "ui/settings/settings.h"
#include "ui/window/main_window.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QFileInfo>
#include <QLibraryInfo>
#include <QTranslator>
#include <iostream>
#include <memory>

using namespace incipit;

namespace {

// Paths of the command line are meant from where the user stands; a name in the cache ("gpt2") stays as it is.
QString absolute(const QString& name) { return QFileInfo::exists(name) ? QFileInfo(name).absoluteFilePath() : name; }

// lupdate does not follow `namespace incipit::ui`, so the files name their contexts without it.
class Words : public QTranslator {
 public:
  QString translate(const char* context, const char* text, const char* comment, int n) const override {
    const QByteArray whole(context);
    return QTranslator::translate(whole.mid(whole.lastIndexOf(':') + 1).constData(), text, comment, n);
  }
  bool isEmpty() const override { return false; }
};

QCommandLineOption hidden(const QString& name, const QString& valueName = {}) {
  QCommandLineOption option(name, {}, valueName);
  option.setFlags(QCommandLineOption::HiddenFromHelp);
  return option;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    checkProcessorSetting();
  } catch (const Error& wrong) {
    std::cerr << "incipit: " << wrong.what() << '\n';
    return 1;
  }
  settleProcess(argv);
  surviveCutOffFiles();
  holdMemoryBack();
  auto scale = std::make_unique<studio::ScreenScale>(argc, argv);
  QApplication application(argc, argv);
  scale.reset();
  QApplication::setOrganizationName(QStringLiteral("Incipit"));
  QApplication::setApplicationName(QStringLiteral("Incipit"));
  QApplication::setApplicationVersion(QStringLiteral(INCIPIT_VERSION));
  QApplication::setDesktopFileName(QStringLiteral("incipit"));
  QTranslator qtWords;  // the texts of Qt's own dialogs
  if (qtWords.load(QLocale(), QStringLiteral("qtbase"), QStringLiteral("_"), QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
    QApplication::installTranslator(&qtWords);
  Words words;  // English needs one too, for its plurals
  if (words.load(QLocale(), QStringLiteral("incipit"), QStringLiteral("_"), QStringLiteral(":/translations")) ||
      words.load(QStringLiteral(":/translations/incipit_en.qm")))
    QApplication::installTranslator(&words);
  // Numbers are written as the words around them are: in English where there is no other language.
  const bool english = QLocale().language() == QLocale::English && QLocale().decimalPoint() == QLatin1String(".");
  if (!english && words.language().startsWith(QLatin1String("en"))) QLocale::setDefault(QLocale(QLocale::English, QLocale::World));

  QCommandLineParser parser;
  parser.setApplicationDescription(QApplication::translate("main", "A desktop studio for prompt tuning."));
  parser.addHelpOption();
  parser.addVersionOption();
  parser.addPositionalArgument(QStringLiteral("MODEL"),
                               QApplication::translate("main", "A model folder, a name in the local Hugging Face cache, or demo."),
                               QStringLiteral("[MODEL]"));
  parser.addPositionalArgument(QStringLiteral("DATA"), QApplication::translate("main", "A JSON Lines, CSV, TSV or text file."),
                               QStringLiteral("[DATA]"));
  const QCommandLineOption theme(QStringLiteral("theme"), QApplication::translate("main", "Colours of this start: light or dark."),
                                 QStringLiteral("light|dark"));
  const auto screenshot = hidden(QStringLiteral("screenshot"), QStringLiteral("FILE"));
  const auto size = hidden(QStringLiteral("size"), QStringLiteral("WxH"));
  const auto train = hidden(QStringLiteral("train"));
  const auto steps = hidden(QStringLiteral("steps"), QStringLiteral("N"));
  const auto views = hidden(QStringLiteral("views"), QStringLiteral("TITLE,TITLE"));
  const auto endWhenVisible = hidden(QStringLiteral("end-when-visible"));
  parser.addOptions({theme, screenshot, size, train, steps, views, endWhenVisible});
  parser.process(application);

  const auto chosen = parser.value(theme);
  ui::applyTheme(chosen == QLatin1String("dark")    ? ui::Theme::Dark
                 : chosen == QLatin1String("light") ? ui::Theme::Light
                                                    : ui::settings::theme());
  useThreads(0);
  ui::MainWindow window;
  const auto named = parser.positionalArguments();
  window.openFirst(absolute(named.value(0)), absolute(named.value(1)));
  if (parser.isSet(endWhenVisible)) studio::endAfterFirstPicture(window);
  window.show();
  if (parser.isSet(screenshot)) {
    studio::Screenshot wanted;
    wanted.file = parser.value(screenshot);
    wanted.train = parser.isSet(train);
    wanted.steps = parser.value(steps).toInt();
    wanted.views = parser.value(views).split(QLatin1Char(','), Qt::SkipEmptyParts);
    const auto sides = parser.value(size).split(QLatin1Char('x'));
    if (sides.size() == 2) wanted.size = {sides[0].toInt(), sides[1].toInt()};
    studio::takeScreenshots(window, wanted);
  }
  return QApplication::exec();
}

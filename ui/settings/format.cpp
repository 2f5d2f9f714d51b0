#include "ui/settings/format.h"

#include <QCoreApplication>
#include <QDir>
#include <QLocale>
#include <algorithm>
#include <cmath>
#include <limits>

namespace incipit::ui {
namespace {
QString tr(const char* text) { return QCoreApplication::translate("Format", text); }
QString counted(const char* text, std::int64_t number) {
  return QCoreApplication::translate("Format", text, nullptr, int(std::min<std::int64_t>(number, std::numeric_limits<int>::max())));
}
}  // namespace

QString grouped(std::int64_t number) { return QLocale().toString(qlonglong(number)); }

QString rounded(std::int64_t number) {
  const QLocale locale;
  const auto scaled = [&](double value, const QString& unit) {
    return locale.toString(value, 'f', value < 10 ? 1 : 0) + QChar(0x00a0) + unit;
  };
  if (number >= 1'000'000'000) return scaled(double(number) / 1e9, tr("B"));
  if (number >= 1'000'000) return scaled(double(number) / 1e6, tr("M"));
  if (number >= 10'000) return scaled(double(number) / 1e3, tr("k"));
  return grouped(number);
}

QString rowsText(std::int64_t rows) { return counted(QT_TRANSLATE_NOOP("Format", "%Ln row(s)"), rows); }
QString tokensText(std::int64_t tokens) { return counted(QT_TRANSLATE_NOOP("Format", "%Ln token(s)"), tokens); }
QString stepsText(std::int64_t steps) { return counted(QT_TRANSLATE_NOOP("Format", "%Ln step(s)"), steps); }

QString examplesText(std::int64_t examples) { return counted(QT_TRANSLATE_NOOP("Format", "%Ln example(s)"), examples); }
QString virtualTokensText(std::int64_t tokens) { return counted(QT_TRANSLATE_NOOP("Format", "%Ln virtual token(s)"), tokens); }

QString percentText(double share) { return QLocale().toString(100 * share, 'f', 1) + QStringLiteral(" %"); }
QString bytesText(std::uint64_t bytes) { return QLocale().formattedDataSize(qint64(bytes), 1, QLocale::DataSizeSIFormat); }

QString durationText(double seconds) {
  if (!(seconds >= 0) || !std::isfinite(seconds)) return {};
  const auto whole = std::llround(seconds);
  if (whole < 60) return tr("%1 s").arg(whole);
  if (whole < 3600) return tr("%1 min").arg((whole + 30) / 60);
  return tr("%1 h %2 min").arg(whole / 3600).arg(whole % 3600 / 60);
}

QString rateText(double perSecond) {
  if (!(perSecond > 0) || !std::isfinite(perSecond)) return {};
  const QLocale locale;
  return perSecond >= 0.95 ? tr("%1 steps/s").arg(locale.toString(perSecond, 'f', perSecond < 100 ? 1 : 0))
                           : tr("%1 s a step").arg(locale.toString(1 / perSecond, 'f', 1));
}

QString elidedPath(const QString& path, int characters) {
  auto shown = path;
  const auto home = QDir::homePath();
  if (shown.startsWith(home + QLatin1Char('/'))) shown = QLatin1Char('~') + shown.mid(home.size());
  if (shown.size() <= characters) return shown;
  return QChar(0x2026) + shown.right(characters - 1);
}

}  // namespace incipit::ui

#include "ui/plots/pictures.h"

#include <QBuffer>
#include <QFileInfo>
#include <QObject>
#include <QPdfWriter>
#include <QSaveFile>
#include <QSvgGenerator>
#include <qcustomplot.h>

namespace incipit::ui {
namespace {

QByteArray asSvg(QCustomPlot* plot, const QSize& size) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setSize(size);
  generator.setViewBox(QRect({}, size));
  generator.setTitle(QStringLiteral("Incipit"));
  QCPPainter painter;
  painter.begin(&generator);
  painter.setMode(QCPPainter::pmVectorized);
  painter.setMode(QCPPainter::pmNoCaching);
  plot->toPainter(&painter, size.width(), size.height());
  painter.end();
  return bytes;
}

QByteArray asPdf(QCustomPlot* plot, const QSize& size) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  QPdfWriter writer(&buffer);
  writer.setCreator(QStringLiteral("Incipit"));
  writer.setResolution(96);
  // A page as large as the plot: a pixel of the screen is 1/96 inch.
  writer.setPageSize(QPageSize(QSizeF(size) * 72.0 / 96.0, QPageSize::Point));
  writer.setPageMargins(QMarginsF());
  QCPPainter painter;
  painter.begin(&writer);
  painter.setMode(QCPPainter::pmVectorized);
  painter.setMode(QCPPainter::pmNoCaching);
  plot->toPainter(&painter, size.width(), size.height());
  painter.end();
  return bytes;
}

QByteArray asPng(QCustomPlot* plot, const QSize& size) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  plot->toPixmap(size.width(), size.height(), 2.0).save(&buffer, "PNG");  // twice the pixels, for a sharp picture on any screen
  return bytes;
}

}  // namespace

QPalette lightPalette() {
  QPalette palette;
  palette.setColor(QPalette::Base, Qt::white);
  palette.setColor(QPalette::Window, Qt::white);
  palette.setColor(QPalette::Text, QColor(0x202020));
  palette.setColor(QPalette::WindowText, QColor(0x202020));
  palette.setColor(QPalette::PlaceholderText, QColor(0x55606a));
  return palette;
}

QString pictureFilter() { return QObject::tr("PNG picture (*.png);;SVG drawing (*.svg);;PDF document (*.pdf)"); }

QString savePicture(QCustomPlot* plot, const QString& file) {
  const auto ending = QFileInfo(file).suffix().toLower();
  const auto size = plot->size();
  QByteArray bytes;
  if (ending == QLatin1String("png")) {
    bytes = asPng(plot, size);
  } else if (ending == QLatin1String("svg")) {
    bytes = asSvg(plot, size);
  } else if (ending == QLatin1String("pdf")) {
    bytes = asPdf(plot, size);
  } else {
    return QObject::tr("“%1” has no ending that says what kind of picture it is. Use .png, .svg or .pdf.").arg(file);
  }
  QSaveFile target(file);
  if (bytes.isEmpty() || !target.open(QIODevice::WriteOnly) || target.write(bytes) != bytes.size() || !target.commit())
    return QObject::tr("The picture could not be written to “%1”: %2. Choose another folder.").arg(file, target.errorString());
  return {};
}

}  // namespace incipit::ui

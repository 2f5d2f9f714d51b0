#include "ui/plots/pictures.h"

#include <QBuffer>
#include <QFileInfo>
#include <QObject>
#include <QPainter>
#include <QPdfWriter>
#include <QPixmap>
#include <QSaveFile>
#include <QSvgGenerator>
#include <qcustomplot.h>

namespace incipit::ui {
namespace {

template <class Painter>
QByteArray asSvg(const QSize& size, const std::function<void(Painter&)>& draw) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  QSvgGenerator generator;
  generator.setOutputDevice(&buffer);
  generator.setSize(size);
  generator.setViewBox(QRect({}, size));
  generator.setTitle(QStringLiteral("Incipit"));
  Painter painter;
  painter.begin(&generator);
  draw(painter);
  painter.end();
  return bytes;
}

template <class Painter>
QByteArray asPdf(const QSize& size, const std::function<void(Painter&)>& draw) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  QPdfWriter writer(&buffer);
  writer.setCreator(QStringLiteral("Incipit"));
  writer.setResolution(96);
  // A page as large as the plot: a pixel of the screen is 1/96 inch.
  writer.setPageSize(QPageSize(QSizeF(size) * 72.0 / 96.0, QPageSize::Point));
  writer.setPageMargins(QMarginsF());
  Painter painter;
  painter.begin(&writer);
  draw(painter);
  painter.end();
  return bytes;
}

// Twice the pixels, for a sharp picture on any screen.
QByteArray asPng(QPixmap pixmap) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  pixmap.save(&buffer, "PNG");
  return bytes;
}

QPixmap drawn(const QSize& size, const std::function<void(QPainter&)>& draw) {
  QPixmap pixmap(size * 2);
  pixmap.setDevicePixelRatio(2);
  pixmap.fill(Qt::white);
  QPainter painter(&pixmap);
  draw(painter);
  return pixmap;
}

template <class Painter>
QString save(const QSize& size, const std::function<void(Painter&)>& draw, const std::function<QPixmap()>& pixmap, const QString& file) {
  const auto ending = QFileInfo(file).suffix().toLower();
  QByteArray bytes;
  if (ending == QLatin1String("png")) {
    bytes = asPng(pixmap());
  } else if (ending == QLatin1String("svg")) {
    bytes = asSvg(size, draw);
  } else if (ending == QLatin1String("pdf")) {
    bytes = asPdf(size, draw);
  } else {
    return QObject::tr("“%1” has no ending that says what kind of picture it is. Use .png, .svg or .pdf.").arg(file);
  }
  QSaveFile target(file);
  if (bytes.isEmpty() || !target.open(QIODevice::WriteOnly) || target.write(bytes) != bytes.size() || !target.commit())
    return QObject::tr("The picture could not be written to “%1”: %2. Choose another folder.").arg(file, target.errorString());
  return {};
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
  const auto size = plot->size();
  const std::function<void(QCPPainter&)> draw = [&](QCPPainter& painter) {
    painter.setMode(QCPPainter::pmVectorized);
    painter.setMode(QCPPainter::pmNoCaching);
    plot->toPainter(&painter, size.width(), size.height());
  };
  return save(
      size, draw, [&] { return plot->toPixmap(size.width(), size.height(), 2.0); }, file);
}

QString savePicture(const QSize& size, const std::function<void(QPainter&)>& draw, const QString& file) {
  return save(
      size, draw, [&] { return drawn(size, draw); }, file);
}

}  // namespace incipit::ui

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

constexpr int sharpness = 2;  // pixels a pixel of the screen, for a sharp picture on any of them

using Draw = std::function<void(QPainter&)>;

QByteArray asSvg(const QSize& size, const Draw& draw) {
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
  draw(painter);
  painter.end();
  return bytes;
}

QByteArray asPdf(const QSize& size, const Draw& draw) {
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
  draw(painter);
  painter.end();
  return bytes;
}

QByteArray bytesOf(const QPixmap& pixmap) {
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  pixmap.save(&buffer, "PNG");
  return bytes;
}

QByteArray asPng(const QSize& size, const Draw& draw) {
  QPixmap pixmap(size * sharpness);
  pixmap.setDevicePixelRatio(sharpness);
  pixmap.fill(Qt::white);
  QCPPainter painter;
  painter.begin(&pixmap);
  draw(painter);
  painter.end();
  return bytesOf(pixmap);
}

// `png` apart: a plot draws its pixels itself.
QString save(const QString& file, const QSize& size, const Draw& draw, const std::function<QByteArray()>& png) {
  const auto ending = QFileInfo(file).suffix().toLower();
  QByteArray bytes;
  if (ending == QLatin1String("png")) {
    bytes = png();
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
  const auto draw = [&](QPainter& painter) {
    auto& of = static_cast<QCPPainter&>(painter);
    of.setMode(QCPPainter::pmVectorized);
    of.setMode(QCPPainter::pmNoCaching);
    plot->toPainter(&of, size.width(), size.height());
  };
  return save(file, size, draw, [&] { return bytesOf(plot->toPixmap(size.width(), size.height(), sharpness)); });
}

QString savePicture(const QSize& size, const std::function<void(QPainter&)>& draw, const QString& file) {
  return save(file, size, draw, [&] { return asPng(size, draw); });
}

}  // namespace incipit::ui

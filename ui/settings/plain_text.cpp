#include "ui/settings/plain_text.h"

#include <QTextDocument>

namespace incipit::ui {

QString plainToolTip(const QString& text) {
  if (!Qt::mightBeRichText(text)) return text;
  return QStringLiteral("<qt><span style=\"white-space: pre-wrap\">%1</span></qt>").arg(text.toHtmlEscaped());
}

}  // namespace incipit::ui

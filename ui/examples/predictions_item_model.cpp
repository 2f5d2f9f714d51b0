#include "ui/examples/predictions_item_model.h"

#include "ui/plots/number_text.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"
#include "ui/workspace/text.h"

#include <QApplication>
#include <QPalette>
#include <cmath>

namespace incipit::ui {
namespace {

bool isNumber(int column) {
  return column == PredictionsItemModel::Row || column == PredictionsItemModel::Rank || column == PredictionsItemModel::Loss ||
         column == PredictionsItemModel::Change;
}

std::optional<double> changeOf(const Prediction& prediction) {
  return prediction.startLoss ? std::optional(prediction.loss - *prediction.startLoss) : std::nullopt;
}

QString signedText(double value) { return (value > 0 ? QStringLiteral("+") : QString()) + valueText(value, 3); }

}  // namespace

void PredictionsItemModel::show(std::shared_ptr<const Predictions> predictions) {
  beginResetModel();
  m_predictions = std::move(predictions);
  endResetModel();
}

void PredictionsItemModel::setTexts(TextOf text) {
  m_text = std::move(text);
  if (rowCount() > 0) emit dataChanged(index(0, Text), index(rowCount() - 1, Text));
}

int PredictionsItemModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() || !m_predictions ? 0 : static_cast<int>(m_predictions->rows.size());
}

int PredictionsItemModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : Columns; }

// A wrong answer, a loss that has grown: told apart by more than the red, since the words beside it say the same.
QVariant PredictionsItemModel::colourOf(const Prediction& prediction, int column) const {
  const auto palette = QApplication::palette();
  if (column == Answer && prediction.classified()) return hue(prediction.right() ? Hue::Green : Hue::Vermillion, palette);
  if (column == Change && changeOf(prediction).value_or(0) > 0) return hue(Hue::Vermillion, palette);
  return {};
}

QVariant PredictionsItemModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const Prediction& prediction = this->prediction(index.row());
  const int column = index.column();
  if (role == Qt::TextAlignmentRole) return QVariant((isNumber(column) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  if (role == Qt::ForegroundRole) return colourOf(prediction, column);
  if (role == Qt::ToolTipRole && column == Text) return m_text ? plainToolTip(m_text(prediction.row)) : QVariant();
  if (role != Qt::DisplayRole && role != SortRole) return {};
  const bool sort = role == SortRole;
  switch (column) {
  case Row:
    return sort ? QVariant(qint64(prediction.row)) : QVariant(grouped(prediction.row + 1));
  case Text:
    return m_text ? m_text(prediction.row) : QString();
  case Label:
    return toText(prediction.label);
  case Answer:
    if (!prediction.classified()) return QString();
    return sort ? toText(prediction.predicted)
                : (prediction.right() ? QStringLiteral("✓ ") : QStringLiteral("✗ ")) + toText(prediction.predicted);
  case Rank:
    if (sort) return qint64(prediction.rank);
    return prediction.classified() ? grouped(prediction.rank) : QStringLiteral("–");
  case Loss:
    return sort ? QVariant(prediction.loss) : QVariant(valueText(prediction.loss));
  case Change: {
    const auto change = changeOf(prediction);
    if (sort) return change ? *change : INFINITY;
    return change ? signedText(*change) : QStringLiteral("–");
  }
  default:
    return {};
  }
}

QVariant PredictionsItemModel::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole) return QVariant((isNumber(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
  static const struct {
    const char *title, *help;
  } words[Columns] = {
      {QT_TR_NOOP("Row"), QT_TR_NOOP("Row of the validation data")},
      {QT_TR_NOOP("Text"), QT_TR_NOOP("What the model reads, without virtual tokens and answer")},
      {QT_TR_NOOP("Label"), QT_TR_NOOP("The right answer")},
      {QT_TR_NOOP("Answer"), QT_TR_NOOP("The likeliest of the labels behind this text")},
      {QT_TR_NOOP("Rank"), QT_TR_NOOP("Place of the right label among all, the likeliest first")},
      {QT_TR_NOOP("Loss"), QT_TR_NOOP("Mean over what is learned in this row, in nats a token (of a head: of the text)")},
      {QT_TR_NOOP("Change"), QT_TR_NOOP("Loss now, less its loss before the first step: below 0, tuning helped here")},
  };
  if (section < 0 || section >= Columns) return {};
  if (role == Qt::DisplayRole) return tr(words[section].title);
  if (role == Qt::ToolTipRole) return tr(words[section].help);
  return {};
}

}  // namespace incipit::ui

#include "ui/inspection/ask_item_model.h"

#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"

#include <QApplication>
#include <QPalette>

namespace incipit::ui {

void AskItemModel::begin(const QStringList& sentences, bool withStart) {
  beginResetModel();
  m_sentences = sentences;
  m_withStart = withStart;
  m_asking = true;
  m_answers = 0;
  m_said.assign(std::size_t(sentences.size()), std::vector<std::optional<Saying>>(Columns - 1));
  endResetModel();
}

void AskItemModel::set(int row, int column, Saying saying) {
  m_said[std::size_t(row)][std::size_t(column - 1)] = std::move(saying);
  ++m_answers;
  emit dataChanged(index(row, column), index(row, column));
}

void AskItemModel::end() {
  m_asking = false;
  if (rowCount() > 0) emit dataChanged(index(0, Prompt), index(rowCount() - 1, columnCount() - 1));
}

int AskItemModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(m_sentences.size()); }
int AskItemModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : (m_withStart ? int(Columns) : int(Start)); }

QVariant AskItemModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignLeft | Qt::AlignTop);
  if (index.column() == Sentence) {
    auto sentence = m_sentences[index.row()];
    if (role == Qt::DisplayRole) return sentence.replace(QStringLiteral("{virtual_tokens}"), QStringLiteral("▯▯▯"));
    if (role == Qt::ToolTipRole) return plainToolTip(tr("The virtual tokens stand at ▯▯▯: %1").arg(sentence));
    if (role == Qt::ForegroundRole) return muted(QApplication::palette());
    return {};
  }
  const auto& said = m_said[std::size_t(index.row())][std::size_t(index.column() - 1)];
  if (role == Qt::ForegroundRole && (!said || said->text.trimmed().isEmpty())) return muted(QApplication::palette());
  if (!said) return role == Qt::DisplayRole ? QVariant(m_asking ? QStringLiteral("…") : QStringLiteral("–")) : QVariant();
  if (role == Qt::ToolTipRole) {
    auto text = said->text;
    if (said->labelWords)
      text += QLatin1Char('\n') +
              tr("%1 of the label words are in it (InSPEcT's class rate, Ramati et al. 2025)").arg(percentText(*said->labelWords));
    return plainToolTip(text);
  }
  if (role != Qt::DisplayRole) return {};
  const auto text = said->text.simplified();
  const auto shown = text.isEmpty() ? tr("(says nothing)") : text;
  return said->labelWords ? tr("%1\n%2 of the label words").arg(shown, percentText(*said->labelWords)) : shown;
}

QVariant AskItemModel::headerData(int section, Qt::Orientation orientation, int role) const {
  static const struct {
    const char *title, *help;
  } words[Columns] = {
      {QT_TR_NOOP("Sentence"), QT_TR_NOOP("The prompt stands at ▯▯▯; the model goes on greedily, by 40 tokens at most")},
      {QT_TR_NOOP("The prompt"), QT_TR_NOOP("How the model goes on with the prompt in view")},
      {QT_TR_NOOP("A random prompt"), QT_TR_NOOP("Rows of the same lengths in random directions: what sounds like sense here is chance")},
      {QT_TR_NOOP("The start"), QT_TR_NOOP("The prompt before its training: what stands here too, training has not put there")},
  };
  if (orientation != Qt::Horizontal || section < 0 || section >= Columns) return {};
  if (role == Qt::DisplayRole) return tr(words[section].title);
  if (role == Qt::ToolTipRole) return tr(words[section].help);
  if (role == Qt::TextAlignmentRole) return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
  return {};
}

}  // namespace incipit::ui

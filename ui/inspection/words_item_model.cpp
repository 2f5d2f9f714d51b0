#include "ui/inspection/words_item_model.h"

#include "ui/plots/number_text.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/workspace/text.h"

#include <QFont>

#include <algorithm>
#include <cmath>

namespace incipit::ui {
namespace {

struct Said {
  const char *name, *help;
};

Said saidOf(InWords way) {
  switch (way) {
  case InWords::Prompt:
    return {QT_TRANSLATE_NOOP("WordsItemModel", "The prompt"), QT_TRANSLATE_NOOP("WordsItemModel", "The virtual tokens themselves")};
  case InWords::BareModel:
    return {QT_TRANSLATE_NOOP("WordsItemModel", "Nothing"), QT_TRANSLATE_NOOP("WordsItemModel", "The bare model")};
  case InWords::NearestByCosine:
    return {QT_TRANSLATE_NOOP("WordsItemModel", "Nearest by angle"),
            QT_TRANSLATE_NOOP("WordsItemModel", "Of each row the token in its direction (Khashabi et al. 2022)")};
  case InWords::NearestByEuclidean:
    return {QT_TRANSLATE_NOOP("WordsItemModel", "Nearest by distance"),
            QT_TRANSLATE_NOOP("WordsItemModel", "Of each row the nearest token")};
  case InWords::StartText:
    return {QT_TRANSLATE_NOOP("WordsItemModel", "The start text"),
            QT_TRANSLATE_NOOP("WordsItemModel", "What the rows were started from, as plain words")};
  case InWords::OwnText:
    return {QT_TRANSLATE_NOOP("WordsItemModel", "Your words"), QT_TRANSLATE_NOOP("WordsItemModel", "As typed above")};
  case InWords::WrittenByModel:
    return {QT_TRANSLATE_NOOP("WordsItemModel", "Written by the model"),
            QT_TRANSLATE_NOOP("WordsItemModel", "Its answer to “The task is {virtual tokens}. In other words,”")};
  case InWords::Pez:
    return {QT_TRANSLATE_NOOP("WordsItemModel", "Searched (PEZ)"),
            QT_TRANSLATE_NOOP("WordsItemModel", "Rows moved by the gradient at their nearest words (Wen et al. 2023)")};
  case InWords::Repaired:
    return {QT_TRANSLATE_NOOP("WordsItemModel", "Repaired"),
            QT_TRANSLATE_NOOP("WordsItemModel", "Words exchanged one by one where the loss falls (HotFlip, Ebrahimi et al. 2018)")};
  }
  return {};
}

}  // namespace

void WordsItemModel::add(JudgedWords words) {
  beginInsertRows({}, rowCount(), rowCount());
  m_words.push_back(std::move(words));
  endInsertRows();
  emit dataChanged(index(0, 0), index(rowCount() - 1, Columns - 1));  // what is best, and what is kept, may be another
}

void WordsItemModel::clear() {
  beginResetModel();
  m_words.clear();
  endResetModel();
}

const JudgedWords* WordsItemModel::of(InWords way) const {
  const auto found = std::ranges::find(m_words, way, &JudgedWords::way);
  return found == m_words.end() ? nullptr : &*found;
}

const JudgedWords* WordsItemModel::best() const {
  const JudgedWords* best = nullptr;
  for (const auto& words : m_words)
    if (!words.text.empty() && (best == nullptr || words.score.loss < best->score.loss)) best = &words;
  return best;
}

double WordsItemModel::kept(const JudgedWords& words) const {
  const auto *prompt = of(InWords::Prompt), *bare = of(InWords::BareModel);
  if (!prompt || !bare || bare->score.loss <= prompt->score.loss) return NAN;  // it has gained nothing
  return (bare->score.loss - words.score.loss) / (bare->score.loss - prompt->score.loss);
}

int WordsItemModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(m_words.size()); }
int WordsItemModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : int(Columns); }

QVariant WordsItemModel::data(const QModelIndex& index, int role) const {
  if (!checkIndex(index, CheckIndexOption::IndexIsValid)) return {};
  const auto& words = m_words[std::size_t(index.row())];
  const int column = index.column();
  const bool number = column != Way && column != Words;
  if (role == Qt::TextAlignmentRole) return QVariant((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignTop);
  if (role == Qt::FontRole && &words == best()) {
    QFont font;
    font.setBold(true);
    return font;
  }
  if (role == Qt::ToolTipRole) return plainToolTip(column == Words ? toText(words.text) : tr(saidOf(words.way).help));
  if (role != Qt::DisplayRole) return {};
  switch (column) {
  case Way:
    return tr(saidOf(words.way).name);
  case Loss:
    return valueText(words.score.loss);
  case Accuracy:
    return words.score.accuracy ? percentText(*words.score.accuracy) : QStringLiteral("–");
  case Kept: {
    const double share = kept(words);
    if (words.text.empty() || std::isnan(share)) return QStringLiteral("–");
    return QStringLiteral("%1%2 %").arg(share < 0 ? QStringLiteral("−") : QString(), grouped(std::llround(std::abs(100 * share))));
  }
  case Tokens:
    return words.tokens > 0 ? grouped(words.tokens) : QStringLiteral("–");
  default:
    return toText(words.text);
  }
}

QVariant WordsItemModel::headerData(int section, Qt::Orientation orientation, int role) const {
  static const Said said[Columns] = {
      {QT_TR_NOOP("Way"), QT_TR_NOOP("How the words were found; the best of them is bold")},
      {QT_TR_NOOP("Loss"), QT_TR_NOOP("With these words in front of the text, as if somebody had typed them")},
      {QT_TR_NOOP("Accuracy"), QT_TR_NOOP("Of the labels, where there are some")},
      {QT_TR_NOOP("Keeps"), QT_TR_NOOP("How much of what the prompt gains over the bare model, in loss; below 0: worse than nothing")},
      {QT_TR_NOOP("Tokens"), QT_TR_NOOP("What the tokenizer makes of the words")},
      {QT_TR_NOOP("Words"), QT_TR_NOOP("As they would be typed")},
  };
  if (orientation != Qt::Horizontal || section < 0 || section >= Columns) return {};
  if (role == Qt::DisplayRole) return tr(said[section].name);
  if (role == Qt::ToolTipRole) return tr(said[section].help);
  if (role == Qt::TextAlignmentRole)
    return QVariant((section == Way || section == Words ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  return {};
}

}  // namespace incipit::ui

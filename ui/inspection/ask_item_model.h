// What a model says of its prompt, as a table: a row a sentence that the prompt stands in, and how the model goes on with the prompt, with
// a random one, and with its start. Answers come one by one.
#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <optional>
#include <vector>

namespace incipit::ui {

struct Saying {
  QString text;
  std::optional<double> labelWords;  // share of the data's label words in it
};

class AskItemModel : public QAbstractTableModel {
  Q_OBJECT
 public:
  enum Column { Sentence, Prompt, Random, Start, Columns };
  using QAbstractTableModel::QAbstractTableModel;

  void begin(const QStringList& sentences, bool withStart);  // empties it
  void set(int row, int column, Saying saying);
  void end();  // nothing more comes
  void clear() { begin({}, false); }
  bool withStart() const { return m_withStart; }
  int answers() const { return m_answers; }

  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  QVariant headerData(int section, Qt::Orientation orientation, int role = Qt::DisplayRole) const override;

 private:
  QStringList m_sentences;
  bool m_withStart = false, m_asking = false;
  int m_answers = 0;
  std::vector<std::vector<std::optional<Saying>>> m_said;  // [row][column - 1]
};

}  // namespace incipit::ui

// How likely each class of a text is: a bar a class, the likeliest first, the true one marked where it is known.
#pragma once

#include <QString>
#include <QWidget>
#include <vector>

namespace incipit::ui {

struct ClassShare {
  QString label;
  double probability = 0;
};

class ClassBars : public QWidget {
  Q_OBJECT
 public:
  explicit ClassBars(QWidget* parent = nullptr);

  // `truth`: the true label; empty: not known.
  void show(std::vector<ClassShare> classes, const QString& truth);
  void clear() { show({}, {}); }
  void setFaded(bool faded);
  const std::vector<ClassShare>& classes() const { return m_classes; }  // the likeliest first
  const QString& truth() const { return m_truth; }
  QString asText() const;  // "93.2 %  boy", a line a class

  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 protected:
  void paintEvent(QPaintEvent* event) override;

 private:
  int rowHeight() const;

  std::vector<ClassShare> m_classes;
  QString m_truth;
  bool m_faded = false;
};

}  // namespace incipit::ui

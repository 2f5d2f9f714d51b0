// The middle of the window: views in three groups, in the order of a person's questions, with the one timeline below those that look inside
// a prompt. A double click on a tab gives its view a window of its own.
#pragma once

#include <QWidget>
#include <array>
#include <vector>

class QButtonGroup;
class QTabWidget;

namespace incipit::ui {

class Timeline;
class Workspace;

enum class ViewGroup { Watch, LookInside, Compare, Every };  // Every: stands in each of the three

class Views : public QWidget {
  Q_OBJECT
 public:
  explicit Views(Workspace& workspace, QWidget* parent = nullptr);

  void add(ViewGroup group, QWidget* view, const QString& title);
  void remove(QWidget* view);  // it has no parent then
  bool has(const QWidget* view) const;
  // Its group, its tab, or its own window. Keyboard focus stays where it is.
  void show(QWidget* view);
  ViewGroup group() const { return m_group; }
  void showGroup(ViewGroup group);  // at the view that was shown there last
  QTabWidget* tabs() const { return m_tabs; }
  Timeline* timeline() const { return m_timeline; }

  struct View {
    ViewGroup group;
    QWidget* widget;
    QString title;
  };
  const std::vector<View>& all() const { return m_views; }  // in the order of the groups
  static QString titleOf(ViewGroup group);

 protected:
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void follow(int tab);
  void setGroup(ViewGroup group);
  void exchange(int tab, QWidget* page);
  void takeOut(int tab);
  void bringBack(QWidget* view);
  const View* viewOf(const QWidget* page) const;  // a page, or what stands in its place

  std::vector<View> m_views;
  ViewGroup m_group = ViewGroup::Watch;
  std::array<QWidget*, 3> m_last{};  // view of each group
  QButtonGroup* m_groups;
  QTabWidget* m_tabs;
  Timeline* m_timeline;
};

}  // namespace incipit::ui

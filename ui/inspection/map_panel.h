// The virtual tokens among the tokens of the vocabulary, in two dimensions. The vocabulary is laid out once a model, on request where that
// takes long; the prompt in view is placed into that picture and moves in it, with its path through the stored prompts of its run.
#pragma once

#include "core/inspection/projection.h"
#include "ui/inspection/map_view.h"
#include "ui/plots/throttle.h"

#include <QTimer>
#include <QWidget>
#include <filesystem>
#include <map>
#include <memory>
#include <vector>

class QComboBox;
class QLabel;
class QLineEdit;
class QProgressBar;
class QStackedLayout;

namespace incipit::ui {

class EmptyState;
class LongWork;
struct OpenModel;
class ProblemStrip;
struct PromptInView;
class Workspace;

class MapPanel : public QWidget {
  Q_OBJECT
 public:
  explicit MapPanel(Workspace& workspace, QWidget* parent = nullptr);
  ~MapPanel() override;

  MapView* view() const { return m_view; }
  void setMethod(ProjectionMethod method);
  void layOut();  // whatever it costs
  QString tableText() const;
  QString savePicture(const QString& file);  // empty when it worked, else a sentence

 protected:
  void showEvent(QShowEvent* event) override;

 private:
  // A layout with what its tokens are called, made for one open model.
  struct Picture {
    std::shared_ptr<const OpenModel> model;
    std::shared_ptr<const VocabularyLayout> layout;
    std::vector<QString> names;
    std::vector<int> worth;
  };
  static std::shared_ptr<const Picture> nameAll(std::shared_ptr<const OpenModel> model, std::shared_ptr<const VocabularyLayout> layout);

  QWidget* makeTools();
  ProjectionMethod method() const;
  void look();  // for a layout: in hand, kept, made at once where that is quick, else offered
  void offer(const LayoutCost& cost);
  void take(std::shared_ptr<const Picture> picture);
  void forget();
  void cancel();
  void giveUp();  // by the user: it is offered again, not begun again
  void place();
  void follow();  // the stored prompts of the run in view
  void showRows();
  void sayWhatIsShown();
  void sayWhy();
  void find(const QString& text);
  void bringNext();
  void askAndSavePicture();
  QString rowToolTip(std::int64_t row) const;
  QString nameOfToken(TokenId token) const;

  Workspace& m_workspace;
  QStackedLayout* m_stack;
  EmptyState* m_empty;
  QProgressBar* m_progress;
  ProblemStrip* m_strip;
  QComboBox* m_method;
  QLineEdit* m_search;
  MapView* m_view;
  QLabel *m_about, *m_title;

  std::shared_ptr<const Picture> m_picture;       // that is shown; null: none
  std::shared_ptr<const OpenModel> m_lookingFor;  // a layout of it is looked for, offered or being made
  ProjectionMethod m_lookingBy = ProjectionMethod::Pca;
  std::unique_ptr<LongWork> m_work;                // while one is made
  std::shared_ptr<const VocabularyIndex> m_index;  // of m_indexed
  std::shared_ptr<const OpenModel> m_indexed;
  std::shared_ptr<const PromptInView> m_shown;  // whose rows stand there
  std::vector<PlacedRow> m_placed;
  std::map<std::int64_t, std::vector<PlanePoint>> m_path;  // by step, of the run in m_pathOf
  std::filesystem::path m_pathOf;
  std::vector<int> m_found;
  std::size_t m_brought = 0;
  bool m_givenUp = false, m_stale = false, m_followAgain = false;
  QTimer m_late;
  Throttle m_place, m_follow;
};

}  // namespace incipit::ui

// What the views of a prompt have around them: why nothing can be seen, what it will cost, Start and Stop, how far it is, what the result
// is of. A result that is no longer of what is open fades and says so; one of a model that is closed goes.
//
//   class LensPanel : public InspectionPanel { ... void begin() override { run(wanted(), [=](Job& job, const Watch& watch) { ... },
//                                                                              [this](Found found) { show(std::move(found)); }); } };
#pragma once

#include "core/support/watch.h"
#include "ui/jobs/jobs.h"
#include "ui/plots/throttle.h"

#include <QPointer>
#include <QString>
#include <QTimer>
#include <QWidget>
#include <memory>
#include <type_traits>

class QAction;
class QGraphicsOpacityEffect;
class QLabel;
class QProgressBar;
class QPushButton;
class QStackedLayout;
class QStackedWidget;
class QToolButton;
class QVBoxLayout;

namespace incipit::ui {

class EmptyState;
class FlowLayout;
class LongWork;
struct OpenModel;
class ProblemStrip;
struct PromptInView;
struct ReadData;
class Workspace;

class InspectionPanel : public QWidget {
  Q_OBJECT
 public:
  bool running() const { return m_running; }
  bool hasResult() const { return m_hasResult; }
  bool faded() const { return m_faded; }
  bool isOf(const std::shared_ptr<const OpenModel>& model) const { return m_made.model == model; }
  QString whyNothing() const;  // what the empty state says; empty while there is something to show
  QString cost() const;
  QString sentence() const;  // above the result
  // The result in a sentence or two, for a page that has no room for it.
  virtual QString summary() const { return sentence(); }
  bool isCurrent() const { return m_hasResult && !m_running && m_made == wanted(); }  // nothing would change by a start
  QString problem() const;                                                            // what failed last
  virtual QString text() const = 0;                                                   // the result as a table, tab-separated

 public slots:
  void start();
  void stop();  // what has come so far stays
  void copy() const;
  QString savePicture(const QString& file) const;  // empty when it worked, else what failed

 signals:
  void finished();  // the work that was started is done, was stopped, or failed

 protected:
  struct Words {
    QString lane;                  // of the jobs, and what a picture is called
    QString about;                 // what it shows and does not show, and its source
    QString what, how;             // will appear here: a title, and how to get it
    QString startText, startHelp;  // empty: it is live, and needs no start
  };
  InspectionPanel(Workspace& workspace, Words words, QWidget* parent);
  ~InspectionPanel() override;

  // What a result is made from. What is null or empty does not matter for it.
  struct Made {
    std::shared_ptr<const OpenModel> model;
    std::shared_ptr<const PromptInView> prompt;
    std::shared_ptr<const ReadData> data;
    QString text;
    friend bool operator==(const Made&, const Made&) = default;
  };
  struct Missing {
    QString title, text;
  };

  virtual Made wanted() const = 0;                // what it would be made from now
  virtual Missing missing() const;                // what stands in the way; no title: nothing
  virtual QString costNow() const { return {}; }  // of a start now
  virtual void begin() = 0;                       // calls run()
  virtual void ended() {}                         // the work has come to an end, was stopped, or failed
  virtual void forget() = 0;                      // shows nothing any more
  virtual QSize pictureSize() const = 0;
  virtual void drawPicture(QPainter& painter, const QPalette& palette) const = 0;

  Workspace& workspace() const { return m_workspace; }
  QVBoxLayout* top() const { return m_top; }  // above the controls
  FlowLayout* controls() const { return m_controls; }
  QVBoxLayout* body() const { return m_body; }  // what fades
  ProblemStrip* strip() const { return m_strip; }
  const Made& made() const { return m_made; }
  void refresh();
  // The result, or a part of it, stands there now. `how`: what is to be said of it, in plain text.
  void took(const Made& made, const QString& how);

  // Work on the view's own lane: work(Job&, const Watch&) -> Result, then done(Result) here. Newer work replaces it.
  template <class Work, class Done>
  void run(Work work, Done done) {
    beginWork();
    m_jobs->quick(
        m_words.lane, this, [this, work = std::move(work)](Job& job) mutable { return work(job, watchOf(job, this)); },
        [this, done = std::move(done)](auto&& result) mutable {
          endWork();
          done(std::forward<decltype(result)>(result));
          refresh();
          emit finished();
        },
        [this](const Problem& problem) { fail(problem); });
  }

 private:
  void build();
  QWidget* makeFooter();
  void askForPicture();
  void beginWork();
  void endWork();
  void fail(const Problem& problem);
  static Watch watchOf(Job& job, InspectionPanel* panel);
  void showProgress(double share);
  bool isOld(const Made& now);
  void showFade();

  Workspace& m_workspace;
  QPointer<Jobs> m_jobs;  // a window lets go of them before its panels
  Words m_words;
  QStackedLayout* m_stack;
  EmptyState *m_empty, *m_waiting;
  FlowLayout* m_controls;
  QPushButton *m_start = nullptr, *m_stop = nullptr;
  QAction* m_escape = nullptr;
  QProgressBar* m_progress;
  QLabel *m_left, *m_cost, *m_said, *m_of;
  ProblemStrip* m_strip;
  QStackedWidget* m_pages;
  QWidget* m_content;
  QGraphicsOpacityEffect* m_fade;
  QVBoxLayout *m_top, *m_body;
  QToolButton *m_copy, *m_picture;
  Made m_made;
  QString m_how;
  std::unique_ptr<LongWork> m_work;  // in the list of long jobs, where it was asked for
  Throttle m_later;                  // prompts may come a hundred times a second
  QTimer m_late;                     // live views are a moment behind, always
  bool m_isLate = false;
  bool m_running = false, m_hasResult = false, m_faded = false;
};

}  // namespace incipit::ui

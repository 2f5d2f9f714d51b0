#include "ui/window/status_line.h"

#include "ui/settings/format.h"
#include "ui/settings/theme.h"

namespace incipit::ui {

StatusLine::StatusLine(Workspace& workspace, QWidget* parent) : QLabel(parent), m_workspace(workspace) {
  setTextFormat(Qt::RichText);
  setMargin(grid / 2);
  setContentsMargins(grid, 0, grid, 0);
  setTextInteractionFlags(Qt::LinksAccessibleByMouse | Qt::LinksAccessibleByKeyboard);
  setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);  // a long sentence must not widen the window
  setAccessibleName(tr("Status"));
  connect(&m_workspace, &Workspace::statusChanged, this, &StatusLine::refresh);
  connect(&m_workspace, &Workspace::runStarted, this, [this] { m_lastEnd.clear(); });
  connect(&m_workspace, &Workspace::planChanged, this, [this] { m_lastEnd.clear(); });
  connect(&m_workspace, &Workspace::runEnded, this, [this](const RunEnd& end) {
    m_lastEnd = end.sentence;
    refresh();
  });
  connect(this, &QLabel::linkActivated, this, [this](const QString& link) { emit stepWanted(Step(link.toInt())); });
  refresh();
}

void StatusLine::refresh() {
  QString sentence;
  if (m_workspace.evaluating()) {
    const auto run = m_workspace.run();
    sentence = m_workspace.stopping()
                   ? tr("Leaving run %1 as it was.").arg(run->name)
                   : tr("Evaluating the last step of %1 on all validation rows. Stop leaves the run as it was.").arg(run->name);
    sentence = sentence.toHtmlEscaped();
  } else if (m_workspace.training()) {
    sentence = m_workspace.stopping() ? tr("Stopping after the current step. Everything is kept.")
                                      : tr("Training %Ln virtual token(s) for %1 on %2. Stop at any time.", nullptr,
                                           int(m_workspace.run()->plan.numVirtualTokens))
                                            .arg(m_workspace.run()->modelName(), m_workspace.run()->dataName());
    sentence = sentence.toHtmlEscaped();
  } else if (const auto blockers = m_workspace.blockers(); !blockers.isEmpty()) {
    const auto& first = blockers.first();
    sentence = QStringLiteral("<a href=\"%1\">%2</a>").arg(int(first.step)).arg(first.sentence.toHtmlEscaped());
    if (blockers.size() > 1) sentence += tr(" (and %Ln more)", nullptr, int(blockers.size() - 1));
  } else if (!m_lastEnd.isEmpty()) {
    sentence = m_lastEnd.toHtmlEscaped();
  } else {
    const auto& plan = m_workspace.plan();
    const auto examples = m_workspace.data() && m_workspace.data()->training ? std::int64_t(m_workspace.data()->training->items.size()) : 0;
    sentence =
        tr("Ready: press Train for %1 of %2 each, from %3.")
            .arg(stepsText(totalSteps(plan, examples)), examplesText(plan.batchSize * plan.gradientAccumulationSteps), rowsText(examples))
            .toHtmlEscaped();
  }
  if (sentence != text()) setText(sentence);
  setFocusPolicy(sentence.contains(QLatin1String("<a ")) ? Qt::StrongFocus : Qt::NoFocus);  // without a link there is nothing to go to
}

}  // namespace incipit::ui

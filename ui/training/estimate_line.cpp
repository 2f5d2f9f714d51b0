#include "ui/training/estimate_line.h"

#include "core/support/compute.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/workspace.h"

#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

namespace incipit::ui {

EstimateLine::EstimateLine(Workspace& workspace, QWidget* parent)
    : QWidget(parent), m_workspace(workspace), m_words(helpLine({}, this)), m_measure(new QPushButton(this)) {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(0, 0, 0, 0);
  column->setSpacing(grid / 2);
  m_words->setTextInteractionFlags(Qt::TextSelectableByMouse);
  m_measure->setProperty("plain", true);
  column->addWidget(m_words);
  column->addWidget(m_measure, 0, Qt::AlignLeft);
  connect(m_measure, &QPushButton::clicked, this, [this] {
    m_workspace.measuring() ? m_workspace.cancelMeasuring() : m_workspace.measureSpeed();
    refresh();
  });
  for (auto signal : {&Workspace::planChanged, &Workspace::dataChanged, &Workspace::modelChanged, &Workspace::statusChanged})
    connect(&workspace, signal, this, &EstimateLine::refresh);
  refresh();
}

QString EstimateLine::text() const { return m_words->text(); }

void EstimateLine::refresh() {
  const auto estimate = m_workspace.training() ? std::nullopt : m_workspace.estimate();
  setVisible(estimate.has_value());
  if (!estimate) return;
  const auto bytes = [](double number) { return bytesText(static_cast<std::uint64_t>(number)); };
  auto words = tr("Trains %1 numbers; the adapter has %2.").arg(grouped(estimate->trained), bytes(estimate->fileBytes));
  const bool here = estimate->memory.packed > 0 || m_workspace.plan().device != "cuda";
  const auto& memory = estimate->memory;
  if (here) words += tr(" About %1 of memory in a step, %2 are free.").arg(bytes(memory.all()), bytes(double(memoryLeft())));
  const auto seconds = m_workspace.secondsFor(estimate->workOfStep),
             all = m_workspace.secondsFor(estimate->cost.training + estimate->cost.validation);
  if (seconds && *seconds > 0) words += tr(" %1, about %2 in all.").arg(rateText(1 / *seconds), durationText(*all));
  m_words->setText(words);
  m_words->setToolTip(plainToolTip(
      tr("Memory beside the open model:\n%1 weights in the layout of the products (made as far as there is room, gone at the end)\n"
         "%2 what the way back needs of each token, and the loss\n%3 what is trained, its gradients, the optimizer's memory")
          .arg(bytes(memory.packed), bytes(memory.activations), bytes(memory.learned))));
  const bool measuring = m_workspace.measuring();
  m_measure->setVisible(measuring || !seconds);
  m_measure->setText(measuring ? tr("Measuring five steps… Cancel") : tr("How long will it take?"));
  m_measure->setToolTip(measuring ? tr("Stop measuring") : tr("Two steps to warm up and three that are timed, on a copy; nothing is kept"));
}

}  // namespace incipit::ui

#include "ui/window/jobs_button.h"

#include "ui/jobs/jobs.h"
#include "ui/jobs/long_work.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/theme.h"

#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>

#include <cmath>

namespace incipit::ui {
namespace {

QString leftText(const LongWork& work) {
  const double seconds = work.secondsLeft();
  return seconds < 0 ? JobsButton::tr("measuring…") : JobsButton::tr("%1 left").arg(durationText(seconds));
}

}  // namespace

JobsButton::JobsButton(Jobs& jobs, QWidget* parent) : QToolButton(parent), m_jobs(jobs) {
  setObjectName(QStringLiteral("jobs"));
  setAutoRaise(true);
  connect(this, &QToolButton::clicked, this, &JobsButton::showList);
  connect(&jobs, &Jobs::longWorkChanged, this, &JobsButton::refresh);
  refresh();
}

void JobsButton::refresh() {
  const auto& work = m_jobs.longWork();
  setVisible(!work.isEmpty());
  if (work.isEmpty()) {
    if (m_popup) m_popup->close();
    return;
  }
  double done = 0;
  QStringList titles;
  for (const auto* each : work) {
    done += each->share() / double(work.size());
    titles << each->title();
  }
  setText(tr("%Ln job(s)", nullptr, int(work.size())) + QStringLiteral(", %1 %").arg(std::floor(100 * done), 2));
  setToolTip(plainToolTip(titles.join(QLatin1Char('\n')) + QLatin1Char('\n') + tr("A click shows what is left, and cancels it.")));
  if (m_popup) fill();
}

void JobsButton::showList() {
  auto* popup = new QFrame(this, Qt::Popup);
  popup->setAttribute(Qt::WA_DeleteOnClose);
  popup->setFrameShape(QFrame::StyledPanel);
  auto* table = new QGridLayout(popup);
  table->setContentsMargins(grid * 2, grid * 2, grid * 2, grid * 2);
  table->setHorizontalSpacing(grid * 2);
  table->setVerticalSpacing(grid);
  m_popup = popup;
  fill();
  popup->adjustSize();
  popup->move(mapToGlobal(QPoint(0, height())));
  popup->show();
}

// A row a job, made anew only when jobs have come or gone: a button that is about to be pressed stays where it is.
void JobsButton::fill() {
  auto* table = static_cast<QGridLayout*>(m_popup->layout());
  const auto& work = m_jobs.longWork();
  QVariantList shown;
  for (const auto* each : work)
    shown << QVariant::fromValue(quintptr(each));
  if (m_popup->property("shown").toList() != shown) {
    while (auto* item = table->takeAt(0)) {
      if (item->widget()) item->widget()->deleteLater();
      delete item;
    }
    for (int row = 0; row < work.size(); ++row) {
      auto* title = new QLabel(work[row]->title());
      title->setTextFormat(Qt::PlainText);
      auto* bar = new QProgressBar;
      bar->setTextVisible(false);
      bar->setFixedSize(grid * 20, grid);
      bar->setRange(0, 1000);
      bar->setAccessibleName(tr("Progress of %1").arg(work[row]->title()));
      auto* left = new QLabel;
      left->setFont(tabularDigits(font()));
      left->setMinimumWidth(left->fontMetrics().horizontalAdvance(tr("%1 left").arg(QStringLiteral("10 min"))));
      auto* cancel = new QPushButton(tr("Cancel"));
      cancel->setProperty("plain", true);
      connect(cancel, &QPushButton::clicked, this, [this, one = work[row]] {
        if (m_jobs.longWork().contains(one)) one->cancel();
      });
      table->addWidget(title, row, 0);
      table->addWidget(bar, row, 1);
      table->addWidget(left, row, 2);
      table->addWidget(cancel, row, 3);
    }
    m_popup->setProperty("shown", shown);
    m_popup->adjustSize();
  }
  for (int row = 0; row < work.size(); ++row) {
    static_cast<QProgressBar*>(table->itemAtPosition(row, 1)->widget())->setValue(int(1000 * work[row]->share()));
    static_cast<QLabel*>(table->itemAtPosition(row, 2)->widget())->setText(leftText(*work[row]));
  }
}

}  // namespace incipit::ui

#include "ui/runs/run_menu.h"

#include "core/library/tidy.h"
#include "core/runs/run_layout.h"
#include "core/support/files.h"
#include "ui/jobs/jobs.h"
#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/text.h"

#include <QApplication>
#include <QClipboard>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QInputDialog>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QMessageBox>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace incipit::ui {
namespace {

QString quoted(const std::filesystem::path& path) {
  auto text = toText(path);
  return QLatin1Char('\'') + text.replace(QLatin1Char('\''), QStringLiteral("'\\''")) + QLatin1Char('\'');
}

}  // namespace

QString marksText(const Marks& marks) {
  QStringList words;
  for (const auto& tag : marks.tags)
    words << QLatin1Char('#') + toText(tag);
  if (!marks.note.empty()) words << toText(marks.note).simplified();
  return words.join(QLatin1Char(' '));
}

RunMenu::RunMenu(Jobs& jobs, QWidget* parent) : QObject(parent), m_jobs(jobs), m_parent(parent) {}

void RunMenu::carryOut(std::function<void()> deed) {
  emit begun();
  m_jobs.quick(
      QStringLiteral("run folder"), this, [deed = std::move(deed)](Job&) { deed(); }, [this] { emit changed(); },
      [this](const Problem& problem) { emit failed(problem); });
}

void RunMenu::toggleStar(const RunEntry& run) {
  auto marks = run.marks;
  marks.starred = !marks.starred;
  carryOut([folder = run.folder, marks] { writeMarks(folder, marks); });
}

void RunMenu::editMarks(const RunEntry& run) {
  auto* dialog = new QDialog(m_parent);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(tr("Note and tags of %1").arg(toText(run.name)));
  auto* column = new QVBoxLayout(dialog);
  column->setContentsMargins(grid * 2, grid * 2, grid * 2, grid * 2);
  column->setSpacing(grid);
  auto* form = new QFormLayout;
  QStringList tags;
  for (const auto& tag : run.marks.tags)
    tags << toText(tag);
  auto* tagField = new QLineEdit(tags.join(QStringLiteral(", ")));
  tagField->setPlaceholderText(tr("apart at commas: baseline, for the paper"));
  auto* note = new QPlainTextEdit(toText(run.marks.note));
  note->setTabChangesFocus(true);
  note->setMinimumSize(grid * 50, grid * 14);
  form->addRow(tr("Ta&gs"), tagField);
  form->addRow(tr("&Note"), note);
  column->addLayout(form);
  column->addWidget(helpLine(tr("They stand in marks.json of the run's folder, and go where it goes. The search finds them.")));
  auto* buttons = new QDialogButtonBox(QDialogButtonBox::Save | QDialogButtonBox::Cancel);
  column->addWidget(buttons);
  connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
  connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
  connect(dialog, &QDialog::accepted, this, [this, folder = run.folder, marks = run.marks, tagField, note]() mutable {
    marks.tags = tagsFrom(tagField->text().toStdString());
    marks.note = note->toPlainText().toStdString();
    carryOut([folder, marks] { writeMarks(folder, marks); });
  });
  dialog->open();
  tagField->setFocus();
}

void RunMenu::rename(const RunEntry& run) {
  auto* dialog = new QInputDialog(m_parent);
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(tr("Rename the run"));
  dialog->setLabelText(tr("Name of its folder"));
  dialog->setTextValue(toText(run.name));
  connect(dialog, &QInputDialog::textValueSelected, this, [this, folder = run.folder](const QString& name) {
    emit begun();
    m_jobs.quick(
        QStringLiteral("run folder"), this, [folder, name](Job&) { return renameRun(folder, name.trimmed().toStdString()); },
        [this, folder](const std::filesystem::path& now) {
          emit renamed(toText(folder), toText(now));
          emit changed();
        },
        [this](const Problem& problem) { emit failed(problem); });
  });
  dialog->open();
}

void RunMenu::drop(const RunEntry& run, const QString& question, std::function<void()> deed) {
  auto* box = new QMessageBox(QMessageBox::Question, tr("Free space"), question, QMessageBox::NoButton, m_parent);
  box->setAttribute(Qt::WA_DeleteOnClose);
  box->setTextFormat(Qt::PlainText);
  box->setInformativeText(tr("In %1. This cannot be undone.").arg(toText(run.name)));
  const auto* yes = box->addButton(tr("&Delete them"), QMessageBox::DestructiveRole);
  box->addButton(QMessageBox::Cancel);
  connect(box, &QMessageBox::buttonClicked, this, [this, yes, deed = std::move(deed)](const QAbstractButton* chosen) {
    if (chosen == yes) carryOut(deed);
  });
  box->open();
}

void RunMenu::fill(QMenu* menu, const RunEntry& run) {
  menu->setToolTipsVisible(true);
  menu->addAction(run.marks.starred ? tr("Take the &star away") : tr("&Star"), this, [this, run] { toggleStar(run); });
  menu->addAction(tr("&Note and tags…"), this, [this, run] { editMarks(run); });
  const bool writing = run.status == "running";
  auto* name = menu->addAction(tr("&Rename…"), this, [this, run] { rename(run); });
  name->setEnabled(!writing);
  menu->addSeparator();
  menu->addAction(tr("Copy its &path"), this, [run] { QApplication::clipboard()->setText(toText(run.folder)); });
  menu->addAction(tr("Copy its p&lan"), this, [this, run] {
    try {
      QApplication::clipboard()->setText(toText(readFile(layout::plan(run.folder))));
    } catch (...) {
      emit failed(problemFrom(std::current_exception()));
    }
  });
  menu->addAction(tr("Copy the &command that does it again"), this, [run] {
    QApplication::clipboard()->setText(
        QStringLiteral("incipit-cli train --plan %1 --out NEW-FOLDER").arg(quoted(layout::plan(run.folder))));
  });
  menu->addSeparator();
  const auto space = spaceOf(run.folder);
  auto* snapshots =
      menu->addAction(tr("Delete its snapshots (%1 of %2)…").arg(bytesText(space.snapshots), bytesText(space.whole)), this, [this, run] {
        drop(run, tr("Delete the prompts of earlier steps? The kept prompt stays; there is nothing to walk back through then."),
             [folder = run.folder] { dropSnapshots(folder); });
      });
  snapshots->setEnabled(space.snapshots > 0 && !writing);
  auto* checkpoint = menu->addAction(tr("Delete its checkpoint (%1)…").arg(bytesText(space.checkpoint)), this, [this, run] {
    drop(run, tr("Delete what the run would go on from? The kept prompt stays; the run cannot go on then."),
         [folder = run.folder] { dropCheckpoint(folder); });
  });
  checkpoint->setEnabled(space.checkpoint > 0 && !writing);
}

}  // namespace incipit::ui

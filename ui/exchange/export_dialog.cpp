#include "ui/exchange/export_dialog.h"

#include "core/exchange/elsewhere.h"
#include "core/exchange/exchange.h"
#include "core/exchange/python_lines.h"
#include "ui/settings/format.h"
#include "ui/settings/plain_text.h"
#include "ui/settings/settings.h"
#include "ui/settings/theme.h"
#include "ui/steps/problem_strip.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/text.h"

#include <QApplication>
#include <QClipboard>
#include <QComboBox>
#include <QDesktopServices>
#include <QDir>
#include <QFileDialog>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QStandardPaths>
#include <QTextOption>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>

namespace incipit::ui {
namespace {

const ExchangeFormat& formatAt(int index) { return exchangeFormats()[static_cast<std::size_t>(std::max(index, 0))]; }

QString firstFolder() {
  const QFileInfo last(settings::startOf(QStringLiteral("export")));
  const auto documents = QStandardPaths::writableLocation(QStandardPaths::DocumentsLocation);
  if (last.absoluteFilePath() == QDir::homePath()) return documents.isEmpty() ? QDir::homePath() : documents;
  return last.absolutePath();
}

}  // namespace

ExportDialog::ExportDialog(Jobs& jobs, PromptInView prompt, QWidget* parent) : QDialog(parent), m_jobs(jobs), m_prompt(std::move(prompt)) {
  setWindowTitle(tr("Export the prompt"));
  setProperty("helpPage", QStringLiteral("export"));
  build();
  setPath(QDir(firstFolder()).filePath(m_prompt.fileName()));
  chooseFormat();
  resize(grid * 88, sizeHint().height());
}

void ExportDialog::build() {
  auto* column = new QVBoxLayout(this);
  column->setContentsMargins(grid * 2, grid * 2, grid * 2, grid * 2);
  column->setSpacing(grid * 2);
  column->addWidget(
      helpLine(tr("%1: %2 of %3 numbers, for %4")
                   .arg(m_prompt.title(), virtualTokensText(m_prompt.prompt.length()), grouped(m_prompt.prompt.width()), modelName())));
  if (m_prompt.state == PromptState::Starting) {
    auto* untrained = new ProblemStrip;
    untrained->show({tr("This prompt has not been trained."), tr("Press Train first, or open a run.")}, ProblemStrip::Tone::Hint);
    column->addWidget(untrained);
  }
  if (const auto& use = m_prompt.prompt.origin.use; use.placed) {
    auto* placed = new ProblemStrip;
    placed->setObjectName(QStringLiteral("placed"));
    placed->show({tr("This prompt was trained among its text, where \"%1\" has {virtual_tokens}.")
                      .arg(toText(use.system.empty() ? use.textTemplate : use.system)),
                  tr("PEFT and most other programs can only put it in front, where it does not do what it learned. Incipit keeps the "
                     "place in a PEFT folder, in JSON and beside a tensor, and finds it there again.")},
                 ProblemStrip::Tone::Hint);
    column->addWidget(placed);
  }
  auto* form = new QFormLayout;
  form->setSpacing(grid);
  form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
  m_format = new QComboBox;
  for (const auto& format : exchangeFormats())
    m_format->addItem(toText(format.title), toText(format.name));
  form->addRow(tr("&Format"), m_format);
  m_transformers = nullptr;
  if (m_prompt.prompt.origin.rowScale != RowScale::Unsaid) {
    m_transformers = new QComboBox;
    m_transformers->setObjectName(QStringLiteral("transformers"));
    m_transformers->addItem(tr("transformers 5 and later"), int(RowScale::Scaled));
    m_transformers->addItem(tr("transformers up to 4"), int(RowScale::Unscaled));
    m_transformers->setToolTip(tr("The rows of a Gemma prompt mean one thing up to transformers 4 and another from 5 on"));
    form->addRow(tr("Rows fo&r"), m_transformers);
  }
  auto* place = new QWidget;
  auto* row = new QHBoxLayout(place);
  row->setContentsMargins(0, 0, 0, 0);
  row->setSpacing(grid);
  m_path = new QLineEdit;
  m_path->setAccessibleName(tr("File or folder to write"));
  auto* browse = new QPushButton(tr("&Choose…"));
  browse->setProperty("plain", true);
  row->addWidget(m_path, 1);
  row->addWidget(browse);
  form->addRow(tr("Write &to"), place);
  m_note = helpLine({});
  form->addRow(QString(), m_note);
  column->addLayout(form);

  m_snippetBox = new QWidget;
  auto* lines = new QVBoxLayout(m_snippetBox);
  lines->setContentsMargins(0, 0, 0, 0);
  lines->setSpacing(grid);
  auto* head = new QHBoxLayout;
  auto* copy = new QPushButton(tr("Co&py"));
  copy->setProperty("plain", true);
  copy->setToolTip(tr("Copy these lines to the clipboard"));
  head->addWidget(sectionTitle(tr("Load it in Python")));
  head->addStretch(1);
  head->addWidget(copy);
  m_snippet = new QPlainTextEdit;
  m_snippet->setReadOnly(true);
  m_snippet->setFont(monospaced(font()));
  m_snippet->setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);  // a path may be longer than any box; copied lines stay whole
  m_snippet->setAccessibleName(tr("Python lines that load the file"));
  m_snippet->document()->setDocumentMargin(grid);
  lines->addLayout(head);
  lines->addWidget(m_snippet);
  column->addWidget(m_snippetBox, 1);

  m_strip = new ProblemStrip(this);
  column->addWidget(m_strip);
  m_result = new QLabel;
  m_result->setTextFormat(Qt::PlainText);
  m_result->setWordWrap(true);
  m_result->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
  m_result->hide();
  column->addWidget(m_result);

  auto* buttons = new QHBoxLayout;
  buttons->setSpacing(grid);
  m_openFolder = new QPushButton(tr("Show the &folder"));
  m_openFolder->setProperty("plain", true);
  m_openFolder->hide();
  auto* close = new QPushButton(tr("Close"));
  close->setProperty("plain", true);
  m_write = new QPushButton(tr("&Export"));
  m_write->setProperty("primary", true);
  m_write->setDefault(true);
  buttons->addWidget(m_openFolder);
  buttons->addStretch(1);
  buttons->addWidget(close);
  buttons->addWidget(m_write);
  column->addLayout(buttons);

  connect(m_format, &QComboBox::currentIndexChanged, this, &ExportDialog::chooseFormat);
  connect(m_path, &QLineEdit::textChanged, this, &ExportDialog::refresh);
  connect(browse, &QPushButton::clicked, this, &ExportDialog::choosePath);
  connect(copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(snippet()); });
  connect(close, &QPushButton::clicked, this, &QDialog::accept);
  connect(m_write, &QPushButton::clicked, this, &ExportDialog::write);
  connect(m_openFolder, &QPushButton::clicked, this,
          [this] { QDesktopServices::openUrl(QUrl::fromLocalFile(QFileInfo(path()).absolutePath())); });
}

void ExportDialog::setFormat(const QString& name) { m_format->setCurrentIndex(std::max(0, m_format->findData(name))); }
void ExportDialog::setPath(const QString& path) { m_path->setText(QDir::toNativeSeparators(path)); }
QString ExportDialog::path() const { return QDir::fromNativeSeparators(m_path->text().trimmed()); }
QString ExportDialog::snippet() const { return m_snippet->toPlainText(); }

QString ExportDialog::modelName() const {
  if (m_prompt.model) return toText(m_prompt.model->name);
  return m_prompt.prompt.origin.modelName.empty() ? tr("an unknown model") : toText(m_prompt.prompt.origin.modelName);
}

// Another format changes the ending of the name, not the place.
void ExportDialog::chooseFormat() {
  auto chosen = path();
  for (const auto& format : exchangeFormats()) {
    const auto ending = toText(format.extension);
    if (!ending.isEmpty() && chosen.endsWith(ending)) {
      chosen.chop(ending.size());
      break;
    }
  }
  setPath(chosen + toText(formatAt(m_format->currentIndex()).extension));
  refresh();
}

void ExportDialog::choosePath() {
  const auto& format = formatAt(m_format->currentIndex());
  const auto chosen = format.extension.empty()
                          ? QFileDialog::getSaveFileName(this, tr("Name of the folder"), path(), {}, nullptr, QFileDialog::ShowDirsOnly)
                          : QFileDialog::getSaveFileName(this, tr("Export the prompt"), path(),
                                                         QStringLiteral("%1 (*%2)").arg(toText(format.title), toText(format.extension)),
                                                         nullptr, QFileDialog::DontConfirmOverwrite);
  if (!chosen.isEmpty()) setPath(chosen);
}

void ExportDialog::refresh() {
  const auto& format = formatAt(m_format->currentIndex());
  auto lines = toText(format.loadSnippet);
  // Python reads a backslash or a quote inside a path wrongly unless it is escaped.
  const auto quoted = [](QString text) {
    return text.replace(QLatin1Char('\\'), QStringLiteral("\\\\")).replace(QLatin1Char('"'), QStringLiteral("\\\""));
  };
  const bool known = m_prompt.model || !m_prompt.prompt.origin.modelName.empty();
  if (format.name == "peft")
    lines = toText(pythonLines(m_prompt.prompt, known ? modelName().toStdString() : "BASE_MODEL", path().toStdString()));
  if (known) lines.replace(QStringLiteral("BASE_MODEL"), quoted(modelName()));
  lines.replace(QStringLiteral("{path}"), quoted(path()));
  if (lines != m_snippet->toPlainText()) m_snippet->setPlainText(lines);
  const int rows = static_cast<int>(lines.count(QLatin1Char('\n'))) + 1;
  m_snippet->setMinimumHeight(m_snippet->fontMetrics().lineSpacing() * std::clamp(rows, 3, 20) + grid * 4);
  m_snippetBox->setVisible(!lines.isEmpty());
  const QFileInfo there(path());
  const bool named = !path().isEmpty();
  const bool foreign = named && !keptFromExport(format.name, toPath(path())).empty();
  auto note = (!named                     ? tr("Name a file or folder to write.")
               : foreign                  ? tr("The folder is there already, with a README.md of somebody else: that file stays as it is.")
               : there.exists()           ? tr("It is there already and will be replaced.")
               : format.extension.empty() ? tr("A new folder will be made.")
                                          : tr("A new file will be written."));
  if (const auto difference = toText(differenceElsewhere(m_prompt.prompt)); !difference.isEmpty()) note += QLatin1Char('\n') + difference;
  m_note->setText(note);
  m_write->setEnabled(named);
  m_write->setToolTip(named ? QString() : tr("Name a file or folder first"));
}

void ExportDialog::write() {
  m_strip->clear();
  m_result->hide();
  m_write->setEnabled(false);
  const auto scale = m_transformers ? RowScale(m_transformers->currentData().toInt()) : RowScale::Unsaid;
  m_jobs.quick(
      QStringLiteral("export"), this,
      [prompt = withRowScale(m_prompt.prompt, scale), format = formatAt(m_format->currentIndex()).name, target = toPath(path())](Job&) {
        QStringList files;
        for (const auto& file : exportPrompt(prompt, format, target))
          files << toText(file);
        return files;
      },
      [this](const QStringList& files) { showWritten(files); },
      [this](const Problem& problem) {
        m_write->setEnabled(true);
        m_strip->show(problem);
      });
}

void ExportDialog::showWritten(const QStringList& files) {
  settings::setLast(QStringLiteral("export"), path());
  refresh();
  QStringList names;
  const QDir base(QFileInfo(path()).absolutePath());
  for (const auto& file : files)
    names << base.relativeFilePath(file);
  m_result->setText(tr("Written: %1").arg(names.join(QStringLiteral(", "))));
  m_result->setToolTip(plainToolTip(files.join(QLatin1Char('\n'))));
  m_result->show();
  m_openFolder->show();
  emit written(files);
}

}  // namespace incipit::ui

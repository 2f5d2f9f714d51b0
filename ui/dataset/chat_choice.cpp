#include "ui/dataset/chat_choice.h"

#include "core/chat/model_template.h"
#include "ui/settings/settings.h"
#include "ui/settings/theme.h"
#include "ui/steps/step_form.h"
#include "ui/steps/step_panel.h"
#include "ui/workspace/text.h"
#include "ui/workspace/workspace.h"

#include <QComboBox>
#include <QFileDialog>
#include <QFormLayout>
#include <QLabel>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <algorithm>

namespace incipit::ui {
namespace {

const QString chooseFile = QStringLiteral("\n");  // no name of a template

}  // namespace

QString chatSentence(const ReadData& data, const std::vector<std::string>& templates) {
  const auto& chosen = data.settings.chatTemplate;
  if (!data.model) return {};
  if (data.reading() == Reading::TextAndTarget) return ChatChoice::tr("Not used: an encoder-decoder model reads the text as it is.");
  if (chosen == "none")
    return templates.empty() ? QString() : ChatChoice::tr("Not used, although this model has one: texts stand as they are.");
  if (chosen == "auto" && templates.empty()) return ChatChoice::tr("This model's folder has no chat template, so texts stand as they are.");
  if (data.table->tokenised) return ChatChoice::tr("Not used: the rows are tokens already.");
  if (!data.training) return {};
  if (data.training->settings.chat)
    return data.training->example.values.count("messages") > 0 && data.settings.labelColumn.empty()
               ? ChatChoice::tr("Each row is a chat; what the assistant says is learned.")
           : data.reading() == Reading::TextAndClass
               ? ChatChoice::tr("The text is what the user says.")
               : ChatChoice::tr("The text is what the user says, the label what the assistant answers.");
  return data.training->withoutChat
             ? ChatChoice::tr("Not used: without a label column there is no answer, and the whole text is learned as it is.")
             : QString();
}

ChatChoice::ChatChoice(Workspace& workspace, QFormLayout* form)
    : QObject(form->parentWidget()), m_workspace(workspace), m_template(new QComboBox), m_system(new QPlainTextEdit), m_line(helpLine({})) {
  m_template->setObjectName(QStringLiteral("chatTemplate"));
  m_template->setToolTip(tr("An instruct model was trained on chats and answers best in one: its own template says how they are written"));
  letShrink(m_template);
  form->addRow(tr("Chat te&mplate"), m_template);
  m_system->setObjectName(QStringLiteral("system"));
  m_system->setProperty("planField", true);  // Ctrl+Z in here undoes the edit of the plan
  m_system->setUndoRedoEnabled(false);
  m_system->setTabChangesFocus(true);
  m_system->setPlaceholderText(tr("nothing"));
  m_system->setToolTip(tr("What the system says in front of the user's words, in every row. {virtual_tokens} may stand here too"));
  m_system->setFixedHeight(m_system->fontMetrics().lineSpacing() * 2 + grid + 4);
  form->addRow(tr("S&ystem text"), m_system);
  form->addRow(m_line);
  connect(m_template, &QComboBox::activated, this, &ChatChoice::choose);
  connect(m_system, &QPlainTextEdit::textChanged, this, [this] {
    auto plan = m_workspace.plan();
    plan.data.system = m_system->toPlainText().toStdString();
    m_workspace.editPlan(std::move(plan), tr("Edit the system text"), QStringLiteral("system"));
  });
}

// Read once a model, beside the window: tokenizer_config.json may be large.
void ChatChoice::takeTemplates() {
  if (m_model == m_workspace.model()) return;
  m_model = m_workspace.model();
  m_templates.clear();
  if (!m_model) return;
  m_workspace.jobs().quick(
      QStringLiteral("chat templates"), this,
      [folder = m_model->card().folder](Job&) {
        std::vector<std::string> names;
        for (const auto& each : chatTemplatesOf(folder))
          names.push_back(each.name);
        return names;
      },
      [this, model = m_model](std::vector<std::string> names) {
        if (model != m_model) return;
        m_templates = std::move(names);
        refresh();
      });
}

void ChatChoice::refresh() {
  takeTemplates();
  const auto& chosen = m_workspace.plan().data;
  const auto now = toText(chosen.chatTemplate);
  const QSignalBlocker quiet(m_template), quietSystem(m_system);
  m_template->clear();
  m_template->addItem(m_templates.empty() ? tr("the model's own, where it has one") : tr("the model's own"), QStringLiteral("auto"));
  for (const auto& name : m_templates)
    if (name != "default") m_template->addItem(tr("the model's \"%1\"").arg(toText(name)), toText(name));
  m_template->addItem(tr("none"), QStringLiteral("none"));
  const auto shown = now == QLatin1String("default") ? QStringLiteral("auto") : now;
  if (m_template->findData(shown) < 0) m_template->addItem(shown.section(QLatin1Char('/'), -1), shown);
  m_template->addItem(tr("a file…"), chooseFile);
  m_template->setCurrentIndex(m_template->findData(shown));
  if (m_system->toPlainText().toStdString() != chosen.system) m_system->setPlainText(toText(chosen.system));
  const auto data = m_workspace.data();
  const auto sentence = data ? chatSentence(*data, m_templates) : QString();
  m_line->setText(sentence);
  m_line->setVisible(!sentence.isEmpty());
}

void ChatChoice::choose(int index) {
  auto chosen = m_template->itemData(index).toString();
  if (chosen == chooseFile) {
    chosen = QFileDialog::getOpenFileName(m_template, tr("Open a chat template"), settings::startOf(QStringLiteral("chat")),
                                          tr("Chat templates (*.jinja *.jinja2 *.j2 *.txt);;All files (*)"));
    if (chosen.isEmpty()) return refresh();
  }
  auto plan = m_workspace.plan();
  plan.data.chatTemplate = chosen.toStdString();
  m_workspace.editPlan(std::move(plan), tr("Choose the chat template"));
}

}  // namespace incipit::ui

#include "ui/dataset/example_view.h"

#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/step_panel.h"
#include "ui/tokens/example_chips.h"
#include "ui/tokens/token_flow.h"
#include "ui/workspace/text.h"
#include "ui/workspace/values.h"

#include <QLabel>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>
#include <algorithm>
#include <utility>

namespace incipit::ui {

ExampleView::ExampleView(QWidget* parent)
    : QWidget(parent), m_number(new QSpinBox(this)), m_of(helpLine({}, this)), m_flow(new TokenFlow(this)), m_legend(helpLine({}, this)) {
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(0, 0, 0, 0);
  layout->setSpacing(grid);
  auto* row = new FlowLayout;
  row->addWidget(sectionTitle(tr("What the model reads"), this));
  row->addWidget(m_number);
  m_of->setWordWrap(false);
  row->addWidget(m_of);
  layout->addLayout(row);
  layout->addWidget(m_flow);
  layout->addWidget(m_legend);
  m_number->setMinimum(1);
  m_number->setAccessibleName(tr("Number of the example"));
  m_number->setToolTip(tr("Which example is shown"));
  m_flow->setMostRows(12);
  connect(m_number, &QSpinBox::valueChanged, this, &ExampleView::refresh);
}

void ExampleView::show(std::shared_ptr<const ReadData> data) {
  if (data == m_data) return;
  m_data = std::move(data);
  refresh();
}

void ExampleView::showRow(std::int64_t row) {
  if (!m_data || !m_data->training) return;
  if (const auto found = m_data->training->items.ofRow(row)) {
    m_number->setValue(int(*found) + 1);
    return refresh();  // the same number may follow a row without an example
  }
  m_flow->setEmptyText(tr("Row %1 gives no example: there is nothing in it to learn, or no room for it.").arg(grouped(row + 1)));
  m_flow->setChips({});
  m_legend->hide();
}

void ExampleView::refresh() {
  const auto examples = m_data ? m_data->training : nullptr;
  const bool any = examples && !examples->items.empty();
  m_number->setVisible(any);
  m_of->setVisible(any);
  m_legend->setVisible(any);
  if (!any) {
    m_flow->setEmptyText(tr("The tokens of an example will stand here, exactly as the model reads them, once model and data are open."));
    m_flow->setChips({});
    return;
  }
  const QSignalBlocker quiet(m_number);
  m_number->setMaximum(int(std::min<std::size_t>(examples->items.size(), 1'000'000'000)));
  m_of->setText(tr("of %1").arg(grouped(std::int64_t(examples->items.size()))));
  const auto example = examples->items[std::size_t(m_number->value() - 1)];
  const bool classifies = m_data->reading() == Reading::TextAndClass;
  m_legend->setText(classifies ? tr("The tokens are only read. At the end stands the class that the head learns to choose.")
                               : tr("Green tokens are scored: the model learns to say them. The others are only read."));
  const auto number = std::size_t(std::max(0, example.classIndex));
  const auto className = classifies && number < examples->classes.size() ? toText(examples->classes[number]) : QString();
  m_flow->setChips(chipsOf(example, m_data->model->tokenizer.get(), m_data->virtualTokens, m_data->reading(), className));
}

}  // namespace incipit::ui

#include "ui/dataset/example_view.h"

#include "ui/settings/format.h"
#include "ui/settings/theme.h"
#include "ui/steps/flow_layout.h"
#include "ui/steps/step_panel.h"
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
namespace {
constexpr std::int64_t mostVirtual = 6;   // chips of virtual tokens before they are summed up: the text is what is looked at here
constexpr std::size_t mostTokens = 2000;  // chips of one example
}  // namespace

QList<TokenChip> chipsOf(const Example& example, const Tokenizer* tokenizer, std::int64_t virtualTokens, Reading reading,
                         const QString& className) {
  QList<TokenChip> chips;
  std::int64_t placed = 0;
  // The next rows of the prompt, the first of them and their number: the text is what is looked at here.
  const auto addRows = [&](std::int64_t count) {
    const auto first = placed + 1, last = std::min(placed + count, virtualTokens);
    const auto shown = last - placed > mostVirtual + 1 ? placed + mostVirtual - 2 : last;
    for (; placed < shown; ++placed)
      chips.append(virtualChip(placed + 1));
    if (placed == last) return;
    auto rest = virtualChip(last);
    rest.text = QStringLiteral("… %1").arg(last);
    rest.toolTip = example.places.empty()
                       ? ExampleView::tr("Virtual tokens %1 to %2: trainable rows in front of the text").arg(placed + 1).arg(last)
                       : ExampleView::tr("Virtual tokens %1 to %2, of those that stand here from %3 on: trainable rows among the text")
                             .arg(placed + 1)
                             .arg(last)
                             .arg(first);
    chips.append(rest);
    placed = last;
  };
  if (example.places.empty()) addRows(virtualTokens);
  auto place = example.places.begin();
  const auto addPlaces = [&](std::size_t at) {
    for (; place != example.places.end() && place->at <= std::int64_t(at); ++place)
      addRows(place->rows == allRows ? virtualTokens : place->rows);
  };
  const bool apart = reading != Reading::OneText;
  const auto add = [&](TokenId id, bool scored) {
    TokenChip chip;
    if (tokenizer) {
      chip = chipOf(*tokenizer, id);
    } else {
      chip.text = QString::number(id);
      chip.toolTip = ExampleView::tr("Token %1").arg(id);
    }
    chip.scored = scored;
    chip.toolTip += scored ? ExampleView::tr("\nScored: the model learns to predict it") : ExampleView::tr("\nRead, not scored");
    chips.append(chip);
  };
  for (std::size_t i = 0; i < example.ids.size() && i < mostTokens; ++i) {
    addPlaces(i);
    add(example.ids[i], !apart && example.labels[i] != notScored);
  }
  if (example.ids.size() > mostTokens) {
    TokenChip rest;
    rest.kind = TokenChip::Kind::Overflow;
    rest.text = QStringLiteral("+%1").arg(example.ids.size() - mostTokens);
    chips.append(rest);
  }
  addPlaces(example.ids.size());
  if (apart)  // the decoder writes it behind the text that the encoder has read
    for (std::size_t i = 0; i < example.labels.size() && i < mostTokens; ++i)
      if (example.labels[i] != notScored) add(example.labels[i], true);
  if (!className.isEmpty()) {
    TokenChip label;
    label.kind = TokenChip::Kind::Label;
    label.text = className;
    label.toolTip = ExampleView::tr("The class that the head learns to choose for this text");
    label.scored = true;
    chips.append(label);
  }
  return chips;
}

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

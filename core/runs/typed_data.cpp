#include "core/runs/typed_data.h"

#include "core/dataset/examples.h"
#include "core/model/frozen_model.h"
#include "core/support/error.h"

#include <algorithm>
#include <map>

namespace incipit {

namespace {

Examples withoutFront(const Examples& typed, const Examples& bare) {
  std::map<std::int64_t, std::int64_t> scored;  // of each row
  for (std::size_t i = 0; i < bare.items.size(); ++i)
    scored[bare.items.sizes(i).row] = bare.items.sizes(i).scored;
  Examples masked = typed;
  masked.items = typed.items.changed([&](Example& example) {
    const auto known = scored.find(example.row);
    auto left = known == scored.end() ? static_cast<std::int64_t>(example.labels.size()) : known->second;
    for (auto label = example.labels.rbegin(); label != example.labels.rend(); ++label)
      if (*label != notScored && --left < 0) *label = notScored;
  });
  return masked;
}

}  // namespace

TypedData::TypedData(TrainingPlan plan, Table table, std::shared_ptr<const Examples> read, const FrozenModel& model,
                     const Tokenizer& tokenizer, const SoftPrompt& prompt)
    : m_plan(std::move(plan)), m_table(std::move(table)), m_read(std::move(read)), m_model(model), m_tokenizer(tokenizer), m_prompt(prompt),
      m_template(m_read->settings.textTemplate) {
  m_plan.validationFraction = 0;
  if (m_template.empty())
    throw DataError("The rows of '" + m_table.file.filename().string() + "' are token ids, which no words can stand in front of.",
                    "Use data of texts.");
  for (std::size_t at; (at = m_template.find("{virtual_tokens")) != std::string::npos;)
    m_template.erase(at, m_template.find('}', at) + 1 - at);
  m_template.erase(0, std::min(m_template.find_first_not_of(' '), m_template.size()));
}

std::shared_ptr<const Examples> TypedData::with(const std::string& front, std::int64_t rows) const {
  TrainingPlan plan = m_plan;
  plan.numVirtualTokens = rows;
  plan.data.textTemplate = front.empty() ? m_template : front + " " + m_template;
  auto typed = encodeForRun(plan, m_table, nullptr, m_model, &m_tokenizer, &m_prompt).training;
  if (!front.empty() && m_read->settings.labelColumn.empty()) return std::make_shared<const Examples>(withoutFront(*typed, *with({})));
  if (m_read->classes.empty() || m_read->classes == typed->classes || m_model.card().head != HeadKind::None) return typed;
  Examples like = *m_read, aligned = *typed;  // rows that are some of those read may lack a label
  alignClasses(like, aligned);
  return std::make_shared<const Examples>(std::move(aligned));
}

}  // namespace incipit

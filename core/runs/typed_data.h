// Rows of a run's data with words in front of their text, where a person would type them: in a chat they are part of what the user says.
// What such words are worth is what evaluate() says of the bare model on these examples. Where the whole text is learned, the words do not
// count themselves: as many tokens are scored of each row, from its end, as without them.
#pragma once

#include "core/runs/carry_out.h"

#include <memory>
#include <string>

namespace incipit {

class TypedData {
 public:
  // `plan`: how the rows are read, places of virtual tokens taken out; `read`: the same rows as the prompt reads them, whose classes count.
  // `model`, `tokenizer` and `prompt` (its head) outlive it. Throws DataError for rows that are token ids.
  TypedData(TrainingPlan plan, Table table, std::shared_ptr<const Examples> read, const FrozenModel& model, const Tokenizer& tokenizer,
            const SoftPrompt& prompt);

  // `front`: as a template has it; empty: the rows as they are. `rows`: how many virtual tokens of it need room.
  std::shared_ptr<const Examples> with(const std::string& front, std::int64_t rows = 0) const;
  const std::string& textTemplate() const { return m_template; }

 private:
  TrainingPlan m_plan;
  Table m_table;
  std::shared_ptr<const Examples> m_read;
  const FrozenModel& m_model;
  const Tokenizer& m_tokenizer;
  const SoftPrompt& m_prompt;
  std::string m_template;
};

}  // namespace incipit

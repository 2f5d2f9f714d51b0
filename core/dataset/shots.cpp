#include "core/dataset/shots.h"

#include "core/chat/chat_format.h"
#include "core/dataset/table.h"
#include "core/dataset/template.h"
#include "core/support/error.h"
#include "core/support/random.h"

#include <algorithm>
#include <utility>

namespace incipit {
namespace {

constexpr std::uint64_t stream = 0x73686f7473;  // apart from the seeds of the start, of the order and of the samples

std::string doubledBraces(const std::string& text) {
  std::string result;
  for (const char c : text)
    result += c == '{' || c == '}' ? std::string(2, c) : std::string(1, c);
  return result;
}

// The template as it is typed, without the places of virtual tokens.
std::string unplaced(const RowTemplate& form, const Table& table) {
  std::string text;
  for (const RowTemplate::Part& part : form.parts)
    if (part.column >= 0)
      text += "{" + table.columns[static_cast<std::size_t>(part.column)] + "}";
    else if (part.rows == 0)
      text += doubledBraces(part.literal);
  return text;
}

}  // namespace

std::vector<std::int64_t> shotRows(const Examples& training, std::int64_t most, std::uint64_t seed) {
  Random random(seed ^ stream);
  const auto count = static_cast<std::int64_t>(training.items.size());
  // By class, each in an order of its own; all in one where there are no classes.
  std::vector<std::vector<std::int64_t>> waiting(std::max<std::size_t>(1, training.classes.size()));
  for (const std::int64_t index : random.permutation(count)) {
    const ExampleSizes sizes = training.items.sizes(static_cast<std::size_t>(index));
    if (training.classes.empty())
      waiting[0].push_back(sizes.row);
    else if (sizes.classIndex >= 0)
      waiting[static_cast<std::size_t>(sizes.classIndex)].push_back(sizes.row);
  }
  std::vector<std::int64_t> rows;
  for (std::size_t round = 0; static_cast<std::int64_t>(rows.size()) < most; ++round) {
    const std::size_t before = rows.size();
    for (const std::int64_t one : random.permutation(static_cast<std::int64_t>(waiting.size())))
      if (const auto& own = waiting[static_cast<std::size_t>(one)]; round < own.size() && static_cast<std::int64_t>(rows.size()) < most)
        rows.push_back(own[round]);
    if (rows.size() == before) break;
  }
  return rows;
}

Shot shotOf(const Table& table, std::int64_t row, const DataSettings& settings) {
  const RowTemplate form = parseTemplate(settings, table);
  if (form.chats)
    throw DataError("The rows are whole chats, and no chat can stand in front of another.", "Give question and answer as two columns.");
  const std::vector<std::string> values = table.row(row);
  Shot shot{form.front(values).plain(), {}};
  if (form.labelColumn < 0) return shot;
  shot.answer = labelWord(settings, values[static_cast<std::size_t>(form.labelColumn)]);
  if (shot.answer.empty())
    throw DataError("Row " + std::to_string(row + 1) + " of '" + table.file.string() + "' has no answer.", "Choose another row.");
  shot.asked += form.joiner;
  return shot;
}

DataSettings withShots(const DataSettings& settings, const Table& table, const std::vector<Shot>& shots) {
  const RowTemplate form = parseTemplate(settings, table);
  DataSettings result = settings;
  result.textTemplate = unplaced(form, table);
  result.system = form.system.plain();
  result.maxLength = 0;
  if (settings.chat) {
    ChatFormat::Turns turns;
    for (const Shot& shot : shots)
      turns.emplace_back(shot.asked, shot.answer);
    result.chat = std::make_shared<const ChatFormat>(settings.chat->goingOn(result.system, std::move(turns)));
    return result;
  }
  std::string front;
  for (const Shot& shot : shots)
    front += shot.asked + shot.answer + "\n\n";
  result.textTemplate = doubledBraces(front) + result.textTemplate;
  return result;
}

}  // namespace incipit

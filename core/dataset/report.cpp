#include "core/dataset/report.h"

#include "core/dataset/label_report.h"
#include "core/dataset/near_duplicates.h"
#include "core/dataset/repeated_texts.h"
#include "core/dataset/table.h"
#include "core/dataset/template.h"
#include "core/dataset/words.h"
#include "core/support/counted.h"
#include "core/support/random.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_set>

namespace incipit {
namespace {

constexpr std::size_t mostListed = 10'000;
constexpr std::size_t mostCompared = 20'000;  // rows of a file that are looked through for near duplicates
constexpr std::uint64_t stream = 0x7265706f7274;

std::string rowsText(std::int64_t count) { return counted(count, "row"); }

std::string percent(std::int64_t part, std::int64_t whole) {
  const auto tenths = whole > 0 ? (2000 * part + whole) / (2 * whole) : 0;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " %";
}

FoundRows found(const std::vector<std::int64_t>& rows, bool validation = false) {
  FoundRows result;
  result.validation = validation;
  for (const std::int64_t row : rows)
    result.add(row);
  return result;
}

// Which rows of a file are trained on, and which validated on.
struct Use {
  std::vector<bool> training, validation;
  explicit Use(std::int64_t rows) : training(static_cast<std::size_t>(rows)), validation(training) {}
};

// A file's rows that are to be compared: all, or as many as `mostCompared` by dice.
std::unordered_set<std::int64_t> sampleOf(std::int64_t rows) {
  std::unordered_set<std::int64_t> sample;
  if (rows <= static_cast<std::int64_t>(mostCompared)) return sample;
  Random dice(stream);
  while (sample.size() < mostCompared)
    sample.insert(static_cast<std::int64_t>(dice.below(static_cast<std::uint64_t>(rows))));
  return sample;
}

class Reporter {
 public:
  Reporter(const ReportedData& data, const Watch& watch) : m_data(data), m_watch(watch) {}

  DataReport run() {
    m_report.rows = m_data.table.size();
    m_report.validationRows = m_data.validationTable ? m_data.validationTable->size() : 0;
    m_report.examples = static_cast<std::int64_t>(m_data.training.items.size());
    m_report.validationExamples = m_data.validation ? static_cast<std::int64_t>(m_data.validation->items.size()) : 0;
    sayHowRead();
    countExamples();
    sayLengths();
    readRows();
    sayDropped();
    sayEmpty();
    sayClasses();
    sayRepeated();
    sayNear(m_watch.part(0.7, 1));
    for (Finding& finding : labelFindings(m_data, m_report.classes))
      m_report.findings.push_back(std::move(finding));
    return std::move(m_report);
  }

 private:
  bool heldOut() const { return m_data.validation != nullptr && m_data.validationTable == nullptr; }
  void say(std::string name, std::string sentence, bool warning = false, FoundRows rows = {}) {
    m_report.findings.push_back({std::move(name), std::move(sentence), warning, std::move(rows), {}});
  }

  void sayHowRead() {
    for (const std::string& note : m_data.training.notes)
      say("how_read", note);
    if (m_data.validation != nullptr && m_data.validationTable != nullptr)
      for (const std::string& note : m_data.validation->notes)
        say("how_validation_read", "Validation data: " + note, note.find("cannot learn") != std::string::npos);
  }

  // Lengths, classes, and which rows are used, without unpacking a token.
  void countExamples() {
    m_used.emplace_back(m_report.rows);
    if (m_data.validationTable) m_used.emplace_back(m_report.validationRows);
    for (const std::string& label : m_data.training.classes)
      m_report.classes.push_back({label, 0, 0, {}, {}});
    for (std::size_t i = 0; i < m_data.training.classTokens.size() && i < m_report.classes.size(); ++i)
      m_report.classes[i].tokens = m_data.training.classTokens[i];
    const Watch watch = m_watch.part(0, 0.2);
    for (std::size_t i = 0; i < m_data.training.items.size(); ++i) {
      if (i % 256 == 0) watch.at(static_cast<double>(i) / static_cast<double>(m_data.training.items.size()));
      const ExampleSizes sizes = m_data.training.items.sizes(i);
      const auto length = static_cast<std::size_t>(sizes.ids + sizes.lost);
      if (length >= m_ofLength.size()) m_ofLength.resize(length + 1);
      ++m_ofLength[length];
      if (sizes.lost > 0) m_cut.add(sizes.row), m_mostLost = std::max(m_mostLost, sizes.lost);
      if (sizes.classIndex >= 0) ++m_report.classes[static_cast<std::size_t>(sizes.classIndex)].training;
      m_used[0].training[static_cast<std::size_t>(sizes.row)] = true;
    }
    for (std::size_t i = 0; m_data.validation && i < m_data.validation->items.size(); ++i) {
      if (i % 256 == 0) watch.at(1);
      const ExampleSizes sizes = m_data.validation->items.sizes(i);
      if (sizes.lost > 0) heldOut() ? m_cut.add(sizes.row) : m_validationCut.add(sizes.row);
      if (sizes.classIndex >= 0) ++m_report.classes[static_cast<std::size_t>(sizes.classIndex)].validation;
      m_used.back().validation[static_cast<std::size_t>(sizes.row)] = true;
    }
  }

  void sayLengths() {
    LengthReport& lengths = m_report.lengths;
    lengths.room = m_data.training.settings.maxLength;
    std::int64_t before = 0, sum = 0;
    const std::int64_t all = m_report.examples;
    for (std::size_t length = 0; length < m_ofLength.size(); ++length) {
      const std::int64_t count = m_ofLength[length];
      if (count == 0) continue;
      const auto tokens = static_cast<std::int64_t>(length);
      if (before == 0) lengths.shortest = tokens;
      if (before < (all + 1) / 2 && before + count >= (all + 1) / 2) lengths.median = tokens;
      if (before * 100 < all * 95 && (before + count) * 100 >= all * 95) lengths.most = tokens;
      before += count;
      sum += count * tokens;
      lengths.longest = tokens;
    }
    lengths.mean = all > 0 ? static_cast<double>(sum) / static_cast<double>(all) : 0;
    constexpr std::int64_t mostBins = 40;
    lengths.binWidth = lengths.longest / mostBins + 1;
    lengths.bins.assign(static_cast<std::size_t>(lengths.longest / lengths.binWidth + 1), 0);
    for (std::size_t length = 0; length < m_ofLength.size(); ++length)
      lengths.bins[length / static_cast<std::size_t>(lengths.binWidth)] += m_ofLength[length];
    say("lengths", "Half of the examples have at most " + counted(lengths.median, "token") + ", 95 of 100 at most " +
                       std::to_string(lengths.most) + ", the longest has " + std::to_string(lengths.longest) + "; there is room for " +
                       std::to_string(lengths.room) + ".");
    const auto cut = [&](const FoundRows& rows, const std::string& of) {
      if (rows.count > 0)
        say("cut",
            rowsText(rows.count) + of + (rows.count == 1 ? " is" : " are") + " longer than the " + std::to_string(lengths.room) +
                " tokens there is room for: the end of the text is cut" +
                (rows.validation ? "." : " (of the longest " + counted(m_mostLost, "token") + ")."),
            true, rows);
    };
    cut(m_cut, "");
    m_validationCut.validation = true;
    cut(m_validationCut, " of the validation data");
  }

  // Every row once: what stands twice, what is empty, what is left out, and the texts to compare.
  void readRows() {
    m_repeated = RepeatedTexts(m_report.examples + m_report.validationExamples);
    const double all = static_cast<double>(m_report.rows + m_report.validationRows);
    readFile(m_data.table, m_data.training.settings, m_used[0], false,
             m_watch.part(0.2, 0.2 + 0.5 * static_cast<double>(m_report.rows) / all));
    if (m_data.validationTable)
      readFile(*m_data.validationTable, m_data.validation->settings, m_used[1], true,
               m_watch.part(0.2 + 0.5 * static_cast<double>(m_report.rows) / all, 0.7));
  }

  void readFile(const Table& table, const DataSettings& settings, const Use& use, bool second, const Watch& watch) {
    std::optional<RowTemplate> form;
    if (!table.tokenised) form = parseTemplate(settings, table);
    const std::unordered_set<std::int64_t> sample = sampleOf(table.size());
    for (std::int64_t row = 0; row < table.size(); ++row) {
      if (row % 64 == 0) watch.at(static_cast<double>(row) / static_cast<double>(table.size()));
      const auto at = static_cast<std::size_t>(row);
      const bool used = use.training[at] || use.validation[at];
      std::string text, label;
      if (form) {
        const std::vector<std::string> values = table.row(row);
        text = form->front(values).plain();
        if (form->labelColumn >= 0) label = trimmed(values[static_cast<std::size_t>(form->labelColumn)]);
        noteEmpty(*form, values, row, second);
      } else {
        const TokenisedRow ids = table.tokenisedRow(row);
        text.assign(reinterpret_cast<const char*>(ids.inputIds.data()), ids.inputIds.size() * sizeof(std::int32_t));
        label.assign(reinterpret_cast<const char*>(ids.labels.data()), ids.labels.size() * sizeof(std::int32_t));
      }
      if (!used) {
        (second ? m_validationDropped : m_dropped).add(row);
        continue;
      }
      m_repeated.add(text, label, use.validation[at], row);
      if (!form || (!sample.empty() && !sample.contains(row))) continue;
      m_texts.push_back(std::move(text));
      m_places.push_back({row, use.validation[at]});
    }
  }

  void noteEmpty(const RowTemplate& form, const std::vector<std::string>& values, std::int64_t row, bool second) {
    std::vector<FoundRows>& empty = second ? m_validationEmpty : m_empty;
    empty.resize(values.size());
    for (const RowTemplate::Part& part : form.parts)
      if (part.column >= 0 && trimmed(values[static_cast<std::size_t>(part.column)]).empty())
        empty[static_cast<std::size_t>(part.column)].add(row);
    if (form.labelColumn >= 0 && trimmed(values[static_cast<std::size_t>(form.labelColumn)]).empty())
      empty[static_cast<std::size_t>(form.labelColumn)].add(row);
  }

  void sayDropped() {
    const auto dropped = [&](FoundRows& rows, const std::string& of, bool validation) {
      rows.validation = validation;
      if (rows.count > 0)
        say("dropped",
            rowsText(rows.count) + of + (rows.count == 1 ? " is" : " are") +
                " left out: there is no label, no text, or no room for the label.",
            true, rows);
    };
    dropped(m_dropped, "", false);
    dropped(m_validationDropped, " of the validation data", true);
  }

  void sayEmpty() {
    const auto each = [&](const Table& table, std::vector<FoundRows>& empty, const std::string& of, bool validation) {
      for (std::size_t column = 0; column < empty.size(); ++column) {
        empty[column].validation = validation;
        if (empty[column].count == 0) continue;
        say("empty_field", "The column '" + table.columns[column] + "' is empty in " + rowsText(empty[column].count) + of + ".", true,
            empty[column]);
        m_report.findings.back().about = table.columns[column];
      }
    };
    each(m_data.table, m_empty, "", false);
    if (m_data.validationTable) each(*m_data.validationTable, m_validationEmpty, " of the validation data", true);
  }

  void sayClasses() {
    if (m_report.classes.empty()) return;
    const auto commonest = std::ranges::max_element(m_report.classes, {}, &ClassReport::training);
    auto rarest = commonest;
    for (auto label = m_report.classes.begin(); label != m_report.classes.end(); ++label)
      if (label->training > 0 && label->training < rarest->training) rarest = label;
    constexpr std::int64_t few = 10;
    const bool oneSided = commonest->training * 5 > m_report.examples * 4;
    std::string sentence = std::to_string(m_report.classes.size()) + " labels: the commonest, '" + commonest->label + "', stands in " +
                           percent(commonest->training, m_report.examples) + " of the rows, the rarest, '" + rarest->label + "', in " +
                           rowsText(rarest->training) + ".";
    if (oneSided)
      sentence += " Always saying '" + commonest->label + "' would be right that often: look at macro F1, not at accuracy.";
    else if (rarest->training < few)
      sentence += " Of so few rows little can be learned.";
    say("balance", std::move(sentence), oneSided || rarest->training < few);
  }

  void sayRepeated() {
    const RepeatedTexts::Found repeated = m_repeated.find();
    const auto copies = static_cast<std::int64_t>(repeated.copies.size());
    say("exact_duplicates",
        copies == 0 ? "No text stands in the training data twice."
                    : rowsText(copies) + (copies == 1 ? " repeats" : " repeat") + " the text of an earlier row word for word.",
        copies * 100 > m_report.examples, found(repeated.copies));
    if (repeated.contradictions > 0)
      say("contradictions",
          counted(repeated.contradictions, "text") + (repeated.contradictions == 1 ? " stands" : " stand") +
              " in the training data with different labels: no prompt can be right about all of these rows.",
          true, found(repeated.contradictory));
    if (m_data.validation == nullptr) return;
    const auto overlap = static_cast<std::int64_t>(repeated.overlap.size());
    say("overlap",
        overlap == 0 ? "No text of the validation data stands in the training data."
                     : rowsText(overlap) + " of the validation data (" + percent(overlap, m_report.validationExamples) + ") " +
                           (overlap == 1 ? "stands" : "stand") +
                           " in the training data word for word: what was learned by heart passes for understood there.",
        overlap > 0, found(repeated.overlap, !heldOut()));
  }

  void sayNear(const Watch& watch) {
    m_report.compared = static_cast<std::int64_t>(m_texts.size());
    if (m_texts.empty()) return;
    // Those that are the same have been said already.
    std::unordered_set<std::string_view> seen;
    std::vector<std::string> texts;
    std::vector<Place> places;
    for (std::size_t i = 0; i < m_texts.size(); ++i)
      if (seen.insert(m_texts[i]).second) texts.push_back(m_texts[i]), places.push_back(m_places[i]);
    std::set<std::int64_t> near, across;
    for (const auto& pair : nearDuplicates(texts, watch)) {
      const Place &a = places[pair.first], &b = places[pair.second];
      if (a.validation != b.validation)
        across.insert(a.validation ? a.row : b.row);
      else if (!a.validation)
        near.insert({a.row, b.row});
    }
    const std::int64_t all = m_report.examples + m_report.validationExamples;
    const std::string among = m_report.compared < all ? "in a sample of " + rowsText(m_report.compared) + " out of " + rowsText(all)
                                                      : "among all " + rowsText(all);
    const auto count = static_cast<std::int64_t>(near.size());
    say("near_duplicates",
        (count == 0 ? "No two training texts are nearly the same"
                    : rowsText(count) + " of the training data are nearly the same as another") +
            " (at least 80 % of their groups of three words agree; MinHash, Broder 1997, " + among + ").",
        count * 20 > m_report.compared, found({near.begin(), near.end()}));
    if (across.empty()) return;
    say("near_overlap",
        rowsText(static_cast<std::int64_t>(across.size())) + " of the validation data " + (across.size() == 1 ? "is" : "are") +
            " nearly the same as a training row (" + among + ").",
        true, found({across.begin(), across.end()}, !heldOut()));
  }

  struct Place {
    std::int64_t row;
    bool validation;
  };

  const ReportedData& m_data;
  const Watch& m_watch;
  DataReport m_report;
  std::vector<Use> m_used;  // of each file
  std::vector<std::int64_t> m_ofLength;
  std::int64_t m_mostLost = 0;
  FoundRows m_cut, m_validationCut, m_dropped, m_validationDropped;
  std::vector<FoundRows> m_empty, m_validationEmpty;  // by column
  RepeatedTexts m_repeated;
  std::vector<std::string> m_texts;
  std::vector<Place> m_places;
};

}  // namespace

void FoundRows::add(std::int64_t row) {
  ++count;
  if (rows.size() < mostListed) rows.push_back(row);
}

const Finding* DataReport::find(std::string_view name) const {
  const auto place = std::ranges::find(findings, name, &Finding::name);
  return place == findings.end() ? nullptr : &*place;
}

DataReport reportOn(const ReportedData& data, const Watch& watch) { return Reporter(data, watch).run(); }

}  // namespace incipit

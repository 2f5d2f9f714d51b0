// Words and numbers on the terminal: results on standard output, progress and notes on standard error, colour only for people.
#pragma once

#include "core/support/counted.h"
#include "core/support/json.h"
#include "core/training/events.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace incipit::cli {

// Standard error.
void note(std::string_view sentence);
void complain(std::string_view sentence);  // "incipit-cli: ..."

// One line of JSON on standard output.
void printJson(const Json& value);
// On standard output, bold and dim where it is a terminal.
std::string strong(std::string_view text);
std::string faint(std::string_view text);

// `text` with line breaks and the like made visible, cut or padded with spaces to `width` columns (0: as long as it is).
std::string cell(std::string_view text, std::size_t width = 0);

std::string duration(double seconds);        // "45 s", "3 min 20 s", "2 h 5 min"
std::string fileSize(std::uintmax_t bytes);  // "12.3 MB"
std::string decimals(double number, int digits = 4);

// A run on standard error: a bar that is redrawn in place on a terminal, a line now and then elsewhere.
class TrainingProgress {
 public:
  TrainingProgress();
  void operator()(const TrainingEvent& event);

 private:
  using Clock = std::chrono::steady_clock;
  void step(const Stepped& event);
  std::string line(std::size_t barWidth) const;
  void draw();
  void draw(const std::string& words);
  void endLine();

  bool m_terminal;
  bool m_open = false;  // a bar stands on the current line
  std::int64_t m_total = 0, m_first = 1, m_step = 0, m_tenthShown = -1;
  double m_loss = 0;
  Validating m_validating;  // on its way, when it has rows
  std::optional<double> m_validation, m_accuracy, m_neutral;
  double m_bareNeutral = 0;
  double m_elapsed = 0, m_firstElapsed = 0;  // of the run, as its steps say: right for one that is only watched, too
  Clock::time_point m_drawn;
};

}  // namespace incipit::cli

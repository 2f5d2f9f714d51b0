#include "app/cli/terminal.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <unistd.h>

namespace incipit::cli {
namespace {

bool isTerminal(int descriptor) {
  const char* kind = std::getenv("TERM");
  return isatty(descriptor) != 0 && (kind == nullptr || std::string_view(kind) != "dumb");
}

bool coloured() {
  static const bool yes = isTerminal(STDOUT_FILENO) && std::getenv("NO_COLOR") == nullptr;
  return yes;
}

std::size_t terminalWidth() {
  winsize size{};
  return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

bool continuesCharacter(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

constexpr auto redraw = std::chrono::milliseconds(100);
constexpr auto nowAndThen = std::chrono::seconds(30);

}  // namespace

void note(std::string_view sentence) { std::cerr << sentence << '\n'; }
void complain(std::string_view sentence) { std::cerr << "incipit-cli: " << sentence << '\n'; }

void printJson(const Json& value) { std::cout << value.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n'; }

std::string strong(std::string_view text) { return coloured() ? "\033[1m" + std::string(text) + "\033[0m" : std::string(text); }
std::string faint(std::string_view text) { return coloured() ? "\033[2m" + std::string(text) + "\033[0m" : std::string(text); }

std::string cell(std::string_view text, std::size_t width) {
  std::string shown;
  std::size_t columns = 0;
  for (const char byte : text) {
    if (continuesCharacter(byte)) {
      shown += byte;
      continue;
    }
    if (width > 0 && columns == width) break;
    ++columns;
    if (byte == '\n' || byte == '\r' || byte == '\t')
      shown += byte == '\n' ? "\u23ce" : byte == '\t' ? "\u21e5" : "\u240d";
    else if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F)
      shown += "\u00b7";
    else
      shown += byte;
  }
  if (columns < width) shown.append(width - columns, ' ');
  return shown;
}

std::string duration(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::max(0.0, seconds) + 0.5);
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string(whole / 60) + " min " + std::to_string(whole % 60) + " s";
  return std::to_string(whole / 3600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

std::string fileSize(std::uintmax_t bytes) {
  const char* units[] = {"bytes", "kB", "MB", "GB", "TB"};
  auto size = static_cast<double>(bytes);
  std::size_t unit = 0;
  for (; size >= 1000 && unit < 4; ++unit)
    size /= 1000;
  return decimals(size, unit == 0 ? 0 : 1) + ' ' + units[unit];
}

std::string decimals(double number, int digits) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, number);
  return text;
}

TrainingProgress::TrainingProgress() : m_terminal(isTerminal(STDERR_FILENO)) {}

void TrainingProgress::operator()(const TrainingEvent& event) {
  if (const auto* started = std::get_if<Started>(&event)) {
    m_total = started->totalSteps;
    m_first = started->firstStep;
    m_step = m_first - 1;
    m_drawn = Clock::now();
    note("Training " + counted(started->virtualTokens, "virtual token") + " (" + counted(started->trainableParameters, "number") + ") on " +
         counted(started->trainingExamples, "example") + ", " + counted(m_total, "step") + ", " + started->precision + " on " +
         started->device + ".");
  } else if (const auto* stepped = std::get_if<Stepped>(&event)) {
    step(*stepped);
  } else if (const auto* probing = std::get_if<Probing>(&event)) {
    if (!m_terminal || Clock::now() - m_drawn < redraw) return;
    draw("Fitting the head: " + std::to_string(probing->done) + " / " + std::to_string(probing->rows) + " rows");
  } else if (const auto* probed = std::get_if<Probed>(&event)) {
    if (m_open) std::cerr << "\r\033[K";
    m_open = false;
    note("The head starts from a linear probe, right on " + decimals(100 * probed->accuracy, 1) + " % of " + withSeparators(probed->rows) +
         " training rows.");
    m_drawn = Clock::now();
  } else if (const auto* validating = std::get_if<Validating>(&event)) {
    m_validating = *validating;
    if (m_terminal && Clock::now() - m_drawn >= redraw) draw();
  } else if (const auto* evaluated = std::get_if<Evaluated>(&event)) {
    m_validating = {};
    m_validation = evaluated->loss;
    m_accuracy = evaluated->accuracy;
    m_neutral = evaluated->neutralLoss;
    if (evaluated->neutralLoss && evaluated->bareNeutralLoss) m_bareNeutral = *evaluated->bareNeutralLoss;
    if (m_terminal) draw();
  } else if (!std::holds_alternative<Snapshotted>(event)) {
    endLine();  // finished, stopped, failed: others say what it came to
  }
}

void TrainingProgress::step(const Stepped& event) {
  m_step = event.step;
  m_loss = event.loss;
  m_elapsed = event.elapsedSeconds;
  if (event.step == m_first) m_firstElapsed = event.elapsedSeconds;
  const auto now = Clock::now();
  if (m_terminal) {
    if (now - m_drawn >= redraw || m_step == m_total) draw();
    return;
  }
  const std::int64_t tenth = 10 * m_step / std::max<std::int64_t>(1, m_total);
  if (tenth == m_tenthShown && now - m_drawn < nowAndThen) return;
  m_tenthShown = tenth;
  m_drawn = now;
  note(line(0));
}

std::string TrainingProgress::line(std::size_t barWidth) const {
  const auto done = static_cast<double>(m_step - m_first + 1);
  const double seconds = m_elapsed - m_firstElapsed;
  const double rate = seconds > 0 ? static_cast<double>(m_step - m_first) / seconds : 0;
  const std::string total = std::to_string(m_total), at = std::to_string(m_step);
  std::string text;  // without steps: a stopped run that is only evaluated
  if (m_total > 0) text = std::string(total.size() - std::min(total.size(), at.size()), ' ') + at + " / " + total;
  if (barWidth > 0 && m_total > 0) {
    const auto filled =
        static_cast<std::size_t>(static_cast<double>(barWidth) * static_cast<double>(m_step) / static_cast<double>(m_total));
    text += " [" + std::string(filled, '#') + std::string(barWidth - std::min(barWidth, filled), '-') + "]";
  }
  if (m_total > 0 && done > 0) text += "  loss " + decimals(m_loss, 3);
  if (m_validating.rows > 0) {
    text += std::string(text.empty() ? "" : "  ") + "validating " + std::to_string(m_validating.done) + " / " +
            std::to_string(m_validating.rows);
    if (m_validating.done > 0)
      text += ", " +
              duration(m_validating.seconds * static_cast<double>(m_validating.rows - m_validating.done) /
                       static_cast<double>(m_validating.done)) +
              " left";
    return text;
  }
  if (m_validation) text += "  validation " + decimals(*m_validation, 3);
  if (m_accuracy) text += "  accuracy " + decimals(100 * *m_accuracy, 1) + " %";
  if (m_neutral) text += "  neutral text " + decimals(*m_neutral) + " (bare " + decimals(m_bareNeutral) + ")";
  if (m_total == 0) return text;
  if (rate > 0) text += "  " + decimals(rate, rate < 10 ? 1 : 0) + " steps/s";
  if (rate > 0 && m_step < m_total) text += "  " + duration(static_cast<double>(m_total - m_step) / rate) + " left";
  return text;
}

void TrainingProgress::draw() {
  const std::size_t width = terminalWidth() - 1, words = line(0).size();
  draw(line(words + 3 < width ? std::min<std::size_t>(30, width - words - 3) : 0));
}

void TrainingProgress::draw(const std::string& words) {
  m_drawn = Clock::now();
  m_open = true;
  std::cerr << '\r' << words.substr(0, terminalWidth() - 1) << "\033[K" << std::flush;
}

void TrainingProgress::endLine() {
  if (m_open) draw(), std::cerr << '\n';
  m_open = false;
}

}  // namespace incipit::cli

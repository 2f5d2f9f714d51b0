#include "tests/cli/program.h"

#include "tests/harness/harness.h"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

namespace incipit::test {
namespace {

using Clock = std::chrono::steady_clock;

struct Pipe {
  int ends[2];
  Pipe() {
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  }
};

// In the child: pipes in place, then the program. Only async-signal-safe calls.
[[noreturn]] void become(const std::vector<char*>& words, const std::vector<char*>& environment, const char* folder, const Pipe& out,
                         const Pipe& err) {
  const int nothing = open("/dev/null", O_RDONLY);
  if (nothing < 0 || dup2(nothing, 0) < 0 || dup2(out.ends[1], 1) < 0 || dup2(err.ends[1], 2) < 0 || chdir(folder) != 0) _exit(99);
  execve(INCIPIT_CLI, words.data(), environment.data());
  _exit(99);
}

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts)
    pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environmentWith(const std::vector<std::string>& more) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry, name = text.substr(0, text.find('=') + 1);
    if (std::none_of(more.begin(), more.end(), [&](const std::string& other) { return other.starts_with(name); })) all.push_back(text);
  }
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

Clock::time_point in(double seconds) {
  return Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

void collect(pid_t child, Pipe& out, Pipe& err, const Conditions& conditions, Outcome& outcome) {
  double interruptAfter = conditions.interruptAfter;
  auto killAt = conditions.killAfter < 0 ? Clock::time_point::max() : in(conditions.killAfter);
  pollfd watched[] = {{out.ends[0], POLLIN, 0}, {err.ends[0], POLLIN, 0}};
  std::string* texts[] = {&outcome.out, &outcome.err};
  auto due = Clock::time_point::max();
  for (int open = 2; open > 0;) {
    poll(watched, 2, conditions.killAfter < 0 ? 20 : 1);
    for (int i = 0; i < 2; ++i) {
      if (watched[i].revents == 0) continue;
      char block[4096];
      const ssize_t count = read(watched[i].fd, block, sizeof block);
      if (count > 0) {
        texts[i]->append(block, static_cast<std::size_t>(count));
      } else {
        watched[i].fd = -1;
        watched[i].revents = 0;
        --open;
      }
    }
    if (Clock::now() >= killAt) {
      kill(child, SIGKILL);
      killAt = Clock::time_point::max();
    }
    if (interruptAfter >= 0 && due == Clock::time_point::max() && !outcome.err.empty()) due = in(interruptAfter);
    if (Clock::now() >= due) {
      kill(child, SIGINT);
      interruptAfter = -1;
      due = Clock::time_point::max();
    }
  }
}

}  // namespace

std::vector<nlohmann::json> Outcome::jsonLines() const {
  std::istringstream in(out);
  std::vector<nlohmann::json> lines;
  for (std::string line; std::getline(in, line);)
    lines.push_back(nlohmann::json::parse(line));
  return lines;
}

Outcome runCli(const std::vector<std::string>& arguments, const Conditions& conditions) {
  std::vector<std::string> words{INCIPIT_CLI};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> environment = environmentWith(conditions.environment);
  const auto wordPointers = pointersTo(words), environmentPointers = pointersTo(environment);
  const std::filesystem::path folder = conditions.workingFolder.empty() ? scratch("here") : conditions.workingFolder;
  Pipe out, err;
  const pid_t child = fork();
  if (child < 0) throw std::runtime_error("no process");
  if (child == 0) become(wordPointers, environmentPointers, folder.c_str(), out, err);
  close(out.ends[1]);
  close(err.ends[1]);
  Outcome outcome{};
  collect(child, out, err, conditions, outcome);
  close(out.ends[0]);
  close(err.ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return outcome;
}

}  // namespace incipit::test

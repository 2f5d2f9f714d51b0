#include "core/library/library.h"

#include "core/runs/run_folder.h"
#include "core/runs/run_layout.h"
#include "core/support/error.h"
#include "core/support/files.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <sys/stat.h>

namespace incipit {
namespace {

constexpr int indexVersion = 2;

std::filesystem::path indexOf(const std::filesystem::path& root) { return root / ".incipit-runs.json"; }

// Changes whenever plan, events or marks change.
std::string stampOf(const std::filesystem::path& run) {
  std::string stamp;
  for (const auto& file : {layout::plan(run), layout::events(run)}) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) return {};
    stamp += std::to_string(facts.st_size) + ':' + std::to_string(facts.st_mtim.tv_sec) + '.' + std::to_string(facts.st_mtim.tv_nsec) + ' ';
  }
  struct stat facts {};
  if (::stat(marksFile(run).c_str(), &facts) == 0)
    stamp += std::to_string(facts.st_ino) + ':' + std::to_string(facts.st_mtim.tv_sec) + '.' + std::to_string(facts.st_mtim.tv_nsec);
  return stamp;
}

// What an earlier look at the root found; anything unreadable is only another look.
Json indexAt(const std::filesystem::path& root) try {
  if (!fileExists(indexOf(root))) return Json::object();
  const Json index = readJson(indexOf(root));
  const bool ours = index.is_object() && index.contains("version") && index["version"] == indexVersion && index.contains("runs") &&
                    index["runs"].is_object();
  return ours ? index["runs"] : Json::object();
} catch (const Error&) {
  return Json::object();
}

void keepIndex(const std::filesystem::path& root, const Json& runs) try {
  writeFileAtomically(indexOf(root), compactJson({{"version", indexVersion}, {"runs", runs}}));
} catch (const Error&) {  // a disk that is full or not ours: the next look takes as long as this one
}

std::optional<RunEntry> remembered(const Json& index, const std::string& name, const std::string& stamp,
                                   const std::filesystem::path& run) try {
  const auto found = index.find(name);
  if (found == index.end() || !found->is_object() || !found->contains("stamp") || !found->contains("entry") || (*found)["stamp"] != stamp)
    return std::nullopt;
  return entryFrom((*found)["entry"], run);
} catch (const Error&) {
  return std::nullopt;
}

class Looker {
 public:
  Looker(std::stop_token stop, const std::function<void(const RunEntry&)>& found) : m_stop(std::move(stop)), m_found(found) {}

  void look(const std::filesystem::path& root) {
    std::error_code ignored;
    if (std::filesystem::exists(layout::plan(root), ignored)) return take(entryOf(root));
    const Json index = indexAt(root);
    Json now = Json::object();
    bool changed = false;
    for (const auto& run : runsIn(root)) {
      if (m_stop.stop_requested()) return;
      const std::string name = run.filename().string(), stamp = stampOf(run);
      auto entry = remembered(index, name, stamp, run);
      if (entry) {
        now[name] = index[name];
      } else {
        entry = entryOf(run);
        changed = true;
        if (entry->status != "running") now[name] = {{"stamp", stamp}, {"entry", toJson(*entry)}};
      }
      take(std::move(*entry));
    }
    if (changed || now.size() != index.size()) keepIndex(root, now);
  }

  std::vector<RunEntry> runs() && { return std::move(m_runs); }

 private:
  void take(RunEntry entry) {
    std::error_code ignored;
    auto place = std::filesystem::weakly_canonical(entry.folder, ignored).string();
    if (!m_seen.insert(ignored ? entry.folder.string() : place).second) return;  // named twice
    if (m_found) m_found(entry);
    m_runs.push_back(std::move(entry));
  }

  std::stop_token m_stop;
  const std::function<void(const RunEntry&)>& m_found;
  std::vector<RunEntry> m_runs;
  std::set<std::string> m_seen;
};

}  // namespace

std::vector<RunEntry> listRuns(const std::vector<std::filesystem::path>& roots, std::stop_token stop,
                               const std::function<void(const RunEntry&)>& found) {
  Looker looker(std::move(stop), found);
  for (const auto& root : roots)
    looker.look(root);
  std::vector<RunEntry> runs = std::move(looker).runs();
  std::ranges::stable_sort(runs, std::greater(), &RunEntry::started);
  return runs;
}

Differing whatDiffers(const std::vector<RunEntry>& runs) {
  static const std::set<std::string> places = {"out"};
  Differing result;
  std::map<std::string, std::vector<std::string>> byKnob;
  const auto first = std::ranges::find_if(runs, [](const RunEntry& run) { return run.problem.empty(); });
  if (first == runs.end()) return result;
  std::vector<std::string> order;
  std::vector<std::map<std::string, std::string>> own(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (!runs[i].problem.empty()) continue;
    for (const PlanDifference& difference : differences(first->plan, runs[i].plan)) {
      const auto openIn = [&](const TrainingPlan& plan) {
        return std::ranges::find(plan.defaults, difference.knob) != plan.defaults.end();
      };
      if (places.contains(difference.knob) || (openIn(first->plan) && openIn(runs[i].plan))) continue;
      if (std::ranges::find(order, difference.knob) == order.end()) order.push_back(difference.knob);
      own[i][difference.knob] = difference.after;
      byKnob[difference.knob] = {difference.before};
    }
  }
  result.knobs = order;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    std::vector<std::string>& row = result.values.emplace_back();
    for (const std::string& knob : order) {
      const auto said = own[i].find(knob);
      row.push_back(!runs[i].problem.empty() ? "" : said != own[i].end() ? said->second : byKnob[knob].front());
    }
  }
  return result;
}

}  // namespace incipit

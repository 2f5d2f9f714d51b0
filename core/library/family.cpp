#include "core/library/family.h"

#include <charconv>
#include <functional>
#include <map>
#include <string>

namespace incipit {
namespace {

// "step-000050.safetensors"; nothing else.
std::optional<std::int64_t> stepOf(const std::string& name) {
  constexpr std::string_view before = "step-", behind = ".safetensors";
  if (!name.starts_with(before) || !name.ends_with(behind)) return {};
  std::int64_t step = 0;
  const char *first = name.data() + before.size(), *last = name.data() + name.size() - behind.size();
  const auto read = std::from_chars(first, last, step);
  if (read.ec != std::errc() || read.ptr != last) return {};
  return step;
}

std::filesystem::path plain(const std::filesystem::path& path) {
  std::error_code ignored;
  const auto whole = std::filesystem::absolute(path, ignored);  // a plan names its start so, whatever folder the runs are listed from
  const auto normal = (ignored ? path : whole).lexically_normal();
  return normal.has_filename() ? normal : normal.parent_path();
}

}  // namespace

std::optional<Parent> parentOf(const TrainingPlan& plan) {
  if (plan.promptTuningInit != PromptInit::Adapter || plan.initFrom.empty()) return {};
  const auto from = plain(plan.initFrom);
  if (from.parent_path().filename() == "snapshots")
    if (const auto step = stepOf(from.filename().string())) return Parent{from.parent_path().parent_path(), *step};
  if (from.filename() == "adapter") return Parent{from.parent_path(), 0};
  return Parent{from, 0};
}

std::vector<FamilyPlace> inFamilies(const std::vector<RunEntry>& runs) {
  std::map<std::filesystem::path, std::size_t> known;
  for (std::size_t i = 0; i < runs.size(); ++i)
    known.emplace(plain(runs[i].folder), i);
  std::vector<std::vector<std::size_t>> children(runs.size());
  std::vector<bool> hasParent(runs.size());
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (const auto parent = parentOf(runs[i].plan); parent)
      if (const auto found = known.find(parent->run); found != known.end() && found->second != i) {
        children[found->second].push_back(i);
        hasParent[i] = true;
      }
  std::vector<FamilyPlace> places;
  std::vector<bool> placed(runs.size());
  const std::function<void(std::size_t, int)> place = [&](std::size_t run, int depth) {
    if (placed[run]) return;
    placed[run] = true;
    places.push_back({run, depth});
    for (const std::size_t child : children[run])
      place(child, depth + 1);
  };
  for (std::size_t i = 0; i < runs.size(); ++i)
    if (!hasParent[i]) place(i, 0);
  for (std::size_t i = 0; i < runs.size(); ++i)  // a circle has nobody without a parent
    place(i, 0);
  return places;
}

}  // namespace incipit

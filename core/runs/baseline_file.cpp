// baselines.json of a run folder, read and written.
#include "core/runs/baselines.h"
#include "core/runs/run_layout.h"
#include "core/support/error.h"
#include "core/support/files.h"

#include <nlohmann/json.hpp>

namespace incipit {
namespace {

constexpr std::size_t largestFile = 1U << 20U;

std::optional<double> numberOf(const Json& entry, const char* name) {
  const auto found = entry.find(name);
  return found != entry.end() && found->is_number() ? std::optional(found->get<double>()) : std::nullopt;
}

std::int64_t countOf(const Json& entry, const char* name) {
  const auto found = entry.find(name);
  return found != entry.end() && found->is_number_unsigned() && found->get<std::uint64_t>() < (1ULL << 53U) ? found->get<std::int64_t>()
                                                                                                            : 0;
}

std::string textOf(const Json& entry, const char* name) {
  const auto found = entry.find(name);
  return found != entry.end() && found->is_string() ? found->get<std::string>() : std::string();
}

}  // namespace

static Json toJson(const BaselineFigures& figures) {
  Json entry{{"name", figures.name}, {"key", figures.key}};
  if (!figures.whyNot.empty()) entry["why_not"] = figures.whyNot;
  if (figures.rows > 0) entry["rows"] = figures.rows;
  if (figures.shots > 0) entry["shots"] = figures.shots;
  const auto put = [&](const char* name, const std::optional<double>& number) {
    if (number) entry[name] = *number;
  };
  put("loss", figures.loss);
  put("label_loss", figures.labelLoss);
  put("accuracy", figures.accuracy);
  put("f1_macro", figures.f1Macro);
  return entry;
}

std::vector<BaselineFigures> baselinesFrom(const Json& json) {
  std::vector<BaselineFigures> all;
  const auto list = json.is_object() ? json.find("baselines") : json.end();
  if (!json.is_object() || list == json.end() || !list->is_array()) return all;
  for (const Json& entry : *list) {
    if (!entry.is_object() || textOf(entry, "name").empty()) continue;
    all.push_back({textOf(entry, "name"), textOf(entry, "key"), textOf(entry, "why_not"), countOf(entry, "rows"), countOf(entry, "shots"),
                   numberOf(entry, "loss"), numberOf(entry, "label_loss"), numberOf(entry, "accuracy"), numberOf(entry, "f1_macro")});
  }
  return all;
}

Json toJson(const std::vector<BaselineFigures>& figures) {
  Json list = Json::array();
  for (const BaselineFigures& each : figures)
    list.push_back(toJson(each));
  return {{"baselines", std::move(list)}};
}

std::vector<BaselineFigures> readBaselines(const std::filesystem::path& run) {
  std::error_code ignored;
  const auto file = layout::baselines(run);
  if (!std::filesystem::is_regular_file(file, ignored) || std::filesystem::file_size(file, ignored) > largestFile) return {};
  try {
    return baselinesFrom(jsonOrNothing(readFile(file, largestFile)));
  } catch (const FileError&) {
    return {};
  }
}

void writeBaselines(const std::filesystem::path& run, const std::vector<BaselineFigures>& figures) {
  writeJson(layout::baselines(run), toJson(figures));
}

}  // namespace incipit

// A run, or several, as one HTML file that can be sent to somebody: nothing in it comes from elsewhere, nothing in it runs.
#pragma once

#include "core/library/html.h"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace incipit {

// What a report cannot find in a run folder, from whoever has opened the model: a table below a run's examples.
struct ReportSection {
  std::string title, sentence;
  html::Table table;
};

struct ReportWishes {
  std::string program;                                               // "Incipit 0.1.0"
  std::size_t examples = 10;                                         // worst and best of each run
  std::map<std::filesystem::path, std::vector<ReportSection>> more;  // by run folder
};

// Of the runs in these folders, the first the baseline of the others. Throws DataError where one is no run.
std::string htmlReport(const std::vector<std::filesystem::path>& folders, const ReportWishes& wishes);

}  // namespace incipit

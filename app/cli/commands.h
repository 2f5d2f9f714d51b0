// The commands of incipit-cli: each declares its flags on the program and, when it is the one that was called, says what to do.
#pragma once

#include <functional>

namespace CLI {
class App;
}

namespace incipit::cli {

// Returns the exit status: 0, or `stopped` below. Failures are thrown as incipit::Error.
using Action = std::function<int()>;
inline constexpr int failed = 1, wrongUsage = 2, stopped = 130;

void addInfo(CLI::App& program, Action& chosen);
void addTokenize(CLI::App& program, Action& chosen);
void addTrain(CLI::App& program, Action& chosen);
void addSweep(CLI::App& program, Action& chosen);
void addAttach(CLI::App& program, Action& chosen);
void addRuns(CLI::App& program, Action& chosen);
void addCompare(CLI::App& program, Action& chosen);
void addReport(CLI::App& program, Action& chosen);
void addRate(CLI::App& program, Action& chosen);
void addResume(CLI::App& program, Action& chosen);
void addData(CLI::App& program, Action& chosen);
void addCrossValidate(CLI::App& program, Action& chosen);
void addCoach(CLI::App& program, Action& chosen);
void addExamples(CLI::App& program, Action& chosen);
void addEvaluate(CLI::App& program, Action& chosen);
void addGenerate(CLI::App& program, Action& chosen);
void addClassify(CLI::App& program, Action& chosen);
void addChat(CLI::App& program, Action& chosen);
void addNeighbours(CLI::App& program, Action& chosen);
void addInspect(CLI::App& program, Action& chosen);
void addExport(CLI::App& program, Action& chosen);
void addImport(CLI::App& program, Action& chosen);
void addHub(CLI::App& program, Action& chosen);
void addBench(CLI::App& program, Action& chosen);

}  // namespace incipit::cli

// predictions.jsonl of a run folder: what the kept prompt made of each validation example, and what the start had made of it. The run's
// own validations have computed all of it; nothing is computed for the file.
#pragma once

#include "core/training/events.h"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

struct Prediction {
  std::int64_t row = 0;  // of the validation data, counted from 0; of the training data where rows of it are held out
  double loss = 0;       // nats per scored token; of a head, of the text
  std::int64_t scoredTokens = 0;
  std::optional<double> startLoss;  // before the first step, where that validation saw the row
  // Classification: the label, the likeliest class, how many classes are as likely as the label or likelier, log p of each class (left out
  // where there are more than 32).
  std::string label, predicted;
  std::int64_t rank = 0;
  std::vector<double> scores;

  bool classified() const { return rank > 0; }
  bool right() const { return predicted == label; }
};

struct Predictions {
  std::int64_t step = 0;  // after which the prompt stood
  std::vector<std::string> classes;
  std::vector<Prediction> rows;  // in the order of the data
};

// A listener of a run's events that keeps what is to be written.
class PredictionsSeen {
 public:
  // For a run that goes on: what its file says, where it can be read.
  void goOnFrom(const std::filesystem::path& run);
  void take(const TrainingEvent& event);
  const Predictions& seen() const { return m_seen; }
  bool changed() const { return m_changed; }  // since the last saved()
  void saved() { m_changed = false; }

 private:
  Predictions m_seen;
  std::map<std::int64_t, double> m_start;  // loss of each row before step 1
  bool m_changed = false;
};

// nullopt: the run has none (no validation data, or an older program). Throws FormatError naming the line. Labels and answers are all
// among the classes.
std::optional<Predictions> readPredictions(const std::filesystem::path& run);
void writePredictions(const std::filesystem::path& run, const Predictions& predictions);

// One line of the file, and the reverse; `origin` names it in errors.
Json toJson(const Prediction& prediction);
Prediction predictionFrom(const Json& json, const std::string& origin);

}  // namespace incipit

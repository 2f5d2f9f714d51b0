#include "core/runs/carry_out.h"

#include "core/dataset/neutral_text.h"
#include "core/hub/find_model.h"
#include "core/model/frozen_model.h"
#include "core/runs/outcome.h"
#include "core/runs/run_folder.h"
#include "core/runs/stop_request.h"
#include "core/support/error.h"
#include "core/support/files.h"

#include <functional>
#include <optional>
#include <utility>

namespace incipit {
namespace {

// The run folder as a listener whose first failure (a full disk) does not cost the run: it is kept for later, training is asked to stop,
// and the space set aside is given back for what matters then, the checkpoint and the prompt.
class Recorder {
 public:
  Recorder(const PreparedRun& run, const TrainingPlan& plan, std::stop_token stop)
      : m_writer(plan.out, plan, run.model->fingerprint(), run.training->fingerprint, run.intoOwnFolder),
        m_forward(std::move(stop), [this] { m_halt.request_stop(); }) {
    constexpr std::size_t prompts = 7;  // checkpoint: now, start, best and two moments; the adapter; one to spare
    std::size_t numbers = 0;
    for (const Matrix* part : trainedParts(run.start))
      numbers += part->values.size();
    m_writer.reserve(prompts * numbers * sizeof(float) + 65536);
    forgetStopRequest(plan.out);  // of an earlier sitting
  }

  std::stop_token stop() const { return m_halt.get_token(); }
  void record(const TrainingEvent& event) {
    attempt([&] { m_writer.events()(event); });
    if (stopRequested(m_writer.folder())) {
      forgetStopRequest(m_writer.folder());
      m_halt.request_stop();
    }
  }
  void keep(const TrainingState& state) {
    attempt([&] { m_writer.checkpoints()(state); });
  }
  // Throws the failure, if there was one, with what became of the run.
  void finish(const TrainingResult& result) {
    try {
      m_writer.finish(result);
    } catch (const FileError& error) {
      if (!m_writer.lost()) throw;
      if (!m_failure) m_failure = error;
    }
    if (m_failure)
      throw FileError(m_failure->problem() + " The run stopped after step " + std::to_string(result.state.step) +
                          "; its prompt is kept in '" + (m_writer.folder() / "adapter").string() + "'.",
                      m_writer.lost() ? m_failure->remedy() : "Free some space; the run can be resumed.");
  }

 private:
  template <class Write>
  void attempt(const Write& write) {
    try {
      write();
    } catch (const Error& error) {
      if (!m_failure) m_failure = error;
      m_writer.giveReserveBack();
      m_halt.request_stop();
    }
  }

  RunWriter m_writer;
  std::stop_source m_halt;
  std::stop_callback<std::function<void()>> m_forward;
  std::optional<Error> m_failure;
};

}  // namespace

std::shared_ptr<const Examples> neutralOf(const TrainingPlan& plan, const FrozenModel& model, const Tokenizer* tokenizer) {
  if (plan.forgettingText.empty()) return nullptr;
  const ModelCard& card = model.card();
  if (tokenizer == nullptr || card.encoderDecoder || card.head != HeadKind::None)
    throw PlanError("What a prompt forgets is measured on models that go on with a text, and '" + card.name + "' " +
                        (tokenizer == nullptr ? "has no tokenizer to read one with." : "is none."),
                    "Leave the forgetting text away (--forgetting-text).");
  const auto file = plan.forgettingText == neutralName ? demoDataFolder() / "neutral.txt" : plan.forgettingText;
  constexpr std::size_t most = 1U << 20U;  // far more than is measured
  return std::make_shared<const Examples>(neutralExamples(readFile(file, most), *tokenizer, card.contextLength - plan.numVirtualTokens));
}

TrainingResult carryOut(const PreparedRun& run, const TrainingListener& listener, std::stop_token stop) {
  const TrainingPlan plan = decided(run);
  const auto neutral = neutralOf(plan, *run.model, run.tokenizer.get());
  Recorder recorder(run, plan, stop);
  const TrainingListener both = [&](const TrainingEvent& event) {
    recorder.record(event);
    if (listener) listener(event);
  };
  TrainingInput input{run.model, run.training, run.validation, run.start, run.resume, neutral};
  input.start.origin.use = useOf(*run.training, plan.train);
  TrainingResult result = train(plan, input, both, recorder.stop(), [&](const TrainingState& state) { recorder.keep(state); });
  result.best = withOutcome(std::move(result.best), result.summary);
  recorder.finish(result);
  return result;
}

std::vector<SweepOutcome> carryOutTogether(const std::vector<PreparedRun>& runs,
                                           const std::function<void(std::size_t run, const TrainingEvent&)>& listener,
                                           std::stop_token stop) {
  std::vector<std::unique_ptr<Recorder>> recorders;
  std::vector<SweepMember> members;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const PreparedRun& run = runs[i];
    const TrainingPlan plan = decided(run);
    const auto neutral = neutralOf(plan, *run.model, run.tokenizer.get());
    Recorder& recorder = *recorders.emplace_back(std::make_unique<Recorder>(run, plan, stop));
    const auto listen = [&recorder, &listener, i](const TrainingEvent& event) {
      recorder.record(event);
      if (listener) listener(i, event);
    };
    members.push_back({plan,
                       {run.model, run.training, run.validation, run.start, run.resume, neutral},
                       listen,
                       [&recorder](const TrainingState& state) { recorder.keep(state); },
                       recorder.stop()});
    members.back().input.start.origin.use = useOf(*run.training, plan.train);
  }
  std::vector<SweepOutcome> outcomes = sweep(members);
  for (std::size_t i = 0; i < runs.size(); ++i)
    try {
      if (auto& result = outcomes[i].result) {
        result->best = withOutcome(std::move(result->best), result->summary);
        recorders[i]->finish(*result);
      }
    } catch (const FileError& error) {
      outcomes[i].failure = error.what();  // the prompt in the outcome stays
    }
  return outcomes;
}

}  // namespace incipit

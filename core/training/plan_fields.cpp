#include "core/training/plan_fields.h"

#include <algorithm>
#include <cmath>

namespace incipit {
namespace {

using Group = PlanField::Group;
using Plan = TrainingPlan;

// at<&Plan::data, &DataSettings::maxLength>: the value that lies there.
template <auto... Members>
PlanValue at(Plan& plan) {
  return &(plan.*....*Members);
}

constexpr std::int64_t mostPasses = 100'000;

bool isDate(const std::string& text) {
  if (text.empty()) return true;
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const auto number = [&](std::size_t begin, std::size_t length) {
    int value = 0;
    for (std::size_t i = begin; i < begin + length; ++i) {
      if (text[i] < '0' || text[i] > '9') return -1;
      value = value * 10 + (text[i] - '0');
    }
    return value;
  };
  const int month = number(5, 2), day = number(8, 2);
  return number(0, 4) >= 1900 && month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

bool copies(const Plan& plan) { return plan.promptTuningInit == PromptInit::Adapter; }

std::vector<PlanField> makeFields() {
  return {
      // Where things are. The model has no flag: it is what the command is about.
      {"model", Group::Places, at<&Plan::model>, "Model folder, name in the Hugging Face cache, or \"demo\""},
      {"train", Group::Places, at<&Plan::train>, "Training data: JSON Lines, CSV, TSV or plain text", {}, {}, "FILE"},
      {"validation", Group::Places, at<&Plan::validation>, "Validation data; the prompt that does best on it is kept", {}, {}, "FILE"},
      {"out", Group::Places, at<&Plan::out>, "Run folder to make; a new one below ./runs otherwise", {}, {}, "RUN"},

      // What becomes of a row of data.
      {"input_column",
       Group::Data,
       at<&Plan::data, &DataSettings::inputColumn>,
       "Column with the text; \"text\", \"input\" ... or the longest is taken otherwise",
       {},
       {},
       "COLUMN"},
      {"label_column",
       Group::Data,
       at<&Plan::data, &DataSettings::labelColumn>,
       "Column with the answer: only it is learned then, and accuracy is measured",
       {},
       {},
       "COLUMN"},
      {"template", Group::Data, at<&Plan::data, &DataSettings::textTemplate>, "Text in front of the answer, with {input} or {column}"},
      {"chat_template",
       Group::Data,
       at<&Plan::data, &DataSettings::chatTemplate>,
       "Chat template around text and answer: auto (an instruct model's own), none, a name among the model's, or a file",
       {},
       {},
       "auto|none|FILE"},
      {"system", Group::Data, at<&Plan::data, &DataSettings::system>, "What the system says in a chat, in front of the text"},
      {"chat_date",
       Group::Data,
       at<&Plan::data, &DataSettings::chatDate>,
       "Day that some chat templates write, as 2026-03-05; today otherwise",
       {{[](const Plan& p) { return isDate(p.data.chatDate); }, "The chat date is a day written as 2026-03-05."}},
       {},
       "DATE"},
      {"verbaliser",
       Group::Data,
       at<&Plan::data, &DataSettings::verbaliser>,
       "Word the model is to say for a value of the label column",
       {},
       {},
       "VALUE=WORD"},
      {"max_length", Group::Data, at<&Plan::data, &DataSettings::maxLength>, "Tokens an example may have; 0: what the context leaves"},
      {"end_of_text", Group::Data, at<&Plan::data, &DataSettings::endOfText>, "Do not learn to stop: no end-of-text behind an example"},

      // The prompt, and how it starts.
      {"num_virtual_tokens",
       Group::Prompt,
       at<&Plan::numVirtualTokens>,
       "Rows of the prompt",
       {{[](const Plan& p) { return copies(p) || p.numVirtualTokens >= 1; },
         "A prompt needs at least one virtual token; 20 is a good start."}}},
      {"num_transformer_submodules",
       Group::Prompt,
       at<&Plan::numTransformerSubmodules>,
       "Encoder-decoder models: 2 writes PEFT's unused rows into the adapter, 1 only the encoder's; 0: PEFT's default, 2",
       {{[](const Plan& p) { return p.numTransformerSubmodules >= 0 && p.numTransformerSubmodules <= 2; },
         "An adapter is for 1 or 2 transformer submodules; 0 takes PEFT's default."}}},
      {"prompt_tuning_init",
       Group::Prompt,
       at<&Plan::promptTuningInit>,
       "How the rows start",
       {},
       {"RANDOM", "RANDOM_SCALED", "SAMPLE_VOCAB", "TEXT", "CLASS_LABELS", "ADAPTER"}},
      {"prompt_tuning_init_text",
       Group::Prompt,
       at<&Plan::promptTuningInitText>,
       "Text whose tokens they start from; alone it implies TEXT",
       {{[](const Plan& p) { return p.promptTuningInit != PromptInit::Text || !p.promptTuningInitText.empty(); },
         "The init text is empty: type a few words that describe the task, or choose another way to start."}}},
      {"init_text_special_tokens", Group::Prompt, at<&Plan::initTextSpecialTokens>,
       "Tokenise that text without special tokens (PEFT has them)"},
      {"init_from",
       Group::Prompt,
       at<&Plan::initFrom>,
       "Adapter to start from; alone it implies ADAPTER and its length",
       {{[](const Plan& p) { return !copies(p) || !p.initFrom.empty(); }, "No adapter is chosen to start from."}},
       {},
       "ADAPTER"},
      {"gemma_prompt",
       Group::Prompt,
       at<&Plan::gemmaPrompt>,
       "Gemma: the rows of that adapter are scaled (transformers 5) or unscaled (up to 4); otherwise as its file says",
       {},
       {"scaled", "unscaled"}},
      {"gemma_rows",
       Group::Prompt,
       at<&Plan::gemmaRows>,
       "Gemma: train rows as transformers 5 means them, scaled, or up to 4",
       {},
       {"scaled", "unscaled"}},
      {"seed", Group::Prompt, at<&Plan::seed>, "Of the start and of the order of the data"},
      {"task_type",
       Group::Prompt,
       at<&Plan::taskType>,
       "SEQ_CLS puts a head on a decoder that has none; otherwise what the model was made for",
       {},
       {"CAUSAL_LM", "SEQ_2_SEQ_LM", "SEQ_CLS"}},
      {"pooling",
       Group::Prompt,
       at<&Plan::pooling>,
       "Row that the head of an encoder (BERT) reads: the first of all, a virtual token, as in PEFT, or the text's own first",
       {},
       {"first", "text"}},

      // How it learns.
      {"optimizer", Group::Training, at<&Plan::optimizer>, "", {}, {"adamw", "adafactor"}},
      {"learning_rate",
       Group::Training,
       at<&Plan::learningRate>,
       "0.03 is a good start with adamw, 0.3 with adafactor",
       {{[](const Plan& p) { return std::isfinite(p.learningRate) && p.learningRate > 0; },
         "A learning rate of zero or less teaches nothing: 0.03 is a good start with AdamW, 0.3 with Adafactor."},
        {[](const Plan& p) { return !(p.learningRate > 100); },
         "A learning rate above 100 cannot work: 0.03 is a good start with AdamW, 0.3 with Adafactor."}}},
      {"weight_decay",
       Group::Training,
       at<&Plan::weightDecay>,
       "Decoupled, as in AdamW",
       {{[](const Plan& p) { return std::isfinite(p.weightDecay) && p.weightDecay >= 0; },
         "Weight decay is zero or a small positive number."}}},
      {"schedule", Group::Training, at<&Plan::schedule>, "Of the learning rate", {}, {"constant", "linear", "cosine"}},
      {"warmup_steps",
       Group::Training,
       at<&Plan::warmupSteps>,
       "Steps in which the rate rises from 0",
       {{[](const Plan& p) { return p.warmupSteps >= 0; }, "Warm-up steps cannot be negative."},
        {[](const Plan& p) { return p.epochs > 0 || p.warmupSteps <= p.steps; },
         "The warm-up is longer than the whole run: use fewer warm-up steps or more steps."}}},
      {"schedule_steps",
       Group::Training,
       at<&Plan::scheduleSteps>,
       "Steps over which the schedule is drawn; 0: over the whole run",
       {{[](const Plan& p) { return p.scheduleSteps >= 0; }, "The steps of a schedule cannot be negative."}}},
      {"constant_from",
       Group::Training,
       at<&Plan::constantFrom>,
       "Step from which the rate stays at --constant-rate; 0: never",
       {{[](const Plan& p) { return p.constantFrom >= 0; }, "A step is a positive number, or 0 for never."},
        {[](const Plan& p) { return p.constantFrom == 0 || p.constantRate > 0; },
         "The rate is to stay constant, and no rate is given: set constant_rate."}}},
      {"constant_rate",
       Group::Training,
       at<&Plan::constantRate>,
       "That rate",
       {{[](const Plan& p) { return std::isfinite(p.constantRate) && p.constantRate >= 0 && p.constantRate <= 100; },
         "A constant rate is a small positive number."}}},
      {"max_grad_norm",
       Group::Training,
       at<&Plan::maxGradNorm>,
       "Gradients are clipped to this norm; 0: never",
       {{[](const Plan& p) { return std::isfinite(p.maxGradNorm) && p.maxGradNorm >= 0; },
         "Clipping is a positive gradient norm, or 0 for none."}}},
      {"steps",
       Group::Training,
       at<&Plan::steps>,
       "Updates of the prompt",
       {{[](const Plan& p) { return p.steps >= 1 || p.epochs >= 1; }, "The run has no steps: set steps or epochs to at least one."},
        {[](const Plan& p) { return p.steps >= 0; }, "Steps cannot be negative."}}},
      {"epochs",
       Group::Training,
       at<&Plan::epochs>,
       "Rounds through the data, in place of steps",
       {{[](const Plan& p) { return p.epochs >= 0; }, "Epochs cannot be negative."}}},
      {"batch_size",
       Group::Training,
       at<&Plan::batchSize>,
       "Examples a pass",
       {{[](const Plan& p) { return p.batchSize >= 1; }, "A batch needs at least one example."},
        {[](const Plan& p) { return p.batchSize <= 1'000'000; }, "A batch holds 1,000,000 examples at most."}}},
      {"gradient_accumulation_steps",
       Group::Training,
       at<&Plan::gradientAccumulationSteps>,
       "Passes an update",
       {{[](const Plan& p) { return p.gradientAccumulationSteps >= 1; }, "Gradients are accumulated over one batch at least."},
        {[](const Plan& p) { return p.gradientAccumulationSteps <= mostPasses; },
         "Gradients are accumulated over 100,000 batches at most: a step that reads more would never end. Use larger batches."}}},
      {"gradient_checkpointing", Group::Training, at<&Plan::gradientCheckpointing>,
       "Less memory for more time: most layers are computed again in the backward pass"},
      {"shuffle", Group::Training, at<&Plan::shuffle>, "The rows in order, round and round; otherwise a new order every epoch"},
      {"precision",
       Group::Training,
       at<&Plan::precision>,
       "How to compute; the prompt itself is always fp32",
       {},
       {"auto", "fp32", "bf16"}},
      {"device", Group::Training, at<&Plan::device>, "auto, cpu, cuda or cuda:N"},
      {"threads",
       Group::Training,
       at<&Plan::threads>,
       "0: the processor's cores",
       {{[](const Plan& p) { return p.threads >= 0 && p.threads <= 1024; },
         "Threads are 0 (the processor's cores) or a number up to 1024."}}},
      {"validation_fraction",
       Group::Training,
       at<&Plan::validationFraction>,
       "Share of the training rows held out for validation, by the seed, each class its share (0.1); not with --validation",
       {{[](const Plan& p) { return p.validationFraction >= 0 && p.validationFraction < 1; },
         "The share of rows held out is 0 (none) or a number below 1: 0.1 is a good start."},
        {[](const Plan& p) { return p.validationFraction == 0 || p.validation.empty(); },
         "There is a validation file and rows are to be held out besides: use one of the two."}}},
      {"eval_every",
       Group::Training,
       at<&Plan::evalEvery>,
       "Steps between validations; 0: by cost, at most a quarter of the time",
       {{[](const Plan& p) { return p.evalEvery >= 0; }, "Steps between evaluations cannot be negative."}}},
      {"eval_rows",
       Group::Training,
       at<&Plan::evalRows>,
       "Rows of each validation, a sample by seed (the last one judges all); 0: by cost, or all with --eval-every",
       {{[](const Plan& p) { return p.evalRows >= 0; }, "Rows of a validation cannot be negative."}}},
      {"early_stopping_patience",
       Group::Training,
       at<&Plan::earlyStoppingPatience>,
       "Validations without a better loss before the run ends; 0: never",
       {{[](const Plan& p) { return p.earlyStoppingPatience >= 0; }, "Patience is a number of evaluations, or 0 to never stop early."},
        {[](const Plan& p) { return p.earlyStoppingPatience == 0 || isValidated(p); },
         "Early stopping needs validation data to tell when to stop: add a validation file, hold rows out, or set patience to 0."}}},
      {"snapshot_every",
       Group::Training,
       at<&Plan::snapshotEvery>,
       "Steps between stored prompts; 0: fifty a run",
       {{[](const Plan& p) { return p.snapshotEvery >= 0; }, "Steps between stored prompts cannot be negative."}}},
  };
}

}  // namespace

const std::vector<PlanField>& planFields() {
  static const std::vector<PlanField> fields = makeFields();
  return fields;
}

const PlanField* planField(std::string_view key) {
  const auto& fields = planFields();
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const PlanField& field) { return field.key == key; });
  return found == fields.end() ? nullptr : &*found;
}

}  // namespace incipit

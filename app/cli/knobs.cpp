#include "app/cli/knobs.h"

#include "app/cli/checks.h"

#include "core/support/error.h"
#include "core/training/plan.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit::cli {
namespace {

enum class Kind { Text, Whole, Number, Switch };

struct Knob {
  const char* key;
  Kind kind;
  const char* help;  // a switch is on, and its help is that of --no-...
  std::vector<std::string> choices = {};
  const char* takes = nullptr;  // in --help, in place of TEXT
};

const std::vector<Knob> dataKnobs{
    {"input_column", Kind::Text, "Column with the text; \"text\", \"input\" ... or the longest is taken otherwise", {}, "COLUMN"},
    {"label_column", Kind::Text, "Column with the answer: only it is learned then, and accuracy is measured", {}, "COLUMN"},
    {"template", Kind::Text, "Text in front of the answer, with {input} or {column}"},
    {"max_length", Kind::Whole, "Tokens an example may have; 0: what the context leaves"},
    {"end_of_text", Kind::Switch, "Do not learn to stop: no end-of-text behind an example"},
};

const std::vector<Knob> placeKnobs{
    {"train", Kind::Text, "Training data: JSON Lines, CSV, TSV or plain text", {}, "FILE"},
    {"validation", Kind::Text, "Validation data; the prompt that does best on it is kept", {}, "FILE"},
    {"out", Kind::Text, "Run folder to make; a new one below ./runs otherwise", {}, "RUN"},
};

const std::vector<Knob> promptKnobs{
    {"num_virtual_tokens", Kind::Whole, "Rows of the prompt"},
    {"num_transformer_submodules", Kind::Whole,
     "Encoder-decoder models: 2 writes PEFT's unused rows into the adapter, 1 only the encoder's; 0: PEFT's default, 2"},
    {"prompt_tuning_init",
     Kind::Text,
     "How the rows start",
     {"RANDOM", "RANDOM_SCALED", "SAMPLE_VOCAB", "TEXT", "CLASS_LABELS", "ADAPTER"}},
    {"prompt_tuning_init_text", Kind::Text, "Text whose tokens they start from; alone it implies TEXT"},
    {"init_text_special_tokens", Kind::Switch, "Tokenise that text without special tokens (PEFT has them)"},
    {"init_from", Kind::Text, "Adapter to start from; alone it implies ADAPTER and its length", {}, "ADAPTER"},
    {"seed", Kind::Whole, "Of the start and of the order of the data"},
    {"task_type",
     Kind::Text,
     "SEQ_CLS puts a head on a decoder that has none; otherwise what the model was made for",
     {"CAUSAL_LM", "SEQ_2_SEQ_LM", "SEQ_CLS"}},
    {"pooling",
     Kind::Text,
     "Row that the head of an encoder (BERT) reads: the first of all, a virtual token, as in PEFT, or the text's own first",
     {"first", "text"}},
};

const std::vector<Knob> optimizerKnobs{
    {"optimizer", Kind::Text, "", {"adamw", "adafactor"}},
    {"learning_rate", Kind::Number, "0.03 is a good start with adamw, 0.3 with adafactor"},
    {"weight_decay", Kind::Number, "Decoupled, as in AdamW"},
    {"schedule", Kind::Text, "Of the learning rate", {"constant", "linear", "cosine"}},
    {"warmup_steps", Kind::Whole, "Steps in which the rate rises from 0"},
    {"max_grad_norm", Kind::Number, "Gradients are clipped to this norm; 0: never"},
    {"steps", Kind::Whole, "Updates of the prompt"},
    {"epochs", Kind::Whole, "Rounds through the data, in place of steps"},
    {"batch_size", Kind::Whole, "Examples a pass"},
    {"gradient_accumulation_steps", Kind::Whole, "Passes an update"},
    {"gradient_checkpointing", Kind::Switch, "Less memory for more time: most layers are computed again on the way back"},
    {"shuffle", Kind::Switch, "The rows in order, round and round; otherwise a new order every epoch"},
    {"precision", Kind::Text, "How to compute; the prompt itself is always fp32", {"auto", "fp32", "bf16"}},
    {"device", Kind::Text, "auto, cpu, cuda or cuda:N"},
    {"threads", Kind::Whole, "0: the processor's cores"},
    {"eval_every", Kind::Whole, "Steps between validations; 0: ten times a run"},
    {"early_stopping_patience", Kind::Whole, "Validations without a better loss before the run ends; 0: never"},
    {"snapshot_every", Kind::Whole, "Steps between stored prompts; 0: fifty a run"},
};

std::string flagOf(const char* key) {
  std::string flag = key;
  std::replace(flag.begin(), flag.end(), '_', '-');
  return flag;
}

// "[0.03]" behind the flag in --help.
std::string defaultOf(const char* key) {
  static const Json defaults = toJson(TrainingPlan{});
  const Json& value = defaults.at(key);
  if (value.is_string()) return value.get<std::string>();
  return value.dump();
}

void addKnob(CLI::App& command, const std::string& group, const Knob& knob, const std::shared_ptr<Json>& given) {
  const std::string flag = flagOf(knob.key), key = knob.key;
  CLI::Option* option = nullptr;
  switch (knob.kind) {
  case Kind::Text:
    option = command.add_option_function<std::string>(
        "--" + flag, [=](const std::string& value) { (*given)[key] = value; }, knob.help);
    break;
  case Kind::Whole:
    option = command.add_option_function<std::int64_t>(
        "--" + flag, [=](std::int64_t value) { (*given)[key] = value; }, knob.help);
    break;
  case Kind::Number:
    option = command.add_option_function<double>(
        "--" + flag, [=](double value) { (*given)[key] = value; }, knob.help);
    break;
  case Kind::Switch: {  // both ways, of which --help shows the one that changes something
    const bool on = toJson(TrainingPlan{}).at(key).get<bool>();
    const auto turns = [=, &command](bool to) {
      return command.add_flag_callback((to ? "--" : "--no-") + flag, [=] { (*given)[key] = to; });
    };
    turns(on)->group("");
    option = turns(!on)->description(knob.help);
    break;
  }
  }
  option->group(group);
  if (!knob.choices.empty()) option->check(CLI::IsMember(knob.choices));
  if (key == "seed") option->check(atLeast(0));
  if (knob.takes != nullptr) option->type_name(knob.takes);
  if (knob.kind != Kind::Switch) option->default_str(defaultOf(knob.key));
}

void addKnobs(CLI::App& command, const std::string& group, const std::vector<Knob>& knobs, const std::shared_ptr<Json>& given) {
  for (const Knob& knob : knobs)
    addKnob(command, group, knob, given);
}

}  // namespace

void addDataFlags(CLI::App& command, const std::shared_ptr<Json>& given) {
  addKnobs(command, "Data", dataKnobs, given);
  command
      .add_option_function<std::vector<std::string>>(
          "--verbaliser",
          [given](const std::vector<std::string>& pairs) {
            for (const std::string& pair : pairs) {
              const auto equals = pair.find('=');
              if (equals == std::string::npos) throw CLI::ValidationError("--verbaliser", "'" + pair + "' is not VALUE=WORD");
              (*given)["verbaliser"][pair.substr(0, equals)] = pair.substr(equals + 1);
            }
          },
          "Word the model is to say for a value of the label column")
      ->type_name("VALUE=WORD")
      ->group("Data");
}

void addPlanFlags(CLI::App& command, std::string& planFile, const std::shared_ptr<Json>& given) {
  CLI::Option* model = command
                           .add_option_function<std::string>(
                               "MODEL", [given](const std::string& name) { (*given)["model"] = name; },
                               "Model folder, name in the Hugging Face cache, or \"demo\"")
                           ->type_name("");
  CLI::Option* plan = command.add_option("--plan", planFile, "plan.json to start from; flags win over it")->type_name("FILE");
  addKnobs(command, "Places", placeKnobs, given);
  addDataFlags(command, given);
  addKnobs(command, "Prompt", promptKnobs, given);
  addKnobs(command, "Training", optimizerKnobs, given);
  command.get_option("--steps")->excludes(command.get_option("--epochs"));
  command.parse_complete_callback([model, plan, train = command.get_option("--train")] {
    if (model->count() + plan->count() == 0) throw CLI::RequiredError("MODEL or --plan");
    if (plan->count() + train->count() == 0) throw CLI::RequiredError("--train or --plan");
  });
}

Json mergedPlan(const std::string& planFile, const Json& given) {
  Json json = planFile.empty() ? Json::object() : readJson(planFile);
  if (!json.is_object())
    throw PlanError("'" + planFile + "' is no plan: it holds no JSON object.", "Take the plan.json of a run as a pattern.");
  // The plan in a run folder describes that run; doing it again needs a folder of its own.
  std::error_code ignored;
  if (json.contains("out") && json["out"].is_string() &&
      std::filesystem::equivalent(json["out"].get<std::string>(), std::filesystem::absolute(planFile).parent_path(), ignored))
    json.erase("out");
  if (given.contains("steps")) json.erase("epochs");
  if (given.contains("epochs")) json.erase("steps");
  const bool startSaid = given.contains("prompt_tuning_init");
  for (const auto& [key, value] : given.items())
    json[key] = value;
  if (!startSaid && (given.contains("init_from") || (json.contains("init_from") && !json.contains("prompt_tuning_init"))))
    json["prompt_tuning_init"] = "ADAPTER";
  else if (!startSaid && given.contains("prompt_tuning_init_text"))
    json["prompt_tuning_init"] = "TEXT";
  return json;
}

}  // namespace incipit::cli

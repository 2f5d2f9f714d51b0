#include "core/exchange/peft.h"

#include "core/exchange/head_tensors.h"
#include "core/exchange/model_card.h"
#include "core/exchange/origin.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/support/fingerprint.h"
#include "core/tensor/floats.h"
#include "core/tensor/safetensors.h"
#include "core/tensor/tensor_file.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

constexpr const char* configName = "adapter_config.json";
constexpr const char* tensorsName = "adapter_model.safetensors";
constexpr const char* oldTensorsName = "adapter_model.bin";
constexpr const char* originName = "incipit_origin.json";  // what PEFT has no key for; PEFT itself does not look at it
constexpr const char* cardName = "README.md";
constexpr const char* tensorName = "prompt_embeddings";
constexpr const char* headPrefix = "base_model.";

std::string fingerprintOf(const Matrix& rows) {
  Fingerprint fingerprint;
  fingerprint.add(std::as_bytes(std::span(rows.values)));
  return fingerprint.text();
}

Json orNull(const std::string& text) { return text.empty() ? Json() : Json(text); }
Json orNull(std::int64_t number) { return number == 0 ? Json() : Json(number); }

// The names PEFT looks for a trained head under; it adds them itself where they are missing.
Json headModules(const SoftPrompt& prompt) {
  if (prompt.origin.task != PromptTask::SeqCls) return nullptr;
  return {"classifier", "score"};
}

// The keys of PEFT 0.20; which of them older versions lack, they ignore with a warning.
Json configOf(const SoftPrompt& prompt) {
  const PromptOrigin& origin = prompt.origin;
  // PEFT refuses TEXT without text or tokenizer, even where it only loads. Of our own modes it knows none: RANDOM stands for them,
  // and is never carried out on a stored prompt.
  const std::string tokenizer = origin.tokenizerName.empty() ? origin.modelName : origin.tokenizerName;
  const bool text = origin.init == PromptInit::Text && !origin.initText.empty() && !tokenizer.empty();
  const char* init = text ? "TEXT" : origin.init == PromptInit::SampleVocabulary ? "SAMPLE_VOCAB" : "RANDOM";
  return {{"auto_mapping", nullptr},
          {"base_model_name_or_path", orNull(origin.modelName)},
          {"inference_mode", true},
          {"modules_to_save", headModules(prompt)},
          {"num_attention_heads", orNull(origin.heads)},
          {"num_layers", orNull(origin.layers)},
          {"num_transformer_submodules", prompt.unusedRows.empty() ? 1 : 2},
          {"num_virtual_tokens", prompt.length()},
          {"peft_type", "PROMPT_TUNING"},
          {"peft_version", "0.20.0"},
          {"prompt_tuning_init", init},
          {"prompt_tuning_init_text", text ? Json(origin.initText) : Json()},
          {"revision", nullptr},
          {"task_type", origin.task == PromptTask::Unknown ? "CAUSAL_LM" : nameOf(origin.task)},
          {"token_dim", prompt.width()},
          {"tokenizer_kwargs", nullptr},
          {"tokenizer_name_or_path", text ? Json(tokenizer) : Json()}};
}

// Reads keys of adapter_config.json; a wrong kind of value is an error that names file and key, null and absence are the default.
class Config {
 public:
  explicit Config(std::filesystem::path file) : m_file(std::move(file)), m_json(readJson(m_file)) {
    if (!m_json.is_object()) throw FormatError("'" + m_file.string() + "' is not a JSON object.", "Choose the folder PEFT saved.");
  }

  std::string text(const char* key, const std::string& missing = {}) const {
    const auto found = m_json.find(key);
    if (found == m_json.end() || found->is_null()) return missing;
    if (!found->is_string()) wrong(key, "a text");
    return found->get<std::string>();
  }

  std::int64_t number(const char* key) const {
    const auto found = m_json.find(key);
    if (found == m_json.end() || found->is_null()) return 0;
    if (!found->is_number_integer() || found->get<std::int64_t>() < 0) wrong(key, "a whole number");
    return found->get<std::int64_t>();
  }

  [[noreturn]] void refuse(const std::string& what, const std::string& remedy) const {
    throw FormatError("'" + m_file.string() + "': " + what + ".", remedy);
  }

 private:
  [[noreturn]] void wrong(const char* key, const char* kind) const {
    refuse("'" + std::string(key) + "' should be " + kind + ", but is " + m_json[key].dump(), "Mend that key, or save the adapter again.");
  }

  std::filesystem::path m_file;
  Json m_json;
};

void checkKind(const Config& config) {
  const std::string type = config.text("peft_type");
  // P-tuning's network is folded away when PEFT saves: what is left are rows like any other.
  if (type != "PROMPT_TUNING" && type != "P_TUNING")
    config.refuse(type.empty() ? "there is no 'peft_type'" : "'peft_type' is " + type + ", not PROMPT_TUNING",
                  "Only prompt tuning adapters hold a soft prompt; choose another adapter.");
  const std::string task = config.text("task_type", "CAUSAL_LM");
  if (promptTaskFrom(task) == PromptTask::Unknown)
    config.refuse("'task_type' is " + task + ", and only prompts for CAUSAL_LM, SEQ_2_SEQ_LM and SEQ_CLS can be read",
                  "Choose an adapter of a model that writes text or classifies it.");
  const std::int64_t most = task == "SEQ_2_SEQ_LM" ? 2 : 1;
  if (config.number("num_transformer_submodules") > most)
    config.refuse("'num_transformer_submodules' is " + std::to_string(config.number("num_transformer_submodules")) + ", but a " + task +
                      " model has " + (most == 1 ? "one" : "two"),
                  most == 1 ? "The adapter was made for an encoder-decoder model; choose another one." : "Choose another adapter.");
}

PromptOrigin originOf(const Config& config) {
  PromptOrigin origin;
  origin.modelName = config.text("base_model_name_or_path");
  origin.task = promptTaskFrom(config.text("task_type"));
  origin.layers = config.number("num_layers");
  origin.heads = config.number("num_attention_heads");
  origin.initText = config.text("prompt_tuning_init_text");
  origin.tokenizerName = config.text("tokenizer_name_or_path");
  const std::string init = config.text("prompt_tuning_init");
  origin.init = init == "TEXT" ? PromptInit::Text : init == "SAMPLE_VOCAB" ? PromptInit::SampleVocabulary : PromptInit::Random;
  return origin;
}

// Our own note beside the adapter, if it is still about these numbers.
void addNote(const std::filesystem::path& folder, SoftPrompt& prompt) {
  if (!fileExists(folder / originName)) return;
  const Json note = jsonOrNothing(readFile(folder / originName));
  if (!note.is_object() || note.value("prompt", Json()) != fingerprintOf(prompt.rows)) return;
  const Json origin = note.value("origin", Json::object());
  const PromptTask task = prompt.origin.task;
  prompt.origin = originFrom(origin);
  if (!origin.contains("task_type")) prompt.origin.task = task;  // a note from before there were encoder-decoder models
}

// Where the rows are. Older versions of PEFT wrote adapter_model.bin, a PyTorch file.
std::filesystem::path tensorsOf(const std::filesystem::path& folder) {
  for (const char* name : {tensorsName, oldTensorsName})
    if (fileExists(folder / name)) return folder / name;
  throw FormatError("The adapter '" + folder.string() + "' has no " + tensorsName + " and no " + oldTensorsName + ".",
                    "It is not complete; copy the folder again.");
}

// What the file with the rows says itself: it may have been parted from the note.
RowScale rowScaleIn(const std::filesystem::path& file) {
  if (file.extension() != ".safetensors") return RowScale::Unsaid;
  const SafetensorsFile tensors(file);
  const auto said = tensors.metadata().find(rowScaleKey);
  return said == tensors.metadata().end() ? RowScale::Unsaid : rowScaleOf(said->second);
}

// How often the tensor holds num_virtual_tokens rows: PEFT's default where the key is missing, unless the rows say otherwise.
std::int64_t submodulesOf(const Config& config, std::int64_t rows) {
  const std::int64_t said = config.number("num_transformer_submodules");
  if (said > 0) return said;
  return config.text("task_type") == "SEQ_2_SEQ_LM" && config.number("num_virtual_tokens") != rows ? 2 : 1;
}

// The first n rows stand in front of the encoder; what follows is kept apart.
void separate(SoftPrompt& prompt, std::int64_t used) {
  if (used >= prompt.length()) return;
  const auto border = static_cast<std::size_t>(used * prompt.width());
  prompt.unusedRows = Matrix(prompt.length() - used, prompt.width());
  std::copy(prompt.rows.values.begin() + static_cast<std::ptrdiff_t>(border), prompt.rows.values.end(), prompt.unusedRows.values.begin());
  Matrix kept(used, prompt.width());
  std::copy_n(prompt.rows.values.begin(), border, kept.values.begin());
  prompt.rows = std::move(kept);
}

}  // namespace

std::vector<std::filesystem::path> writePeftAdapter(const std::filesystem::path& folder, const SoftPrompt& prompt) {
  checkNumbers(prompt.rows, folder.string());
  makeFolder(folder);
  // The tensor first and the configuration last: a folder with a configuration is a whole adapter.
  std::vector<float> values = prompt.rows.values;
  values.insert(values.end(), prompt.unusedRows.values.begin(), prompt.unusedRows.values.end());
  const std::int64_t rows = prompt.length() + prompt.unusedRows.rows;
  std::vector<TensorToWrite> tensors{{tensorName, ElementType::F32, {rows, prompt.width()}, std::as_bytes(std::span(values))}};
  addHead(tensors, prompt.head, headPrefix);
  std::map<std::string, std::string> metadata{{"format", "pt"}};  // PEFT's own, and of Gemma's prompts what it has no word for
  if (prompt.origin.rowScale != RowScale::Unsaid) metadata[rowScaleKey] = nameOf(prompt.origin.rowScale);
  writeSafetensors(folder / tensorsName, std::move(tensors), metadata);
  writeJson(folder / originName, {{"prompt", fingerprintOf(prompt.rows)}, {"origin", toJson(prompt.origin)}});
  const bool ownCard = !isForeignCard(folder / cardName);
  if (ownCard) writeFileAtomically(folder / cardName, modelCard(prompt));
  writeJson(folder / configName, configOf(prompt));
  std::vector<std::filesystem::path> written{folder / configName, folder / tensorsName, folder / originName};
  if (ownCard) written.push_back(folder / cardName);
  return written;
}

SoftPrompt readPeftAdapter(const std::filesystem::path& folder) {
  const Config config(folder / configName);
  checkKind(config);
  const TensorFile file = readTensorFile(tensorsOf(folder));
  if (!file.tensors.contains(tensorName)) {
    const std::string found = file.tensors.empty() ? "nothing" : "'" + file.tensors.begin()->first + "'";
    throw FormatError("'" + file.path.string() + "' has no tensor '" + tensorName + "' but " + found + ".",
                      "It is not a prompt tuning adapter; choose another one.");
  }
  SoftPrompt prompt;
  prompt.rows = matrixFrom(file, tensorName);
  const std::int64_t submodules = submodulesOf(config, prompt.length());
  const auto agree = [&](const char* key, std::int64_t size) {
    if (config.number(key) != 0 && config.number(key) != size)
      config.refuse("'" + std::string(key) + "' is " + std::to_string(config.number(key)) + ", but the tensor " + tensorName +
                        " has the shape [" + std::to_string(prompt.length()) + ", " + std::to_string(prompt.width()) + "]" +
                        (submodules > 1 ? " for " + std::to_string(submodules) + " submodules" : ""),
                    "The two files do not belong together; copy the adapter again.");
  };
  if (prompt.length() % submodules != 0)
    config.refuse("the tensor has " + std::to_string(prompt.length()) + " rows, which " + std::to_string(submodules) +
                      " transformer submodules cannot share",
                  "The two files do not belong together; copy the adapter again.");
  agree("num_virtual_tokens", prompt.length() / submodules);
  agree("token_dim", prompt.width());
  checkNumbers(prompt.rows, file.path.string());
  separate(prompt, prompt.length() / submodules);
  prompt.head = headFrom(file, headPrefix);
  prompt.origin = originOf(config);
  addNote(folder, prompt);
  if (const RowScale said = rowScaleIn(file.path); said != RowScale::Unsaid) prompt.origin.rowScale = said;
  return prompt;
}

}  // namespace incipit

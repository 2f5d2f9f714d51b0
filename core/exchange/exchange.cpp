#include "core/exchange/exchange.h"

#include "core/exchange/head_tensors.h"
#include "core/exchange/json_prompt.h"
#include "core/exchange/kobold.h"
#include "core/exchange/model_card.h"
#include "core/exchange/origin.h"
#include "core/exchange/peft.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/tensor/floats.h"
#include "core/tensor/npy.h"
#include "core/tensor/safetensors.h"
#include "core/tensor/tensor_file.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

constexpr const char* embedsName = "prompt_embeds";

void writeEmbeds(const std::filesystem::path& file, const SoftPrompt& prompt) {
  std::vector<TensorToWrite> tensors{
      {embedsName, ElementType::F32, {prompt.length(), prompt.width()}, std::as_bytes(std::span(prompt.rows.values))}};
  addHead(tensors, prompt.head, "");
  writeSafetensors(file, std::move(tensors), {{"format", "pt"}, {"origin", compactJson(toJson(prompt.origin))}});
}

// `prompt_embeds`, PEFT's `prompt_embeddings`, or whatever the only tensor is called.
Matrix rowsOf(const TensorFile& file) {
  std::string name;
  for (const char* known : {embedsName, "prompt_embeddings"})
    if (name.empty() && file.tensors.contains(known)) name = known;
  if (name.empty() && file.tensors.size() == 1) name = file.tensors.begin()->first;
  if (name.empty())
    throw FormatError("'" + file.path.string() + "' has " + std::to_string(file.tensors.size()) + " tensors, none of them called '" +
                          embedsName + "'.",
                      "It should hold the prompt alone, of shape [virtual tokens, width].");
  return matrixFrom(file, name);
}

SoftPrompt readEmbeds(const std::filesystem::path& path) {
  const SafetensorsFile file(path);
  SoftPrompt prompt;
  const TensorFile tensors{path, file.mapping(), file.tensors()};
  prompt.rows = rowsOf(tensors);
  prompt.head = headFrom(tensors, "");
  const auto origin = file.metadata().find("origin");
  if (origin != file.metadata().end()) prompt.origin = originFrom(jsonOrNothing(origin->second));
  const auto scale = file.metadata().find(rowScaleKey);  // of an adapter's file alone, without its folder
  if (scale != file.metadata().end()) prompt.origin.rowScale = rowScaleOf(scale->second);
  return prompt;
}

SoftPrompt readFolder(const std::filesystem::path& folder) {
  const auto isAdapter = [](const std::filesystem::path& at) { return fileExists(at / "adapter_config.json"); };
  if (isAdapter(folder)) return readPeftAdapter(folder);
  if (isAdapter(folder / "adapter")) return readPeftAdapter(folder / "adapter");
  if (fileExists(folder / "plan.json"))
    throw FormatError("The run '" + folder.string() + "' has no adapter yet.", "Resume it, or take one of its snapshots.");
  throw FormatError("The folder '" + folder.string() + "' holds no prompt: there is no adapter_config.json.",
                    "Choose a PEFT adapter, a run folder, or a file (.npy, .zip, .json, .safetensors, .bin, .pt).");
}

SoftPrompt readPromptFile(const std::filesystem::path& file) {
  if (file.filename() == "adapter_config.json" || file.stem() == "adapter_model") {
    const auto folder = file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
    if (fileExists(folder / "adapter_config.json")) return readPeftAdapter(folder);
  }
  // Told by how the file begins: names are changed by people and browsers.
  const std::string start = readFile(file, 8);
  if (start.starts_with("\x93NUMPY")) return {readNpy(file), {}};
  const std::string ending = file.extension().string();
  if (ending == ".bin" || ending == ".pt" || ending == ".pth") return {rowsOf(readTensorFile(file)), {}};
  if (start.starts_with("PK\x03\x04")) return readKobold(file);
  const auto text = start.find_first_not_of(" \t\r\n");
  if (text != std::string::npos && (start[text] == '{' || start[text] == '[') && file.extension() != ".safetensors")
    return readJsonPrompt(file);
  if (file.extension() == ".safetensors") return readEmbeds(file);
  throw FormatError("'" + file.string() + "' is not a prompt in a form this program knows.",
                    "Choose a PEFT adapter, a run folder, or a file (.npy, .zip, .json, .safetensors, .bin, .pt).");
}

}  // namespace

std::filesystem::path keptFromExport(const std::string& format, const std::filesystem::path& path) {
  const auto card = path / "README.md";
  return format == "peft" && isForeignCard(card) ? card : std::filesystem::path();
}

const std::vector<ExchangeFormat>& exchangeFormats() {
  static const std::vector<ExchangeFormat> formats = {
      {"peft", "PEFT adapter (folder)", "",
       "from peft import PeftModel\n"
       "from transformers import AutoModelForCausalLM\n\n"
       "model = AutoModelForCausalLM.from_pretrained(\"BASE_MODEL\")  # T5: AutoModelForSeq2SeqLM\n"
       "model = PeftModel.from_pretrained(model, \"{path}\")\n"
       "# To go on with a text: model.generate(..., use_cache=False). With a cache, PEFT 0.21 on transformers 5\n"
       "# puts the virtual tokens in again before every new token.\n"},
      {"npy", "NumPy array", ".npy",
       "import numpy\nimport torch\n\n"
       "prompt = torch.from_numpy(numpy.load(\"{path}\"))  # [virtual tokens, width]\n"
       "embeds = model.get_input_embeddings()(input_ids)\n"
       "embeds = torch.cat([prompt.to(embeds).expand(len(embeds), -1, -1), embeds], dim=1)\n"
       "output = model.generate(inputs_embeds=embeds)\n"},
      {"kobold", "KoboldAI soft prompt", ".zip",
       "import io, json, zipfile\nimport numpy\n\n"
       "with zipfile.ZipFile(\"{path}\") as archive:  # KoboldAI: put it into the folder softprompts/\n"
       "    prompt = numpy.load(io.BytesIO(archive.read(\"tensor.npy\")))  # [virtual tokens, width]\n"
       "    meta = json.loads(archive.read(\"meta.json\"))\n"},
      {"json", "JSON", ".json",
       "import json\nimport torch\n\n"
       "with open(\"{path}\") as file:\n"
       "    prompt = torch.tensor(json.load(file)[\"rows\"])  # [virtual tokens, width]\n"},
      {"safetensors", "Tensor for prompt_embeds (vLLM)", ".safetensors",
       "import torch\nfrom safetensors.torch import load_file\nfrom vllm import LLM\n\n"
       "prompt = load_file(\"{path}\")[\"prompt_embeds\"]  # [virtual tokens, width]\n"
       "text = embedding(tokenizer(\"Once upon a time\", return_tensors=\"pt\").input_ids[0])  # the model's input embedding\n"
       "llm = LLM(\"BASE_MODEL\", enable_prompt_embeds=True)\n"
       "output = llm.generate({\"prompt_embeds\": torch.cat([prompt.to(text), text])})\n"}};
  return formats;
}

std::vector<std::filesystem::path> exportPrompt(const SoftPrompt& prompt, const std::string& format, const std::filesystem::path& path) {
  checkNumbers(prompt.rows, path.string());
  if (format == "peft") return writePeftAdapter(path, prompt);
  if (format != "safetensors") refuseHead(prompt, format);
  if (path.has_parent_path()) makeFolder(path.parent_path());
  if (format == "npy")
    writeNpy(path, prompt.rows);
  else if (format == "kobold")
    writeKobold(path, prompt);
  else if (format == "json")
    writeJsonPrompt(path, prompt);
  else if (format == "safetensors")
    writeEmbeds(path, prompt);
  else {
    std::string known;
    for (const ExchangeFormat& each : exchangeFormats())
      known += (known.empty() ? "" : ", ") + each.name;
    throw PlanError("There is no export format '" + format + "'.", "Choose one of " + known + ".");
  }
  return {path};
}

SoftPrompt readPrompt(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!fileExists(path))
    throw FileError("There is no prompt at '" + path.string() + "'.", "Check the path: a PEFT folder, a run folder, or a file.");
  SoftPrompt prompt = std::filesystem::is_directory(path, ignored) ? readFolder(path) : readPromptFile(path);
  checkNumbers(prompt.rows, path.string());
  return prompt;
}

}  // namespace incipit

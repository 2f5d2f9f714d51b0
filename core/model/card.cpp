#include "core/model/card.h"

#include "core/support/error.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

// The first of several keys that config.json has (families name the same size differently).
template <std::size_t N>
const Json* firstOf(const Json& config, const std::array<const char*, N>& keys) {
  for (const char* key : keys)
    if (const auto found = config.find(key); found != config.end() && !found->is_null()) return &*found;
  return nullptr;
}

constexpr std::int64_t largestSize = std::int64_t{1} << 31;

template <std::size_t N>
std::int64_t sizeOf(const Json& config, const std::array<const char*, N>& keys, const std::filesystem::path& file,
                    std::int64_t otherwise = 0) {
  const Json* value = firstOf(config, keys);
  if (value == nullptr && otherwise > 0) return otherwise;
  if (value == nullptr)
    throw ModelError("'" + file.string() + "' does not say '" + keys[0] + "'.", "It describes no language model this program knows.");
  if (!value->is_number_integer() || value->get<std::int64_t>() <= 0 || value->get<std::int64_t>() > largestSize)
    throw ModelError("'" + file.string() + "' gives " + keys[0] + " = " + value->dump() + ", which is no possible size.",
                     "Mend its config.json.");
  return value->get<std::int64_t>();
}

std::optional<std::int32_t> tokenOf(const Json& config, const char* key) {
  const auto found = config.find(key);
  if (found == config.end()) return {};
  const Json& value = found->is_array() && !found->empty() ? found->front() : *found;  // Llama 3 lists several ends of text
  if (!value.is_number_integer()) return {};
  return value.get<std::int32_t>();
}

// A snapshot in the Hugging Face cache is called by its repository ("models--org--name/snapshots/<revision>"), a folder that is just
// called "model" by the one around it (the demo's), any other by its own name.
std::string nameOf(const std::filesystem::path& folder) {
  const auto whole = std::filesystem::weakly_canonical(folder);
  std::string repository = whole.parent_path().parent_path().filename().string();
  if (whole.parent_path().filename() == "snapshots" && repository.starts_with("models--")) {
    repository.erase(0, 8);
    if (const auto dashes = repository.find("--"); dashes != std::string::npos) repository.replace(dashes, 2, "/");
    return repository;
  }
  return (whole.filename() == "model" ? whole.parent_path() : whole).filename().string();
}

}  // namespace

ModelCard readCard(const std::filesystem::path& folder) {
  const auto file = folder / "config.json";
  if (!std::filesystem::is_directory(folder))
    throw FileError("'" + folder.string() + "' is no folder.",
                    "Choose a model folder: it holds config.json, weights (*.safetensors, *.bin) and tokenizer files.");
  if (!std::filesystem::exists(file))
    throw FileError("'" + folder.string() + "' is no model folder: it has no config.json.",
                    "A Hugging Face model folder holds config.json, weights (*.safetensors, *.bin) and tokenizer files.");
  auto config = std::make_shared<Json>(readJson(file));
  if (!config->is_object()) throw FormatError("'" + file.string() + "' is no JSON object.", "Download the model again.");

  ModelCard card;
  card.folder = folder;
  card.name = nameOf(folder);
  const Json* type = firstOf(*config, std::array{"model_type"});
  if (type == nullptr || !type->is_string())
    throw ModelError("'" + file.string() + "' does not say its model_type.",
                     "Add it (for example \"gpt2\" or \"llama\"), or download the model again.");
  card.family = type->get<std::string>();
  if (const auto found = config->find("architectures");
      found != config->end() && found->is_array() && !found->empty() && found->front().is_string())
    card.architecture = found->front().get<std::string>();

  // Families that this program does not open name their sizes in their own ways; what they do say is still shown.
  const auto families = supportedFamilies();
  const bool supported = std::find(families.begin(), families.end(), card.family) != families.end();
  const auto size = [&](const auto& keys, std::int64_t otherwise = 0) {
    return !supported && firstOf(*config, keys) == nullptr ? otherwise : sizeOf(*config, keys, file, otherwise);
  };
  card.vocabularySize = size(std::array{"vocab_size"});
  card.hiddenSize = size(std::array{"hidden_size", "n_embd", "d_model"});
  card.layers = size(std::array{"num_hidden_layers", "n_layer", "num_layers"});
  card.heads = size(std::array{"num_attention_heads", "n_head", "num_heads"});
  card.keyValueHeads = size(std::array{"num_key_value_heads"}, card.heads);
  if (supported && card.heads % card.keyValueHeads != 0)
    throw ModelError("'" + file.string() + "': " + std::to_string(card.heads) + " heads cannot share " +
                         std::to_string(card.keyValueHeads) + " key/value heads evenly.",
                     "Mend its config.json.");
  const Json* headSize = firstOf(*config, std::array{"head_dim"});
  if (supported && headSize == nullptr && card.hiddenSize % card.heads != 0)
    throw ModelError("'" + file.string() + "': a hidden size of " + std::to_string(card.hiddenSize) + " does not divide into " +
                         std::to_string(card.heads) + " heads.",
                     "Mend its config.json.");
  card.headSize = size(std::array{"head_dim"}, card.heads > 0 ? std::max<std::int64_t>(1, card.hiddenSize / card.heads) : 0);
  card.intermediateSize = size(std::array{"intermediate_size", "n_inner", "d_ff"}, 4 * card.hiddenSize);
  card.contextLength = size(std::array{"max_position_embeddings", "n_positions", "n_ctx"}, 2048);
  // Llama's own default is untied; the others inherit "tied".
  card.tiedEmbeddings = config->value("tie_word_embeddings", card.family != "llama");
  card.beginOfText = tokenOf(*config, "bos_token_id");
  card.endOfText = tokenOf(*config, "eos_token_id");
  card.padding = tokenOf(*config, "pad_token_id");
  card.config = std::move(config);
  return card;
}

}  // namespace incipit

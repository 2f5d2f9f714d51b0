#include "core/model/card/card.h"

#include "core/model/positions/rope_scaling.h"
#include "core/support/error.h"
#include "core/support/files.h"

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
constexpr std::int64_t mostLabels = 10000;

template <std::size_t N>
std::int64_t sizeOf(const Json& config, const std::array<const char*, N>& keys, const std::filesystem::path& file,
                    std::int64_t otherwise = 0) {
  const Json* value = firstOf(config, keys);
  if (value == nullptr && otherwise > 0) return otherwise;
  if (value == nullptr)
    throw ModelError("'" + file.string() + "' does not say '" + keys[0] + "'.", "It describes no language model this program knows.");
  if (!value->is_number_integer() || value->get<std::int64_t>() <= 0 || value->get<std::int64_t>() > largestSize)
    throw ModelError("'" + file.string() + "' gives " + keys[0] + " = " + value->dump() + ", which is not a possible size.",
                     "Mend its config.json.");
  return value->get<std::int64_t>();
}

bool flagOf(const Json& config, const char* key, bool otherwise) {
  const auto found = config.find(key);
  if (found == config.end() || found->is_null()) return otherwise;
  if (!found->is_boolean())
    throw ModelError(std::string("config.json gives ") + key + " = " + found->dump() + ", which is neither true nor false.",
                     "Mend its config.json.");
  return found->get<bool>();
}

// What a config.json means that does not say it: the defaults of the family's configuration class in transformers.
struct Defaults {
  const char* family;
  bool tied;
  std::int64_t context;
  std::int64_t keyValueHeads = 0;  // 0: as many as heads
  std::int64_t headSize = 0;       // 0: hidden size / heads
  bool encoderDecoder = false;
  HeadKind encoderHead = HeadKind::None;  // of an encoder alone, which can do nothing but classify
};
constexpr std::array allDefaults{
    Defaults{"gpt2", true, 1024},
    Defaults{"llama", false, 2048},
    Defaults{"mistral", false, 131072, 8},
    Defaults{"qwen2", false, 32768, 32},
    Defaults{"qwen3", false, 32768, 32, 128},
    Defaults{"gemma", true, 8192, 16, 256},
    Defaults{"gemma2", true, 8192, 4, 256},
    Defaults{"phi", false, 2048},
    Defaults{"phi3", false, 4096},
    Defaults{"stablelm", false, 4096, 32},
    Defaults{"gpt_neox", false, 2048},
    Defaults{"gptj", false, 2048},
    Defaults{"gpt_neo", true, 2048},
    Defaults{"opt", true, 2048},
    Defaults{"bloom", true, 2048},
    Defaults{"falcon", true, 2048},
    Defaults{"gpt_bigcode", true, 1024},
    Defaults{"t5", true, 2048, 0, 64, true},
    Defaults{"mt5", false, 2048, 0, 64, true},
    Defaults{"bert", true, 512, 0, 0, false, HeadKind::Linear},
    Defaults{"roberta", true, 512, 0, 0, false, HeadKind::Mlp},
    Defaults{"xlm-roberta", true, 512, 0, 0, false, HeadKind::Mlp},
};

Defaults defaultsOf(const std::string& family) {
  for (const Defaults& defaults : allDefaults)
    if (family == defaults.family) return defaults;
  return {"", true, 2048};
}

// One key/value head for all queries: Falcon's first architecture and GPT-BigCode, unless they say otherwise.
bool sharesOneHead(const std::string& family, const Json& config) {
  if (family == "falcon" && flagOf(config, "new_decoder_architecture", false)) return false;
  return (family == "falcon" || family == "gpt_bigcode") && flagOf(config, "multi_query", true);
}

std::int64_t keyValueHeadsOf(const ModelCard& card, const Json& config, const std::filesystem::path& file) {
  if (sharesOneHead(card.family, config)) return 1;
  const bool falconOfOld = card.family == "falcon" && !flagOf(config, "new_decoder_architecture", false);
  if (card.heads == 0 || card.family == "gpt_bigcode" || falconOfOld) return card.heads;
  const bool saysNone = config.contains("num_key_value_heads") && config["num_key_value_heads"].is_null();
  const std::int64_t usual = saysNone ? 0 : defaultsOf(card.family).keyValueHeads;
  return sizeOf(config, std::array{"num_key_value_heads", "num_kv_heads", "n_head_kv"}, file, usual > 0 ? usual : card.heads);
}

std::optional<std::int32_t> tokenOf(const Json& config, const char* key) {
  const auto found = config.find(key);
  if (found == config.end()) return {};
  const Json& value = found->is_array() && !found->empty() ? found->front() : *found;  // Llama 3 lists several ends of text
  if (!value.is_number_integer()) return {};
  return value.get<std::int32_t>();
}

std::int64_t positionsOf(const std::string& family, const Json& config, std::int64_t otherwise, const std::filesystem::path& file) {
  const std::int64_t whole = sizeOf(config, std::array{"max_position_embeddings", "n_positions", "n_ctx", "seq_length"}, file, otherwise);
  // ALiBi and T5's biases by distance have no last position; small numbers there only tell how it was tried.
  if (family == "bloom" || defaultsOf(family).encoderDecoder) return std::max(whole, otherwise);
  if (defaultsOf(family).encoderHead == HeadKind::Mlp) {  // RoBERTa's positions begin behind the padding id
    const std::int64_t left = whole - (tokenOf(config, "pad_token_id").value_or(1) + 1);
    if (left <= 0) throw ModelError("'" + file.string() + "' leaves no positions behind its pad_token_id.", "Mend its config.json.");
    return left;
  }
  return whole;
}

// generation_config.json wins over config.json, as in transformers: chat models end their turns with other tokens than their texts.
std::vector<std::int32_t> stopTokensOf(const std::filesystem::path& folder, const Json& config) {
  std::filesystem::path file = folder / "generation_config.json";
  const Json generation = fileExists(file) ? readJson(file) : Json::object();
  if (!generation.is_object()) throw FormatError("'" + file.string() + "' is not a JSON object.", "Mend it, or delete it.");
  const Json* value = firstOf(generation, std::array{"eos_token_id"});
  if (value == nullptr) file = folder / "config.json", value = firstOf(config, std::array{"eos_token_id"});
  if (value == nullptr) return {};
  std::vector<std::int32_t> tokens;
  for (const Json& token : value->is_array() ? *value : Json::array({*value})) {
    if (!token.is_number_integer() || token.get<std::int64_t>() >= largestSize || token.get<std::int64_t>() < -1)
      throw ModelError("'" + file.string() + "' gives eos_token_id = " + value->dump() + ", which is not a token, nor a list of tokens.",
                       "Mend that file.");
    if (token.get<std::int64_t>() >= 0) tokens.push_back(token.get<std::int32_t>());  // -1 stands for none
  }
  return tokens;
}

// id2label by id; where config.json is silent, transformers takes two labels.
std::vector<std::string> labelsOf(const Json& config, const std::filesystem::path& file) {
  const auto found = config.find("id2label");
  std::vector<std::string> labels;
  if (found == config.end() || found->is_null()) {
    const std::int64_t count = sizeOf(config, std::array{"num_labels", "_num_labels"}, file, 2);
    for (std::int64_t id = 0; id < std::min<std::int64_t>(count, mostLabels + 1); ++id)
      labels.push_back("LABEL_" + std::to_string(id));
    return labels;
  }
  const auto nameOf = [&](std::size_t id) -> const Json* {
    const auto entry = found->find(std::to_string(id));
    return entry == found->end() || !entry->is_string() ? nullptr : &*entry;
  };
  for (std::size_t id = 0; found->is_object() && id < found->size() && nameOf(id) != nullptr; ++id)
    labels.push_back(nameOf(id)->get<std::string>());
  if (!found->is_object() || labels.size() != found->size())
    throw ModelError("The id2label of '" + file.string() + "' does not name the labels 0, 1, 2 ... one by one.", "Mend its config.json.");
  return labels;
}

// Whether and how the model classifies.
void readHead(ModelCard& card, const Json& config, const std::filesystem::path& file) {
  const bool own = card.architecture.ends_with("ForSequenceClassification");
  const HeadKind ofEncoder = defaultsOf(card.family).encoderHead;
  card.looksBothWays = ofEncoder != HeadKind::None;
  if (!own) {
    card.head = ofEncoder;  // a fresh one, made when the classes are known
    return;
  }
  card.head = ofEncoder != HeadKind::None ? ofEncoder : HeadKind::Score;
  card.labels = labelsOf(config, file);
}

// Whether the folder is one of sentence-transformers that takes the mean of a text's tokens, and nothing beside it.
bool takesMean(const std::filesystem::path& folder) {
  const auto file = folder / "1_Pooling" / "config.json";
  if (!fileExists(file)) return false;
  const Json pooling = readJson(file);
  if (!pooling.is_object()) throw FormatError("'" + file.string() + "' is no JSON object.", "Mend it, or delete it.");
  if (const auto mode = pooling.find("pooling_mode"); mode != pooling.end()) return *mode == "mean";
  std::size_t modes = 0;
  for (const auto& [key, value] : pooling.items())
    if (key.starts_with("pooling_mode_") && value == true) ++modes;
  return modes == 1 && flagOf(pooling, "pooling_mode_mean_tokens", false);
}

// A snapshot in the Hugging Face cache is named after its repository ("models--org--name/snapshots/<revision>"), a folder that is just
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
    throw FileError("'" + folder.string() + "' is not a folder.",
                    "Choose a model folder: it holds config.json, weights (*.safetensors, *.bin) and tokenizer files.");
  if (!fileExists(file))
    throw FileError("'" + folder.string() + "' is not a model folder: it has no config.json.",
                    "A Hugging Face model folder holds config.json, weights (*.safetensors, *.bin) and tokenizer files.");
  auto config = std::make_shared<Json>(readJson(file));
  if (!config->is_object()) throw FormatError("'" + file.string() + "' is not a JSON object.", "Download the model again.");

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
  card.hiddenSize = size(std::array{"hidden_size", "n_embd", "n_embed", "d_model"});
  card.layers = size(std::array{"num_hidden_layers", "n_layer", "num_layers"});
  card.heads = size(std::array{"num_attention_heads", "n_head", "num_heads"});
  const Defaults defaults = defaultsOf(card.family);
  card.keyValueHeads = keyValueHeadsOf(card, *config, file);
  if (supported && card.heads % card.keyValueHeads != 0)
    throw ModelError("'" + file.string() + "': " + std::to_string(card.heads) + " heads cannot share " +
                         std::to_string(card.keyValueHeads) + " key/value heads evenly.",
                     "Mend its config.json.");
  const std::int64_t share = card.heads > 0 ? std::max<std::int64_t>(1, card.hiddenSize / card.heads) : 0;
  card.headSize = size(std::array{"head_dim", "d_kv"}, defaults.headSize > 0 && !config->contains("head_dim") ? defaults.headSize : share);
  if (supported && card.headSize == share && card.hiddenSize % card.heads != 0 &&
      firstOf(*config, std::array{"head_dim", "d_kv"}) == nullptr)
    throw ModelError("'" + file.string() + "': a hidden size of " + std::to_string(card.hiddenSize) + " does not divide into " +
                         std::to_string(card.heads) + " heads.",
                     "Mend its config.json.");
  card.intermediateSize = size(std::array{"intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size", "d_ff"}, 4 * card.hiddenSize);
  const RopeReach reach = ropeReach(card.family, *config, positionsOf(card.family, *config, defaults.context, file));
  card.contextLength = reach.context;
  card.ropeBorder = reach.border;
  card.tiedEmbeddings = flagOf(*config, "tie_word_embeddings", defaults.tied);
  if (card.family == "opt") card.hiddenSize = size(std::array{"word_embed_proj_dim"}, card.hiddenSize);
  card.embeddingScale = embeddingScaleOf(card.family, card.hiddenSize);
  card.encoderDecoder = defaults.encoderDecoder;
  if (supported && !card.encoderDecoder) readHead(card, *config, file);
  card.meanPooling = card.looksBothWays && takesMean(folder);
  if (const Json* range = firstOf(*config, std::array{"initializer_range", "init_std"}); range != nullptr && range->is_number())
    card.headDeviation = range->get<double>();
  card.beginOfText = tokenOf(*config, "bos_token_id");
  card.endOfText = tokenOf(*config, "eos_token_id");
  card.padding = tokenOf(*config, "pad_token_id");
  if (card.encoderDecoder)  // T5 begins with its padding token
    card.decoderStart = tokenOf(*config, "decoder_start_token_id").value_or(card.padding.value_or(0));
  card.stopTokens = stopTokensOf(folder, *config);
  if (!card.endOfText && !card.stopTokens.empty()) card.endOfText = card.stopTokens.front();
  card.config = std::move(config);
  return card;
}

}  // namespace incipit

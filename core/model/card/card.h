// What a model folder says about itself (config.json), in the words every family shares.
#pragma once

#include "core/model/layers/class_head.h"
#include "core/support/json.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

struct ModelCard {
  std::filesystem::path folder;
  std::string name;                 // as the user names it: "demo", "gpt2", or the folder's name
  std::string family;               // config.json's model_type: "gpt2", "llama"
  std::string architecture;         // "LlamaForCausalLM"; empty when config.json does not say
  std::int64_t vocabularySize = 0;  // V, rows of the embedding
  std::int64_t hiddenSize = 0;      // H: numbers in a row of the embedding, and so in one of a prompt (OPT-350m: word_embed_proj_dim)
  std::int64_t layers = 0;
  std::int64_t heads = 0;
  std::int64_t keyValueHeads = 0;
  std::int64_t headSize = 0;
  std::int64_t intermediateSize = 0;
  std::int64_t contextLength = 0;  // positions the model is made for; with dynamic NTK those it is stretched to
  std::int64_t ropeBorder = 0;     // last length of a text with rotary frequencies as first trained, where longer ones have others; else 0
  bool tiedEmbeddings = true;
  double embeddingScale = 1;        // what the embedding layer multiplies its rows by: sqrt(H) in Gemma
  bool encoderDecoder = false;      // an encoder reads the text, a decoder writes the answer (T5)
  bool looksBothWays = false;       // an encoder alone (BERT): every row of a text sees the whole text and the prompt in front of it
  HeadKind head = HeadKind::None;   // how it sorts texts into classes; None: it writes text
  bool meanPooling = false;         // a folder of sentence-transformers whose texts are the mean of their tokens (1_Pooling/config.json)
  std::vector<std::string> labels;  // id2label by id, where the checkpoint has a head; LABEL_0 and so on where they have no names
  std::int32_t decoderStart = 0;    // what the decoder begins with; encoder-decoder models only
  std::optional<std::int32_t> beginOfText, endOfText, padding;
  double headDeviation = 0.02;           // initializer_range: how a head that the checkpoint lacks is started
  std::vector<std::int32_t> stopTokens;  // where generation ends: generation_config.json's eos_token_id, one or several, or config.json's
  std::shared_ptr<const Json> config;    // everything, for the family's own keys
};

// Reads and checks config.json. Throws FileError when the folder is no model folder (and says what one holds), ModelError when a
// size is missing or impossible.
ModelCard readCard(const std::filesystem::path& folder);

// ModelCard::embeddingScale of a family.
double embeddingScaleOf(std::string_view family, std::int64_t hiddenSize);

// The families this program opens, by model_type, in the order of the documentation.
std::vector<std::string> supportedFamilies();

// What `incipit-cli info` and the Model panel show; read without touching the weights' pages.
struct ModelSummary {
  ModelCard card;
  bool tunable = false;
  std::string why;   // one sentence when not tunable
  std::string rope;  // one sentence on how rotary positions are scaled; empty where they are not
  std::int64_t parameters = 0;
  std::string storedType;  // "bf16", "fp32", "fp16", or "mixed"
  std::vector<std::filesystem::path> weightFiles;
  std::uintmax_t bytes = 0;  // of the weight files
  bool hasTokenizer = false;
};
ModelSummary inspectModel(const std::filesystem::path& folder);

}  // namespace incipit

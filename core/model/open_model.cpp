#include "core/model/families/family.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/tensor/tensor_file.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/scalar_tensor.h>
#include <ATen/ops/tensor.h>
#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

struct Family {
  const char* type;  // config.json's model_type
  MakeModel make;
};
// Every family this program opens. A new one: a file in families/, a line here, a fixture.
constexpr std::array families{
    Family{"gpt2", makeGpt2},
    Family{"llama", makeLlama},
    Family{"mistral", makeMistral},
    Family{"qwen2", makeQwen2},
    Family{"qwen3", makeQwen3},
    Family{"gemma", makeGemma},
    Family{"gemma2", makeGemma2},
    Family{"phi", makePhi},
    Family{"phi3", makePhi3},
    Family{"stablelm", makeStableLm},
    Family{"gpt_neox", makeGptNeoX},
    Family{"gptj", makeGptJ},
    Family{"gpt_neo", makeGptNeo},
    Family{"opt", makeOpt},
    Family{"bloom", makeBloom},
    Family{"falcon", makeFalcon},
    Family{"gpt_bigcode", makeGptBigCode},
    Family{"bert", makeBert},
    Family{"roberta", makeRoberta},
    Family{"xlm-roberta", makeRoberta},
    Family{"t5", makeT5},
    Family{"mt5", makeT5},
};

const Family* familyOf(const ModelCard& card) {
  const auto found = std::find_if(families.begin(), families.end(), [&](const Family& family) { return card.family == family.type; });
  return found == families.end() ? nullptr : &*found;
}

std::string familyList() {
  std::string list;
  for (const Family& family : families)
    list += (list.empty() ? "" : ", ") + std::string(family.type);
  return list;
}

// Regression and several labels at once have other losses than the one that is trained here.
void checkClasses(const ModelCard& card) {
  constexpr std::size_t most = 10000;
  const auto said = card.config->find("problem_type");
  const std::string usual = "single_label_classification";
  const std::string kind = said == card.config->end() || said->is_null() ? usual
                           : said->is_string()                           ? said->get<std::string>()
                                                                         : said->dump();
  const std::size_t count = card.labels.size();
  if (kind == usual && count >= 2 && count <= most) return;
  const std::string what = kind != usual ? "of the problem_type '" + kind + "'"
                           : count == 1  ? "with one label, for regression"
                                         : "with " + std::to_string(count) + " labels";
  throw ModelError("'" + card.name + "' is a classifier " + what + ", which is not supported.",
                   "Open a model that chooses one of 2 to " + std::to_string(most) + " labels.");
}

const Family& supportedFamily(const ModelCard& card) {
  const Family* family = familyOf(card);
  if (family == nullptr)
    throw ModelError("'" + card.name + "' is a model of the family '" + card.family + "', which is not supported.",
                     "Supported families: " + familyList() + ".");
  const auto ends = [&](const char* with) { return card.architecture.ends_with(with); };
  const bool writes = card.encoderDecoder ? ends("ForConditionalGeneration") || ends("WithLMHeadModel")
                                          : ends("LMHeadModel") || ends("ForCausalLM") || ends("Model");
  const bool classifies = card.looksBothWays
                              ? ends("ForSequenceClassification") || ends("ForMaskedLM") || ends("ForPreTraining") || ends("Model")
                              : card.head != HeadKind::None;
  if (!card.architecture.empty() && !(card.looksBothWays ? classifies : writes || classifies))
    throw ModelError("'" + card.name + "' is a " + card.architecture + ", which does not " +
                         (card.encoderDecoder  ? "answer in text."
                          : card.looksBothWays ? "classify texts."
                                               : "continue text, nor classify it."),
                     card.encoderDecoder  ? "Open a model for conditional generation."
                     : card.looksBothWays ? "Open a model for sequence classification, or the base model."
                                          : "Open a causal language model or a model for sequence classification.");
  if (!card.labels.empty()) checkClasses(card);
  if (const auto found = card.config->find("quantization_config"); found != card.config->end() && !found->is_null()) {
    const std::string method = found->is_object() ? found->value("quant_method", std::string("unknown method")) : "unknown method";
    throw ModelError("The weights of '" + card.name + "' are quantised (" + method + "), which is not supported.",
                     "Open the original model in fp32, fp16 or bf16.");
  }
  return *family;
}

std::shared_ptr<const FrozenModel> make(const Family& family, ModelCard card, const Weights& weights, const Numerics& numerics) {
  const std::string file = (card.folder / "config.json").string();
  try {
    return family.make(std::move(card), weights, numerics);
  } catch (const Json::exception& error) {
    throw ModelError("'" + file + "' holds a value of the wrong kind (" + error.what() + ").", "Mend its config.json.");
  }
}

}  // namespace

std::vector<std::string> supportedFamilies() {
  std::vector<std::string> names;
  for (const Family& family : families)
    names.emplace_back(family.type);
  return names;
}

FrozenModel::FrozenModel(ModelCard card, Precision precision, std::string device)
    : m_card(std::move(card)), m_precision(precision), m_device(std::move(device)) {}

Matrix FrozenModel::embeddingRows(std::span<const std::int32_t> ids) const {
  for (const auto id : ids)
    if (id < 0 || id >= card().vocabularySize)
      throw DataError("Token id " + std::to_string(id) + " is outside the vocabulary of " + std::to_string(card().vocabularySize) +
                          " tokens.",
                      "Tokenizer and model do not belong together.");
  Matrix rows(static_cast<std::int64_t>(ids.size()), card().hiddenSize);
  if (ids.empty()) return rows;
  const at::Tensor index = at::tensor(std::vector<std::int64_t>(ids.begin(), ids.end()), at::kLong).to(at::Device(m_device));
  const at::Tensor picked = inputEmbedding().detach().index_select(0, index).to(at::kCPU, at::kFloat).contiguous();
  std::copy_n(picked.data_ptr<float>(), rows.values.size(), rows.values.begin());
  checkWhole();
  return rows;
}

at::Tensor times(const at::Tensor& rows, double factor) {
  if (factor == 1) return rows;
  return rows * at::scalar_tensor(factor, rows.scalar_type()).item<double>();
}

at::Tensor FrozenModel::pooled(const at::Tensor& states) const { return states; }

at::Tensor FrozenModel::finished(const at::Tensor& rows) const { return rows; }

at::Tensor FrozenModel::finishedText(const at::Tensor& rows) const { return rows; }

at::Tensor FrozenModel::encode(const at::Tensor&, const Pass&) const {
  throw ModelError("'" + m_card.name + "' is a " + m_card.family + ", which has no encoder.", "Open an encoder-decoder model (T5).");
}

bool FrozenModel::cacheServes(std::int64_t, std::int64_t) const { return true; }

std::shared_ptr<const FrozenModel> openModel(const std::filesystem::path& folder, const OpenOptions& options) {
  ModelCard card = readCard(folder);
  const Family& family = supportedFamily(card);
  if (options.classify && card.encoderDecoder)
    throw ModelError("'" + card.name + "' has an encoder and a decoder, and no head can be put on it.",
                     "Let it write the label, or open another model.");
  if (options.classify && card.head == HeadKind::None) card.head = HeadKind::Score;
  Numerics numerics;
  numerics.device = resolveDevice(options.device);
  numerics.precision = resolve(options.precision, numerics.device);
  auto model = make(family, std::move(card), Weights::open(folder), numerics);
  model->head();  // a head that does not fit is found now, not when a run starts
  model->checkWhole();
  return model;
}

ModelSummary inspectModel(const std::filesystem::path& folder) {
  ModelSummary summary;
  summary.card = readCard(folder);
  for (const char* name : {"tokenizer.json", "vocab.json", "spiece.model", "tokenizer.model", "vocab.txt"})
    summary.hasTokenizer = summary.hasTokenizer || fileExists(folder / name);
  try {
    const Family& family = supportedFamily(summary.card);
    summary.weightFiles = weightFiles(folder);
    std::string type;
    for (const auto& path : summary.weightFiles) {
      const TensorFile file = readTensorFile(path);
      summary.bytes += std::filesystem::file_size(path);
      for (const auto& [name, entry] : file.tensors) {
        if (entry.type != ElementType::F32 && entry.type != ElementType::F16 && entry.type != ElementType::BF16) continue;  // buffers
        summary.parameters += entry.elements();
        const std::string mine = entry.type == ElementType::F32 ? "fp32" : entry.type == ElementType::F16 ? "fp16" : "bf16";
        type = type.empty() || type == mine ? mine : "mixed";
      }
    }
    summary.storedType = type;
    // Opening names and shapes alone finds every value of config.json that is not supported and every tensor that does not fit.
    make(family, summary.card, Weights::open(folder).outline(), {Precision::Fp32, "meta"})->head();
    summary.rope = RopeScaling(summary.card).sentence();
    summary.tunable = true;
  } catch (const Error& error) {
    summary.why = error.what();
  }
  return summary;
}

}  // namespace incipit

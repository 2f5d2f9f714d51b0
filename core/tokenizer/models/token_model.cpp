#include "core/tokenizer/models/token_model.h"

#include "core/tokenizer/models/readers.h"
#include "core/tokenizer/station_list.h"

#include <nlohmann/json.hpp>

namespace incipit {

namespace {

// Files from before models had a type are told apart by what they hold.
std::unique_ptr<TokenModel> readUntypedModel(const Station& station) {
  if (station.has("merges")) return readBpe(station);
  if (station.has("vocab") && station.at("vocab").is_array()) return readUnigram(station);
  if (station.has("continuing_subword_prefix") || station.has("max_input_chars_per_word")) return readWordPiece(station);
  if (station.has("vocab")) return readWordLevel(station);
  station.fail("has neither a type nor a vocabulary.", "Download the tokenizer again.");
}

}  // namespace

std::unique_ptr<TokenModel> readTokenModel(const Station& station) {
  static constexpr StationReader<TokenModel> list[] = {
      {"BPE", readBpe},
      {"Unigram", readUnigram},
      {"WordLevel", readWordLevel},
      {"WordPiece", readWordPiece},
  };
  return station.type().empty() ? readUntypedModel(station) : readByType<TokenModel>(station, list);
}

}  // namespace incipit

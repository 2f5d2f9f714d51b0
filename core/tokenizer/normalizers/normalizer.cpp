#include "core/tokenizer/normalizers/normalizer.h"

#include "core/tokenizer/normalizers/readers.h"
#include "core/tokenizer/station_list.h"

namespace incipit {

std::unique_ptr<Normalizer> readNormalizer(const Station& station) {
  static constexpr StationReader<Normalizer> list[] = {
      {"BertNormalizer", readBertNormalizer},
      {"ByteLevel", readByteLevelNormalizer},
      {"Lowercase", readLowercase},
      {"NFC", readNfc},
      {"NFD", readNfd},
      {"NFKC", readNfkc},
      {"NFKD", readNfkd},
      {"Nmt", readNmt},
      {"Precompiled", readPrecompiled},
      {"Prepend", readPrepend},
      {"Replace", readReplaceNormalizer},
      {"Sequence", readNormalizerSequence},
      {"Strip", readStripNormalizer},
      {"StripAccents", readStripAccents},
  };
  return readByType<Normalizer>(station, list);
}

}  // namespace incipit

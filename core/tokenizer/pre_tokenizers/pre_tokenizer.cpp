#include "core/tokenizer/pre_tokenizers/pre_tokenizer.h"

#include "core/tokenizer/pre_tokenizers/readers.h"
#include "core/tokenizer/station_list.h"

namespace incipit {

std::unique_ptr<PreTokenizer> readPreTokenizer(const Station& station) {
  static constexpr StationReader<PreTokenizer> list[] = {
      {"BertPreTokenizer", readBertPreTokenizer},
      {"ByteLevel", readByteLevelPreTokenizer},
      {"CharDelimiterSplit", readCharDelimiterSplit},
      {"Digits", readDigits},
      {"Metaspace", readMetaspacePreTokenizer},
      {"Punctuation", readPunctuation},
      {"Sequence", readPreTokenizerSequence},
      {"Split", readSplit},
      {"Whitespace", readWhitespace},
      {"WhitespaceSplit", readWhitespaceSplit},
  };
  return readByType<PreTokenizer>(station, list);
}

}  // namespace incipit

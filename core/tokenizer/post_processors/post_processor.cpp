#include "core/tokenizer/post_processors/post_processor.h"

#include "core/tokenizer/post_processors/readers.h"
#include "core/tokenizer/station_list.h"

namespace incipit {

std::unique_ptr<PostProcessor> readPostProcessor(const Station& station) {
  static constexpr StationReader<PostProcessor> list[] = {
      {"BertProcessing", readClsAndSep},       {"ByteLevel", readByteLevelPostProcessor},      {"RobertaProcessing", readClsAndSep},
      {"Sequence", readPostProcessorSequence}, {"TemplateProcessing", readTemplateProcessing},
  };
  return readByType<PostProcessor>(station, list);
}

}  // namespace incipit

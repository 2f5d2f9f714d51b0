// Every type of post-processor has a file in this folder and a line in the list of post_processor.cpp.
#pragma once

#include "core/tokenizer/models/vocabulary.h"
#include "core/tokenizer/post_processors/post_processor.h"
#include "core/tokenizer/station.h"

namespace incipit {

std::unique_ptr<PostProcessor> readClsAndSep(const Station& station);  // BertProcessing, RobertaProcessing
std::unique_ptr<PostProcessor> readByteLevelPostProcessor(const Station& station);
std::unique_ptr<PostProcessor> readPostProcessorSequence(const Station& station);
std::unique_ptr<PostProcessor> readTemplateProcessing(const Station& station);

}  // namespace incipit

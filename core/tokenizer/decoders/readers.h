// Every type of decoder has a file in this folder and a line in the list of decoder.cpp.
#pragma once

#include "core/tokenizer/decoders/decoder.h"
#include "core/tokenizer/station.h"

namespace incipit {

std::unique_ptr<Decoder> readBpeDecoder(const Station& station);
std::unique_ptr<Decoder> readByteFallbackDecoder(const Station& station);
std::unique_ptr<Decoder> readByteLevelDecoder(const Station& station);
std::unique_ptr<Decoder> readFuse(const Station& station);
std::unique_ptr<Decoder> readMetaspaceDecoder(const Station& station);
std::unique_ptr<Decoder> readReplaceDecoder(const Station& station);
std::unique_ptr<Decoder> readDecoderSequence(const Station& station);
std::unique_ptr<Decoder> readStripDecoder(const Station& station);
std::unique_ptr<Decoder> readWordPieceDecoder(const Station& station);

}  // namespace incipit

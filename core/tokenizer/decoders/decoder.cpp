#include "core/tokenizer/decoders/decoder.h"

#include "core/tokenizer/decoders/readers.h"
#include "core/tokenizer/station_list.h"

namespace incipit {

std::unique_ptr<Decoder> readDecoder(const Station& station) {
  static constexpr StationReader<Decoder> list[] = {
      {"BPEDecoder", readBpeDecoder},      {"ByteFallback", readByteFallbackDecoder},
      {"ByteLevel", readByteLevelDecoder}, {"Fuse", readFuse},
      {"Metaspace", readMetaspaceDecoder}, {"Replace", readReplaceDecoder},
      {"Sequence", readDecoderSequence},   {"Strip", readStripDecoder},
      {"WordPiece", readWordPieceDecoder},
  };
  return readByType<Decoder>(station, list);
}

}  // namespace incipit

// Every type of normalizer has a file in this folder and a line in the list of normalizer.cpp.
#pragma once

#include "core/tokenizer/normalizers/normalizer.h"
#include "core/tokenizer/station.h"

namespace incipit {

std::unique_ptr<Normalizer> readBertNormalizer(const Station& station);
std::unique_ptr<Normalizer> readByteLevelNormalizer(const Station& station);
std::unique_ptr<Normalizer> readLowercase(const Station& station);
std::unique_ptr<Normalizer> readNfc(const Station& station);
std::unique_ptr<Normalizer> readNfd(const Station& station);
std::unique_ptr<Normalizer> readNfkc(const Station& station);
std::unique_ptr<Normalizer> readNfkd(const Station& station);
std::unique_ptr<Normalizer> readNmt(const Station& station);
std::unique_ptr<Normalizer> readPrecompiled(const Station& station);
std::unique_ptr<Normalizer> readPrepend(const Station& station);
std::unique_ptr<Normalizer> readReplaceNormalizer(const Station& station);
std::unique_ptr<Normalizer> readNormalizerSequence(const Station& station);
std::unique_ptr<Normalizer> readStripNormalizer(const Station& station);
std::unique_ptr<Normalizer> readStripAccents(const Station& station);

}  // namespace incipit

// Every type of model has a file in this folder and a line in the list of token_model.cpp.
#pragma once

#include "core/tokenizer/models/token_model.h"
#include "core/tokenizer/station.h"

namespace incipit {

std::unique_ptr<TokenModel> readBpe(const Station& station);
std::unique_ptr<TokenModel> readUnigram(const Station& station);
std::unique_ptr<TokenModel> readWordLevel(const Station& station);
std::unique_ptr<TokenModel> readWordPiece(const Station& station);

}  // namespace incipit

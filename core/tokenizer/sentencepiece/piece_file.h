// sentencepiece's own files (spiece.model, tokenizer.model): a protocol buffer with the pieces, their scores, and how text is prepared.
// https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace incipit {

struct Piece {
  enum class Kind { Normal = 1, Unknown = 2, Control = 3, UserDefined = 4, Unused = 5, Byte = 6 };
  std::string text;
  float score = 0;
  Kind kind = Kind::Normal;
};

struct PieceFile {
  enum class Algorithm { Unigram = 1, Bpe = 2 };
  std::vector<Piece> pieces;  // a piece's id is its place
  Algorithm algorithm = Algorithm::Unigram;
  bool byteFallback = false;
  std::string characterMap;  // precompiled_charsmap; empty where characters stay as they are
  bool addDummyPrefix = true;
  bool removeExtraWhitespaces = true;
  bool escapeWhitespaces = true;
};

// Throws FormatError, naming the file, for anything that is no such model, and for options that are not implemented here.
PieceFile readPieceFile(const std::filesystem::path& file);

}  // namespace incipit

// A tokenizer as Hugging Face files describe it: text -> ids -> text.
//
// tokenizer.json is a line of stations: normalizer -> pre-tokenizer -> model -> post-processor, and a decoder for the way back.
// Each station is read from the file by its `type`; a type this program does not know is an error that names it, never ignored.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

using TokenId = std::int32_t;

enum class SpecialTokens { Add, Leave };  // encode: put the post-processor's BOS, EOS ... around the text, or leave them away
enum class ShowSpecial { Yes, No };       // decode: write special tokens out, or skip them

// Immutable once opened; safe to use from several threads at once.
class Tokenizer {
 public:
  virtual ~Tokenizer() = default;

  // Bytes that are no UTF-8 count as U+FFFD, as in a text that Python reads with errors="replace".
  virtual std::vector<TokenId> encode(std::string_view text, SpecialTokens special = SpecialTokens::Add) const = 0;
  // Ids that stand for nothing are left out, as in the tokenizers library: models often have more rows than tokens.
  virtual std::string decode(std::span<const TokenId> ids, ShowSpecial special = ShowSpecial::No) const = 0;

  // The vocabulary's own spelling of a token ("Ġthe", "▁the", "<0x0A>"), as Python's convert_ids_to_tokens gives it. Throws DataError
  // for an id outside the vocabulary.
  virtual std::string token(TokenId id) const = 0;
  // The text a token stands for inside running text (" the", "\n"). Bytes that are no UTF-8 on their own come back as "<0xE2>".
  virtual std::string piece(TokenId id) const = 0;
  virtual std::optional<TokenId> id(std::string_view token) const = 0;

  // One past the largest id, added tokens included.
  virtual TokenId vocabularySize() const = 0;
  virtual bool isSpecial(TokenId id) const = 0;
  // From tokenizer_config.json / special_tokens_map.json where they say so.
  virtual std::optional<TokenId> beginOfText() const = 0;
  virtual std::optional<TokenId> endOfText() const = 0;
  virtual std::optional<TokenId> padding() const = 0;
};

// The tokenizer of a model folder: the first of tokenizer.json, vocab.json + merges.txt, spiece.model, tokenizer.model, vocab.txt. Throws
// FileError when the folder holds none of them and FormatError when one cannot be understood (naming file, station and type).
std::shared_ptr<const Tokenizer> openTokenizer(const std::filesystem::path& folder);
// One file in the layout of tokenizer.json, whatever its name. tokenizer_config.json and special_tokens_map.json beside it count.
std::shared_ptr<const Tokenizer> openTokenizerFile(const std::filesystem::path& file);

// Text of a growing sequence, token by token: push() returns the text that is certain by now, so a character of several
// bytes appears once it is whole and never as a replacement character. finish() returns what is left.
class StreamDecoder {
 public:
  explicit StreamDecoder(std::shared_ptr<const Tokenizer> tokenizer, ShowSpecial special = ShowSpecial::No);
  std::string push(TokenId id);
  std::string finish();

 private:
  bool isByteToken(TokenId id) const;
  void forgetSettled();

  std::shared_ptr<const Tokenizer> m_tokenizer;
  ShowSpecial m_special;
  std::vector<TokenId> m_window;  // the last tokens whose text is not settled yet, after settled ones that give them a place
  std::string m_settledText;      // the part of decode(m_window) that was given out
};

}  // namespace incipit

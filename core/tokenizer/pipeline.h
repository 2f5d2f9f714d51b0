// The stations in their order: the Tokenizer that tokenizer.json describes.
#pragma once

#include "core/tokenizer/added_tokens.h"
#include "core/tokenizer/decoders/decoder.h"
#include "core/tokenizer/models/token_model.h"
#include "core/tokenizer/normalizers/normalizer.h"
#include "core/tokenizer/post_processors/post_processor.h"
#include "core/tokenizer/pre_tokenizers/pre_tokenizer.h"
#include "core/tokenizer/tokenizer.h"

namespace incipit {

// Every station but the model may be missing.
struct Stations {
  AddedTokens added;
  std::unique_ptr<Normalizer> normalizer;
  std::unique_ptr<PreTokenizer> preTokenizer;
  std::unique_ptr<TokenModel> model;
  std::unique_ptr<PostProcessor> postProcessor;
  std::unique_ptr<Decoder> decoder;

  std::optional<TokenId> id(std::string_view token) const;  // an added token's, or the model's
};

struct SpecialRoles {
  std::optional<TokenId> beginOfText;
  std::optional<TokenId> endOfText;
  std::optional<TokenId> padding;
};

class Pipeline : public Tokenizer {
 public:
  Pipeline(Stations stations, SpecialRoles roles);

  std::vector<TokenId> encode(std::string_view text, SpecialTokens special) const override;
  std::string decode(std::span<const TokenId> ids, ShowSpecial special) const override;
  std::string token(TokenId id) const override;
  std::string piece(TokenId id) const override;
  std::optional<TokenId> id(std::string_view token) const override;
  TokenId vocabularySize() const override;
  bool isSpecial(TokenId id) const override;
  std::optional<TokenId> beginOfText() const override { return m_roles.beginOfText; }
  std::optional<TokenId> endOfText() const override { return m_roles.endOfText; }
  std::optional<TokenId> padding() const override { return m_roles.padding; }

 private:
  void encodePart(std::string_view text, bool startsText, std::vector<TokenId>& ids) const;
  void encodeWords(std::string_view text, bool startsText, std::vector<TokenId>& ids) const;
  const std::string* spelling(TokenId id) const;  // nullptr for an id that stands for nothing

  Stations m_stations;
  SpecialRoles m_roles;
};

}  // namespace incipit

// What a model folder says about its tokenizer beside the tokenizer's own file: tokenizer_config.json and special_tokens_map.json.
#pragma once

#include "core/tokenizer/added_tokens.h"
#include "core/tokenizer/models/vocabulary.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace incipit {

struct TokenizerConfig {
  std::string tokenizerClass;          // without a trailing "Fast"; empty when nothing says so
  std::optional<bool> addBeginOfText;  // add_bos_token
  std::optional<bool> addEndOfText;    // add_eos_token
  std::optional<bool> addPrefixSpace;
  std::optional<bool> legacy;           // of sentencepiece tokenizers: a space in front of every stretch behind an added token
  std::optional<std::size_t> extraIds;  // T5's <extra_id_0> ...
  std::optional<bool> lowercase, stripAccents, chineseCharactersApart, basicTokenize;  // BERT's do_lower_case ...
  std::map<std::string, AddedToken> roles;    // "bos_token", "eos_token", "pad_token" ... ; AddedToken::id is not set
  std::vector<AddedToken> additionalSpecial;  // additional_special_tokens; ids are not set
  std::vector<AddedToken> addedTokens;        // added_tokens_decoder, ids set

  const AddedToken* role(const std::string& name) const;
};

// Files that are not there say nothing. Roles nobody mentions are filled in with the defaults of the tokenizer class; `fallbackClass` is
// taken when no file names a class, the model's config.json (by its family) neither; empty where the tokenizer's file says all by itself.
TokenizerConfig readTokenizerConfig(const std::filesystem::path& folder, const std::string& fallbackClass = {});

}  // namespace incipit

#include "tests/fuzz/tokenize.h"

#include "tests/fuzz/fuzz.h"

#include <algorithm>

namespace incipit::fuzz {

void tokenize(const Tokenizer& tokenizer, std::string_view text) {
  for (const SpecialTokens special : {SpecialTokens::Add, SpecialTokens::Leave}) {
    const std::vector<TokenId> ids = tokenizer.encode(text, special);
    for (const TokenId id : ids)
      require(id >= 0 && id < tokenizer.vocabularySize(), "a text becomes tokens of the vocabulary");
    tokenizer.decode(ids, ShowSpecial::Yes);
    const std::string decoded = tokenizer.decode(ids);
    // As a shared tokenizer that belongs to somebody else.
    StreamDecoder stream(std::shared_ptr<const Tokenizer>(std::shared_ptr<void>(), &tokenizer));
    for (const TokenId id : ids)
      stream.push(id);
    stream.finish();
  }
  for (TokenId id = 0; id < std::min<TokenId>(tokenizer.vocabularySize(), 300); ++id)
    taken([&] { tokenizer.piece(id), tokenizer.isSpecial(id), tokenizer.id(tokenizer.token(id)); });
  taken([&] { tokenizer.token(tokenizer.vocabularySize()); });
}

}  // namespace incipit::fuzz

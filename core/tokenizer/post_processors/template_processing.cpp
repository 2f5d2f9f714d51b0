// TemplateProcessing: the text's place among special tokens, written out: <s> $A </s>. Only the template for a single text is used here.
#include "core/tokenizer/post_processors/readers.h"

#include <nlohmann/json.hpp>

namespace incipit {

namespace {

// The ids of one special token of the template, from its table.
std::vector<TokenId> idsOf(const Station& station, const std::string& token) {
  const nlohmann::json& table = station.at("special_tokens");
  auto entry = table.find(token);
  if (entry == table.end() || !entry->is_object() || !entry->contains("ids") || !(*entry)["ids"].is_array())
    station.fail("uses the special token '" + token + "' without giving its ids.", "Download the tokenizer again.");
  std::vector<TokenId> ids;
  for (const nlohmann::json& id : (*entry)["ids"]) {
    if (!isTokenId(id)) station.fail("gives the special token '" + token + "' the id " + id.dump() + ", which is not an id.");
    ids.push_back(id.get<TokenId>());
  }
  return ids;
}

}  // namespace

std::unique_ptr<PostProcessor> readTemplateProcessing(const Station& station) {
  station.allowOnly({"single", "pair", "special_tokens"});
  std::vector<TokenId> before;
  std::vector<TokenId> behind;
  std::size_t texts = 0;
  for (const Station& part : station.children("single")) {
    if (part.has("Sequence")) {
      if (part.child("Sequence").text("id") != "A") station.fail("uses a second text in the template for a single one.");
      ++texts;
    } else if (part.has("SpecialToken")) {
      for (TokenId id : idsOf(station, part.child("SpecialToken").text("id")))
        (texts == 0 ? before : behind).push_back(id);
    } else {
      station.fail("has a part in its template that is neither Sequence nor SpecialToken: " + part.value().dump() + ".");
    }
  }
  if (texts != 1)
    station.fail("has the text " + std::to_string(texts) + " times in its template for a single one; it has to be there once.");
  return surroundWith(std::move(before), std::move(behind));
}

}  // namespace incipit

// The post-processors that put fixed tokens around a text: BertProcessing and RobertaProcessing ([CLS] text [SEP]), and ByteLevel, which
// only moves offsets and so puts none.
#include "core/tokenizer/post_processors/readers.h"

#include <nlohmann/json.hpp>

namespace incipit {

namespace {

class Surround : public PostProcessor {
 public:
  Surround(std::vector<TokenId> before, std::vector<TokenId> behind) : m_before(std::move(before)), m_behind(std::move(behind)) {}

  std::vector<TokenId> process(std::vector<TokenId> ids) const override {
    ids.insert(ids.begin(), m_before.begin(), m_before.end());
    ids.insert(ids.end(), m_behind.begin(), m_behind.end());
    return ids;
  }

 private:
  std::vector<TokenId> m_before;
  std::vector<TokenId> m_behind;
};

// ["</s>", 2]
TokenId readTokenAndId(const Station& station, const char* key) {
  const nlohmann::json& pair = station.at(key);
  if (!pair.is_array() || pair.size() != 2 || !isTokenId(pair[1]))
    station.fail("needs a pair of a token and its id as '" + std::string(key) + "', not " + pair.dump() + ".");
  return pair[1].get<TokenId>();
}

}  // namespace

std::unique_ptr<PostProcessor> surroundWith(std::vector<TokenId> before, std::vector<TokenId> behind) {
  return std::make_unique<Surround>(std::move(before), std::move(behind));
}

std::unique_ptr<PostProcessor> readClsAndSep(const Station& station) {
  station.allowOnly({"sep", "cls", "trim_offsets", "add_prefix_space"});  // the last two are about offsets alone
  return surroundWith({readTokenAndId(station, "cls")}, {readTokenAndId(station, "sep")});
}

std::unique_ptr<PostProcessor> readByteLevelPostProcessor(const Station& station) {
  station.allowOnly({"add_prefix_space", "trim_offsets", "use_regex"});
  return surroundWith({}, {});
}

}  // namespace incipit

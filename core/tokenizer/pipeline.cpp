#include "core/tokenizer/pipeline.h"

#include "core/support/error.h"
#include "core/tokenizer/text/byte_fallback.h"
#include "core/tokenizer/text/effort.h"
#include "core/tokenizer/text/unicode.h"

namespace incipit {

std::optional<TokenId> Stations::id(std::string_view token) const {
  if (const AddedToken* found = added.find(token)) return found->id;
  return model->vocabulary().id(token);
}

Pipeline::Pipeline(Stations stations, SpecialRoles roles) : m_stations(std::move(stations)), m_roles(roles) {
  m_stations.added.prepare(m_stations.normalizer.get());
}

// Added tokens are cut out twice: those that are meant literally from the text as it came, the others from the normalised rest.
std::vector<TokenId> Pipeline::encode(std::string_view text, SpecialTokens special) const {
  const Effort effort(text.size());
  std::string repaired;
  if (!isUtf8(text)) text = repaired = replaceInvalidUtf8(text);  // what a text read with errors="replace" would be in Python

  std::vector<TokenId> ids;
  ids.reserve(text.size() / 3);
  for (const AddedTokens::Part& part : m_stations.added.split(text, AddedTokens::Stage::Raw)) {
    if (part.id)
      ids.push_back(*part.id);
    else
      encodePart(text.substr(part.begin, part.end - part.begin), part.begin == 0, ids);
  }
  if (special == SpecialTokens::Add && m_stations.postProcessor) return m_stations.postProcessor->process(std::move(ids));
  return ids;
}

void Pipeline::encodePart(std::string_view text, bool startsText, std::vector<TokenId>& ids) const {
  std::string normalized;
  if (m_stations.normalizer) text = normalized = m_stations.normalizer->normalize(std::string(text));
  for (const AddedTokens::Part& part : m_stations.added.split(text, AddedTokens::Stage::Normalized)) {
    if (part.id)
      ids.push_back(*part.id);
    else
      encodeWords(text.substr(part.begin, part.end - part.begin), startsText && part.begin == 0, ids);
  }
}

void Pipeline::encodeWords(std::string_view text, bool startsText, std::vector<TokenId>& ids) const {
  if (!m_stations.preTokenizer) return m_stations.model->encode(text, ids);
  std::vector<Word> words;
  m_stations.preTokenizer->split({std::string(text), startsText}, words);
  for (const Word& word : words)
    m_stations.model->encode(word.text, ids);
}

// An id that stands for nothing is left out, as in the tokenizers library: models often have more rows than their vocabulary has tokens.
std::string Pipeline::decode(std::span<const TokenId> ids, ShowSpecial special) const {
  const Effort effort(ids.size());
  std::vector<std::string> tokens;
  tokens.reserve(ids.size());
  for (TokenId id : ids) {
    if (special == ShowSpecial::No && isSpecial(id)) continue;
    if (const std::string* token = spelling(id)) tokens.push_back(*token);
  }
  if (m_stations.decoder) m_stations.decoder->decode(tokens);
  std::string text;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (!m_stations.decoder && i > 0) text += ' ';
    text += tokens[i];
  }
  return text;
}

const std::string* Pipeline::spelling(TokenId id) const {
  if (const AddedToken* added = m_stations.added.find(id)) return &added->content;
  return m_stations.model->vocabulary().token(id);
}

std::string Pipeline::token(TokenId id) const {
  if (const std::string* found = spelling(id)) return *found;
  throw DataError("The id " + std::to_string(id) + " is not a token of this tokenizer, whose ids go from 0 to " +
                      std::to_string(vocabularySize() - 1) + ".",
                  "Check that the text was encoded with this model's tokenizer.");
}

std::string Pipeline::piece(TokenId id) const {
  const std::string bytes = m_stations.decoder ? m_stations.decoder->bytes(token(id)) : token(id);
  std::string text;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = validCharacter(std::string_view(bytes).substr(at));
    if (length > 0)
      text.append(bytes, at, length);
    else
      text += byteFallbackToken(static_cast<unsigned char>(bytes[at]));
    at += std::max<std::size_t>(length, 1);
  }
  return text;
}

std::optional<TokenId> Pipeline::id(std::string_view token) const { return m_stations.id(token); }

TokenId Pipeline::vocabularySize() const {
  const auto& added = m_stations.added.all();
  return std::max(m_stations.model->vocabulary().size(), added.empty() ? 0 : added.rbegin()->first + 1);
}

bool Pipeline::isSpecial(TokenId id) const {
  const AddedToken* added = m_stations.added.find(id);
  return added && added->special;
}

}  // namespace incipit

#include "core/tokenizer/sentencepiece/piece_file.h"

#include "core/support/error.h"
#include "core/support/files.h"
#include "core/tokenizer/models/vocabulary.h"
#include "core/tokenizer/text/unicode.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace incipit {
namespace {

// One protocol buffer message, field by field. Every message of the file is read with it, so none can lead outside its own bytes.
class Message {
 public:
  Message(std::string_view bytes, const std::string& file) : m_rest(bytes), m_file(file) {}

  struct Field {
    std::uint64_t number = 0;
    std::uint64_t integer = 0;  // a varint, or the bits of a fixed number
    std::string_view bytes;     // a text or a message
  };

  bool next(Field& field) {
    if (m_rest.empty()) return false;
    const std::uint64_t tag = varint();
    field = {tag >> 3, 0, {}};
    switch (tag & 7) {
    case 0:
      field.integer = varint();
      return true;
    case 1:
      std::memcpy(&field.integer, take(8).data(), 8);
      return true;
    case 2:
      field.bytes = take(varint());
      return true;
    case 5:
      std::memcpy(&field.integer, take(4).data(), 4);
      return true;
    default:
      broken();
    }
  }

  [[noreturn]] void broken() const {
    throw FormatError("'" + m_file + "' is not a sentencepiece model.", "It is damaged or something else; download the tokenizer again.");
  }

 private:
  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(take(1)[0]);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    broken();
  }
  std::string_view take(std::uint64_t size) {
    if (size > m_rest.size()) broken();
    const std::string_view taken = m_rest.substr(0, size);
    m_rest.remove_prefix(size);
    return taken;
  }

  std::string_view m_rest;
  const std::string& m_file;
};

class Reader {
 public:
  explicit Reader(const std::filesystem::path& file) : m_file(file.string()) {}

  PieceFile read(std::string_view bytes) {
    // Llama 3's file of the same name: lines of "base64 rank".
    if (bytes.starts_with("IQ== 0\n"))
      refuse("is a list of tiktoken ranks, not a sentencepiece model", "Download the model's tokenizer.json, too.");
    Message model(bytes, m_file);
    for (Message::Field field; model.next(field);) {
      if (field.number == 1) readPiece(field.bytes);
      if (field.number == 2) readTrainer(field.bytes);
      if (field.number == 3) readNormalizer(field.bytes);
      if (field.number == 5 && !charactersOf(field.bytes).empty())
        refuse("rewrites the text it decodes (denormalizer_spec), which is not implemented");
    }
    check();
    return std::move(m_result);
  }

 private:
  [[noreturn]] void refuse(const std::string& what, const std::string& remedy = "Use the model's tokenizer.json instead.") const {
    throw FormatError("'" + m_file + "' " + what + ".", remedy);
  }

  void readPiece(std::string_view bytes) {
    Piece piece;
    Message message(bytes, m_file);
    for (Message::Field field; message.next(field);) {
      if (field.number == 1) piece.text = field.bytes;
      if (field.number == 2) piece.score = std::bit_cast<float>(static_cast<std::uint32_t>(field.integer));
      if (field.number == 3) piece.kind = static_cast<Piece::Kind>(field.integer);
    }
    const std::string name = "piece " + std::to_string(m_result.pieces.size());
    constexpr std::size_t longest = 4096;
    if (piece.text.empty() || !isUtf8(piece.text) || piece.text.size() > longest || !std::isfinite(piece.score))
      refuse("has as " + name + " no text, or one without a score", "Download the tokenizer again.");
    if (piece.kind < Piece::Kind::Normal || piece.kind > Piece::Kind::Byte || piece.kind == Piece::Kind::Unused)
      refuse("has a " + name + " of a kind that is not implemented (" + std::to_string(static_cast<int>(piece.kind)) + ")");
    if (m_result.pieces.size() > static_cast<std::size_t>(Vocabulary::largestId)) refuse("has too many pieces");
    m_result.pieces.push_back(std::move(piece));
  }

  void readTrainer(std::string_view bytes) {
    Message message(bytes, m_file);
    for (Message::Field field; message.next(field);) {
      if (field.number == 3) {
        if (field.integer != 1 && field.integer != 2)
          refuse("is of the model_type " +
                 std::string(field.integer == 3   ? "word"
                             : field.integer == 4 ? "char"
                                                  : std::to_string(field.integer)) +
                 "; only unigram and bpe are implemented");
        m_result.algorithm = static_cast<PieceFile::Algorithm>(field.integer);
      }
      if (field.number == 24 && field.integer != 0)
        refuse("puts spaces behind words (treat_whitespace_as_suffix), which is not implemented");
      if (field.number == 35) m_result.byteFallback = field.integer != 0;
    }
  }

  void readNormalizer(std::string_view bytes) {
    Message message(bytes, m_file);
    for (Message::Field field; message.next(field);) {
      if (field.number == 2) m_result.characterMap = field.bytes;
      if (field.number == 3) m_result.addDummyPrefix = field.integer != 0;
      if (field.number == 4) m_result.removeExtraWhitespaces = field.integer != 0;
      if (field.number == 5) m_result.escapeWhitespaces = field.integer != 0;
    }
  }

  std::string_view charactersOf(std::string_view bytes) const {
    Message message(bytes, m_file);
    for (Message::Field field; message.next(field);)
      if (field.number == 2) return field.bytes;
    return {};
  }

  void check() const {
    const auto unknown = std::count_if(m_result.pieces.begin(), m_result.pieces.end(),
                                       [](const Piece& piece) { return piece.kind == Piece::Kind::Unknown; });
    if (unknown != 1)
      refuse("has " + std::to_string(unknown) + " unknown pieces among its " + std::to_string(m_result.pieces.size()) +
                 "; there has to be one",
             "It is damaged, or no sentencepiece model; download the tokenizer again.");
  }

  std::string m_file;
  PieceFile m_result;
};

}  // namespace

PieceFile readPieceFile(const std::filesystem::path& file) { return Reader(file).read(readFile(file)); }

}  // namespace incipit

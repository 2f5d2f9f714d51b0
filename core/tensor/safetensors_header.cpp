#include "core/tensor/safetensors_header.h"

#include "core/support/parse_json.h"

namespace incipit {
namespace {

// {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, ..., "__metadata__": {"key": "text", ...}}
class HeaderReader : public JsonEvents {
 public:
  using Tensor = std::function<void(const std::string&, const HeaderEntry&)>;
  using Complain = std::function<void(const std::string&)>;
  HeaderReader(const Tensor& tensor, const Complain& complain) : m_tensor(tensor), m_complain(complain) {}

  std::map<std::string, std::string> metadata;

  bool key(std::string& name) override {
    if (m_depth == 1) {
      m_name = name;
      m_inMetadata = name == "__metadata__";
    } else if (m_depth == 2) {
      m_key = name;
    }
    return true;
  }

  bool start_object(std::size_t) override {
    if (++m_depth == 2) {
      m_entry = {};
      m_has = 0;
    } else if (m_depth > 2 && !m_inMetadata) {
      wrongKind();
    }
    return true;
  }

  bool end_object() override {
    if (m_depth-- == 2 && !m_inMetadata) {
      if (m_has != (hasType | hasShape | hasOffsets)) m_complain(tensor() + "lacks dtype, shape or data_offsets");
      m_tensor(m_name, m_entry);
    }
    return true;
  }

  bool start_array(std::size_t) override {
    if (m_depth == 0) m_complain("its header is not a JSON object");
    if (m_inMetadata) return ++m_depth, true;
    if (m_depth != 2 || (m_key != "shape" && m_key != "data_offsets")) wrongKind();
    ++m_depth;
    m_numbers.clear();
    return true;
  }

  bool end_array() override {
    --m_depth;
    if (m_inMetadata) return true;
    if (m_key == "shape") {
      m_entry.shape.assign(m_numbers.begin(), m_numbers.end());
      m_has |= hasShape;
    } else {
      if (m_numbers.size() != 2) wrongKind();
      m_entry.offsets = {m_numbers[0], m_numbers[1]};
      m_has |= hasOffsets;
    }
    return true;
  }

  bool string(std::string& text) override {
    if (m_depth == 2 && m_inMetadata) {
      metadata[m_key] = text;
    } else if (m_depth == 2 && m_key == "dtype") {
      m_entry.type = text;
      m_has |= hasType;
    } else {
      other();
    }
    return true;
  }

  bool number_unsigned(std::uint64_t number) override {
    if (m_depth == 3 && !m_inMetadata)
      m_numbers.push_back(number);
    else
      other();
    return true;
  }

  bool null() override { return other(); }
  bool boolean(bool) override { return other(); }
  bool number_integer(std::int64_t number) override { return number_unsigned(static_cast<std::uint64_t>(number)); }  // a negative one
  bool number_float(double, const std::string&) override { return other(); }

 private:
  enum Has { hasType = 1, hasShape = 2, hasOffsets = 4 };

  std::string tensor() const { return "tensor '" + m_name + "' "; }
  void wrongKind() const { m_complain(tensor() + "has a dtype, shape or data_offsets of the wrong kind"); }
  // A value that nobody asked for: harmless in the metadata and beside the three keys of a tensor, wrong in their place.
  bool other() const {
    if (m_depth == 0) m_complain("its header is not a JSON object");
    if (m_inMetadata && m_depth >= 2) return true;
    if (m_depth == 1 && !m_inMetadata) m_complain(tensor() + "lacks dtype, shape or data_offsets");
    if (m_depth == 3 || m_key == "dtype" || m_key == "shape" || m_key == "data_offsets") wrongKind();
    return true;
  }

  const Tensor& m_tensor;
  const Complain& m_complain;
  int m_depth = 0;
  bool m_inMetadata = false;
  unsigned m_has = 0;
  std::string m_name, m_key;
  HeaderEntry m_entry;
  std::vector<std::uint64_t> m_numbers;
};

}  // namespace

std::map<std::string, std::string> readHeader(std::string_view text,
                                              const std::function<void(const std::string& name, const HeaderEntry&)>& tensor,
                                              const std::function<void(const std::string& what)>& complain) {
  HeaderReader reader(tensor, complain);
  if (const JsonProblem problem = readJsonEvents(text, reader); problem.kind != JsonProblem::Kind::None)
    complain("its header " + problem.words(text.size()));
  return std::move(reader.metadata);
}

}  // namespace incipit

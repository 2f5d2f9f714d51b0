// NFC, NFD, NFKC, NFKD: Unicode's normal forms (UAX #15).
#include "core/tokenizer/normalizers/readers.h"
#include "core/tokenizer/text/unicode.h"

namespace incipit {

namespace {

class UnicodeForm : public Normalizer {
 public:
  explicit UnicodeForm(NormalForm form) : m_form(form) {}
  std::string normalize(std::string text) const override { return normalForm(text, m_form); }

 private:
  NormalForm m_form;
};

std::unique_ptr<Normalizer> read(const Station& station, NormalForm form) {
  station.allowOnly({});
  return std::make_unique<UnicodeForm>(form);
}

}  // namespace

std::unique_ptr<Normalizer> readNfc(const Station& station) { return read(station, NormalForm::C); }
std::unique_ptr<Normalizer> readNfd(const Station& station) { return read(station, NormalForm::D); }
std::unique_ptr<Normalizer> readNfkc(const Station& station) { return read(station, NormalForm::KC); }
std::unique_ptr<Normalizer> readNfkd(const Station& station) { return read(station, NormalForm::KD); }

}  // namespace incipit

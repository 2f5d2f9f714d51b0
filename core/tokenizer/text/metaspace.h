// The options Metaspace has as a pre-tokenizer and as a decoder: spaces are written as a visible character, mostly U+2581.
#pragma once

#include <string>

namespace incipit {

class Station;

enum class PrependScheme { Always, First, Never };  // where a space is put in front: every piece, the text's beginning, nowhere

struct MetaspaceOptions {
  std::string replacement;  // one character, in UTF-8
  PrependScheme prepend = PrependScheme::Always;
  bool split = true;
};

MetaspaceOptions readMetaspaceOptions(const Station& station);

}  // namespace incipit

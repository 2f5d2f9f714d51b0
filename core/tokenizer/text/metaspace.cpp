#include "core/tokenizer/text/metaspace.h"

#include "core/tokenizer/station.h"

namespace incipit {

namespace {

PrependScheme readPrependScheme(const Station& station) {
  const std::string name = station.textOr("prepend_scheme", "always");
  if (name == "always") return PrependScheme::Always;
  if (name == "first") return PrependScheme::First;
  if (name == "never") return PrependScheme::Never;
  station.fail("has the prepend_scheme '" + name + "', which Incipit does not know.", "Known are always, first, never.");
}

}  // namespace

MetaspaceOptions readMetaspaceOptions(const Station& station) {
  station.allowOnly({"replacement", "str_rep", "add_prefix_space", "prepend_scheme", "split"});  // str_rep: an old copy of replacement
  MetaspaceOptions options;
  options.replacement = station.character("replacement");
  options.prepend = readPrependScheme(station);
  options.split = station.flagOr("split", true);
  // The older way to say it. Files that say both may not contradict themselves.
  if (!station.flagOr("add_prefix_space", true)) {
    if (station.has("prepend_scheme") && options.prepend != PrependScheme::Never)
      station.fail("says add_prefix_space false and prepend_scheme '" + station.text("prepend_scheme") + "'.",
                   "Only one of the two can be true.");
    options.prepend = PrependScheme::Never;
  }
  return options;
}

}  // namespace incipit

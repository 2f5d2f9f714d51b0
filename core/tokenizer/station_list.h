// How the station of one kind is chosen: a visible list of types, each with the function that reads it.
#pragma once

#include "core/tokenizer/station.h"

#include <memory>
#include <span>
#include <string>

namespace incipit {

template <class Kind>
struct StationReader {
  const char* type;
  std::unique_ptr<Kind> (*read)(const Station& station);
};

template <class Kind>
std::unique_ptr<Kind> readByType(const Station& station, std::span<const StationReader<Kind>> list) {
  const std::string type = station.type();
  if (type.empty()) station.fail("has no 'type'.");
  for (const StationReader<Kind>& reader : list)
    if (type == reader.type) return reader.read(station);
  std::string known;
  for (const StationReader<Kind>& reader : list)
    known += (known.empty() ? "" : ", ") + std::string(reader.type);
  station.fail("is of a type Incipit does not know.", "Known are " + known + ".");
}

}  // namespace incipit

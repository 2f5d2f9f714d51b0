// Zip archives whose members are stored, not compressed: their bytes are used where they lie in the mapped file.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
#pragma once

#include <cstddef>
#include <map>
#include <span>
#include <string>

namespace incipit {

// The members by name. A compressed or encrypted member is refused, so no archive can grow beyond its file. Sizes and places come from
// the directory at the end (zip64 included) and are checked against the file. Throws FormatError; `origin` names the archive in it.
std::map<std::string, std::span<const std::byte>> storedMembers(std::span<const std::byte> archive, const std::string& origin);

}  // namespace incipit

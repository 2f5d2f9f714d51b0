// Files packed by gzip or zstd, whatever their names: unpacked once, into a temporary file.
#pragma once

#include "core/support/open_file.h"
#include "core/support/temporary_file.h"
#include "core/support/watch.h"

#include <memory>
#include <string_view>

namespace incipit {

enum class Packing { None, Gzip, Zstd };
const char* nameOf(Packing packing);  // "gzip", "zstd"; empty for None
Packing packingOf(std::string_view firstBytes);

// Throws FormatError for a file that is cut off, damaged or a bomb (hundreds of times its size), FileError where the disk is full.
std::shared_ptr<const TemporaryFile> unpack(const OpenFile& file, Packing packing, const Watch& watch = {});

}  // namespace incipit

#include "core/support/unpack.h"

#include "core/support/crc32.h"
#include "core/support/error.h"

#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <cerrno>
#include <cstdint>
#include <exception>
#include <new>
#include <vector>

namespace incipit {
namespace {

constexpr std::size_t piece = 256U << 10U;
// gzip cannot pack better than 1 : 1032. Text that people have written or models answered lies between 1 : 2 and 1 : 30.
constexpr std::uint64_t mostTimes = 400, neverABomb = 256U << 20U;

struct Free {
  void operator()(archive* object) const { archive_free(object); }
};

// What libarchive reads from: its callbacks may not throw, so what happens in them is kept.
struct Source {
  const OpenFile& file;
  std::vector<std::byte> buffer;
  std::size_t offset = 0;
  std::exception_ptr failure;
};

la_ssize_t readFrom(archive*, void* state, const void** bytes) {
  auto& source = *static_cast<Source*>(state);
  try {
    const std::size_t count = source.file.read(source.buffer, source.offset);
    source.offset += count;
    *bytes = source.buffer.data();
    return static_cast<la_ssize_t>(count);
  } catch (...) {
    source.failure = std::current_exception();
    return -1;
  }
}

[[noreturn]] void refuse(archive* reader, const Source& source, Packing packing) {
  if (source.failure) std::rethrow_exception(source.failure);
  if (archive_errno(reader) == ENOMEM) throw std::bad_alloc();
  const char* said = archive_error_string(reader);
  const std::string reason = said != nullptr ? said : "";
  // Of a gzip file that ends too early, libarchive says nothing.
  const bool cutOff = source.offset >= source.file.size() && (reason.empty() || reason.find("runcated") != std::string::npos);
  throw FormatError("'" + source.file.path().string() + "' cannot be unpacked: " +
                        (cutOff ? "it is cut off, the end of its " + std::string(nameOf(packing)) + " data is missing."
                                : "its " + std::string(nameOf(packing)) + " data is damaged (" + reason + ")."),
                    "Download or copy it again.");
}

[[noreturn]] void refuseDamaged(const OpenFile& file) {
  throw FormatError("'" + file.path().string() + "' cannot be unpacked: its gzip data is damaged (its checksum does not fit).",
                    "Download or copy it again.");
}

// gzip data ends in the checksum and the size of what is packed (RFC 1952), which libarchive does not look at. Of several files packed one
// behind the other it is those of the last, so that nothing can be said of the whole.
void checkGzip(const OpenFile& file, const TemporaryFile& unpacked, const Crc32& checksum) {
  std::array<std::byte, 8> ending{};
  if (file.size() < ending.size()) return;
  file.read(ending, file.size() - ending.size());
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i)
      value |= std::to_integer<std::uint32_t>(ending[at + i]) << (8 * i);
    return value;
  };
  if (number(4) == static_cast<std::uint32_t>(unpacked.size())) {
    if (number(0) != checksum.value()) refuseDamaged(file);
    return;
  }
  std::string bytes(std::min(piece, file.size()), '\0');
  for (std::size_t at = 1; at + 4 < file.size(); at += bytes.size() - 3) {
    const std::size_t count = file.read(std::as_writable_bytes(std::span(bytes)), at);
    const std::size_t second = std::string_view(bytes).substr(0, count).find("\x1F\x8B\x08");
    if (second != std::string_view::npos) return;
    if (count < bytes.size()) break;
  }
  refuseDamaged(file);
}

void refuseBombs(const Source& source, const TemporaryFile& unpacked) {
  if (unpacked.size() < neverABomb || unpacked.size() / std::max<std::size_t>(1, source.offset) < mostTimes) return;
  throw FormatError("'" + source.file.path().string() + "' unpacks to more than " + std::to_string(mostTimes) + " times its size (so far " +
                        std::to_string(unpacked.size() >> 20U) + " MB), as no file of texts does: it is not read any further.",
                    "Look into it with zcat or zstdcat; unpack it yourself if it is what it should be.");
}

}  // namespace

const char* nameOf(Packing packing) {
  switch (packing) {
  case Packing::Gzip:
    return "gzip";
  case Packing::Zstd:
    return "zstd";
  case Packing::None:
    break;
  }
  return "";
}

Packing packingOf(std::string_view firstBytes) {
  if (firstBytes.starts_with("\x1F\x8B\x08")) return Packing::Gzip;      // RFC 1952, with deflate as the only method there is
  if (firstBytes.starts_with("\x28\xB5\x2F\xFD")) return Packing::Zstd;  // RFC 8878
  return Packing::None;
}

std::shared_ptr<const TemporaryFile> unpack(const OpenFile& file, Packing packing, const Watch& watch) {
  const std::unique_ptr<archive, Free> reader(archive_read_new());
  if (!reader) throw std::bad_alloc();
  Source source{file, std::vector<std::byte>(piece), 0, {}};
  archive_read_support_format_raw(reader.get());
  archive_read_support_format_empty(reader.get());
  if (packing == Packing::Gzip)
    archive_read_support_filter_gzip(reader.get());
  else
    archive_read_support_filter_zstd(reader.get());

  auto unpacked = std::make_shared<TemporaryFile>("the unpacked '" + file.path().filename().string() + "'");
  archive_entry* entry = nullptr;
  if (archive_read_open(reader.get(), &source, nullptr, readFrom, nullptr) != ARCHIVE_OK) refuse(reader.get(), source, packing);
  const int header = archive_read_next_header(reader.get(), &entry);
  if (header == ARCHIVE_EOF) return unpacked;  // packed nothing
  if (header < ARCHIVE_WARN) refuse(reader.get(), source, packing);
  std::vector<std::byte> bytes(piece);
  Crc32 checksum;
  for (;;) {
    watch.at(static_cast<double>(source.offset) / static_cast<double>(std::max<std::size_t>(1, file.size())));
    const la_ssize_t count = archive_read_data(reader.get(), bytes.data(), bytes.size());
    if (count < 0) refuse(reader.get(), source, packing);
    if (count == 0) break;
    unpacked->write(std::span(bytes).first(static_cast<std::size_t>(count)));
    checksum.add(std::span(bytes).first(static_cast<std::size_t>(count)));
    refuseBombs(source, *unpacked);
  }
  if (packing == Packing::Gzip) checkGzip(file, *unpacked, checksum);
  return unpacked;
}

}  // namespace incipit

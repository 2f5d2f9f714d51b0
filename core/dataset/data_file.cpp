#include "core/dataset/data_file.h"

#include "core/dataset/other_formats.h"
#include "core/dataset/text_encoding.h"
#include "core/dataset/words.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/support/fingerprint.h"
#include "core/support/unpack.h"

#include <algorithm>
#include <cstdio>
#include <functional>
#include <sys/stat.h>
#include <vector>

namespace incipit {
namespace {

constexpr std::size_t piece = 1U << 20U;

using Bytes = std::span<const std::byte>;
std::string_view textOf(Bytes bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

// The bytes of `size` that `read(to, offset)` gives, piece by piece.
template <class Read>
void inPieces(std::size_t size, const Watch& watch, const Read& read, const std::function<void(std::string_view, bool last)>& take) {
  std::vector<std::byte> buffer(std::min(size, piece));
  for (std::size_t at = 0; at < size;) {
    watch.at(static_cast<double>(at) / static_cast<double>(size));
    const auto part = std::span(buffer).first(std::min(buffer.size(), size - at));
    read(part, at);
    at += part.size();
    take(textOf(part), at == size);
  }
}

// A file that is open has a name there, also one that has none of its own.
std::filesystem::path nameOf(const TemporaryFile& file) { return "/proc/self/fd/" + std::to_string(file.descriptor()); }

std::int64_t modifiedAt(const OpenFile& file) {
  struct stat status {};
  return ::fstat(file.descriptor(), &status) == 0 ? status.st_mtim.tv_sec * 1'000'000'000LL + status.st_mtim.tv_nsec : 0;
}

std::string megabytes(std::uint64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, bytes < 10'000'000 ? "%.1f MB" : "%.0f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

}  // namespace

std::vector<std::string> HowRead::notes() const {
  std::vector<std::string> all;
  if (!packing.empty())
    all.push_back("Unpacked from " + packing + ": " + megabytes(packedBytes) + " became " + megabytes(unpackedBytes) +
                  " in a temporary file, which goes when the data is closed.");
  if (encoding != nameOf(TextEncoding::Utf8)) all.push_back("Read as " + encoding + ", since it is not UTF-8.");
  return all;
}

DataFile::DataFile(const std::filesystem::path& file, std::uint64_t mostHeld, const Watch& watch) : m_path(file), m_name(file) {
  auto in = std::make_unique<const OpenFile>(file);
  m_modified = modifiedAt(*in);
  open(*in, mostHeld, watch);
  if (!m_mapped)
    m_text = m_held;
  else if (m_how.packing.empty() && m_how.encoding == nameOf(TextEncoding::Utf8))
    m_watched = std::move(in);  // mapped as it lies
}

void DataFile::map(const std::filesystem::path& file) {
  m_mapped = std::make_unique<const MappedFile>(file);
  m_text = textOf(m_mapped->bytes());
  if (m_text.starts_with(utf8Mark)) m_text.remove_prefix(utf8Mark.size());
}

void DataFile::open(const OpenFile& in, std::uint64_t mostHeld, const Watch& watch) {
  std::string first(std::min<std::size_t>(in.size(), 4096), '\0');
  in.read(std::as_writable_bytes(std::span(first)), 0);
  refuseOtherFormats(m_path, first);
  const Packing packing = packingOf(first);
  if (packing == Packing::None && in.size() <= mostHeld) {
    std::string bytes = readFile(m_path);
    m_fingerprint = fingerprintOf(bytes);
    DecodedText decoded = toUtf8(std::move(bytes), m_path);
    m_held = std::move(decoded.text);
    m_how.encoding = nameOf(decoded.encoding);
    return;
  }

  Fingerprint fingerprint;
  EncodingSniffer sniffer;
  const auto readAsItLies = [&](std::span<std::byte> to, std::size_t at) {
    if (in.read(to, at) != to.size())
      throw FileError("'" + m_path.string() + "' was cut off while it was read.", "Wait until it is written, or get it again.");
  };
  std::shared_ptr<const TemporaryFile> unpacked;
  if (packing == Packing::None) {
    inPieces(in.size(), watch.part(0, 0.5), readAsItLies, [&](std::string_view part, bool) {
      fingerprint.add(part);
      sniffer.look(part);
    });
  } else {
    m_how.packing = nameOf(packing);
    m_how.packedBytes = in.size();
    inPieces(in.size(), {}, readAsItLies, [&](std::string_view part, bool) { fingerprint.add(part); });
    unpacked = unpack(in, packing, watch.part(0, 0.5));
    m_how.unpackedBytes = unpacked->size();
    const std::string extension = lowered(m_name.extension().string());
    if (extension == ".gz" || extension == ".gzip" || extension == ".zst" || extension == ".zstd") m_name.replace_extension();
  }
  const auto readUnpacked = [&](std::span<std::byte> to, std::size_t at) { unpacked->read(to, at); };
  const std::size_t size = unpacked ? unpacked->size() : in.size();
  const auto each = [&](const Watch& part, const std::function<void(std::string_view, bool)>& take) {
    if (unpacked)
      inPieces(size, part, readUnpacked, take);
    else
      inPieces(size, part, readAsItLies, take);
  };
  if (unpacked) {
    std::string begin(std::min<std::size_t>(size, 4096), '\0');
    readUnpacked(std::as_writable_bytes(std::span(begin)), 0);
    refuseOtherFormats(m_name, begin);
    each(watch.part(0.5, 0.6), [&](std::string_view part, bool) { sniffer.look(part); });
  }
  m_fingerprint = fingerprint.text();
  const TextEncoding encoding = sniffer.verdict(m_path);
  m_how.encoding = nameOf(encoding);

  Utf8Converter converter(encoding);
  if (size <= mostHeld) {
    m_held.reserve(size);
    each({}, [&](std::string_view part, bool last) { m_held += converter.convert(part, last); });
  } else if (encoding == TextEncoding::Utf8) {
    map(unpacked ? nameOf(*unpacked) : m_path);
  } else {
    TemporaryFile converted("'" + m_path.filename().string() + "' as UTF-8");
    each(watch.part(0.6, 1), [&](std::string_view part, bool last) { converted.write(converter.convert(part, last)); });
    map(nameOf(converted));
  }
}

void DataFile::forget(std::string_view part) const {
  if (m_mapped) forgetMappedPages(std::as_bytes(std::span(part)));
}

std::string DataFile::copy(std::uint64_t offset, std::size_t size) const {
  const std::string_view part = m_text.substr(offset, size);
  if (!m_mapped) return std::string(part);
  if (m_watched && (modifiedAt(*m_watched) != m_modified || m_watched->cutOff()))
    throw FileError("'" + m_path.string() + "' was changed while it was open.", "Open it again.");
  std::string text(part.size(), '\0');
  copyFromMapping(std::as_bytes(std::span(part)), reinterpret_cast<std::byte*>(text.data()));
  return text;
}

void DataFile::checkWhole() const {
  if (m_mapped) m_mapped->checkWhole();
}

}  // namespace incipit

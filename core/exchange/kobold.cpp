#include "core/exchange/kobold.h"

#include "core/exchange/origin.h"
#include "core/support/error.h"
#include "core/support/files.h"
#include "core/tensor/npy.h"

#include <archive.h>
#include <archive_entry.h>
#include <array>
#include <cerrno>
#include <map>
#include <memory>
#include <new>
#include <nlohmann/json.hpp>

namespace incipit {
namespace {

// A prompt of 2,000 rows of 16,384 numbers has 128 MiB. What unpacks to more is a decompression bomb.
constexpr std::size_t largestTensor = std::size_t{128} << 20, largestMeta = std::size_t{4} << 20;

struct Free {
  void operator()(archive* object) const { archive_free(object); }
};
using Archive = std::unique_ptr<archive, Free>;

Archive there(archive* made) {
  if (made == nullptr) throw std::bad_alloc();
  return Archive(made);
}

std::string reasonOf(archive* object) {
  if (archive_errno(object) == ENOMEM) return "it asks for more memory than there is";
  const char* reason = archive_error_string(object);
  return reason == nullptr ? "it is damaged" : reason;
}

[[noreturn]] void unreadable(const std::filesystem::path& file, const std::string& why) {
  throw FormatError("'" + file.string() + "' is not a KoboldAI soft prompt: " + why + ".",
                    "It should be a zip archive with tensor.npy and meta.json.");
}

la_ssize_t append(archive*, void* target, const void* bytes, std::size_t size) {
  static_cast<std::string*>(target)->append(static_cast<const char*>(bytes), size);
  return static_cast<la_ssize_t>(size);
}

// The whole archive as bytes, so that the file itself can be written atomically. No member has a time: the same prompt gives the same file.
std::string packed(const std::vector<std::pair<const char*, std::string>>& members) {
  std::string bytes;
  const Archive writer = there(archive_write_new());
  const auto check = [&](int status) {
    if (status != ARCHIVE_OK)
      throw FileError("The zip archive cannot be packed: " + reasonOf(writer.get()) + ".", "Choose another format.");
  };
  check(archive_write_set_format_zip(writer.get()));
  check(archive_write_set_bytes_in_last_block(writer.get(), 1));
  check(archive_write_open(writer.get(), &bytes, nullptr, append, nullptr));
  for (const auto& [name, content] : members) {
    const std::unique_ptr<archive_entry, decltype(&archive_entry_free)> entry(archive_entry_new(), archive_entry_free);
    archive_entry_set_pathname(entry.get(), name);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(content.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    check(archive_write_header(writer.get(), entry.get()));
    if (archive_write_data(writer.get(), content.data(), content.size()) != static_cast<la_ssize_t>(content.size())) check(ARCHIVE_FATAL);
  }
  check(archive_write_close(writer.get()));
  return bytes;
}

// The members a soft prompt has, unpacked; others are passed over. The library compares the checksums.
std::map<std::string, std::string> unpacked(const std::filesystem::path& file) {
  const std::string bytes = readFile(file);
  const Archive reader = there(archive_read_new());
  archive_read_support_format_zip(reader.get());
  if (archive_read_open_memory(reader.get(), bytes.data(), bytes.size()) != ARCHIVE_OK) unreadable(file, reasonOf(reader.get()));
  std::map<std::string, std::string> members;
  for (;;) {
    archive_entry* entry = nullptr;
    const int status = archive_read_next_header(reader.get(), &entry);
    if (status == ARCHIVE_EOF) return members;
    const bool lacksMemory = status == ARCHIVE_WARN && archive_errno(reader.get()) == ENOMEM;
    if (lacksMemory || (status != ARCHIVE_OK && status != ARCHIVE_WARN)) unreadable(file, reasonOf(reader.get()));
    const char* path = archive_entry_pathname(entry);
    const std::string name = path == nullptr ? "" : path;
    if (name != "tensor.npy" && name != "meta.json") continue;
    if (members.contains(name)) unreadable(file, "it has two members called " + name);
    const std::size_t most = name == "meta.json" ? largestMeta : largestTensor;
    std::string& content = members[name];
    std::array<char, 65536> buffer;
    la_ssize_t read = 0;
    while ((read = archive_read_data(reader.get(), buffer.data(), buffer.size())) > 0) {
      content.append(buffer.data(), static_cast<std::size_t>(read));
      if (content.size() > most) unreadable(file, name + " is larger than any prompt");
    }
    if (read < 0) unreadable(file, name + " cannot be unpacked (" + reasonOf(reader.get()) + ")");
  }
}

}  // namespace

void writeKobold(const std::filesystem::path& file, const SoftPrompt& prompt) {
  const std::string& model = prompt.origin.modelName;
  const Json meta = {{"name", file.stem().string()},
                     {"author", ""},
                     {"supported", model.empty() ? Json::array() : Json::array({model})},
                     {"description", std::to_string(prompt.length()) + " virtual tokens" + (model.empty() ? "" : " for " + model) +
                                         ", tuned with Incipit " + INCIPIT_VERSION + "."},
                     {"origin", toJson(prompt.origin)}};
  writeFileAtomically(
      file, packed({{"tensor.npy", toNpy(prompt.rows)}, {"meta.json", meta.dump(2, ' ', false, Json::error_handler_t::replace)}}));
}

SoftPrompt readKobold(const std::filesystem::path& file) {
  const std::map<std::string, std::string> members = unpacked(file);
  const auto tensor = members.find("tensor.npy");
  if (tensor == members.end()) unreadable(file, "it has no tensor.npy");
  SoftPrompt prompt;
  prompt.rows = npyFrom(tensor->second, file.string() + ": tensor.npy");
  const auto described = members.find("meta.json");
  const Json meta = described == members.end() ? Json() : jsonOrNothing(described->second);
  if (!meta.is_object()) return prompt;
  prompt.origin = originFrom(meta.value("origin", Json()));
  const Json supported = meta.value("supported", Json());
  if (prompt.origin.modelName.empty() && supported.is_array() && !supported.empty() && supported[0].is_string())
    prompt.origin.modelName = supported[0].get<std::string>();
  return prompt;
}

}  // namespace incipit

// Files as torch.save writes them, and files it never would: written opcode by opcode, so that a test can lie in any place.
#pragma once

#include "core/support/files.h"
#include "tests/harness/harness.h"

#include <cstdint>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

namespace incipit::test {

template <class Number>
std::string bytesOf(Number number) {
  return std::string(reinterpret_cast<const char*>(&number), sizeof number);
}

// One member of an archive; `claimed` and `method` are what the directory says of it.
struct Member {
  std::string name, content;
  std::int64_t claimed = -1;  // -1: the content's size
  std::uint16_t method = 0;   // stored
};

inline std::string storedZip(const std::vector<Member>& members) {
  std::string archive, directory;
  for (const Member& member : members) {
    const auto size = static_cast<std::uint32_t>(member.claimed < 0 ? static_cast<std::int64_t>(member.content.size()) : member.claimed);
    const auto name = static_cast<std::uint16_t>(member.name.size());
    std::string common = bytesOf<std::uint16_t>(20) + bytesOf<std::uint16_t>(0) + bytesOf(member.method) + bytesOf<std::uint32_t>(0) +
                         bytesOf<std::uint32_t>(0) + bytesOf(size) + bytesOf(size) + bytesOf(name);
    // The extra field moves the content to the next multiple of 64, as PyTorch's writer does.
    const std::size_t begin = archive.size() + 30 + name + 4;
    const auto padding = static_cast<std::uint16_t>((64 - begin % 64) % 64);
    const std::string extra = "FB" + bytesOf(padding) + std::string(padding, 'Z');
    directory += "PK\x01\x02" + bytesOf<std::uint16_t>(0) + common + bytesOf<std::uint16_t>(0) + std::string(10, '\0') +
                 bytesOf(static_cast<std::uint32_t>(archive.size())) + member.name;
    archive += "PK\x03\x04" + common + bytesOf(static_cast<std::uint16_t>(extra.size())) + member.name + extra + member.content;
  }
  const auto count = static_cast<std::uint16_t>(members.size());
  return archive + directory + "PK\x05\x06" + bytesOf<std::uint32_t>(0) + bytesOf(count) + bytesOf(count) +
         bytesOf(static_cast<std::uint32_t>(directory.size())) + bytesOf(static_cast<std::uint32_t>(archive.size())) +
         bytesOf<std::uint16_t>(0);
}

// The same with every size and place in zip64's wide fields, as in archives beyond 4 GiB.
inline std::string storedZip64(const std::vector<Member>& members) {
  const std::string narrow = storedZip(members);
  const auto wide = bytesOf<std::uint32_t>(0xFFFFFFFF);
  std::uint32_t begin = 0, size = 0;
  std::memcpy(&size, narrow.data() + narrow.size() - 10, sizeof size);
  std::memcpy(&begin, narrow.data() + narrow.size() - 6, sizeof begin);
  std::string archive = narrow.substr(0, begin), directory;
  for (std::size_t at = begin; at < begin + size;) {
    std::string entry = narrow.substr(at, 46);
    std::uint16_t name = 0;
    std::uint32_t bytes = 0, header = 0;
    std::memcpy(&name, entry.data() + 28, sizeof name);
    std::memcpy(&bytes, entry.data() + 24, sizeof bytes);
    std::memcpy(&header, entry.data() + 42, sizeof header);
    entry.replace(20, 8, wide + wide).replace(30, 2, bytesOf<std::uint16_t>(28)).replace(42, 4, wide);
    directory += entry + narrow.substr(at + 46, name) + bytesOf<std::uint16_t>(1) + bytesOf<std::uint16_t>(24) +
                 bytesOf<std::uint64_t>(bytes) + bytesOf<std::uint64_t>(bytes) + bytesOf<std::uint64_t>(header);
    at += 46U + name;
  }
  const std::uint64_t count = members.size(), end = archive.size() + directory.size();
  const std::string record = "PK\x06\x06" + bytesOf<std::uint64_t>(44) + bytesOf<std::uint32_t>(0x2D002D) + bytesOf<std::uint64_t>(0) +
                             bytesOf(count) + bytesOf(count) + bytesOf<std::uint64_t>(directory.size()) +
                             bytesOf<std::uint64_t>(archive.size());
  const std::string locator = "PK\x06\x07" + bytesOf<std::uint32_t>(0) + bytesOf(end) + bytesOf<std::uint32_t>(1);
  return archive + directory + record + locator + "PK\x05\x06" + bytesOf<std::uint32_t>(0) + wide + wide + wide + bytesOf<std::uint16_t>(0);
}

// Pickle opcodes.
inline std::string text(const std::string& value) { return "X" + bytesOf(static_cast<std::uint32_t>(value.size())) + value; }
inline std::string number(std::int32_t value) { return "J" + bytesOf(value); }
inline std::string global(const std::string& module, const std::string& name) { return "c" + module + "\n" + name + "\n"; }
inline std::string numbers(const std::vector<std::int32_t>& values) {
  std::string tuple = "(";
  for (const auto value : values)
    tuple += number(value);
  return tuple + "t";
}
inline std::string storage(const std::string& type, const std::string& key, std::int32_t elements) {
  return "(" + text("storage") + global("torch", type) + text(key) + text("cpu") + number(elements) + "tQ";
}
inline std::string tensor(const std::string& storageCode, std::int32_t offset, const std::vector<std::int32_t>& shape,
                          const std::vector<std::int32_t>& strides) {
  return global("torch._utils", "_rebuild_tensor_v2") + "(" + storageCode + number(offset) + numbers(shape) + numbers(strides) + "\x89" +
         global("collections", "OrderedDict") + ")RtR";
}
inline std::string dictionary(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string code = "\x80\x02}(";
  for (const auto& [name, value] : entries)
    code += text(name) + value;
  return code + "u.";
}

inline std::string torchZip(const std::string& pickle, const std::vector<Member>& storages) {
  std::vector<Member> members = {{"archive/data.pkl", pickle}};
  for (Member member : storages) {
    member.name = "archive/data/" + member.name;
    members.push_back(std::move(member));
  }
  members.push_back({"archive/version", "3\n"});
  return storedZip(members);
}

inline std::filesystem::path fileWith(const std::string& content, const std::string& name = "pytorch_model.bin") {
  const auto path = scratch("torch-file") / name;
  writeFileAtomically(path, content);
  return path;
}

}  // namespace incipit::test

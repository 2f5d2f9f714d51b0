#include "core/tensor/stored_zip.h"

#include "core/support/error.h"

#include <cstdint>
#include <cstring>

namespace incipit {
namespace {

constexpr std::uint32_t endMark = 0x06054b50, end64Mark = 0x06064b50, locator64Mark = 0x07064b50;
constexpr std::uint32_t memberMark = 0x02014b50, localMark = 0x04034b50;
constexpr std::size_t endSize = 22, locator64Size = 20, end64Size = 56, memberSize = 46, localSize = 30;

class Archive {
 public:
  Archive(std::span<const std::byte> bytes, const std::string& origin) : m_bytes(bytes), m_origin(origin) {}

  std::map<std::string, std::span<const std::byte>> members() const {
    const Directory directory = findDirectory();
    std::map<std::string, std::span<const std::byte>> members;
    std::uint64_t at = directory.begin;
    for (std::uint64_t i = 0; i < directory.members; ++i) {
      const Member member = memberAt(at, directory.end);
      at = member.next;
      if (!members.emplace(member.name, bytesOf(member)).second) damaged("it has two members called '" + member.name + "'");
    }
    return members;
  }

 private:
  struct Directory {
    std::uint64_t members, begin, end;
  };
  struct Member {
    std::string name;
    std::uint64_t size, header, next;
  };

  [[noreturn]] void damaged(const std::string& what) const {
    throw FormatError("'" + m_origin + "' is not a sound zip archive: " + what + ".", "It is damaged or cut off; get it again.");
  }

  template <class Number>
  Number number(std::uint64_t at) const {
    if (at > m_bytes.size() || m_bytes.size() - at < sizeof(Number)) damaged("it ends in the middle of its directory");
    Number value;
    std::memcpy(&value, m_bytes.data() + at, sizeof value);
    return value;
  }

  // The end record is the last thing in the file but for a comment, whose length has to be right.
  Directory findDirectory() const {
    constexpr std::size_t longestComment = 0xFFFF;
    for (std::size_t comment = 0; comment <= longestComment && endSize + comment <= m_bytes.size(); ++comment) {
      const std::uint64_t at = m_bytes.size() - endSize - comment;
      if (number<std::uint32_t>(at) != endMark || number<std::uint16_t>(at + 20) != comment) continue;
      Directory directory{number<std::uint16_t>(at + 10), number<std::uint32_t>(at + 16), 0};
      std::uint64_t size = number<std::uint32_t>(at + 12);
      if (at >= locator64Size && number<std::uint32_t>(at - locator64Size) == locator64Mark) {
        const auto end64 = number<std::uint64_t>(at - locator64Size + 8);
        if (end64 > at || at - end64 < end64Size || number<std::uint32_t>(end64) != end64Mark)
          damaged("its zip64 record is not where it should be");
        directory.members = number<std::uint64_t>(end64 + 32);
        size = number<std::uint64_t>(end64 + 40);
        directory.begin = number<std::uint64_t>(end64 + 48);
      }
      if (directory.begin > at || size > at - directory.begin) damaged("its directory reaches beyond the file");
      if (directory.members > size / memberSize)
        damaged("its directory is too small for " + std::to_string(directory.members) + " members");
      directory.end = directory.begin + size;
      return directory;
    }
    damaged("the directory at its end is missing");
  }

  Member memberAt(std::uint64_t at, std::uint64_t end) const {
    if (end - at < memberSize || number<std::uint32_t>(at) != memberMark) damaged("its directory is broken");
    const auto nameSize = number<std::uint16_t>(at + 28), extraSize = number<std::uint16_t>(at + 30),
               commentSize = number<std::uint16_t>(at + 32);
    Member member{{}, number<std::uint32_t>(at + 24), number<std::uint32_t>(at + 42), at + memberSize + nameSize + extraSize + commentSize};
    if (member.next > end) damaged("its directory is broken");
    member.name.assign(reinterpret_cast<const char*>(m_bytes.data()) + at + memberSize, nameSize);
    std::uint64_t packed = number<std::uint32_t>(at + 20);
    readZip64(at + memberSize + nameSize, extraSize, member, packed);
    if ((number<std::uint16_t>(at + 8) & 1) != 0)
      throw FormatError("'" + m_origin + "': its member '" + member.name + "' is encrypted.", "Store it without a password.");
    if (number<std::uint16_t>(at + 10) != 0)
      throw FormatError("'" + m_origin + "': its member '" + member.name + "' is compressed.",
                        "torch.save stores its members as they are; save the file again with it.");
    if (packed != member.size) damaged("its member '" + member.name + "' has two different sizes");
    return member;
  }

  // Fields that are too large for 32 bits say so by being all ones, and stand in an extra field of kind 1, in this order.
  void readZip64(std::uint64_t at, std::uint16_t size, Member& member, std::uint64_t& packed) const {
    constexpr std::uint64_t elsewhere = 0xFFFFFFFF;
    for (const std::uint64_t end = at + size; end - at >= 4;) {
      const auto kind = number<std::uint16_t>(at), length = number<std::uint16_t>(at + 2);
      at += 4;
      if (length > end - at) return;  // some writers pad with other things
      if (kind == 1) {
        std::uint64_t field = at;
        for (std::uint64_t* value : {&member.size, &packed, &member.header})
          if (*value == elsewhere && field + 8 <= at + length) *value = number<std::uint64_t>(field), field += 8;
        return;
      }
      at += length;
    }
  }

  // Only the local header knows where its member's bytes begin.
  std::span<const std::byte> bytesOf(const Member& member) const {
    if (member.header > m_bytes.size() || m_bytes.size() - member.header < localSize || number<std::uint32_t>(member.header) != localMark)
      damaged("its member '" + member.name + "' is not where the directory says");
    const std::uint64_t begin =
        member.header + localSize + number<std::uint16_t>(member.header + 26) + number<std::uint16_t>(member.header + 28);
    if (begin > m_bytes.size() || member.size > m_bytes.size() - begin)
      damaged("its member '" + member.name + "' claims " + std::to_string(member.size) + " bytes, which reach beyond the file");
    return m_bytes.subspan(begin, member.size);
  }

  std::span<const std::byte> m_bytes;
  const std::string& m_origin;
};

}  // namespace

std::map<std::string, std::span<const std::byte>> storedMembers(std::span<const std::byte> archive, const std::string& origin) {
  return Archive(archive, origin).members();
}

}  // namespace incipit

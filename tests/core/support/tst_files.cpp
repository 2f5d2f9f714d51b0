// Files are read whole or not at all, written whole or not at all, and what is no file is refused.
#include "core/support/files.h"
#include "core/support/mapped_file.h"

#include "tests/harness/harness.h"

#include <fcntl.h>
#include <fstream>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace incipit;
using namespace incipit::test;
namespace fs = std::filesystem;

namespace {

void put(const fs::path& file, const std::string& content) { std::ofstream(file, std::ios::binary) << content; }

}  // namespace

TEST_CASE("a file is read whole, or as far as is asked") {
  const fs::path file = scratch("files") / "file";
  std::string content;
  for (int i = 0; i < 300000; ++i)
    content += static_cast<char>(i * 7 + i / 251);
  put(file, content);
  CHECK(readFile(file) == content);
  CHECK_EQUAL(readFile(file, 8), content.substr(0, 8));
  CHECK_EQUAL(readFile(file, 0), "");
  CHECK(readFile(file, 1 << 20) == content);
  put(file, "");
  CHECK_EQUAL(readFile(file), "");
  CHECK(readFile("/proc/self/status").find("Name:") == 0);  // has no size until it is read
}

TEST_CASE("a read that fails is an error, not the end of the file") {
  CHECK_THROWS(readFile("/proc/self/mem"), "Input/output error");  // nothing is mapped at address 0
}

TEST_CASE("what is not a file is refused at once") {
  const fs::path folder = scratch("files");
  ::mkfifo((folder / "pipe").c_str(), 0666);
  CHECK_THROWS(readFile(folder / "pipe"), "is a pipe, not a file");
  CHECK_THROWS(readFile("/dev/zero"), "is a device, not a file");
  CHECK_THROWS(readFile(folder), "is a folder, not a file");
  CHECK_THROWS(readFile(folder / "nothing"), "No such file");
  const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string name = (folder / "socket").string();
  if (name.size() < sizeof address.sun_path) {
    name.copy(address.sun_path, name.size());
    CHECK_EQUAL(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    CHECK_THROWS(readFile(folder / "socket"), "is a socket, not a file");
  }
  ::close(socket);
}

TEST_CASE("a loop of links is a sentence, not a file that is missing") {
  const fs::path link = scratch("files") / "loop";
  fs::create_symlink("loop", link);
  CHECK_THROWS(fileExists(link), "symbolic links");
  CHECK_THROWS(readFile(link), "symbolic links");
  CHECK(!fileExists(link.parent_path() / "nothing"));
  CHECK(!fileExists(fs::path("/dev/null") / "below"));
  CHECK(fileExists(link.parent_path()));
}

TEST_CASE("a name as long as the system allows can be written") {
  const fs::path folder = scratch("files");
  for (const std::size_t length : {std::size_t{250}, std::size_t{255}}) {
    const fs::path file = folder / std::string(length, 'n');
    writeFileAtomically(file, "content");
    CHECK_EQUAL(readFile(file), "content");
  }
  CHECK_THROWS(writeFileAtomically(folder / std::string(256, 'n'), ""), "too long");
  for (const auto& entry : fs::directory_iterator(folder))
    CHECK(!isTemporaryName(entry.path().filename().string()));
}

TEST_CASE("what a killed program leaves behind is known by its name") {
  const fs::path folder = scratch("files");
  const AtomicFile unfinished(folder / "plan.json");
  for (const auto& entry : fs::directory_iterator(folder))
    CHECK(isTemporaryName(entry.path().filename().string()));
  for (const char* name : {"plan.json", ".reserve", ".hidden", ".a.b-cdef", "plan.json.abcdef", ".abcdef"})
    CHECK(!isTemporaryName(name));
  CHECK(isTemporaryName(".plan.json.aB3dE9"));
}

TEST_CASE("a mapped file that is cut off reads as zeros, and says so") {
  surviveCutOffFiles();
  const fs::path folder = scratch("mapped");
  put(folder / "one", std::string(200000, 'x'));
  put(folder / "two", std::string(200000, 'y'));
  const MappedFile one(folder / "one"), two(folder / "two");
  const auto at = [](const MappedFile& file, std::size_t place) { return static_cast<char>(file.bytes()[place]); };
  CHECK_EQUAL(at(one, 100), 'x');
  one.checkWhole();
  fs::resize_file(folder / "one", 5000);
  CHECK_EQUAL(at(one, 100), 'x');
  for (const std::size_t gone : {std::size_t{150000}, std::size_t{199999}, std::size_t{9000}})
    CHECK_EQUAL(at(one, gone), '\0');
  CHECK_THROWS(one.checkWhole(), "one' was cut off");
  fs::resize_file(folder / "one", 200000);  // what was computed meanwhile stays wrong
  CHECK_THROWS(one.checkWhole(), "one' was cut off");
  CHECK_EQUAL(at(two, 150000), 'y');
  two.checkWhole();
}

TEST_CASE("a mapped file that loses the end of its last page is noticed without a signal") {
  const fs::path file = scratch("mapped") / "file";
  put(file, std::string(200000, 'x'));
  const MappedFile mapped(file);
  fs::resize_file(file, 199990);
  CHECK_THROWS(mapped.checkWhole(), "was cut off");
  std::string copied(100, ' ');
  CHECK_THROWS(copyFromMapping(mapped.bytes().last(100), reinterpret_cast<std::byte*>(copied.data())), "was cut off");
}

// The ladder of rooms: written in core/README.md, built by core/CMakeLists.txt, obeyed by every #include.
#include "tests/harness/harness.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>

using namespace incipit::test;
namespace fs = std::filesystem;

namespace {

using Rooms = std::set<std::string>;
using Ladder = std::map<std::string, Rooms>;

fs::path root() { return fixtures().parent_path().parent_path(); }

std::string contentOf(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

Rooms wordsOf(const std::string& text) {
  std::istringstream in(text);
  Rooms words;
  for (std::string word; in >> word;)
    words.insert(word);
  return words;
}

// "tensor -> support" in the block that starts with "```ladder".
Ladder writtenLadder(std::vector<std::string>& order) {
  const std::string text = contentOf(root() / "core/README.md");
  const auto start = text.find("```ladder\n");
  const auto end = text.find("\n```", start);
  CHECK(start != std::string::npos && end != std::string::npos);
  std::istringstream block(text.substr(start + 10, end - start - 10));
  Ladder ladder;
  for (std::string line; std::getline(block, line);) {
    const auto arrow = line.find("->");
    if (arrow == std::string::npos) continue;
    const std::string room = *wordsOf(line.substr(0, arrow)).begin();
    Rooms uses = wordsOf(line.substr(arrow + 2));
    uses.erase("(nothing)");
    ladder[room] = uses;
    order.push_back(room);
  }
  return ladder;
}

// incipit_room(tensor USES support LINKS ...)
Ladder builtLadder() {
  const std::string text = contentOf(root() / "core/CMakeLists.txt");
  const std::regex call(R"(incipit_room\(\s*(\w+)([^)]*)\))");
  Ladder ladder;
  for (std::sregex_iterator it(text.begin(), text.end(), call), end; it != end; ++it) {
    std::string rest = (*it)[2];
    const auto uses = rest.find("USES"), links = rest.find("LINKS");
    ladder[(*it)[1]] =
        uses == std::string::npos ? Rooms{} : wordsOf(rest.substr(uses + 4, links == std::string::npos ? links : links - uses - 4));
  }
  return ladder;
}

struct Include {
  std::string file;  // below the root
  std::string name;  // what stands between the quotes or brackets
};

std::vector<Include> includesOf(const fs::path& file) {
  static const std::regex line(R"re(^\s*#\s*include\s*[<"]([^>"]+)[>"])re");
  std::vector<Include> found;
  std::ifstream in(file);
  for (std::string text; std::getline(in, text);)
    if (std::smatch match; std::regex_search(text, match, line)) found.push_back({fs::relative(file, root()), match[1]});
  return found;
}

std::vector<Include> includesBelow(const char* folder) {
  std::vector<Include> found;
  if (!fs::exists(root() / folder)) return found;
  for (const auto& entry : fs::recursive_directory_iterator(root() / folder)) {
    const auto extension = entry.path().extension();
    if (extension != ".h" && extension != ".cpp") continue;
    const auto includes = includesOf(entry.path());
    found.insert(found.end(), includes.begin(), includes.end());
  }
  return found;
}

constexpr const char* harnessHeader = "tests/harness/harness.h";

// What a compiler reads for `file`, in that order: ours are opened once each, but for the harness, which sets its CHECK each time.
void readInOrder(const std::string& file, std::set<std::string>& opened, std::vector<std::string>& order) {
  for (const Include& include : includesOf(root() / file)) {
    order.push_back(include.name);
    if (include.name != harnessHeader && fs::exists(root() / include.name) && opened.insert(include.name).second)
      readInOrder(include.name, opened, order);
  }
}

// "core/tensor/npy.h" -> "tensor"
std::string roomOf(const std::string& path) {
  if (!path.starts_with("core/")) return {};
  const auto slash = path.find('/', 5);
  return slash == std::string::npos ? std::string() : path.substr(5, slash - 5);
}

bool isTorch(const std::string& header) {
  for (const char* start : {"torch/", "ATen/", "c10/", "caffe2/"})
    if (header.starts_with(start)) return true;
  return false;
}

bool isQt(const std::string& header) {
  return header.starts_with("qcustomplot") || (header.size() > 1 && header[0] == 'Q' && (std::isupper(header[1]) || header[1] == 't'));
}

void expectNone(const std::vector<std::string>& wrong) { CHECK_EQUAL(wrong, std::vector<std::string>{}); }

}  // namespace

TEST_CASE("the ladder that is written is the ladder that is built, without cycles") {
  std::vector<std::string> order;
  const Ladder written = writtenLadder(order), built = builtLadder();
  CHECK(built.size() >= 10);
  for (const auto& [room, uses] : built) {
    if (!written.contains(room)) fail("core/README.md does not have the room " + room, __FILE__, __LINE__);
    CHECK_EQUAL(written.at(room), uses);
  }
  CHECK_EQUAL(written.size(), built.size());
  Rooms above;
  for (const std::string& room : order) {
    for (const std::string& used : written.at(room))
      if (!above.contains(used)) fail(room + " uses " + used + ", which does not stand above it", __FILE__, __LINE__);
    above.insert(room);
  }
}

TEST_CASE("every room includes only rooms it may use") {
  const Ladder ladder = builtLadder();
  std::vector<std::string> wrong;
  int seen = 0;
  for (const Include& include : includesBelow("core")) {
    const std::string room = roomOf(include.file), used = roomOf(include.name);
    if (include.name.starts_with("ui/") || include.name.starts_with("app/") || include.name.starts_with("tests/"))
      wrong.push_back(include.file + " includes " + include.name);
    if (used.empty()) continue;
    ++seen;
    if (room != used && !(ladder.contains(room) && ladder.at(room).contains(used)))
      wrong.push_back(include.file + " includes " + include.name);
  }
  CHECK(seen > 100);
  expectNone(wrong);
}

TEST_CASE("a test reads the harness after LibTorch, whose headers have a CHECK of their own from version 2 on") {
  std::set<std::string> files;
  for (const Include& include : includesBelow("tests"))
    if (include.name == harnessHeader && include.file.ends_with(".cpp")) files.insert(include.file);
  CHECK(files.size() > 30);
  std::vector<std::string> wrong;
  for (const std::string& file : files) {
    std::set<std::string> opened;
    std::vector<std::string> order;
    readInOrder(file, opened, order);
    const auto last = std::find(order.rbegin(), order.rend(), harnessHeader);
    if (const auto behind = std::find_if(order.rbegin(), last, isTorch); behind != last)
      wrong.push_back(file + " reads " + *behind + " behind the harness");
  }
  expectNone(wrong);
}

TEST_CASE("no torch header reaches the screens, the programs or a header that others include") {
  std::vector<std::string> wrong;
  for (const char* folder : {"ui", "app"})
    for (const Include& include : includesBelow(folder))
      if (isTorch(include.name)) wrong.push_back(include.file + " includes " + include.name);
  // Headers of core that the screens and programs include, followed through.
  std::map<std::string, std::vector<std::string>> headers;
  for (const Include& include : includesBelow("core"))
    headers[include.file].push_back(include.name);
  Rooms reached, next;
  for (const char* folder : {"ui", "app"})
    for (const Include& include : includesBelow(folder))
      if (include.name.starts_with("core/")) next.insert(include.name);
  while (!next.empty()) {
    const std::string file = *next.begin();
    next.erase(next.begin());
    if (!reached.insert(file).second) continue;
    for (const std::string& name : headers[file]) {
      if (isTorch(name)) wrong.push_back(file + " includes " + name);
      if (name.starts_with("core/")) next.insert(name);
    }
  }
  CHECK(reached.size() > 10);
  expectNone(wrong);
}

TEST_CASE("core and the terminal program know nothing of Qt") {
  std::vector<std::string> wrong;
  for (const char* folder : {"core", "app/cli"})
    for (const Include& include : includesBelow(folder))
      if (isQt(include.name) || include.name.starts_with("ui/")) wrong.push_back(include.file + " includes " + include.name);
  CHECK(!includesBelow("app/cli").empty());
  expectNone(wrong);
}

TEST_CASE("threads live in one room of the studio, and panels are strangers to each other") {
  std::vector<std::string> wrong;
  const Rooms shared{"jobs", "plots", "settings", "steps", "tokens", "workspace"};
  for (const Include& include : includesBelow("ui")) {
    const std::string room = include.file.substr(3, include.file.find('/', 3) - 3);
    if (include.name == "thread" && room != "jobs") wrong.push_back(include.file + " includes <thread>");
    if (!include.name.starts_with("ui/") || room == "window") continue;
    const std::string used = include.name.substr(3, include.name.find('/', 3) - 3);
    if (used != room && !shared.contains(used)) wrong.push_back(include.file + " includes " + include.name);
  }
  CHECK(!includesBelow("ui").empty());
  expectNone(wrong);
}

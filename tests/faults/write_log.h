// What a program wrote, operation by operation (fault_shim.cpp), and what of it is still there when the power goes in between.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace incipit::test {

struct Operation {
  enum class Kind { Open, Write, Sync, Close, Truncate, Rename, MakeFolder, Remove } kind;
  int descriptor = -1;
  std::size_t size = 0;      // of Truncate
  bool emptied = false;      // by Open,
  bool made = false;         //   which makes it where it is not there
  std::string path, target;  // absolute; target: of Rename
  std::string bytes;         // of Write
};
std::vector<Operation> readWriteLog(const std::filesystem::path& log);

// What a disk may have after a cut. POSIX promises the first; the others are what journals and drives do in its stead.
enum class Loss {
  All,    // whatever was not synced, names in a folder that was not synced included
  Bytes,  // every name is there; of each file only what was synced
  Torn,   // every name is there; of each file what was synced and half of what was written since
};

// The tree below one folder, as the program sees it and as it would be after a cut. Files only grow or are emptied: nothing here writes
// into the middle.
class Disk {
 public:
  explicit Disk(std::filesystem::path root);
  void apply(const Operation& operation);
  // Writes below `root` what would be left; returns a text that is the same for the same tree.
  std::string describe(Loss loss) const;
  void restore(Loss loss) const;

 private:
  struct Node {
    bool folder = false;
    std::string content, synced;
    std::map<std::string, std::shared_ptr<Node>> entries, syncedEntries;
  };
  using Shared = std::shared_ptr<Node>;
  struct Left {
    std::string path;
    bool folder;
    std::string content;
  };
  Shared find(const std::string& path) const;
  Shared parentOf(const std::string& path, std::string& name) const;
  void collect(const Node& node, const std::string& path, Loss loss, std::vector<Left>& left) const;
  std::vector<Left> left(Loss loss) const;

  std::string m_root;
  Shared m_top;
  std::map<int, Shared> m_open;
};

}  // namespace incipit::test

#include "tests/faults/write_log.h"

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace incipit::test {
namespace fs = std::filesystem;

std::vector<Operation> readWriteLog(const fs::path& log) {
  std::ifstream in(log, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  std::vector<Operation> operations;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    std::istringstream line(text.substr(at, end - at));
    at = end + 1;
    std::string word;
    line >> word;
    Operation operation{};
    const auto rest = [&] {
      std::string path;
      line.get();
      std::getline(line, path);
      return path;
    };
    if (word == "open") {
      std::string emptied;
      line >> operation.descriptor >> emptied;
      operation.kind = Operation::Kind::Open, operation.emptied = emptied == "t", operation.made = emptied != "-", operation.path = rest();
    } else if (word == "write") {
      std::size_t size = 0;
      line >> operation.descriptor >> size;
      operation.kind = Operation::Kind::Write, operation.bytes = text.substr(at, size);
      at += size;
    } else if (word == "fsync" || word == "close") {
      line >> operation.descriptor;
      operation.kind = word == "fsync" ? Operation::Kind::Sync : Operation::Kind::Close;
    } else if (word == "truncate") {
      line >> operation.descriptor >> operation.size;
      operation.kind = Operation::Kind::Truncate;
    } else if (word == "rename") {
      const std::string both = rest();
      const std::size_t tab = both.find('\t');
      operation.kind = Operation::Kind::Rename, operation.path = both.substr(0, tab), operation.target = both.substr(tab + 1);
    } else if (word == "mkdir" || word == "unlink") {
      operation.kind = word == "mkdir" ? Operation::Kind::MakeFolder : Operation::Kind::Remove, operation.path = rest();
    } else {
      throw std::runtime_error("the log says '" + word + "'");
    }
    operations.push_back(std::move(operation));
  }
  return operations;
}

Disk::Disk(fs::path root) : m_root(root.string()), m_top(std::make_shared<Node>()) { m_top->folder = true; }

Disk::Shared Disk::find(const std::string& path) const {
  Shared node = m_top;
  for (const auto& part : fs::path(path).lexically_relative(m_root)) {
    if (part == ".") continue;
    const auto entry = node->entries.find(part.string());
    if (entry == node->entries.end()) return nullptr;
    node = entry->second;
  }
  return node;
}

Disk::Shared Disk::parentOf(const std::string& path, std::string& name) const {
  name = fs::path(path).filename().string();
  return find(fs::path(path).parent_path().string());
}

void Disk::apply(const Operation& operation) {
  std::string name;
  switch (operation.kind) {
  case Operation::Kind::Open: {
    Shared node = find(operation.path);
    if (!node && !operation.made) return;  // of what was there before, which is not looked at
    if (!node) {
      const Shared parent = parentOf(operation.path, name);
      if (!parent) return;
      node = parent->entries[name] = std::make_shared<Node>();
    }
    if (operation.emptied) node->content.clear();
    m_open[operation.descriptor] = node;
    break;
  }
  case Operation::Kind::Write:
    if (const auto open = m_open.find(operation.descriptor); open != m_open.end()) open->second->content += operation.bytes;
    break;
  case Operation::Kind::Truncate:
    if (const auto open = m_open.find(operation.descriptor); open != m_open.end()) open->second->content.resize(operation.size);
    break;
  case Operation::Kind::Sync:
    if (const auto open = m_open.find(operation.descriptor); open != m_open.end()) {
      open->second->synced = open->second->content;
      open->second->syncedEntries = open->second->entries;
    }
    break;
  case Operation::Kind::Close:
    m_open.erase(operation.descriptor);
    break;
  case Operation::Kind::MakeFolder:
    if (const Shared parent = parentOf(operation.path, name)) {
      const auto made = parent->entries[name] = std::make_shared<Node>();
      made->folder = true;
    }
    break;
  case Operation::Kind::Remove:
    if (const Shared parent = parentOf(operation.path, name)) parent->entries.erase(name);
    break;
  case Operation::Kind::Rename:
    if (const Shared from = parentOf(operation.path, name)) {
      const Shared node = from->entries[name];
      from->entries.erase(name);
      if (const Shared to = parentOf(operation.target, name)) to->entries[name] = node;
    }
    break;
  }
}

void Disk::collect(const Node& node, const std::string& path, Loss loss, std::vector<Left>& left) const {
  for (const auto& [name, entry] : loss == Loss::All ? node.syncedEntries : node.entries) {
    const std::string here = path.empty() ? name : path + "/" + name;
    std::string content = entry->synced;
    const bool grown = entry->content.starts_with(entry->synced);
    if (loss == Loss::Torn && grown) content = entry->content.substr(0, content.size() + (entry->content.size() - content.size()) / 2);
    left.push_back({here, entry->folder, content});
    if (entry->folder) collect(*entry, here, loss, left);
  }
}

std::vector<Disk::Left> Disk::left(Loss loss) const {
  std::vector<Left> all;
  collect(*m_top, "", loss, all);
  return all;
}

std::string Disk::describe(Loss loss) const {
  std::string text;
  for (const Left& entry : left(loss))
    text += entry.path + (entry.folder ? "/" : ":" + entry.content) + '\n';
  return text;
}

void Disk::restore(Loss loss) const {
  for (const Left& entry : left(loss)) {
    const fs::path place = fs::path(m_root) / entry.path;
    if (entry.folder) {
      fs::create_directories(place);
    } else {
      fs::create_directories(place.parent_path());
      std::ofstream(place, std::ios::binary | std::ios::trunc) << entry.content;
    }
  }
}

}  // namespace incipit::test

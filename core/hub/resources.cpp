#include "core/hub/find_model.h"

#include <cstdlib>

namespace incipit {
namespace fs = std::filesystem;

fs::path resourcesFolder() {
  if (const char* chosen = std::getenv("INCIPIT_RESOURCES"); chosen != nullptr && *chosen != '\0') return chosen;
  std::error_code ignored;
  const fs::path program = fs::read_symlink("/proc/self/exe", ignored);
  const fs::path installed = program.parent_path().parent_path() / "share" / "incipit" / "resources";
  if (!program.empty() && fs::is_directory(installed, ignored)) return installed;
  return INCIPIT_SOURCE_RESOURCES;
}

fs::path demoModelFolder() { return resourcesFolder() / "demo" / "model"; }
fs::path demoDataFolder() { return resourcesFolder() / "demo" / "data"; }

}  // namespace incipit

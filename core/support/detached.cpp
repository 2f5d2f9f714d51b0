#include "core/support/detached.h"

#include "core/support/error.h"

#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

namespace incipit {

int startDetached(const std::filesystem::path& program, const std::vector<std::string>& arguments, const std::filesystem::path& output) {
  std::vector<char*> words{const_cast<char*>(program.c_str())};
  for (const std::string& argument : arguments)
    words.push_back(const_cast<char*>(argument.c_str()));
  words.push_back(nullptr);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);  // a hang-up of the terminal does not reach it
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  posix_spawn_file_actions_adddup2(&files, STDOUT_FILENO, STDERR_FILENO);
  pid_t process = -1;
  const int failure = ::posix_spawn(&process, program.c_str(), &files, &attributes, words.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&attributes);
  if (failure != 0)
    throw FileError("'" + program.string() + "' could not be started: " + std::strerror(failure) + ".",
                    "Is it installed beside this program?");
  return process;
}

}  // namespace incipit

// Starts a program that lives on by itself, without this one or its terminal.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace incipit {

// `output` gets what it prints, from the beginning. Returns its process number. Throws FileError where it cannot be started.
int startDetached(const std::filesystem::path& program, const std::vector<std::string>& arguments, const std::filesystem::path& output);

}  // namespace incipit

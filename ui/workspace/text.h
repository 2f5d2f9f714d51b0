// Between core's words (UTF-8 strings, paths) and Qt's.
#pragma once

#include <QString>
#include <filesystem>
#include <string>

namespace incipit::ui {

inline QString toText(const std::string& text) { return QString::fromStdString(text); }
inline QString toText(const std::filesystem::path& path) { return QString::fromStdString(path.string()); }
inline std::filesystem::path toPath(const QString& text) { return std::filesystem::path(text.toStdString()); }

}  // namespace incipit::ui

// What filters and methods of texts have in common.
#pragma once

#include "core/chat/machine.h"

namespace incipit::chat {

enum class Side { Left, Right, Both };
enum class Pad { Left, Right, Center };

// str.strip and its kin: whitespace where `letters` is missing or none, else any of its letters.
std::string stripped(std::string_view text, const Value& letters, Side side);
// count < 0: all of them.
std::string replaced(Machine& machine, std::string_view text, std::string_view from, std::string_view to, Integer count);
std::string padded(Machine& machine, const Text& text, Integer width, char32_t fill, Pad side);
// str.splitlines
std::vector<std::string_view> lines(std::string_view text, bool keepEnds);
std::string withoutTags(std::string_view html);
// textwrap.wrap of each line, refused where hyphens or long words would come into it.
std::string wrapped(std::string_view text, Integer width);
// tojson(x, ensure_ascii, indent, separators, sort_keys)
std::string jsonOf(Machine& machine, const Values& arguments);

}  // namespace incipit::chat

// Letters whose upper or title case is more than one letter.
#pragma once

namespace incipit::chat {

const char32_t* longUpperCase(char32_t character);  // null: its upper case is one letter
const char32_t* longTitleCase(char32_t character);

}  // namespace incipit::chat

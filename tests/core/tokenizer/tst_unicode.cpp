// UTF-8 and what kinds of characters there are.
#include "core/tokenizer/text/unicode.h"
#include "tests/harness/harness.h"

using namespace incipit;

TEST_CASE("wrong bytes become replacement characters as in Python and Rust") {
  const std::string bad = "\xEF\xBF\xBD";
  CHECK_EQUAL(replaceInvalidUtf8("Hello \xC2 There\xFF Goodbye"), "Hello " + bad + " There" + bad + " Goodbye");
  CHECK_EQUAL(replaceInvalidUtf8("\xF5 foo \xF5\x80 bar"), bad + " foo " + bad + bad + " bar");
  CHECK_EQUAL(replaceInvalidUtf8("\xF1 foo \xF1\x80 bar \xF1\x80\x80 baz"), bad + " foo " + bad + " bar " + bad + " baz");
  CHECK_EQUAL(replaceInvalidUtf8("\xF0\x80\x80\x80 foo"), bad + bad + bad + bad + " foo");  // overlong
  CHECK_EQUAL(replaceInvalidUtf8("\xED\xA0\x80"), bad + bad + bad);                         // a surrogate
  CHECK_EQUAL(replaceInvalidUtf8("\xF4\x90\x80\x80"), bad + bad + bad + bad);               // beyond U+10FFFF
  CHECK_EQUAL(replaceInvalidUtf8("你\xE4\xBD"), "你" + bad);
  for (const char* text : {"", "abc", "é你🙂", "\xF4\x8F\xBF\xBF"}) {
    CHECK(isUtf8(text));
    CHECK_EQUAL(replaceInvalidUtf8(text), std::string(text));
  }
  CHECK(!isUtf8("a\x80"));
  CHECK(!isUtf8("\xC0\xAF"));
}

TEST_CASE("characters forwards and backwards") {
  CHECK_EQUAL(static_cast<long>(firstCharacter("é")), 0xE9L);
  CHECK_EQUAL(static_cast<long>(lastCharacter("a🙂")), 0x1F642L);
  std::string text;
  for (char32_t character : std::u32string(U"aé你🙂"))
    appendCharacter(text, character);
  CHECK_EQUAL(text, std::string("aé你🙂"));
}

TEST_CASE("kinds of characters") {
  CHECK(isWhitespace(U' ') && isWhitespace(U'\n') && isWhitespace(0x85) && isWhitespace(0x3000) && isWhitespace(0x2028));
  CHECK(!isWhitespace(0x200B) && !isWhitespace(0x180E) && !isWhitespace(U'a'));
  CHECK(isNumeric(U'7') && isNumeric(U'½') && isNumeric(U'Ⅷ') && !isNumeric(U'x') && !isNumeric(U'一'));
  CHECK(isPunctuation(U'$') && isPunctuation(U'`') && isPunctuation(U'。') && isPunctuation(U'—') && !isPunctuation(U'€') &&
        !isPunctuation(U'a'));
  CHECK(isWord(U'_') && isWord(U'é') && isWord(U'3') && isWord(0x301) && !isWord(U'-') && !isWord(U'½'));
}

TEST_CASE("normal forms and lower case") {
  CHECK_EQUAL(normalForm("e\xCC\x81", NormalForm::C), std::string("é"));
  CHECK_EQUAL(normalForm("é", NormalForm::D), std::string("e\xCC\x81"));
  CHECK_EQUAL(normalForm("ﬁ①Ａ", NormalForm::KC), std::string("fi1A"));
  CHECK_EQUAL(normalForm("가", NormalForm::D).size(), 6U);
  CHECK_EQUAL(normalForm(std::string_view("a\0b", 3), NormalForm::C).size(), 3U);  // NUL is a character like any other
  std::string text;
  for (char32_t character : std::u32string(U"ÀΣİẞ"))
    appendLowercase(text, character);
  CHECK_EQUAL(text, std::string("àσi\xCC\x87ß"));
}

#include "core/tokenizer/text/regex.h"

#include "core/support/error.h"
#include "core/tokenizer/text/effort.h"
#include "core/tokenizer/text/unicode.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <algorithm>
#include <new>
#include <pcre2.h>

namespace incipit {

namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Code = std::unique_ptr<pcre2_code, Freed<pcre2_code_free>>;
using MatchData = std::unique_ptr<pcre2_match_data, Freed<pcre2_match_data_free>>;
using MatchContext = std::unique_ptr<pcre2_match_context, Freed<pcre2_match_context_free>>;
using CompileContext = std::unique_ptr<pcre2_compile_context, Freed<pcre2_compile_context_free>>;

// The library's way to say that memory has run out is to give nothing.
template <class T>
T* there(T* made) {
  if (made == nullptr) throw std::bad_alloc();
  return made;
}

std::string messageOf(int code) {
  PCRE2_UCHAR buffer[256];
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

Code compile(const std::string& pattern, std::string_view original) {
  const CompileContext context(there(pcre2_compile_context_create(nullptr)));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  int error = 0;
  PCRE2_SIZE offset = 0;
  Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                          PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NO_UTF_CHECK, &error, &offset, context.get()));
  if (!code && error == PCRE2_ERROR_HEAP_FAILED) throw std::bad_alloc();
  if (!code)
    throw FormatError("the regular expression '" + std::string(original) + "' is wrong near character " + std::to_string(offset) + ": " +
                      messageOf(error) + ".");
  return code;
}

// A run of a million spaces takes a million steps back: that is linear and allowed. A pattern that tries more than some steps for every
// byte will not end in anybody's lifetime. Memory may grow to 1 GiB (the limit is in KiB).
void setLimits(pcre2_match_context& limits, std::size_t textSize) {
  constexpr std::uint64_t stepsAtLeast = 50'000'000, stepsPerByte = 50;
  const std::uint64_t steps = std::max<std::uint64_t>(stepsAtLeast, textSize * stepsPerByte);
  pcre2_set_match_limit(&limits, static_cast<std::uint32_t>(std::min<std::uint64_t>(steps, UINT32_MAX)));
  pcre2_set_heap_limit(&limits, 1U << 20);
}

}  // namespace

struct Regex::Compiled {
  Code code;
  bool jit = false;
};

Regex::Regex(std::string_view pattern) : m_compiled(std::make_unique<Compiled>()), m_pattern(pattern) {
  m_compiled->code = compile(toPcre2Syntax(pattern), pattern);
  m_compiled->jit = pcre2_jit_compile(m_compiled->code.get(), PCRE2_JIT_COMPLETE) == 0;
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

std::vector<TextSpan> Regex::matches(std::string_view text) const {
  const pcre2_code* code = m_compiled->code.get();
  const MatchData data(there(pcre2_match_data_create_from_pattern(code, nullptr)));
  const MatchContext limits(there(pcre2_match_context_create(nullptr)));
  setLimits(*limits, text.size());
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data.get());

  // False when there is no further match. `options` ask for a match just at `at` that is not empty.
  auto matchFrom = [&](std::size_t at, std::uint32_t options) {
    // The check for valid UTF-8 reads the whole text at every call; with it many matches would cost the square of the length.
    options |= PCRE2_NO_UTF_CHECK;
    const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
    int result = m_compiled->jit && options == PCRE2_NO_UTF_CHECK  // compiled code knows no other options
                     ? pcre2_jit_match(code, subject, text.size(), at, options, data.get(), limits.get())
                     : PCRE2_ERROR_JIT_STACKLIMIT;
    if (result == PCRE2_ERROR_JIT_STACKLIMIT)  // the interpreter keeps its stack on the heap
      result = pcre2_match(code, subject, text.size(), at, options | PCRE2_NO_JIT, data.get(), limits.get());
    if (result == PCRE2_ERROR_NOMEMORY) throw std::bad_alloc();
    const bool tired = Effort::usedUp();
    if ((result >= 0 || result == PCRE2_ERROR_NOMATCH) && !tired) return result >= 0;
    throw DataError("The tokenizer's regular expression '" + m_pattern + "' cannot be applied to a text of " + std::to_string(text.size()) +
                        " bytes: " + (tired ? "it takes too long" : messageOf(result)) + ".",
                    "Split the text into shorter ones.");
  };

  const Effort effort(text.size());
  std::vector<TextSpan> found;
  std::uint32_t options = 0;
  for (std::size_t at = 0; at <= text.size();) {
    if (!matchFrom(at, options)) {
      if (options == 0) break;
      at += at < text.size() ? characterLength(text[at]) : 1;  // nothing but an empty match here: go on behind the next character
      options = 0;
      continue;
    }
    const bool empty = ends[0] == ends[1];
    if (!empty || found.empty() || found.back().end != ends[0]) found.push_back({ends[0], ends[1]});
    at = ends[1];
    options = empty ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0;
  }
  return found;
}

}  // namespace incipit

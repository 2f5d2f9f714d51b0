#include "core/tokenizer/regex.h"

#include "core/support/error.h"

#define PCRE2_CODE_UNIT_WIDTH 8
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

std::string messageOf(int code) {
  PCRE2_UCHAR buffer[256];
  pcre2_get_error_message(code, buffer, sizeof buffer);
  return reinterpret_cast<const char*>(buffer);
}

Code compile(const std::string& pattern, std::string_view original) {
  CompileContext context(pcre2_compile_context_create(nullptr));
  pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
  int error = 0;
  PCRE2_SIZE offset = 0;
  Code code(pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                          PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NO_UTF_CHECK, &error, &offset, context.get()));
  if (!code)
    throw FormatError("the regular expression '" + std::string(original) + "' is wrong near character " + std::to_string(offset) + ": " +
                      messageOf(error) + ".");
  return code;
}

}  // namespace

struct Regex::Compiled {
  Code code;
  MatchContext limits;
  bool jit = false;
};

Regex::Regex(std::string_view pattern) : m_compiled(std::make_unique<Compiled>()), m_pattern(pattern) {
  m_compiled->code = compile(toPcre2Syntax(pattern), pattern);
  m_compiled->jit = pcre2_jit_compile(m_compiled->code.get(), PCRE2_JIT_COMPLETE) == 0;
  m_compiled->limits.reset(pcre2_match_context_create(nullptr));
  // A run of a million spaces takes a million steps back: that is linear and allowed. Memory is what is limited, to 1 GiB (in KiB).
  pcre2_set_match_limit(m_compiled->limits.get(), UINT32_MAX);
  pcre2_set_heap_limit(m_compiled->limits.get(), 1U << 20);
}

Regex::~Regex() = default;
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;

std::vector<TextSpan> Regex::matches(std::string_view text) const {
  std::vector<TextSpan> found;
  MatchData data(pcre2_match_data_create_from_pattern(m_compiled->code.get(), nullptr));
  const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(data.get());
  const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
  // The check for valid UTF-8 reads the whole text at every call; with it many matches would cost the square of the length.
  constexpr std::uint32_t options = PCRE2_NO_UTF_CHECK;

  std::size_t at = 0;
  std::uint32_t retry = 0;  // after an empty match: ask for one that is not empty at the same place
  while (at <= text.size()) {
    int result = m_compiled->jit && retry == 0
                     ? pcre2_jit_match(m_compiled->code.get(), subject, text.size(), at, options, data.get(), m_compiled->limits.get())
                     : PCRE2_ERROR_JIT_STACKLIMIT;
    if (result == PCRE2_ERROR_JIT_STACKLIMIT)  // the interpreter keeps its stack on the heap
      result = pcre2_match(m_compiled->code.get(), subject, text.size(), at, options | retry | PCRE2_NO_JIT, data.get(),
                           m_compiled->limits.get());
    if (result == PCRE2_ERROR_NOMATCH && retry == 0) break;
    if (result == PCRE2_ERROR_NOMATCH) {
      std::size_t next = at + 1;
      while (next < text.size() && (static_cast<unsigned char>(text[next]) & 0xC0) == 0x80)
        ++next;
      at = next;
      retry = 0;
      continue;
    }
    if (result < 0)
      throw DataError("The tokenizer's regular expression '" + m_pattern + "' cannot be applied to a text of " +
                          std::to_string(text.size()) + " bytes: " + messageOf(result) + ".",
                      "Split the text into shorter ones.");
    const bool empty = ends[0] == ends[1];
    if (!empty || found.empty() || found.back().end != ends[0]) found.push_back({ends[0], ends[1]});
    at = ends[1];
    retry = empty ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0;
  }
  return found;
}

}  // namespace incipit

// strftime with English names, whatever language the program speaks.
#include "core/chat/builtins.h"
#include "core/chat/problem.h"

#include <clocale>

namespace incipit::chat {

namespace {

class PlainLocale {
 public:
  PlainLocale() : m_locale(newlocale(LC_ALL_MASK, "C", nullptr)) {}
  ~PlainLocale() { freelocale(m_locale); }
  PlainLocale(const PlainLocale&) = delete;
  PlainLocale& operator=(const PlainLocale&) = delete;
  locale_t get() const { return m_locale; }

 private:
  locale_t m_locale;
};

// Bytes of "%-d", "%A", ... at the start of `format`; 1 where there is no letter.
std::size_t directiveLength(std::string_view format) {
  std::size_t length = 1;
  while (length < format.size() && std::string_view("_-0^#123456789EO").find(format[length]) != std::string_view::npos)
    ++length;
  return length < format.size() ? length + 1 : format.size();
}

}  // namespace

std::string timeText(const std::tm& time, std::string_view format) {
  static const PlainLocale plain;
  std::string out;
  while (!format.empty()) {
    const std::size_t text = std::min(format.find('%'), format.size());
    out += format.substr(0, text);
    format.remove_prefix(text);
    if (format.empty()) break;
    const std::string directive(format.substr(0, directiveLength(format)));
    format.remove_prefix(directive.size());
    const char letter = directive.back();
    if (letter == 's') refuse("it writes the seconds since 1970 (%s of strftime_now)");
    if (directive.size() > 5) refuse("it writes a time with a width of its own (" + directive + " of strftime_now)");
    if (letter == 'f') out += "000000";
    if (letter == 'f' || letter == 'z' || letter == 'Z') continue;  // Python's own: a local time has no zone
    char buffer[1024];
    out.append(buffer, strftime_l(buffer, sizeof buffer, directive.c_str(), &time, plain.get()));
  }
  return out;
}

}  // namespace incipit::chat

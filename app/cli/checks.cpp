#include "app/cli/checks.h"

#include <string>

namespace incipit::cli {

CLI::Validator atLeast(int least) {
  return CLI::Validator(
      [least](const std::string& text) {
        double value = 0;
        const bool number = CLI::detail::lexical_cast(text, value);
        return number && value >= least ? std::string() : "'" + text + "' is not a number of at least " + std::to_string(least);
      },
      "");
}

}  // namespace incipit::cli

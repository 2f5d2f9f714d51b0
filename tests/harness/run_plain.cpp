// Runs the cases of tests/harness/harness.h without Qt (-DINCIPIT_GUI=OFF).
#include "tests/harness/harness.h"

#include <exception>
#include <iostream>

int main() {
  using namespace incipit::test;
  int passed = 0, failed = 0, skipped = 0;
  const auto report = [&](const Case& item, const std::string& message) {
    ++failed;
    std::cout << "FAIL  " << item.name << "\n      " << message << '\n';
  };
  for (const auto& item : cases()) {
    const auto before = checksDone();
    try {
      item.run();
      if (checksDone() == before) {
        report(item, "this case checked nothing");
      } else {
        ++passed;
      }
    } catch (const Failure& failure) {
      report(item, std::string(failure.file) + ":" + std::to_string(failure.line) + ": " + failure.message);
    } catch (const Skip& skip) {
      ++skipped;
      std::cout << "SKIP  " << item.name << ": " << skip.reason << '\n';
    } catch (const std::exception& error) {
      report(item, std::string("unexpected exception: ") + error.what());
    }
  }
  std::cout << passed << " passed, " << failed << " failed, " << skipped << " skipped\n";
  return failed == 0 ? 0 : 1;
}

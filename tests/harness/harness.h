// The words core's tests are written in. With Qt they run under Qt Test (one data row a case), without Qt under a plain runner;
// the same source either way, and no Qt header beside a torch header.
//
//   TEST_CASE("a truncated file is refused with a sentence") {
//     CHECK_EQUAL(ids, (std::vector<int>{1, 2}));
//     CHECK_THROWS(openModel(path), "truncated");
//   }
//
// Like <cassert> it may be included again: LibTorch has a CHECK of its own, and the last one to be included is the one that holds. So files
// that include LibTorch include this once more at their end; TEST_CASE does not compile where another's CHECK is in force.
#ifndef INCIPIT_TESTS_HARNESS_H
#define INCIPIT_TESTS_HARNESS_H

#include <cmath>
#include <filesystem>
#include <functional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace incipit::test {

struct Case {
  std::string name;
  std::function<void()> run;
};

// Thrown by a check that does not hold; the runner reports it and goes on with the next case.
struct Failure {
  std::string message;
  const char* file;
  int line;
};

// Thrown by SKIP: the case cannot run here (a reason, such as a folder that is not at hand), which is not a failure.
struct Skip {
  std::string reason;
};

std::vector<Case>& cases();
bool registerCase(std::string name, std::function<void()> run);
void countCheck();       // every check that was evaluated
long long checksDone();  // a case that evaluates no check fails: a test that cannot fail proves nothing

// The folder of the small reference files: tests/fixtures.
std::filesystem::path fixtures();
// The folder of what ships with the program: resources.
std::filesystem::path resources();
// A fresh empty folder for this process, removed at the end.
std::filesystem::path scratch(std::string_view name);

template <class T>
std::string show(const T& value) {
  std::ostringstream out;
  if constexpr (requires { out << value; }) {
    out << value;
  } else if constexpr (requires {
                         value.begin();
                         value.end();
                       }) {
    out << '[';
    const char* separator = "";
    for (const auto& item : value)
      out << separator << show(item), separator = ", ";
    out << ']';
  } else {
    out << "(a value that cannot be printed)";
  }
  return out.str();
}

[[noreturn]] void fail(std::string message, const char* file, int line);

template <class A, class B>
void checkEqual(const A& got, const B& expected, const char* text, const char* file, int line) {
  countCheck();
  if (!(got == expected)) fail(std::string(text) + "\n   got      " + show(got) + "\n   expected " + show(expected), file, line);
}

inline void checkClose(double got, double expected, double tolerance, const char* text, const char* file, int line) {
  countCheck();
  if (!(std::abs(got - expected) <= tolerance))
    fail(std::string(text) + ": got " + show(got) + ", expected " + show(expected) + " within " + show(tolerance), file, line);
}

// The call must throw a std::exception whose sentence contains `words`.
void checkThrows(const std::function<void()>& call, std::string_view words, const char* text, const char* file, int line);

}  // namespace incipit::test

#define INCIPIT_JOIN_(a, b) a##b
#define INCIPIT_JOIN(a, b) INCIPIT_JOIN_(a, b)
#define INCIPIT_TEXT_(...) #__VA_ARGS__
#define INCIPIT_TEXT(...) INCIPIT_TEXT_(__VA_ARGS__)
#define TEST_CASE(name) INCIPIT_TEST_CASE(name, INCIPIT_JOIN(testCase, __LINE__))
#define INCIPIT_TEST_CASE(name, id)                                                                                                        \
  static_assert(std::string_view(INCIPIT_TEXT(CHECK(true))).find("incipit") != std::string_view::npos,                                     \
                "CHECK is not the harness's: include tests/harness/harness.h after LibTorch");                                             \
  static void id();                                                                                                                        \
  static const bool INCIPIT_JOIN(id, Registered) = ::incipit::test::registerCase(name, id);                                                \
  static void id()

#define CHECK_EQUAL(got, ...) ::incipit::test::checkEqual(got, __VA_ARGS__, #got, __FILE__, __LINE__)
#define CHECK_CLOSE(got, expected, tolerance) ::incipit::test::checkClose(got, expected, tolerance, #got, __FILE__, __LINE__)
#define CHECK_THROWS(call, words) ::incipit::test::checkThrows([&] { (void)(call); }, words, #call, __FILE__, __LINE__)
#define SKIP(reason)                                                                                                                       \
  throw ::incipit::test::Skip { reason }

#endif  // INCIPIT_TESTS_HARNESS_H

#undef CHECK
#define CHECK(...) ::incipit::test::checkEqual(static_cast<bool>(__VA_ARGS__), true, #__VA_ARGS__, __FILE__, __LINE__)

// Chat templates against what Python's jinja2 makes of them, as transformers sets it up. The templates imitate the families of instruct
// models, single features of the language, and what people write to hurt a program. Some stand in tests/fixtures; INCIPIT_CHAT_TEMPLATES
// names a folder with a larger set in the same form (cases.jsonl, hostile.jsonl, and each template as a file).
#include "core/chat/chat_template.h"
#include "core/support/files.h"
#include "core/support/parse_json.h"
#include "tests/harness/harness.h"

#include <cstdlib>
#include <ctime>
#include <fstream>

using namespace incipit;
using OrderedJson = nlohmann::ordered_json;

namespace {

// A sanitizer makes everything a few times slower, and keeps freed memory.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr double mostSeconds = 6;
#else
constexpr double mostSeconds = 1;
#endif

OrderedJson parsed(std::string_view text) {
  JsonProblem problem;
  OrderedJson value = parseJsonAs<OrderedJson>(text, problem);
  if (problem.kind != JsonProblem::Kind::None) throw std::runtime_error(problem.words(text.size()));
  return value;
}

// The cases of one file, and the text of their templates.
class Set {
 public:
  Set(std::filesystem::path folder, const char* file) : m_folder(std::move(folder)) {
    std::ifstream lines(m_folder / file);
    for (std::string line; std::getline(lines, line);) {
      cases.push_back(parsed(line));
      m_lines.push_back(line);
    }
    if (std::filesystem::exists(m_folder / "templates.json")) m_packed = parsed(readFile(m_folder / "templates.json"));
    CHECK(!cases.empty());
  }
  std::string source(const OrderedJson& test) const {
    const auto name = test.at("template").get<std::string>();
    return m_packed.is_object() ? m_packed.at(name).get<std::string>() : readFile(m_folder / name);
  }
  const std::string& line(const OrderedJson& test) const { return m_lines[static_cast<std::size_t>(&test - cases.data())]; }
  std::vector<OrderedJson> cases;

 private:
  std::vector<std::string> m_lines;
  std::filesystem::path m_folder;
  OrderedJson m_packed;
};

std::vector<std::filesystem::path> folders() {
  std::vector<std::filesystem::path> found = {test::fixtures() / "chat_templates"};
  if (const char* more = std::getenv("INCIPIT_CHAT_TEMPLATES")) found.emplace_back(more);
  return found;
}

struct Answer {
  std::string text, error;  // one of them
  ChatTemplateError::Kind kind{};
  std::vector<RenderedChat::Span> spans;
  bool failed() const { return !error.empty(); }
};

Answer answerOf(const Set& set, const OrderedJson& test) {
  Answer answer;
  try {
    RenderedChat rendered = ChatTemplate(set.source(test), "chat template").render(parseChat(set.line(test), "case"));
    answer.text = std::move(rendered.text);
    answer.spans = std::move(rendered.answers);
  } catch (const ChatTemplateError& error) {
    answer.error = error.message().empty() ? "(no words)" : error.message();
    answer.kind = error.kind();
  }
  return answer;
}

// A position counted in letters as one counted in bytes.
std::size_t byteOf(const std::string& text, std::size_t letter) {
  std::size_t at = 0;
  for (; letter > 0; --letter)
    for (++at; at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;)
      ++at;
  return at;
}

std::string shown(const std::string& text) { return OrderedJson(text).dump(-1, ' ', false, OrderedJson::error_handler_t::replace); }

// Empty where the answer is the expected one, else what is wrong.
std::string difference(const Answer& answer, const OrderedJson& test) {
  const auto error = test.find("error");
  if (error != test.end()) {
    if (!answer.failed()) return "gives a text where Python fails with \"" + error->at("message").get<std::string>() + "\": " + answer.text;
    const bool raised = error->at("kind") == "raised";
    if (raised != (answer.kind == ChatTemplateError::Kind::Raised)) return "is an error of another kind: " + answer.error;
    if (raised && answer.error != error->at("message").get<std::string>()) return "raises other words: " + answer.error;
    return {};
  }
  if (answer.failed()) return "fails: " + answer.error;
  const auto expected = test.at("output").get<std::string>();
  if (answer.text != expected) return "\n   got      " + shown(answer.text) + "\n   expected " + shown(expected);
  const auto spans = test.find("assistant_spans");
  if (spans == test.end()) return {};
  if (spans->size() != answer.spans.size()) return "marks " + std::to_string(answer.spans.size()) + " answers";
  for (std::size_t i = 0; i < spans->size(); ++i)
    if (answer.spans[i].begin != byteOf(expected, (*spans)[i][0].get<std::size_t>()) ||
        answer.spans[i].end != byteOf(expected, (*spans)[i][1].get<std::size_t>()))
      return "marks answer " + std::to_string(i) + " elsewhere";
  return {};
}

// The most memory this process has had so far, in MB.
long peakMemory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.rfind("VmHWM:", 0) == 0) return std::atol(line.c_str() + 6) / 1024;
  return 0;
}

bool isFeature(const OrderedJson& test) { return test.at("template").get<std::string>().rfind("features/", 0) == 0; }

}  // namespace

TEST_CASE("the families' templates give what Python gives, text, spans and errors") {
  for (const auto& folder : folders()) {
    const Set set(folder, "cases.jsonl");
    std::string wrong;
    int count = 0;
    for (const OrderedJson& test : set.cases) {
      if (isFeature(test)) continue;
      ++count;
      if (const std::string what = difference(answerOf(set, test), test); !what.empty())
        wrong += "\n" + test.at("id").get<std::string>() + " " + what;
    }
    std::printf("%s: %d cases of families\n", folder.c_str(), count);
    CHECK_EQUAL(wrong, "");
  }
}

TEST_CASE("single features give what Python gives, or are refused by name") {
  for (const auto& folder : folders()) {
    const Set set(folder, "cases.jsonl");
    std::string wrong, refused;
    int count = 0, exact = 0;
    for (const OrderedJson& test : set.cases) {
      if (!isFeature(test)) continue;
      ++count;
      const Answer answer = answerOf(set, test);
      const std::string what = difference(answer, test), id = test.at("id").get<std::string>();
      if (what.empty())
        ++exact;
      else if (answer.failed() && answer.kind == ChatTemplateError::Kind::Refused)
        refused += "\n" + id + ": " + answer.error;
      else
        wrong += "\n" + id + " " + what;
    }
    std::printf("%s: %d of %d features exact%s\n", folder.c_str(), exact, count, refused.c_str());
    CHECK_EQUAL(wrong, "");
    CHECK(exact * 100 >= count * 95);
  }
}

TEST_CASE("templates that want to hurt are answered within a second and little memory") {
  for (const auto& folder : folders()) {
    const Set set(folder, "hostile.jsonl");
    std::string wrong;
    double slowest = 0;
    const long before = peakMemory();
    for (const OrderedJson& test : set.cases) {
      const auto id = test.at("id").get<std::string>(), expected = test.at("answer").get<std::string>();
      const std::clock_t start = std::clock();
      const Answer answer = answerOf(set, test);
      const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
      slowest = std::max(slowest, seconds);
      if (seconds > mostSeconds) wrong += "\n" + id + " took " + std::to_string(seconds) + " s";
      if (expected == "refused" && !answer.failed()) wrong += "\n" + id + " gives a text: " + answer.text.substr(0, 100);
      if (expected == "text" && answer.failed()) wrong += "\n" + id + " fails: " + answer.error;
      if (test.at("kind") == "raised" && answer.kind != ChatTemplateError::Kind::Raised)
        wrong += "\n" + id + " is not told as the template's words";
      const auto& python = test.at("jinja2");
      if (answer.failed()) continue;
      if (python.contains("output") && answer.text != python.at("output").get<std::string>()) wrong += "\n" + id + " gives " + answer.text;
      if (python.contains("output_length") && answer.text.size() != python.at("output_length").get<std::size_t>())
        wrong += "\n" + id + " is of another length";
    }
    const long more = peakMemory() - before;
    std::printf("%s: %zu hostile templates, the slowest %.3f s, %ld MB more at most\n", folder.c_str(), set.cases.size(), slowest, more);
    CHECK_EQUAL(wrong, "");
    if (mostSeconds == 1) CHECK(more <= 64);
  }
}

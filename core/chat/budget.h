// How much a chat template may cost. Templates come with models from anywhere, and rendering one must end within a second and little memory
// whatever is written in it. All limits stand here; real templates need a hundredth of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

namespace incipit::chat {

struct Limits {
  static constexpr std::size_t source = 512 << 10;    // bytes of a template
  static constexpr std::size_t names = 1'000'000;     // names looked at while blocks are read, a name once for each block it stands in
  static constexpr int nesting = 150;                 // levels of blocks and expressions in the source
  static constexpr int depth = 900;                   // levels of evaluation, macros calling macros included
  static constexpr int valueDepth = 200;              // lists in lists
  static constexpr std::int64_t steps = 4'000'000;    // nodes evaluated; long texts and lists count by their size
  static constexpr std::size_t memory = 24 << 20;     // bytes of all values alive
  static constexpr std::size_t text = 8 << 20;        // bytes of one text, the output among them
  static constexpr std::int64_t range = 100'000;      // jinja2's own
  static constexpr std::size_t shownMessage = 2'000;  // bytes of raise_exception's words
};

// What one rendering has used. Values hold a share of it while they live, so it outlives them.
class Budget {
 public:
  void step(std::int64_t count = 1) {
    m_steps += count;
    if (m_steps > Limits::steps) tooManySteps();
  }
  // Work on `bytes` bytes of text, or on as many elements times their size.
  void work(std::size_t bytes) { step(static_cast<std::int64_t>(bytes / 64)); }
  void take(std::size_t bytes) {
    if (bytes > Limits::memory - m_memory) tooMuchMemory();
    m_memory += bytes;
  }
  void give(std::size_t bytes) { m_memory -= bytes; }

 private:
  [[noreturn]] static void tooManySteps();
  [[noreturn]] static void tooMuchMemory();

  std::int64_t m_steps = 0;
  std::size_t m_memory = 0;
};

// A share of the memory, given back when its holder goes.
class Share {
 public:
  explicit Share(Budget& budget, std::size_t bytes = 0) : m_budget(&budget) { grow(bytes); }
  ~Share() { m_budget->give(m_bytes); }
  Share(const Share&) = delete;
  Share& operator=(const Share&) = delete;

  void grow(std::size_t bytes) {
    m_budget->take(bytes);
    m_bytes += bytes;
  }
  Budget& budget() const { return *m_budget; }

 private:
  Budget* m_budget;
  std::size_t m_bytes = 0;
};

// One level of evaluation deeper, as long as it lives.
class Level {
 public:
  explicit Level(int& depth) : m_depth(depth) {
    if (++m_depth > Limits::depth) tooDeep();
  }
  ~Level() { --m_depth; }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;

 private:
  [[noreturn]] void tooDeep();
  int& m_depth;
};

}  // namespace incipit::chat

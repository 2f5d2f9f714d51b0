// Examples one behind the other, some bytes each; of a large table in a temporary file. A value: copies and parts share what they hold.
#pragma once

#include "core/tokenizer/places.h"
#include "core/tokenizer/tokenizer.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <optional>
#include <vector>

namespace incipit {

inline constexpr TokenId notScored = -100;  // PyTorch's ignore_index

struct Example {
  std::vector<TokenId> ids;  // what the model reads behind the virtual tokens
  // OneText: same length, ids[i] where token i is scored (predicted from what stands before it), else notScored. TextAndTarget: the target.
  // TextAndClass: nothing.
  std::vector<TokenId> labels;
  int classIndex = -1;    // with a label column: which of Examples::classes
  std::int64_t row = 0;   // of the table
  Places places{};        // of the virtual tokens among `ids`; none: in front
  std::int64_t lost = 0;  // tokens of its text that had no room
};

// What is known of an example without unpacking its tokens.
struct ExampleSizes {
  std::int64_t row = 0, ids = 0, scored = 0, lost = 0;
  int classIndex = -1;
};

class ExampleList {
 public:
  ExampleList() = default;
  ExampleList(std::initializer_list<Example> examples);

  std::size_t size() const { return m_picks ? m_picks->size() : m_size; }
  bool empty() const { return size() == 0; }
  Example operator[](std::size_t index) const;
  Example front() const { return (*this)[0]; }
  ExampleSizes sizes(std::size_t index) const;
  // Of all of them together.
  std::int64_t tokens() const { return m_tokens; }
  std::int64_t scored() const { return m_scored; }

  void push_back(const Example& example);
  void clear() { *this = {}; }
  // Those at these places, in this order.
  ExampleList picked(std::vector<std::uint32_t> places) const;
  // A list of its own with each example changed.
  ExampleList changed(const std::function<void(Example&)>& change) const;
  // Gives each example the class that stands in `numbers` at its own; those without one keep none.
  void renumber(const std::vector<int>& numbers);
  // The one made from this row of the table, where they stand in the order of the rows.
  std::optional<std::size_t> ofRow(std::int64_t row) const;

  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = Example;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = Example;

    Iterator() = default;
    Iterator(const ExampleList* list, std::size_t index) : m_list(list), m_index(index) {}
    Example operator*() const { return (*m_list)[m_index]; }
    Iterator& operator++() {
      ++m_index;
      return *this;
    }
    Iterator operator++(int) { return {m_list, m_index++}; }
    bool operator==(const Iterator&) const = default;

   private:
    const ExampleList* m_list = nullptr;
    std::size_t m_index = 0;
  };
  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, size()}; }

 private:
  class Store;
  std::size_t place(std::size_t index) const { return m_picks ? (*m_picks)[index] : index; }
  int numbered(int classIndex) const;

  std::shared_ptr<Store> m_store;
  std::shared_ptr<const std::vector<std::uint32_t>> m_picks;  // null: the first `m_size` of the store
  std::size_t m_size = 0;
  std::vector<int> m_numbers;  // class numbers in place of the stored ones; empty: as they are
  std::int64_t m_tokens = 0, m_scored = 0;
};

}  // namespace incipit

#include "core/dataset/example_list.h"

#include "core/support/temporary_file.h"

#include <algorithm>
#include <deque>
#include <string>
#include <utility>

namespace incipit {
namespace {

constexpr std::size_t mostInMemory = 32U << 20U;  // bytes; what comes behind them goes into a file, in pieces of
constexpr std::size_t piece = 1U << 20U;

// Unsigned numbers seven bits a byte (LEB128), the lowest first: most token ids take two bytes.
void put(std::string& bytes, std::uint64_t number) {
  for (; number >= 0x80; number >>= 7U)
    bytes += static_cast<char>(number | 0x80U);
  bytes += static_cast<char>(number);
}
std::uint64_t take(std::string_view& bytes) {
  std::uint64_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes.front());
    bytes.remove_prefix(1);
    number |= static_cast<std::uint64_t>(byte & 0x7FU) << shift;
    if (byte < 0x80) return number;
  }
}

// Token ids may be negative: notScored among labels, or nonsense in a file that somebody else tokenised.
std::uint64_t folded(std::int64_t number) { return (static_cast<std::uint64_t>(number) << 1U) ^ static_cast<std::uint64_t>(number >> 63U); }
std::int64_t unfolded(std::uint64_t number) { return static_cast<std::int64_t>(number >> 1U) ^ -static_cast<std::int64_t>(number & 1U); }

// How an example's labels are kept.
enum class Labels : std::uint64_t {
  Tail,   // its ids from a place on, notScored before
  Apart,  // a list of their own
};

// Where the scored tail begins; nullopt: the labels are something else.
std::optional<std::size_t> tailOf(const Example& example) {
  if (example.labels.size() != example.ids.size()) return std::nullopt;
  std::size_t begin = 0;
  while (begin < example.labels.size() && example.labels[begin] == notScored)
    ++begin;
  const auto at = static_cast<std::ptrdiff_t>(begin);
  if (!std::equal(example.labels.begin() + at, example.labels.end(), example.ids.begin() + at)) return std::nullopt;
  if (std::find(example.ids.begin() + at, example.ids.end(), notScored) != example.ids.end()) return std::nullopt;
  return begin;
}

std::int64_t scoredIn(const Example& example) {
  return std::count_if(example.labels.begin(), example.labels.end(), [](TokenId label) { return label != notScored; });
}

std::string packed(const Example& example) {
  std::string bytes;
  put(bytes, folded(example.row));
  put(bytes, folded(example.classIndex));
  put(bytes, folded(example.lost));
  put(bytes, example.ids.size());
  put(bytes, static_cast<std::uint64_t>(scoredIn(example)));
  put(bytes, example.places.size());
  for (const Place& place : example.places) {
    put(bytes, folded(place.at));
    put(bytes, folded(place.rows));
  }
  for (const TokenId id : example.ids)
    put(bytes, folded(id));
  if (const auto tail = tailOf(example)) {
    put(bytes, static_cast<std::uint64_t>(Labels::Tail));
    put(bytes, *tail);
    return bytes;
  }
  put(bytes, static_cast<std::uint64_t>(Labels::Apart));
  put(bytes, example.labels.size());
  for (const TokenId id : example.labels)
    put(bytes, folded(id));
  return bytes;
}

ExampleSizes sizesIn(std::string_view& bytes) {
  ExampleSizes sizes;
  sizes.row = unfolded(take(bytes));
  sizes.classIndex = static_cast<int>(unfolded(take(bytes)));
  sizes.lost = unfolded(take(bytes));
  sizes.ids = static_cast<std::int64_t>(take(bytes));
  sizes.scored = static_cast<std::int64_t>(take(bytes));
  return sizes;
}

Example unpacked(std::string_view bytes) {
  const ExampleSizes sizes = sizesIn(bytes);
  Example example;
  example.row = sizes.row;
  example.classIndex = sizes.classIndex;
  example.lost = sizes.lost;
  example.places.resize(static_cast<std::size_t>(take(bytes)));
  for (Place& place : example.places) {
    place.at = unfolded(take(bytes));
    place.rows = unfolded(take(bytes));
  }
  example.ids.resize(static_cast<std::size_t>(sizes.ids));
  for (TokenId& id : example.ids)
    id = static_cast<TokenId>(unfolded(take(bytes)));
  const auto labels = static_cast<Labels>(take(bytes));
  const auto size = static_cast<std::size_t>(take(bytes));
  if (labels == Labels::Tail) {
    example.labels = example.ids;
    std::fill_n(example.labels.begin(), size, notScored);
    return example;
  }
  example.labels.resize(size);
  for (TokenId& id : example.labels)
    id = static_cast<TokenId>(unfolded(take(bytes)));
  return example;
}

}  // namespace

// Grows at its end only, so that lists which share it can go on reading.
class ExampleList::Store {
 public:
  std::size_t size() const { return m_begins.size(); }

  void append(std::string_view bytes) {
    m_begins.push_back(m_size);
    m_size += bytes.size();
    m_last += bytes;
    if (m_last.size() < piece) return;
    if (m_held.size() + m_last.size() <= mostInMemory && !m_file) {
      m_held += std::exchange(m_last, {});
      return;
    }
    if (!m_file) m_file = std::make_unique<TemporaryFile>("the tokens of the examples");
    m_file->write(std::exchange(m_last, {}));
  }

  std::string bytes(std::size_t index) const {
    const std::uint64_t begin = m_begins[index], end = index + 1 < m_begins.size() ? m_begins[index + 1] : m_size;
    return part(begin, end - begin);
  }
  // Its beginning, enough for the sizes.
  std::string head(std::size_t index) const {
    constexpr std::uint64_t enough = 50;
    const std::uint64_t begin = m_begins[index];
    return part(begin, std::min(enough, m_size - begin));
  }

 private:
  // An example lies wholly in one of the three, but its beginning may be read on into the next.
  std::string part(std::uint64_t begin, std::uint64_t size) const {
    std::string result;
    if (begin < m_held.size()) result = m_held.substr(begin, size);
    const std::uint64_t filed = m_held.size() + (m_file ? m_file->size() : 0);
    if (const std::uint64_t at = begin + result.size(); result.size() < size && at < filed) {
      std::string more(std::min(size - result.size(), filed - at), '\0');
      m_file->read(std::as_writable_bytes(std::span(more)), at - m_held.size());
      result += more;
    }
    if (result.size() < size) result += m_last.substr(begin + result.size() - filed, size - result.size());
    return result;
  }

  std::deque<std::uint64_t> m_begins;
  std::uint64_t m_size = 0;
  std::string m_held;                     // the first of all bytes,
  std::unique_ptr<TemporaryFile> m_file;  //   those behind them,
  std::string m_last;                     //   and the newest
};

ExampleList::ExampleList(std::initializer_list<Example> examples) {
  for (const Example& example : examples)
    push_back(example);
}

int ExampleList::numbered(int classIndex) const {
  return classIndex < 0 || m_numbers.empty() ? classIndex : m_numbers[static_cast<std::size_t>(classIndex)];
}

Example ExampleList::operator[](std::size_t index) const {
  Example example = unpacked(m_store->bytes(place(index)));
  example.classIndex = numbered(example.classIndex);
  return example;
}

ExampleSizes ExampleList::sizes(std::size_t index) const {
  const std::string head = m_store->head(place(index));
  std::string_view bytes = head;
  ExampleSizes sizes = sizesIn(bytes);
  sizes.classIndex = numbered(sizes.classIndex);
  return sizes;
}

void ExampleList::push_back(const Example& example) {
  // A part, a list with other numbers, or one whose store another has gone on writing: it gets a store of its own.
  if (m_picks || !m_numbers.empty() || (m_store && m_store->size() != m_size)) {
    ExampleList own;
    for (const Example& each : *this)
      own.push_back(each);
    *this = std::move(own);
  }
  if (!m_store) m_store = std::make_shared<Store>();
  m_store->append(packed(example));
  ++m_size;
  m_tokens += static_cast<std::int64_t>(example.ids.size());
  m_scored += scoredIn(example);
}

ExampleList ExampleList::picked(std::vector<std::uint32_t> places) const {
  ExampleList part = *this;
  part.m_tokens = part.m_scored = 0;
  for (std::uint32_t& each : places) {
    const ExampleSizes of = sizes(each);
    part.m_tokens += of.ids;
    part.m_scored += of.scored;
    each = static_cast<std::uint32_t>(place(each));
  }
  part.m_picks = std::make_shared<const std::vector<std::uint32_t>>(std::move(places));
  return part;
}

ExampleList ExampleList::changed(const std::function<void(Example&)>& change) const {
  ExampleList list;
  for (Example example : *this) {
    change(example);
    list.push_back(example);
  }
  return list;
}

void ExampleList::renumber(const std::vector<int>& numbers) {
  if (m_numbers.empty()) {
    m_numbers = numbers;
    return;
  }
  for (int& number : m_numbers)
    if (number >= 0) number = numbers[static_cast<std::size_t>(number)];
}

std::optional<std::size_t> ExampleList::ofRow(std::int64_t row) const {
  std::size_t low = 0, high = size();
  while (low < high) {
    const std::size_t middle = low + (high - low) / 2;
    if (sizes(middle).row < row)
      low = middle + 1;
    else
      high = middle;
  }
  if (low == size() || sizes(low).row != row) return std::nullopt;
  return low;
}

}  // namespace incipit

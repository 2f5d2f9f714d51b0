// Examples as they are kept: some bytes each, in memory or in a file, and what comes back is what was put in.
#include "core/dataset/example_list.h"
#include "tests/harness/harness.h"

using namespace incipit;

namespace {

bool same(const Example& a, const Example& b) {
  return a.ids == b.ids && a.labels == b.labels && a.classIndex == b.classIndex && a.row == b.row && a.places == b.places &&
         a.lost == b.lost;
}

// Of every kind, by its number.
Example exampleOf(std::int64_t number) {
  Example example;
  example.row = number * 3;
  example.classIndex = static_cast<int>(number % 4) - 1;
  example.lost = number % 7 == 0 ? 100'000 : 0;
  if (number % 11 == 0) example.places = {{0, 3}, {4, allRows}};
  for (std::int64_t i = 0; i < 5 + number % 60; ++i)
    example.ids.push_back(static_cast<TokenId>((number * 7919 + i * 104'729) % 250'000));
  const auto kind = number % 5;
  if (kind < 3) {  // a scored tail, or all of it, or nothing
    example.labels = example.ids;
    const std::size_t unscored = kind == 0 ? 0 : kind == 1 ? example.ids.size() - 2 : example.ids.size();
    std::fill_n(example.labels.begin(), unscored, notScored);
  } else if (kind == 3) {
    example.labels = {1, notScored, 3};
  }
  return example;
}

}  // namespace

TEST_CASE("what is put in comes out again") {
  ExampleList list;
  std::int64_t tokens = 0, scored = 0;
  for (std::int64_t i = 0; i < 500; ++i) {
    const Example example = exampleOf(i);
    list.push_back(example);
    tokens += static_cast<std::int64_t>(example.ids.size());
    for (const TokenId label : example.labels)
      scored += label != notScored ? 1 : 0;
  }
  CHECK_EQUAL(list.size(), std::size_t{500});
  CHECK_EQUAL(list.tokens(), tokens);
  CHECK_EQUAL(list.scored(), scored);
  std::int64_t number = 0;
  for (const Example& example : list)
    CHECK(same(example, exampleOf(number++)));
  const ExampleSizes sizes = list.sizes(21);
  CHECK_EQUAL(sizes.row, 63);
  CHECK_EQUAL(sizes.ids, 26);
  CHECK_EQUAL(sizes.lost, 100'000);
  CHECK_EQUAL(*list.ofRow(63), std::size_t{21});
  CHECK(!list.ofRow(64));
  Example odd{{-5, notScored, 7}, {notScored, notScored, 7}, -1, 2'000'000'000'000};  // as a file from elsewhere may have it
  CHECK(same(ExampleList{odd}.front(), odd));
}

TEST_CASE("copies and parts are values, whatever becomes of the other") {
  ExampleList list{exampleOf(0), exampleOf(1), exampleOf(2), exampleOf(3)};
  ExampleList part = list.picked({3, 1}), copy = list;
  CHECK(same(part[0], exampleOf(3)));
  CHECK(same(part[1], exampleOf(1)));
  CHECK_EQUAL(part.tokens(), static_cast<std::int64_t>(exampleOf(1).ids.size() + exampleOf(3).ids.size()));
  CHECK(same(part.picked({1}).front(), exampleOf(1)));
  list.push_back(exampleOf(4));
  CHECK_EQUAL(copy.size(), std::size_t{4});
  copy.push_back(exampleOf(9));
  CHECK(same(copy[4], exampleOf(9)));
  CHECK(same(list[4], exampleOf(4)));
  part.push_back(exampleOf(8));
  CHECK_EQUAL(part.size(), std::size_t{3});
  CHECK(same(part[2], exampleOf(8)));
  list.clear();
  CHECK(list.empty());
  CHECK(same(copy[0], exampleOf(0)));
}

TEST_CASE("classes are numbered anew without touching what is shared") {
  ExampleList list{exampleOf(0), exampleOf(1), exampleOf(2), exampleOf(3)};  // classes -1 0 1 2
  ExampleList other = list;
  other.renumber({2, 0, 1});
  other.renumber({5, 6, 7});
  CHECK_EQUAL(other[0].classIndex, -1);
  CHECK_EQUAL(other[1].classIndex, 7);
  CHECK_EQUAL(other.sizes(2).classIndex, 5);
  CHECK_EQUAL(other.picked({3}).front().classIndex, 6);
  CHECK_EQUAL(list[1].classIndex, 0);
  other.push_back(exampleOf(1));  // as it is, in whatever numbers the others have
  CHECK_EQUAL(other[4].classIndex, 0);
  CHECK_EQUAL(other[1].classIndex, 7);
}

TEST_CASE("more than memory should hold goes into a file") {
  ExampleList list;
  const std::int64_t many = 700'000;  // 50 MB
  for (std::int64_t i = 0; i < many; ++i)
    list.push_back(exampleOf(i));
  CHECK_EQUAL(list.size(), static_cast<std::size_t>(many));
  for (const std::int64_t i : {std::int64_t{0}, std::int64_t{12'345}, std::int64_t{450'000}, many / 2, many - 2, many - 1})
    CHECK(same(list[static_cast<std::size_t>(i)], exampleOf(i)));
  std::int64_t number = 0, wrong = 0;
  for (const Example& example : list)
    wrong += same(example, exampleOf(number++)) ? 0 : 1;
  CHECK_EQUAL(wrong, 0);
  for (std::int64_t i = 0; i < many; ++i)
    wrong += list.sizes(static_cast<std::size_t>(i)).row == 3 * i ? 0 : 1;
  CHECK_EQUAL(wrong, 0);
}

#include "core/runs/run_folder.h"

#include <array>
#include <random>
#include <string_view>

namespace incipit {
namespace {

// Short, friendly, easy to say and to tell apart on a list.
constexpr std::array<std::string_view, 48> qualities = {
    "amber",  "bold",  "brave", "breezy", "bright", "calm",   "candid", "clear", "copper", "cosy",   "crisp",  "dapper",
    "early",  "fair",  "fleet", "gentle", "gilded", "glad",   "golden", "green", "hazel",  "honest", "humble", "ivory",
    "jolly",  "keen",  "kind",  "lively", "lucky",  "mellow", "merry",  "misty", "mossy",  "nimble", "noble",  "patient",
    "plucky", "quiet", "rosy",  "silver", "smooth", "snowy",  "steady", "sunny", "swift",  "tidy",   "velvet", "witty"};
constexpr std::array<std::string_view, 48> places = {
    "acorn",  "badger", "bay",    "beacon", "birch",   "brook",  "cedar", "cliff",  "cloud",  "comet", "cove",    "creek",
    "dune",   "falcon", "fern",   "field",  "finch",   "forest", "fox",   "garden", "glade",  "grove", "harbour", "heath",
    "heron",  "hill",   "island", "lagoon", "lantern", "lark",   "maple", "marsh",  "meadow", "moon",  "orchard", "otter",
    "pebble", "pine",   "pond",   "reef",   "ridge",   "river",  "robin", "sea",    "spring", "stone", "valley",  "willow"};

}  // namespace

std::filesystem::path freshRunFolder(const std::filesystem::path& parent) {
  std::random_device chance;
  std::error_code ignored;
  for (std::size_t number = runsIn(parent).size() + 1;; ++number) {
    const std::string name = std::string(qualities[chance() % qualities.size()]) + "-" + std::string(places[chance() % places.size()]) +
                             "-" + std::to_string(number);
    if (!std::filesystem::exists(parent / name, ignored)) return parent / name;
  }
}

}  // namespace incipit

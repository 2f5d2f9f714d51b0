// The vocabulary laid out in two dimensions, and the rows of prompts placed into that picture, which stays as it is: so a path through the
// snapshots of a run is a movement of the prompt. Directions are laid out: each row counts with length one, as for cosine. Two dimensions
// keep some of the neighbours of hundreds; how many, KeptDistances says. It says nothing about what a row does (influence.h).
#pragma once

#include "core/inspection/kept_distances.h"
#include "core/inspection/neighbours.h"
#include "core/inspection/principal_axes.h"
#include "core/inspection/quad_tree.h"
#include "core/prompt/soft_prompt.h"
#include "core/support/watch.h"

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace incipit {

class FrozenModel;

// Pca: two directions, the same for everybody. Tsne, Umap: what is near is drawn near, the rest as it comes (tsne.h, umap.h).
enum class ProjectionMethod { Pca, Tsne, Umap };
ProjectionMethod projectionFrom(std::string_view name);  // "pca", "tsne", "umap"; throws PlanError
std::string_view nameOf(ProjectionMethod method);

struct ProjectionOptions {
  ProjectionMethod method = ProjectionMethod::Pca;
  std::int64_t most = 0;  // tokens that are laid out, drawn by seed where there are more; 0: as many as take a minute or two
  std::uint64_t seed = 0;
};

struct VocabularyLayout {
  ProjectionOptions options;
  std::string fingerprint;          // of the model's weights
  std::int64_t vocabularySize = 0;  // V
  std::vector<TokenId> tokens;      // N that are laid out, ascending
  std::vector<PlanePoint> places;   // N
  PrincipalAxes axes;               // of PCA; t-SNE and UMAP begin with it
  KeptDistances kept;               // by the sample's cosines
};

// Laid out once and kept in the user's cache; a file there that is another model's, or broken, is made anew. Throws GivenUp.
std::shared_ptr<const VocabularyLayout> layOutVocabulary(const FrozenModel& model, const ProjectionOptions& options,
                                                         const Watch& watch = {});
// What is kept of an earlier time; null: nothing.
std::shared_ptr<const VocabularyLayout> keptLayout(const FrozenModel& model, const ProjectionOptions& options);

// How many tokens a layout is of, and about how long it takes here, from the time of a small product.
struct LayoutCost {
  std::int64_t tokens = 0, of = 0;
  double seconds = 0;
};
LayoutCost costOfLayout(const FrozenModel& model, const ProjectionOptions& options);

struct PlacedRow {
  std::int64_t row = 0;
  PlanePoint place;
  TokenId nearest = 0;           // by cosine, of the whole vocabulary
  double cosine = 0;             // of the row and that token
  TokenId nearestInPicture = 0;  // of those laid out
  double kept = 0;               // share of its ten nearest laid out by cosine that are its ten nearest in the picture
};
// The rows of each prompt. A row's place depends on nothing but the layout and the row, up to rounding. Throws ModelError where a width is
// another.
std::vector<std::vector<PlacedRow>> placeRows(const VocabularyLayout& layout, const VocabularyIndex& vocabulary,
                                              const std::vector<const SoftPrompt*>& prompts, std::stop_token stop = {});

}  // namespace incipit

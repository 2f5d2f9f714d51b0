// Layouts of a vocabulary: PCA's coordinates and how trustworthy t-SNE's and UMAP's pictures are, held against scikit-learn and umap-learn
// (tests/fixtures/projection); the nearest rows against brute force; what is kept in the cache, and what is thrown away.
#include "core/inspection/kept_distances.h"
#include "core/inspection/layout_file.h"
#include "core/inspection/nearest_vectors.h"
#include "core/inspection/neighbour_graph.h"
#include "core/inspection/principal_axes.h"
#include "core/inspection/projection.h"
#include "core/inspection/tsne.h"
#include "core/inspection/umap.h"
#include "core/inspection/vectors.h"
#include "core/model/frozen_model.h"
#include "core/support/compute.h"
#include "core/support/files.h"
#include "core/support/json.h"
#include "core/support/random.h"
#include "core/tensor/npy.h"
#include "tests/harness/harness.h"

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <set>

using namespace incipit;
using namespace incipit::test;

namespace {

const std::shared_ptr<const FrozenModel>& demo() {
  static const auto model = openModel(resources() / "demo" / "model", {Precision::Fp32, "cpu"});
  return model;
}

Matrix dataOf(const std::string& name) {
  if (name != "demo") return readNpy(fixtures() / "projection" / (name + ".npy"));
  std::vector<TokenId> ids;
  for (TokenId id = 0; std::ssize(ids) < 1000; id += 4)
    ids.push_back(id);
  return demo()->embeddingRows(ids);
}

const Json& figures() {
  static const Json all = Json::parse(readFile(fixtures() / "projection" / "figures.json"));
  return all;
}

Matrix matrixOf(const std::vector<PlanePoint>& points) {
  Matrix matrix(static_cast<std::int64_t>(points.size()), 2);
  for (std::size_t i = 0; i < points.size(); ++i) {
    matrix.row(static_cast<std::int64_t>(i))[0] = static_cast<float>(points[i].x);
    matrix.row(static_cast<std::int64_t>(i))[1] = static_cast<float>(points[i].y);
  }
  return matrix;
}

std::vector<PlanePoint> flat(const Matrix& rows) {
  const Matrix places = along(principalAxes(rows), rows);
  std::vector<PlanePoint> points;
  for (std::int64_t i = 0; i < places.rows; ++i)
    points.push_back({places.row(i)[0], places.row(i)[1]});
  return points;
}

Matrix randomRows(std::int64_t rows, std::int64_t columns, std::uint64_t seed) {
  Random random(seed);
  Matrix matrix(rows, columns);
  for (float& value : matrix.values)
    value = static_cast<float>(random.normal());
  return matrix;
}

// A cache of this test's own.
std::filesystem::path ownCache() {
  static const auto folder = [] {
    const auto made = scratch("cache");
    setenv("XDG_CACHE_HOME", made.c_str(), 1);
    return made;
  }();
  return folder;
}

void expectAsGood(const std::string& data, const char* method, const Matrix& rows, const std::vector<PlanePoint>& picture) {
  const Json& theirs = figures()[data][method]["trustworthiness"];
  for (const std::int64_t k : {5, 10}) {
    const double ours = trustworthiness(rows, matrixOf(picture), k), other = theirs[std::to_string(k)].get<double>();
    CHECK(ours <= 1);
    if (ours < other - 0.01)
      fail(data + ", " + method + ", k " + std::to_string(k) + ": " + std::to_string(ours) + ", theirs " + std::to_string(other), __FILE__,
           __LINE__);
  }
}

SoftPrompt promptOf(const std::vector<TokenId>& tokens, float factor = 1) {
  SoftPrompt prompt;
  prompt.rows = demo()->embeddingRows(tokens);
  for (float& value : prompt.rows.values)
    value *= factor;
  return prompt;
}

}  // namespace

TEST_CASE("the nearest rows are those of brute force, whatever the threads") {
  const Matrix points = randomRows(700, 33, 1), wanted = randomRows(150, 33, 2);
  const int threads = threadsInUse();
  for (const int used : {1, 2, 3}) {
    useThreads(used);
    const NearestVectors own = nearestVectors(points, 7), others = nearestVectors(wanted, points, 4);
    for (std::int64_t i = 0; i < wanted.rows; ++i) {
      std::vector<std::pair<float, std::int32_t>> mine, theirs;
      for (std::int32_t j = 0; j < points.rows; ++j) {
        if (j != i) mine.emplace_back(static_cast<float>(distance(points.row(i), points.row(j))), j);
        theirs.emplace_back(static_cast<float>(distance(wanted.row(i), points.row(j))), j);
      }
      std::ranges::sort(mine), std::ranges::sort(theirs);
      for (std::size_t j = 0; j < 7; ++j)
        CHECK_EQUAL(own.idsOf(i)[j], mine[j].second);
      for (std::size_t j = 0; j < 4; ++j)
        CHECK_EQUAL(others.distancesOf(i)[j], theirs[j].first);
    }
  }
  useThreads(threads);
  CHECK_EQUAL(nearestVectors(randomRows(3, 4, 3), 90).k, std::int64_t{2});
  CHECK_EQUAL(firstOf(nearestVectors(points, 7), 3).ids[3], nearestVectors(points, 3).ids[3]);
}

TEST_CASE("a graph of neighbours is the same both ways") {
  NearestVectors nearest{3, 1, {1, 0, 0}, {1, 1, 2}};
  const NeighbourGraph graph = joinBothWays(nearest, {0.5f, 0.25f, 1}, [](float a, float b) { return a + b; });
  CHECK_EQUAL(graph.offsets, std::vector<std::int64_t>{0, 2, 3, 4});
  CHECK_EQUAL(graph.ids, std::vector<std::int32_t>{1, 2, 0, 0});
  CHECK_EQUAL(graph.weights, std::vector<float>{0.75f, 1, 0.75f, 1});
}

TEST_CASE("PCA's coordinates and shares are scikit-learn's") {
  for (const std::string data : {"iris", "digits", "demo"}) {
    const Matrix rows = dataOf(data), theirs = readNpy(fixtures() / "projection" / (data + "_pca.npy"));
    const PrincipalAxes axes = principalAxes(rows);
    const Matrix ours = along(axes, rows);
    CHECK_EQUAL(ours.rows, theirs.rows);
    for (std::size_t axis = 0; axis < 2; ++axis) {
      CHECK_CLOSE(axes.shares[axis], figures()[data]["shares"][axis].get<double>(), 1e-6);
      double same = 0;
      for (std::int64_t i = 0; i < ours.rows; ++i)
        same += ours.row(i)[axis] * theirs.row(i)[axis];
      const double sign = same < 0 ? -1 : 1, size = std::abs(theirs.row(0)[axis]) + 1;
      for (std::int64_t i = 0; i < ours.rows; ++i)
        CHECK_CLOSE(sign * ours.row(i)[axis], theirs.row(i)[axis], 1e-4 * size);
    }
  }
}

TEST_CASE("trustworthiness is scikit-learn's, and a sample comes near it") {
  for (const std::string data : {"iris", "digits", "demo"}) {
    const Matrix rows = dataOf(data), pca = readNpy(fixtures() / "projection" / (data + "_pca.npy"));
    for (const std::int64_t k : {5, 10})
      CHECK_CLOSE(trustworthiness(rows, pca, k), figures()[data]["pca"]["trustworthiness"][std::to_string(k)].get<double>(), 1e-3);
    const KeptDistances kept = keptDistances(rows, flat(rows), 5, rows.rows, 0);
    CHECK_CLOSE(kept.trustworthiness, figures()[data]["pca"]["trustworthiness"]["5"].get<double>(), 1e-3);
    CHECK_CLOSE(kept.neighbours, figures()[data]["pca"]["preserved"]["5"].get<double>(), 3e-3);
    CHECK(kept.order > 0.5 && kept.order <= 1);
    CHECK_CLOSE(keptDistances(rows, flat(rows), 5, rows.rows / 2, 0).trustworthiness, kept.trustworthiness, 0.02);
  }
  CHECK_THROWS(trustworthiness(randomRows(10, 3, 0), randomRows(10, 2, 0), 5), "nearest 5 of 10");
}

TEST_CASE("the tree pushes as all points do, one by one") {
  const Matrix places = randomRows(600, 2, 4);
  std::vector<PlanePoint> points;
  for (std::int64_t i = 0; i < places.rows; ++i)
    points.push_back({places.row(i)[0] * 20, places.row(i)[1]});
  points.push_back(points.front());  // the same place twice
  const QuadTree tree(points);
  for (const std::size_t i : {0, 17, 599}) {
    QuadTree::Push all;
    for (const PlanePoint& point : points) {
      const double x = points[i].x - point.x, y = points[i].y - point.y, q = 1 / (1 + x * x + y * y);
      all.sum += q, all.x += q * q * x, all.y += q * q * y;
    }
    const QuadTree::Push exact = tree.pushAt(points[i], 0), near = tree.pushAt(points[i], 0.5);
    CHECK_CLOSE(exact.sum, all.sum, 1e-9 * all.sum);
    CHECK_CLOSE(exact.x, all.x, 1e-9);
    CHECK_CLOSE(near.sum, all.sum, 0.02 * all.sum);
    CHECK_CLOSE(near.x, all.x, 0.05 * std::abs(all.x) + 0.05);
  }
  CHECK_EQUAL(std::set(tree.order().begin(), tree.order().end()).size(), points.size());
}

TEST_CASE("weights count as many neighbours as they are told") {
  std::vector<float> distances;
  for (int i = 0; i < 90; ++i)
    distances.push_back(1 + 0.05f * static_cast<float>(i));
  double entropy = 0;
  for (const double weight : perplexityWeights(distances, 30))
    entropy -= weight > 0 ? weight * std::log(weight) : 0;
  CHECK_CLOSE(std::exp(entropy), 30, 0.01);
  double sure = 0;
  for (const float weight : memberships(std::span(distances).first(14), true))
    sure += weight;
  CHECK_CLOSE(sure, std::log2(15), 1e-3);
  CHECK_EQUAL(memberships(std::span(distances).first(14), true).front(), 1.0f);
}

TEST_CASE("t-SNE is as trustworthy as scikit-learn's") {
  for (const std::string data : {"iris", "digits", "demo"}) {
    const Matrix rows = dataOf(data);
    expectAsGood(data, "tsne", rows, tsne(nearestVectors(rows, 90), flat(rows)));
  }
}

TEST_CASE("UMAP is as trustworthy as umap-learn's") {
  for (const std::string data : {"iris", "digits", "demo"}) {
    const Matrix rows = dataOf(data);
    expectAsGood(data, "umap", rows, umap(nearestVectors(rows, 14), flat(rows)));
  }
}

TEST_CASE("pictures are the same whatever the threads, and another seed gives another") {
  const Matrix rows = randomRows(2500, 12, 5);  // several units of work
  const int threads = threadsInUse();
  std::vector<std::vector<PlanePoint>> byTsne, byUmap;
  for (const int used : {1, 3}) {
    useThreads(used);
    byTsne.push_back(tsne(nearestVectors(rows, 30), flat(rows), {10, 12, 20, 40, 0.5}));
    byUmap.push_back(umap(nearestVectors(rows, 14), flat(rows), {30, 7}));
  }
  CHECK(byTsne[0] == byTsne[1]);
  CHECK(byUmap[0] == byUmap[1]);
  CHECK(byUmap[0] != umap(nearestVectors(rows, 14), flat(rows), {30, 8}));
  useThreads(threads);
}

TEST_CASE("a layout is made once, kept, and made anew where the file is broken or foreign") {
  const auto cache = ownCache();
  const ProjectionOptions options{ProjectionMethod::Pca, 500, 3};
  CHECK(keptLayout(*demo(), options) == nullptr);
  double share = 0;
  const auto made = layOutVocabulary(*demo(), options, Watch([&](double now) { share = now; }));
  CHECK(share > 0.4);
  CHECK_EQUAL(made->tokens.size(), std::size_t{500});
  CHECK_EQUAL(made->vocabularySize, std::int64_t{4096});
  const auto file = layoutFile(demo()->fingerprint(), options);
  CHECK(file.string().starts_with(cache.string()));
  const auto kept = keptLayout(*demo(), options);
  CHECK(kept != nullptr && kept->places == made->places && kept->tokens == made->tokens && kept->axes.axes == made->axes.axes);
  CHECK_EQUAL(kept->kept.neighbours, made->kept.neighbours);
  CHECK(keptLayout(*demo(), {ProjectionMethod::Pca, 500, 4}) == nullptr);

  std::string bytes = readFile(file);
  const std::string whole = bytes;
  bytes[bytes.size() - 5] ^= 1;  // a number in it
  writeFileAtomically(file, bytes);
  CHECK(keptLayout(*demo(), options) == nullptr);
  CHECK(!std::filesystem::exists(file));
  for (const std::string& broken : {whole.substr(0, whole.size() / 2), std::string("nothing"), std::string()}) {
    writeFileAtomically(file, broken);
    CHECK(keptLayout(*demo(), options) == nullptr);
  }
  writeFileAtomically(layoutFile("another", options), whole);  // of another model
  CHECK(readLayout("another", options) == nullptr);
  CHECK(layOutVocabulary(*demo(), options)->places == made->places);
}

TEST_CASE("a layout that is stopped leaves nothing behind") {
  ownCache();
  std::stop_source stop;
  const ProjectionOptions options{ProjectionMethod::Tsne, 600, 1};
  bool stopped = false;
  try {
    layOutVocabulary(*demo(), options,
                     Watch([&](double share) { share > 0.4 ? static_cast<void>(stop.request_stop()) : void(); }, stop.get_token()));
  } catch (const GivenUp&) {
    stopped = true;
  }
  CHECK(stopped);
  CHECK(keptLayout(*demo(), options) == nullptr);
}

TEST_CASE("rows are placed by themselves, tokens beside their own place") {
  ownCache();
  const auto index = indexVocabulary(demo());
  const std::vector<TokenId> tokens{300, 1200, 2400, 3000};
  const SoftPrompt prompt = promptOf(tokens), longer = promptOf(tokens, 40), one = promptOf({2400});
  for (const ProjectionMethod method : {ProjectionMethod::Pca, ProjectionMethod::Tsne, ProjectionMethod::Umap}) {
    const auto layout = layOutVocabulary(*demo(), {method, 1500, 2});
    const auto placed = placeRows(*layout, *index, {&prompt, &longer, &one});
    CHECK_EQUAL(placed.size(), std::size_t{3});
    double extent = 0;
    for (const PlanePoint& point : layout->places)
      extent = std::max(extent, std::hypot(point.x, point.y));
    for (std::size_t i = 0; i < tokens.size(); ++i) {
      const PlacedRow& row = placed[0][i];
      CHECK_EQUAL(row.nearest, tokens[i]);
      CHECK_CLOSE(row.cosine, 1, 1e-5);
      // A row's length changes nothing, and neither do the rows beside it.
      CHECK_CLOSE(std::hypot(row.place.x - placed[1][i].place.x, row.place.y - placed[1][i].place.y), 0, 1e-3 * extent);
      const auto it = std::ranges::lower_bound(layout->tokens, tokens[i]);
      if (it == layout->tokens.end() || *it != tokens[i]) continue;
      const PlanePoint& own = layout->places[static_cast<std::size_t>(it - layout->tokens.begin())];
      CHECK(std::hypot(row.place.x - own.x, row.place.y - own.y) < (method == ProjectionMethod::Pca ? 1e-4 : 0.25) * extent);
    }
    const PlanePoint &alone = placed[2][0].place, &among = placed[0][2].place;
    CHECK_CLOSE(std::hypot(alone.x - among.x, alone.y - among.y), 0, 1e-3 * extent);
    CHECK(placed[0][0].kept >= 0 && placed[0][0].kept <= 1);
  }
  SoftPrompt narrow;
  narrow.rows = Matrix(1, 3);
  const auto layout = layOutVocabulary(*demo(), {ProjectionMethod::Pca, 1500, 2});
  CHECK_THROWS(placeRows(*layout, *index, {&narrow}), "have 3 numbers");
}

TEST_CASE("what a layout costs is said before") {
  const LayoutCost few = costOfLayout(*demo(), {ProjectionMethod::Umap, 1000, 0}),
                   all = costOfLayout(*demo(), {ProjectionMethod::Tsne, 0, 0});
  CHECK_EQUAL(few.tokens, std::int64_t{1000});
  CHECK_EQUAL(all.tokens, std::int64_t{4096});
  CHECK(few.seconds > 0 && all.seconds > few.seconds);
  CHECK_THROWS(projectionFrom("mds"), "pca, tsne or umap");
}

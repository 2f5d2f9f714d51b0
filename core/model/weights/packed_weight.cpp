#include "core/model/weights/packed_weight.h"

#include "core/model/weights/lasting_copy.h"
#include "core/model/weights/packing.h"
#include "core/model/weights/product_log.h"
#include "core/support/compute.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/empty.h>
#include <dnnl.hpp>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <tuple>

namespace incipit {
namespace {

using dnnl::memory;

const dnnl::engine& engine() {
  static const dnnl::engine processor(dnnl::engine::kind::cpu, 0);
  return processor;
}

dnnl::stream& stream() {
  static thread_local dnnl::stream mine(engine());
  return mine;
}

memory::data_type typeOf(at::ScalarType type) { return type == at::kBFloat16 ? memory::data_type::bf16 : memory::data_type::f32; }

memory::desc rowMajor(std::int64_t rows, std::int64_t columns, memory::data_type type) {
  return {{rows, columns}, type, memory::dims{columns, 1}};
}

// What makes two products the same program for oneDNN.
struct ProductKey {
  std::int64_t rows, in, out;
  memory::data_type source, target, biasType;  // biasType undef: no bias
  bool residual;
  memory::dims strides;  // of a weight as stored; empty: packed
  auto operator<=>(const ProductKey&) const = default;
};

struct Product {
  dnnl::matmul primitive;
  memory::desc source, weights, target, scratch;  // asking oneDNN for them costs more than keeping them
};
using SharedProduct = std::shared_ptr<const Product>;

SharedProduct makeProduct(const ProductKey& key) {
  const memory::desc weights = key.strides.empty() ? memory::desc({key.in, key.out}, key.source, memory::format_tag::any)
                                                   : memory::desc({key.in, key.out}, key.source, key.strides);
  const memory::desc source = rowMajor(key.rows, key.in, key.source), target = rowMajor(key.rows, key.out, key.target);
  dnnl::primitive_attr attributes;
  attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (key.residual) {
    dnnl::post_ops after;
    after.append_binary(dnnl::algorithm::binary_add, target);
    attributes.set_post_ops(after);
  }
  const memory::desc bias = key.biasType == memory::data_type::undef ? memory::desc() : rowMajor(1, key.out, key.biasType);
#if DNNL_VERSION_MAJOR >= 3
  const dnnl::matmul::primitive_desc description(engine(), source, weights, bias, target, attributes);
#else
  const dnnl::matmul::primitive_desc description(dnnl::matmul::desc(source, weights, bias, target), attributes, engine());
#endif
  return std::make_shared<const Product>(Product{dnnl::matmul(description), description.src_desc(), description.weights_desc(),
                                                 description.dst_desc(), description.scratchpad_desc()});
}

// The programs of the shapes in use: half a megabyte and a third of a millisecond each. Layers of a model share shapes; batches differ in
// rows, so all but a step's worth are let go.
SharedProduct productFor(const ProductKey& key) {
  constexpr std::size_t most = 24;
  using Entry = std::pair<ProductKey, SharedProduct>;
  static std::mutex mutex;
  static std::list<Entry> recent;
  static std::map<ProductKey, std::list<Entry>::iterator> known;
  const std::scoped_lock lock(mutex);
  if (const auto found = known.find(key); found != known.end()) {
    recent.splice(recent.begin(), recent, found->second);
    return found->second->second;
  }
  static const bool bounded = (dnnl::set_primitive_cache_capacity(0), true);  // ours serves; two would hold each program twice
  (void)bounded;
  recent.emplace_front(key, makeProduct(key));
  known.emplace(key, recent.begin());
  if (recent.size() > most) {
    known.erase(recent.back().first);
    recent.pop_back();
  }
  return recent.front().second;
}

at::Tensor bytes(std::size_t size) { return at::empty({static_cast<std::int64_t>(size)}, at::kByte); }

memory over(const memory::desc& description, const at::Tensor& tensor) { return {description, engine(), tensor.data_ptr()}; }

// Scratch memory of this thread's products, grown and kept.
memory scratchFor(const memory::desc& description) {
  static thread_local at::Tensor mine;
  if (!mine.defined() || mine.nbytes() < description.get_size()) mine = bytes(description.get_size());
  return over(description, mine);
}

// A head over a vocabulary holds a third of a small model's numbers, and few rows are scored. Their product waits for the weight to come
// from memory, whatever its layout: it is not packed twice, but read as stored, or from one copy in the type of computation.
constexpr std::int64_t fewRows = 64;
bool large(const at::Tensor& weight) { return weight.numel() >= std::int64_t{1} << 24; }

}  // namespace

// One direction: the matrix [in, out] as stored and, once packed, as oneDNN wants it.
struct PackedWeight::Direction {
  using PlainCopy = std::function<at::Tensor(at::ScalarType)>;
  Direction(at::Tensor matrix, PlainCopy inType) : stored(std::move(matrix)), plainCopy(std::move(inType)) {
    const std::scoped_lock lock(living().mutex);
    living().all.insert(this);
  }
  ~Direction() {
    const std::scoped_lock lock(living().mutex);
    living().all.erase(this);
  }
  Direction(const Direction&) = delete;
  Direction& operator=(const Direction&) = delete;

  struct Living {
    std::mutex mutex;
    std::set<Direction*> all;
  };
  static Living& living() {
    static Living now;
    return now;
  }

  void forgetPacked() {
    const std::scoped_lock lock(mutex);
    packed.reset();
    room.reset();
  }

  // The weight for a product of this kind: packed if it is or should be, otherwise as stored.
  std::pair<memory::desc, at::Tensor> weightFor(ProductKey& key, bool keep, at::ScalarType type) {
    const std::scoped_lock lock(mutex);
    const bool sameType = stored.scalar_type() == type, few = large(stored) && key.rows <= fewRows;
    if (!packed.defined() && !few && (keep || !sameType) && roomToPack()) pack(key, type);
    if (packed.defined()) return {layout, packed};
    const at::Tensor plain = sameType ? stored : few ? plainCopy(type) : stored.to(type);
    key.strides = {plain.stride(0), plain.stride(1)};
    return {memory::desc({key.in, key.out}, key.source, key.strides), plain};
  }

  // A third of the memory stays free of packed weights: for what else a step needs, and for the pages of weights that are then multiplied
  // as they lie, about a tenth slower. Asked once.
  bool roomToPack() {
    if (!room) room = memoryLeft() > memoryInAll() / 3 + static_cast<std::size_t>(stored.numel()) * sizeof(float);
    return *room;
  }

  void pack(const ProductKey& key, at::ScalarType type) {
    keepPromisedThreads();
    const bool readable = stored.scalar_type() == at::kFloat || stored.scalar_type() == at::kBFloat16;  // oneDNN converts between these
    const at::Tensor plain = readable ? stored : stored.to(type);
    layout = productFor(key)->weights;
    packed = lastingBytes(layout.get_size());
    const memory::desc from({key.in, key.out}, typeOf(plain.scalar_type()), memory::dims{plain.stride(0), plain.stride(1)});
    memory source = over(from, plain), target = over(layout, packed);
    dnnl::reorder(source, target).execute(stream(), source, target);
    stream().wait();
    forgetStored(stored);
  }

  at::Tensor run(const at::Tensor& x, const at::Tensor& bias, const at::Tensor& residual, at::ScalarType type, bool keep) {
    ProductKey key{x.size(0),    stored.size(0),           stored.size(1),     typeOf(x.scalar_type()),
                   typeOf(type), memory::data_type::undef, residual.defined(), {}};
    if (bias.defined()) key.biasType = typeOf(bias.scalar_type());
    at::Tensor y = at::empty({key.rows, key.out}, x.options().dtype(type));
    if (key.rows == 0) return y;
    keepPromisedThreads();
    ProductLog::add({key.rows, key.in, key.out});
    const auto [weightLayout, weight] = weightFor(key, keep, x.scalar_type());
    const SharedProduct product = productFor(key);
    at::Tensor repacked;  // oneDNN may ask for another blocking with another number of rows; 2.6 never did
    memory weights = over(weightLayout, weight);
    if (product->weights != weightLayout) {
      repacked = bytes(product->weights.get_size());
      memory target = over(product->weights, repacked);
      dnnl::reorder(weights, target).execute(stream(), weights, target);
      weights = target;
    }
    std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, over(product->source, x)},
                                              {DNNL_ARG_WEIGHTS, weights},
                                              {DNNL_ARG_DST, over(product->target, y)},
                                              {DNNL_ARG_SCRATCHPAD, scratchFor(product->scratch)}};
    if (bias.defined()) arguments.emplace(DNNL_ARG_BIAS, over(rowMajor(1, key.out, key.biasType), bias));
    if (residual.defined()) arguments.emplace(DNNL_ARG_ATTR_MULTIPLE_POST_OP(0) | DNNL_ARG_SRC_1, over(product->target, residual));
    product->primitive.execute(stream(), arguments);
    stream().wait();
    return y;
  }

  at::Tensor stored;    // [in, out]
  at::Tensor packed;    // bytes
  PlainCopy plainCopy;  // in another type, the same for both directions
  memory::desc layout;
  std::optional<bool> room;
  std::mutex mutex;
};

void forgetPackedWeights() { PackedWeight::forgetAll(); }

void PackedWeight::forgetAll() {
  const std::scoped_lock lock(Direction::living().mutex);
  for (Direction* direction : Direction::living().all)
    direction->forgetPacked();
}

PackedWeight::PackedWeight(at::Tensor weight, at::Tensor bias)
    : m_weight(std::move(weight)), m_bias(std::move(bias)),
      m_forward(std::make_unique<Direction>(m_weight, [this](at::ScalarType type) { return plainCopy(type); })),
      m_backward(std::make_unique<Direction>(m_weight.t(), [this](at::ScalarType type) { return plainCopy(type).t(); })) {}

PackedWeight::~PackedWeight() = default;

at::Tensor PackedWeight::plainCopy(at::ScalarType type) {
  const std::scoped_lock lock(m_copying);
  if (!m_copy.defined() || m_copy.scalar_type() != type) m_copy = lastingCopy(m_weight, type);
  return m_copy;
}

at::Tensor PackedWeight::forward(const at::Tensor& x, const at::Tensor& residual, at::ScalarType type, bool keep) {
  return m_forward->run(x, m_bias, residual, type, keep);
}

at::Tensor PackedWeight::backward(const at::Tensor& gradient, bool keep) {
  return m_backward->run(gradient, {}, {}, gradient.scalar_type(), keep);
}

}  // namespace incipit

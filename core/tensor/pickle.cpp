#include "core/tensor/pickle.h"

#include "core/support/error.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <cstring>
#include <unordered_map>

namespace incipit {
namespace {

constexpr int deepest = 32;
constexpr std::size_t mostValues = 4'000'000;  // a state dictionary needs some 20 a tensor
constexpr std::string_view orderedDict = "collections.OrderedDict";

// The opcodes of other pickles, for the sentence that refuses them.
struct OpcodeName {
  unsigned char code;
  const char* name;
};
constexpr OpcodeName refusedOpcodes[] = {
    {'i', "INST"},
    {'o', "OBJ"},
    {0x81, "NEWOBJ"},
    {0x92, "NEWOBJ_EX"},
    {0x82, "EXT1"},
    {0x83, "EXT2"},
    {0x84, "EXT4"},
    {0x93, "STACK_GLOBAL"},
    {0x94, "MEMOIZE"},
    {0x95, "FRAME"},
    {'P', "PERSID"},
    {'0', "POP"},
    {'1', "POP_MARK"},
    {'2', "DUP"},
    {'I', "INT"},
    {'L', "LONG"},
    {0x8B, "LONG4"},
    {'F', "FLOAT"},
    {'S', "STRING"},
    {'V', "UNICODE"},
    {'B', "BINBYTES"},
    {'C', "SHORT_BINBYTES"},
    {'d', "DICT"},
    {'l', "LIST"},
    {0x8C, "SHORT_BINUNICODE"},
    {'p', "PUT"},
    {'g', "GET"},
    {0x8F, "EMPTY_SET"},
    {0x96, "BYTEARRAY8"},
};

using Kind = PickleValue::Kind;
using Items = std::vector<PickleIndex>;

class Reader {
 public:
  Reader(std::span<const std::byte> bytes, std::span<const std::string_view> allowed, const std::string& origin)
      : m_bytes(bytes), m_allowed(allowed), m_origin(origin) {}

  Pickle read() {
    while (true) {
      const auto opcode = static_cast<unsigned char>(take(1)[0]);
      if (opcode == '.') break;
      obey(opcode);
    }
    if (m_stack.size() != 1 || !m_marks.empty()) broken("it ends with " + std::to_string(m_stack.size()) + " values instead of one");
    m_pickle.root = m_stack[0];
    m_pickle.size = m_at;
    return std::move(m_pickle);
  }

 private:
  [[noreturn]] void broken(const std::string& what) const {
    throw FormatError("'" + m_origin + "' holds a broken pickle: " + what + ".", "It is damaged or cut off; get it again.");
  }
  [[noreturn]] void refuse(const std::string& what) const {
    throw FormatError("'" + m_origin + "' " + what + ", which a file of tensors never does, so it is not opened.",
                      "Get the model as safetensors, or save only its state_dict().");
  }

  void obey(unsigned char opcode) {
    switch (opcode) {
    case 0x80:  // PROTO
      if (const auto protocol = number<std::uint8_t>(); protocol != 2) refuse("is a pickle of protocol " + std::to_string(protocol));
      return;
    case '(':  // MARK
      if (m_marks.size() == deepest) refuse("nests values more than " + std::to_string(deepest) + " deep");
      return m_marks.push_back(m_stack.size());
    case 'N':
      return push(Kind::None);
    case 0x88:  // NEWTRUE, NEWFALSE
    case 0x89:
      return pushInteger(opcode == 0x88 ? 1 : 0, Kind::Boolean);
    case 'J':  // BININT, BININT1, BININT2, LONG1
      return pushInteger(number<std::int32_t>());
    case 'K':
      return pushInteger(number<std::uint8_t>());
    case 'M':
      return pushInteger(number<std::uint16_t>());
    case 0x8A:
      return pushInteger(longNumber());
    case 'G':  // BINFLOAT, the only number in big endian
      return pushNumber(std::bit_cast<double>(__builtin_bswap64(number<std::uint64_t>())));
    case 'X':  // BINUNICODE; BINSTRING and SHORT_BINSTRING come from Python 2
    case 'T':
      return pushText(number<std::uint32_t>());
    case 'U':
      return pushText(number<std::uint8_t>());
    case ')':  // EMPTY_TUPLE, EMPTY_LIST, EMPTY_DICT
      return push(Kind::Tuple);
    case ']':
      return push(Kind::List);
    case '}':
      return push(Kind::Dictionary);
    case 0x85:  // TUPLE1, TUPLE2, TUPLE3, TUPLE
    case 0x86:
    case 0x87:
      return push(Kind::Tuple, pop(opcode - std::size_t{0x84}));
    case 't':
      return push(Kind::Tuple, popToMark());
    case 'a':  // APPEND, APPENDS, SETITEM, SETITEMS
      return extend(Kind::List, pop(1));
    case 'e':
      return extend(Kind::List, popToMark());
    case 's':
      return extend(Kind::Dictionary, pop(2));
    case 'u':
      return extend(Kind::Dictionary, popToMark());
    case 'q':  // BINPUT, LONG_BINPUT, BINGET, LONG_BINGET
      return remember(number<std::uint8_t>());
    case 'r':
      return remember(number<std::uint32_t>());
    case 'h':
      return recall(number<std::uint8_t>());
    case 'j':
      return recall(number<std::uint32_t>());
    case 'c':  // GLOBAL
      return pushName();
    case 'Q':  // BINPERSID
      return push(Kind::Reference, pop(1));
    case 'R':  // REDUCE
      return pushCall();
    case 'b':  // BUILD
      return build();
    default:
      refuse("asks for the pickle opcode " + nameOf(opcode));
    }
  }

  static std::string nameOf(unsigned char opcode) {
    char code[8];
    std::snprintf(code, sizeof code, "0x%02X", opcode);
    for (const OpcodeName& known : refusedOpcodes)
      if (known.code == opcode) return std::string(known.name) + " (" + code + ")";
    return code;
  }

  std::span<const std::byte> take(std::size_t size) {
    if (size > m_bytes.size() - m_at) broken("it ends in the middle of a value");
    m_at += size;
    return m_bytes.subspan(m_at - size, size);
  }

  template <class Number>
  Number number() {
    Number value;
    std::memcpy(&value, take(sizeof value).data(), sizeof value);
    return value;
  }

  std::int64_t longNumber() {
    const auto bytes = take(number<std::uint8_t>());
    if (bytes.size() > sizeof(std::int64_t)) refuse("holds a number of " + std::to_string(bytes.size()) + " bytes");
    std::int64_t value = !bytes.empty() && (bytes.back() & std::byte{0x80}) != std::byte{0} ? -1 : 0;
    std::memcpy(&value, bytes.data(), bytes.size());
    return value;
  }

  std::string_view line() {
    const std::string_view rest(reinterpret_cast<const char*>(m_bytes.data()) + m_at, m_bytes.size() - m_at);
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) broken("a name in it has no end");
    m_at += end + 1;
    return rest.substr(0, end);
  }

  int depthOf(const Items& items) const {
    int depth = 0;
    for (const PickleIndex item : items)
      depth = std::max(depth, m_pickle[item].depth);
    return depth;
  }

  void place(PickleValue value, int depthInside) {
    value.depth = depthInside + 1;
    if (value.depth > deepest) refuse("nests values more than " + std::to_string(deepest) + " deep");
    if (m_pickle.values.size() == mostValues) refuse("holds more than " + std::to_string(mostValues) + " values");
    m_stack.push_back(static_cast<PickleIndex>(m_pickle.values.size()));
    m_pickle.values.push_back(std::move(value));
  }

  void push(Kind kind, Items items = {}) {
    PickleValue value;
    value.kind = kind;
    const int depth = depthOf(items);
    value.items = std::move(items);
    place(std::move(value), depth);
  }
  void pushInteger(std::int64_t integer, Kind kind = Kind::Integer) {
    PickleValue value;
    value.kind = kind;
    value.integer = integer;
    place(std::move(value), 0);
  }
  void pushNumber(double number) {
    PickleValue value;
    value.kind = Kind::Number;
    value.number = number;
    place(std::move(value), 0);
  }
  void pushText(std::size_t size, Kind kind = Kind::Text) {
    const auto bytes = take(size);
    PickleValue value;
    value.kind = kind;
    value.text = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
    place(std::move(value), 0);
  }

  void pushName() {
    const std::string module(line()), name = module + "." + std::string(line());
    PickleValue value;
    value.kind = Kind::Name;
    if (name == orderedDict) value.text = orderedDict;
    for (const std::string_view candidate : m_allowed)
      if (candidate == name) value.text = candidate;
    if (value.text.empty()) refuse("asks for '" + name.substr(0, 200) + "'");
    place(std::move(value), 0);
  }

  void pushCall() {
    const Items call = pop(2);
    const PickleValue &callee = m_pickle[call[0]], &arguments = m_pickle[call[1]];
    if (callee.kind != Kind::Name || arguments.kind != Kind::Tuple)
      refuse("calls something that is not a name, or without a tuple of arguments");
    if (callee.text != orderedDict) return push(Kind::Call, call);
    if (!arguments.items.empty()) refuse("makes an OrderedDict from " + std::to_string(arguments.items.size()) + " arguments");
    push(Kind::Dictionary);
  }

  // The state of a dictionary: torch.save keeps the version of every module there (_metadata), which no tensor depends on.
  void build() {
    const Items pair = pop(2);
    if (m_pickle[pair[0]].kind != Kind::Dictionary || m_pickle[pair[1]].kind != Kind::Dictionary)
      refuse("sets the state of something other than a dictionary (the pickle opcode BUILD)");
    m_stack.push_back(pair[0]);
  }

  void extend(Kind kind, const Items& items) {
    if (m_stack.size() <= floor()) broken("it has too few values");
    PickleValue& value = m_pickle.values[m_stack.back()];
    if (value.kind != kind || (kind == Kind::Dictionary && items.size() % 2 != 0))
      broken("it puts values where there is no place for them");
    value.depth = std::max(value.depth, depthOf(items) + 1);
    if (value.depth > deepest) refuse("nests values more than " + std::to_string(deepest) + " deep");
    value.items.insert(value.items.end(), items.begin(), items.end());
  }

  // Values below a mark are not to be had before the mark is gone.
  std::size_t floor() const { return m_marks.empty() ? 0 : m_marks.back(); }

  Items pop(std::size_t count) {
    if (m_stack.size() - floor() < count) broken("it has too few values");
    Items items(m_stack.end() - static_cast<std::ptrdiff_t>(count), m_stack.end());
    m_stack.resize(m_stack.size() - count);
    return items;
  }
  Items popToMark() {
    if (m_marks.empty()) broken("a mark is missing");
    Items items = pop(m_stack.size() - m_marks.back());
    m_marks.pop_back();
    return items;
  }

  void remember(std::uint32_t key) {
    if (m_stack.size() <= floor()) broken("it has too few values");
    m_memo[key] = m_stack.back();
  }
  void recall(std::uint32_t key) {
    const auto found = m_memo.find(key);
    if (found == m_memo.end()) broken("it recalls the value " + std::to_string(key) + ", which was never kept");
    m_stack.push_back(found->second);
  }

  std::span<const std::byte> m_bytes;
  std::span<const std::string_view> m_allowed;
  const std::string& m_origin;
  std::size_t m_at = 0;
  Pickle m_pickle;
  std::vector<PickleIndex> m_stack;
  std::vector<std::size_t> m_marks;  // sizes of the stack
  std::unordered_map<std::uint32_t, PickleIndex> m_memo;
};

}  // namespace

Pickle readPickle(std::span<const std::byte> bytes, std::span<const std::string_view> allowed, const std::string& origin) {
  return Reader(bytes, allowed, origin).read();
}

}  // namespace incipit

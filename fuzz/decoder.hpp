// The operation decoder: bytes to a profile and operations, and back.
//
//   Input input;                                       // reuse it: decoding into a warm Input does not allocate
//   decode(host_menu, bytes, input);                   // total: every byte string is an input
//   std::vector<std::uint8_t> same = encode(host_menu, input);
//
// The first byte chooses the profile, and whether thread_backlog_napi is on. Each operation is one byte that chooses it
// from a menu, then its fields in order, each by its type: a byte that picks from pool<T>, or 0xff and the value
// itself. Bytes missing at the end count as 0.
//
// decode(encode(x)) == x for every input of such options whose operations are on the menu and whose text fits;
// encode(decode(bytes)) is a normal form of the bytes. Not thread-safe; no errors.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "fuzz/planes.hpp"
#include "fuzz/pools.hpp"
#include "model/profile.hpp"
#include "model/vocabulary/host_options.hpp"

namespace weir::fuzz {

/// One test case.
struct Input {
  const Profile* profile = releases::all[0];
  HostOptions options;  ///< from a trace's header; bytes mean the defaults, but for thread_backlog_napi
  std::vector<Op> ops;
};

/// Which operation a byte chooses. \invariant every operation of non-zero weight has at least one byte.
class Menu {
 public:
  explicit constexpr Menu(const Weights& weights) {
    std::size_t next = 0;
    for (std::size_t op = 0; op < op_count; ++op) {
      byte_of_[op] = weights[op] == 0 ? absent : static_cast<std::uint16_t>(next);
      for (std::size_t i = 0; i < weights[op]; ++i) op_of_[next++] = static_cast<std::uint8_t>(op);
    }
    for (std::size_t i = next; i < op_of_.size(); ++i) op_of_[i] = op_of_[i - next];
  }
  constexpr std::size_t op_of(std::uint8_t byte) const { return op_of_[byte]; }
  constexpr bool has(std::size_t op) const { return byte_of_[op] != absent; }
  constexpr std::uint8_t byte_of(std::size_t op) const { return static_cast<std::uint8_t>(byte_of_[op]); }

 private:
  static constexpr std::uint16_t absent = 256;
  std::array<std::uint8_t, 256> op_of_{};
  std::array<std::uint16_t, op_count> byte_of_{};
};

inline constexpr Menu sysctl_menu{sysctl_plane};
inline constexpr Menu listen_menu{listen_plane};
inline constexpr Menu softnet_menu{softnet_plane};
inline constexpr Menu host_menu{host_plane};

namespace detail {

inline constexpr std::uint8_t literal = 0xff;  ///< the value itself follows
inline constexpr std::size_t max_pieces = 64;  ///< of one text
inline constexpr std::size_t max_run = 8191;   ///< bytes in one run: past PAGE_SIZE, twice

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : next_(bytes.data()), end_(next_ + bytes.size()) {}
  bool empty() const { return next_ == end_; }
  std::uint8_t byte() { return next_ == end_ ? std::uint8_t{0} : *next_++; }
  template <class T>
  T little_endian() {
    std::make_unsigned_t<T> value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
      value = static_cast<std::make_unsigned_t<T>>(value | static_cast<std::make_unsigned_t<T>>(byte()) << 8 * i);
    return static_cast<T>(value);
  }

 private:
  const std::uint8_t* next_;
  const std::uint8_t* end_;
};

using Writer = std::vector<std::uint8_t>;

template <class T>
void put_little_endian(Writer& out, T value) {
  for (std::size_t i = 0; i < sizeof(T); ++i)
    out.push_back(static_cast<std::uint8_t>(static_cast<std::make_unsigned_t<T>>(value) >> 8 * i));
}

// The value itself, by type.
template <std::integral T>
void get_literal(Reader& in, T& value) {
  value = in.little_endian<T>();
}
template <std::integral T>
void put_literal(Writer& out, T value) {
  put_little_endian(out, value);
}

inline void get_literal(Reader& in, Fd& fd) { fd.label = in.little_endian<std::int32_t>(); }
inline void put_literal(Writer& out, Fd fd) { put_little_endian(out, fd.label); }
inline void get_literal(Reader& in, NsId& ns) { ns.id = in.little_endian<std::uint32_t>(); }
inline void put_literal(Writer& out, NsId ns) { put_little_endian(out, ns.id); }
inline void get_literal(Reader& in, Cpu& cpu) { cpu.index = in.little_endian<std::uint32_t>() % HostOptions{}.cpus; }
inline void put_literal(Writer& out, Cpu cpu) { put_little_endian(out, cpu.index); }
inline void get_literal(Reader& in, Skb& skb) { skb.id = in.little_endian<std::uint32_t>(); }
inline void put_literal(Writer& out, Skb skb) { put_little_endian(out, skb.id); }

inline void get_literal(Reader& in, Millis& span) { span.count = in.little_endian<std::uint32_t>(); }
inline void put_literal(Writer& out, Millis span) { put_little_endian(out, span.count); }
inline void get_literal(Reader& in, End& end) {
  end.v4 = in.little_endian<std::uint32_t>();
  end.port = in.little_endian<std::uint16_t>();
}
inline void put_literal(Writer& out, End end) {
  put_little_endian(out, end.v4);
  put_little_endian(out, end.port);
}
inline void get_literal(Reader& in, FlowHash& flow) { flow.value = in.little_endian<std::uint32_t>(); }
inline void put_literal(Writer& out, FlowHash flow) { put_little_endian(out, flow.value); }

// Every CPU of a host with default options is in the pool, and so is none.
inline void get_literal(Reader& in, Steered& to) { get_literal(in, to.emplace()); }
inline void put_literal(Writer& out, Steered to) { put_literal(out, to.value_or(Cpu{})); }

// "No tick" is always in the pool.
inline void get_literal(Reader& in, TickAfter& after) { after = in.little_endian<std::uint32_t>(); }
inline void put_literal(Writer& out, TickAfter after) { put_little_endian(out, after.value_or(0)); }

// The two addresses that are not IPv4 are in the pool too.
inline void get_literal(Reader& in, Address& address) { address = v4_address(in.little_endian<std::uint32_t>()); }
inline void put_literal(Writer& out, Address address) { put_little_endian(out, address.v4); }

template <class T>
void get(Reader& in, T& value) {
  static_assert(pool<T>.size() > 0 && pool<T>.size() < literal, "a field type needs a pool");
  const std::uint8_t choice = in.byte();
  if (choice == literal)
    get_literal(in, value);
  else
    value = pool<T>[choice % pool<T>.size()];
}

template <class T>
void put(Writer& out, const T& value) {
  const auto found = std::find(pool<T>.begin(), pool<T>.end(), value);
  if (found != pool<T>.end()) return out.push_back(static_cast<std::uint8_t>(found - pool<T>.begin()));
  out.push_back(literal);
  put_literal(out, value);
}

// Every value of an enum is in its pool, so there is nothing to escape to.
template <Enumerated T>
void get(Reader& in, T& value) {
  value = pool<T>[in.byte() % pool<T>.size()];
}

template <Enumerated T>
void put(Writer& out, const T& value) {
  out.push_back(static_cast<std::uint8_t>(std::find(pool<T>.begin(), pool<T>.end(), value) - pool<T>.begin()));
}

inline void get(Reader& in, bool& value) { value = pool<bool>[in.byte() % pool<bool>.size()]; }
inline void put(Writer& out, bool value) {
  out.push_back(static_cast<std::uint8_t>(std::find(pool<bool>.begin(), pool<bool>.end(), value) - pool<bool>.begin()));
}

/// Text is up to 64 pieces, each a byte that stands for itself or a run of up to 8191 equal bytes.
inline void get(Reader& in, std::string& text) {
  text.clear();
  for (std::size_t pieces = in.byte() % (max_pieces + 1); pieces > 0; --pieces) {
    const std::uint8_t piece = in.byte();
    if (piece != literal) {
      text.push_back(static_cast<char>(piece));
      continue;
    }
    const std::size_t length = in.little_endian<std::uint16_t>() % (max_run + 1);
    text.append(length, static_cast<char>(in.byte()));
  }
}

/// Text of more pieces than fit is cut.
inline void put(Writer& out, const std::string& text) {
  const std::size_t count_at = out.size();
  out.push_back(0);
  std::size_t pieces = 0;
  for (std::size_t at = 0; at < text.size() && pieces < max_pieces; ++pieces) {
    std::size_t length = 1;
    while (at + length < text.size() && text[at + length] == text[at] && length < max_run) ++length;
    const auto byte = static_cast<std::uint8_t>(text[at]);
    if (length <= 4 && byte != literal) {
      out.push_back(byte);  // a run takes four bytes: short ones are written out
      at += 1;
      continue;
    }
    out.push_back(literal);
    put_little_endian(out, static_cast<std::uint16_t>(length));
    out.push_back(byte);
    at += length;
  }
  out[count_at] = static_cast<std::uint8_t>(pieces);
}

template <std::size_t I>
void get_op(Reader& in, Op& into) {
  using T = std::variant_alternative_t<I, Op>;
  auto* operation = std::get_if<I>(&into);  // the same kind as last time: keeps the string's memory
  if (operation == nullptr) operation = &into.emplace<I>();
  for_each_field<T>([&](const auto& field) { get(in, operation->*field.member); });
}

inline constexpr auto get_op_of = []<std::size_t... I>(std::index_sequence<I...>) {
  return std::array<void (*)(Reader&, Op&), op_count>{&get_op<I>...};
}
(std::make_index_sequence<op_count>{});

}  // namespace detail

inline void decode(const Menu& menu, std::span<const std::uint8_t> bytes, Input& into) {
  detail::Reader in(bytes);
  static_assert(2 * releases::all.size() <= 256, "one byte chooses a profile and a flag");
  const std::size_t choice = in.byte();
  into.profile = releases::all[choice % releases::all.size()];
  into.options = {};
  into.options.thread_backlog_napi = choice / releases::all.size() % 2 == 1;
  std::size_t count = 0;
  for (; !in.empty() && count < max_ops; ++count) {
    if (count == into.ops.size()) into.ops.emplace_back();
    detail::get_op_of[menu.op_of(in.byte())](in, into.ops[count]);
  }
  into.ops.resize(count);
}

/// Operations that are not on the menu are left out, and all options but thread_backlog_napi.
inline std::vector<std::uint8_t> encode(const Menu& menu, const Input& input) {
  detail::Writer out;
  out.reserve(1 + input.ops.size() * 16);  // more than an operation without a long text takes
  const auto profile = std::find(releases::all.begin(), releases::all.end(), input.profile);
  const auto index = static_cast<std::size_t>(profile - releases::all.begin());
  out.push_back(static_cast<std::uint8_t>(index + (input.options.thread_backlog_napi ? releases::all.size() : 0)));
  for (const Op& operation : input.ops) {
    if (!menu.has(operation.index())) continue;
    out.push_back(menu.byte_of(operation.index()));
    std::visit(
        [&]<class T>([[maybe_unused]] const T& each) {
          for_each_field<T>([&](const auto& field) { detail::put(out, each.*field.member); });
        },
        operation);
  }
  return out;
}

}  // namespace weir::fuzz

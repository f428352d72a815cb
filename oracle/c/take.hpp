// Values from C, each held against what its type allows. `Place` says where in the message a refusal names it.
#pragma once
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "oracle/c/call.hpp"
#include "oracle/c/form.hpp"
#include "oracle/text/suggest.hpp"

namespace weir::c {

struct Place {
  std::string_view owner;  ///< "listen"
  std::string_view field;
  std::uint32_t cpus;  ///< of the host

  [[noreturn]] void expected(std::string_view what, std::uint64_t found) const {
    refuse(fmt::format("{}.{}: expected {}, found {}", owner, field, what, found));
  }
};

template <std::integral T>
void take(T from, T& to, const Place&) {
  to = from;
}
inline void take(std::uint32_t from, bool& to, const Place& place) {
  if (from > 1) place.expected("0 or 1", from);
  to = from == 1;
}
inline void take(std::int32_t from, Fd& to, const Place&) { to.label = from; }
inline void take(std::uint32_t from, NsId& to, const Place&) { to.id = from; }
inline void take(std::uint32_t from, Skb& to, const Place&) { to.id = from; }
inline void take(std::uint32_t from, Millis& to, const Place&) { to.count = from; }
inline void take(std::uint32_t from, FlowHash& to, const Place&) { to.value = from; }
inline void take(std::uint32_t from, Cpu& to, const Place& place) {
  if (from >= place.cpus) place.expected(fmt::format("a CPU, 0 to {}", place.cpus - 1), from);
  to.index = from;
}

template <class E>
requires std::is_enum_v<E>
void take(std::uint32_t from, E& to, const Place& place) {
  for (const auto& row : names<E>)
    if (static_cast<std::uint32_t>(row.value) == from) {
      to = row.value;
      return;
    }
  place.expected("the number of one of " + oracle::list_of<E>(), from);
}

inline void take(std::uint32_t from, Errno& to, const Place& place) {
  const auto found = from == 0 ? Errno::none : errno_from_number(static_cast<int>(from & 0xffff));
  if (!found || from > 0xffff) place.expected("the number of an error that the model knows", from);
  to = *found;
}

inline void take(const weir_address& from, Address& to, const Place& place) {
  static_assert(static_cast<int>(Address::Kind::v4) == WEIR_ADDRESS_V4);
  static_assert(static_cast<int>(Address::Kind::v6_loopback) == WEIR_ADDRESS_V6_LOOPBACK);
  static_assert(static_cast<int>(Address::Kind::abstract) == WEIR_ADDRESS_ABSTRACT);
  if (from.kind > WEIR_ADDRESS_ABSTRACT) place.expected("a kind of address, 0 to 3", from.kind);
  if (from.kind != WEIR_ADDRESS_V4 && from.v4 != 0) place.expected("v4 0 for an address of another kind", from.v4);
  to = from.kind == WEIR_ADDRESS_V4 ? v4_address(from.v4) : Address{static_cast<Address::Kind>(from.kind), 0};
}

inline void take(const weir_end& from, End& to, const Place& place) {
  if (from.reserved != 0) place.expected("reserved 0", from.reserved);
  to = {from.v4, from.port};
}

/// Bytes and lists: NULL where there are none.
template <class List>
void expect_data(const List& from, const Place& place) {
  constexpr std::uint64_t most = std::uint64_t{1} << 32;  // of any of them; more is a size that was never set
  if (from.data == nullptr && from.size != 0) place.expected("data, or a size of 0", from.size);
  if (from.size > most) place.expected("a size that is one", from.size);
}

inline void take(const weir_bytes& from, std::string& to, const Place& place) {
  expect_data(from, place);
  to.assign(from.size == 0 ? "" : from.data, from.size);
}

inline void take(const weir_packets& from, std::vector<Skb>& to, const Place& place) {
  expect_data(from, place);
  to.clear();
  for (std::size_t i = 0; i < from.size; ++i) to.push_back({from.data[i]});
}

inline void take(const weir_sent& from, std::vector<outcome::SentSegment>& to, const Place& place) {
  expect_data(from, place);
  to.resize(from.size);
  for (std::size_t i = 0; i < from.size; ++i) {
    take(from.data[i].to, to[i].to, place);
    take(from.data[i].flags, to[i].flags, place);
  }
}

template <class Optional, class T>
void take(const Optional& from, std::optional<T>& to, const Place& place) {
  if (from.present > 1) place.expected("present 0 or 1", from.present);
  if (from.present == 0)
    to.reset();
  else
    take(from.value, to.emplace(), place);
}

/// The fields of an operation or outcome, those alone whose bit is set: the others may hold anything.
template <class T>
void take_fields(const auto& fields, T& to, std::string_view owner, std::uint32_t cpus,
                 std::uint32_t wanted = WEIR_ALL_FIELDS) {
  if constexpr (field_count<T> != 0)
    for_each_pair<T>([&, next = wanted](const auto& field, auto member) mutable {
      const bool is_wanted = (next & 1) != 0;
      next >>= 1;
      if (is_wanted) take(Form<T>::in(fields).*member, to.*field.member, Place{owner, field.name, cpus});
    });
}

}  // namespace weir::c

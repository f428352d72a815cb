// Values to C.
#pragma once
#include <cstring>

#include "oracle/c/call.hpp"
#include "oracle/c/form.hpp"

namespace weir::c {

/// Memory of the caller for the list or the bytes of one outcome.
class Room {
 public:
  explicit Room(const weir_outcome& outcome) : at_(static_cast<char*>(outcome.buffer)), size_(outcome.buffer_size) {}

  /// nullptr where they do not fit, or there are none.
  template <class Element>
  Element* take(std::size_t count) {
    needed_ = count * sizeof(Element);
    if (count == 0 || at_ == nullptr || needed_ > size_) return nullptr;
    if (reinterpret_cast<std::uintptr_t>(at_) % alignof(Element) != 0)
      refuse("outcome.buffer: expected memory aligned as uint64_t is");
    return reinterpret_cast<Element*>(at_);
  }

  std::uint64_t needed() const { return needed_; }
  bool too_small() const { return needed_ != 0 && (at_ == nullptr || needed_ > size_); }

 private:
  char* at_;
  std::uint64_t size_;
  std::uint64_t needed_ = 0;
};

template <class T>
requires std::is_arithmetic_v<T>
void put(T from, auto& to, Room&) { to = static_cast<std::remove_reference_t<decltype(to)>>(from); }
template <class E>
requires std::is_enum_v<E>
void put(E from, std::uint32_t& to, Room&) { to = static_cast<std::uint32_t>(from); }
inline void put(Fd from, std::int32_t& to, Room&) { to = from.label; }
inline void put(NsId from, std::uint32_t& to, Room&) { to = from.id; }
inline void put(Cpu from, std::uint32_t& to, Room&) { to = from.index; }
inline void put(Skb from, std::uint32_t& to, Room&) { to = from.id; }
inline void put(Millis from, std::uint32_t& to, Room&) { to = from.count; }
inline void put(FlowHash from, std::uint32_t& to, Room&) { to = from.value; }
inline void put(Address from, weir_address& to, Room&) { to = {static_cast<std::uint32_t>(from.kind), from.v4}; }
inline void put(End from, weir_end& to, Room&) { to = {from.v4, from.port, 0}; }

inline void put(const std::string& from, weir_bytes& to, Room& room) {
  char* const data = room.take<char>(from.size());
  if (data != nullptr) std::memcpy(data, from.data(), from.size());
  to = {data, from.size()};
}

inline void put(const std::vector<Skb>& from, weir_packets& to, Room& room) {
  auto* const data = room.take<std::uint32_t>(from.size());
  for (std::size_t i = 0; data != nullptr && i < from.size(); ++i) data[i] = from[i].id;
  to = {data, from.size()};
}

inline void put(const std::vector<outcome::SentSegment>& from, weir_sent& to, Room& room) {
  auto* const data = room.take<weir_sent_segment>(from.size());
  for (std::size_t i = 0; data != nullptr && i < from.size(); ++i) {
    put(from[i].to, data[i].to, room);
    put(from[i].flags, data[i].flags, room);
  }
  to = {data, from.size()};
}

template <class T>
void put(const std::optional<T>& from, auto& to, Room& room) {
  to = {};
  to.present = from ? 1 : 0;
  if (from) put(*from, to.value, room);
}

/// All fields of an operation or outcome.
template <class T>
void put_fields(const T& from, auto& fields, Room& room) {
  if constexpr (field_count<T> != 0)
    for_each_pair<T>(
        [&](const auto& field, auto member) { put(from.*field.member, Form<T>::in(fields).*member, room); });
}

}  // namespace weir::c

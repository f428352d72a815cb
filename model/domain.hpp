// A value domain says what a number is. The spec is written against it once and then read several ways:
//
//   Concrete   machine integers and ordinary branches, at no cost: the spec runs
//   Recorded   Concrete, and every clause passed is noted: explanations and coverage
//   Symbolic   Z3 bit-vectors; an `if` forks the path (proofs/symbolic/)
//
// Writing a rule: comparisons give Bool<D>; `&&`, `||`, `!` combine them; `if` branches on them. In the symbolic
// reading
// `&&` and `||` between two Bool<D> do not fork and do not short-circuit, so their operands must be free of effects.
// Conversions are explicit, as<To>(value), and mean what C means. Arithmetic that the kernel lets wrap is written with
// wrapping_add and its relatives, so that the concrete reading has no undefined behaviour.
#pragma once
#include <concepts>
#include <cstdint>
#include <span>
#include <type_traits>
#include <vector>

#include "model/clause.hpp"

namespace weir {

template <class D>
concept Domain = requires(Clause passed, std::uint32_t count, std::uint64_t time) {
  typename D::Bool;
  typename D::U8;
  typename D::U16;
  typename D::I32;
  typename D::U32;
  typename D::U64;
  D::clause(passed);
  // Which of `count` things the kernel picks by what no operation shows; 0 where nobody asks for the others.
  { D::pick(count) } -> std::same_as<std::uint32_t>;
  // How much later a timer fires than it was set for, at a time and for a wait; 0 where nobody asks what else may be.
  { D::late(time, time) } -> std::same_as<std::uint64_t>;
};

template <Domain D>
using Bool = typename D::Bool;
template <Domain D>
using U8 = typename D::U8;
template <Domain D>
using U16 = typename D::U16;
template <Domain D>
using I32 = typename D::I32;
template <Domain D>
using U32 = typename D::U32;
template <Domain D>
using U64 = typename D::U64;

/// User-space bytes. The length is an ordinary number in every domain; the contents need not be.
template <Domain D>
using Bytes = std::span<const U8<D>>;

/// Runs the spec: machine integers, ordinary branches, no cost.
struct Concrete {
  using Bool = bool;
  using U8 = std::uint8_t;
  using U16 = std::uint16_t;
  using I32 = std::int32_t;
  using U32 = std::uint32_t;
  using U64 = std::uint64_t;
  static constexpr void clause(Clause) {}
  static constexpr std::uint32_t pick(std::uint32_t) { return 0; }
  static constexpr std::uint64_t late(std::uint64_t, std::uint64_t) { return 0; }
};

/// The picks of a run, so that it can be run again with others: next() goes through all of them.
///
///   Picks picks;
///   do { const PickScope scope(picks); run(); } while (picks.next());
class Picks {
 public:
  std::uint32_t pick(std::uint32_t count) {
    if (at_ == made_.size()) made_.push_back({0, count});
    return made_[at_++].taken;
  }

  /// Whether there was anything to pick.
  bool any() const { return !made_.empty(); }

  /// On to picks that have not been tried; false if there are none.
  bool next() {
    at_ = 0;
    while (!made_.empty() && made_.back().taken + 1 == made_.back().of) made_.pop_back();
    if (made_.empty()) return false;
    ++made_.back().taken;
    return true;
  }

 private:
  struct Made {
    std::uint32_t taken, of;
  };
  std::vector<Made> made_;
  std::size_t at_ = 0;
};

/// How late timers are, of those that were set at `now` for after `wait`; both in the units of the model's time.
class Lateness {
 public:
  Lateness() = default;
  Lateness(const Lateness&) = delete;
  Lateness& operator=(const Lateness&) = delete;
  virtual ~Lateness() = default;
  virtual std::uint64_t of(std::uint64_t now, std::uint64_t wait) const = 0;
};

/// Concrete, and notes each clause passed in the set that the calling thread has installed (see ClauseScope), picks as
/// it has said (see PickScope), and has timers be as late (see LatenessScope).
struct Recorded : Concrete {
  static void clause(Clause passed) {
    if (sink != nullptr) sink->insert(passed);
  }
  static std::uint32_t pick(std::uint32_t count) { return picks != nullptr ? picks->pick(count) : 0; }
  static std::uint64_t late(std::uint64_t now, std::uint64_t wait) {
    return lateness != nullptr ? lateness->of(now, wait) : 0;
  }
  static inline thread_local ClauseSet* sink = nullptr;
  static inline thread_local const Lateness* lateness = nullptr;
  static inline thread_local Picks* picks = nullptr;
};

/// Installs `into` as this thread's record of clauses for as long as the scope lives. Scopes nest.
class ClauseScope {
 public:
  explicit ClauseScope(ClauseSet& into) : outer_(Recorded::sink) { Recorded::sink = &into; }
  ~ClauseScope() { Recorded::sink = outer_; }
  ClauseScope(const ClauseScope&) = delete;
  ClauseScope& operator=(const ClauseScope&) = delete;

 private:
  ClauseSet* outer_;
};

/// Has this thread's runs pick from `from` for as long as the scope lives.
class PickScope {
 public:
  explicit PickScope(Picks& from) : outer_(Recorded::picks) { Recorded::picks = &from; }
  ~PickScope() { Recorded::picks = outer_; }
  PickScope(const PickScope&) = delete;
  PickScope& operator=(const PickScope&) = delete;

 private:
  Picks* outer_;
};

/// Has timers that this thread's runs set be so late for as long as the scope lives.
class LatenessScope {
 public:
  explicit LatenessScope(const Lateness& lateness) : outer_(Recorded::lateness) { Recorded::lateness = &lateness; }
  ~LatenessScope() { Recorded::lateness = outer_; }
  LatenessScope(const LatenessScope&) = delete;
  LatenessScope& operator=(const LatenessScope&) = delete;

 private:
  const Lateness* outer_;
};

/// Conversion as C does it (modulo 2^width); a symbolic domain overloads it.
template <class To, std::integral From>
constexpr To as(From value) {
  return static_cast<To>(value);
}

/// The C conditional expression; in the symbolic reading an if-then-else term, so it does not fork the path.
template <class T>
constexpr T choose(bool condition, T then, T otherwise) {
  return condition ? then : otherwise;
}

/// Two's-complement arithmetic without undefined behaviour: the kernel is built with -fno-strict-overflow.
template <std::integral T>
constexpr T wrapping_add(T a, T b) {
  using Unsigned = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<Unsigned>(static_cast<Unsigned>(a) + static_cast<Unsigned>(b)));
}

template <std::integral T>
constexpr T wrapping_sub(T a, T b) {
  using Unsigned = std::make_unsigned_t<T>;
  return static_cast<T>(static_cast<Unsigned>(static_cast<Unsigned>(a) - static_cast<Unsigned>(b)));
}

template <std::integral T>
constexpr T wrapping_mul(T a, T b) {
  // 64 bits wide first: a product of two promoted 16-bit values would overflow int.
  return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

}  // namespace weir

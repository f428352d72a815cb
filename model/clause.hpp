// Clauses: every branch of the spec has a name.
//
// model/clauses/*.def is the one table: enumerator, name, kernel function, first and last release that has the rule (""
// = open), and an English sentence. From it come explanations, coverage, the SPEC page and the rule ids of reports.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace weir {

enum class Clause : std::uint16_t {
#define CLAUSE(id, name, function, since, until, sentence) id,
#include "model/clauses/all.def"
#undef CLAUSE
};

struct ClauseInfo {
  Clause clause;
  std::string_view name;      ///< "LISTEN.CLAMP"
  std::string_view function;  ///< the kernel function that decides
  std::string_view since;     ///< first release with the rule; "" = before 2.6.32
  std::string_view until;     ///< last release with the rule; "" = still there in 7.1
  std::string_view sentence;
};

inline constexpr auto clauses = std::to_array<ClauseInfo>({
#define CLAUSE(id, name, function, since, until, sentence) {Clause::id, name, function, since, until, sentence},
#include "model/clauses/all.def"
#undef CLAUSE
});

inline constexpr std::size_t clause_count = clauses.size();

constexpr const ClauseInfo& info(Clause clause) { return clauses[static_cast<std::size_t>(clause)]; }

constexpr std::optional<Clause> clause_from(std::string_view name) {
  for (const auto& row : clauses)
    if (row.name == name) return row.clause;
  return std::nullopt;
}

/// A set of clauses; fixed size, no allocation.
class ClauseSet {
 public:
  constexpr void insert(Clause clause) { words_[index(clause) / 64] |= std::uint64_t{1} << index(clause) % 64; }
  constexpr bool contains(Clause clause) const { return (words_[index(clause) / 64] >> index(clause) % 64 & 1) != 0; }
  constexpr void clear() { words_ = {}; }
  constexpr std::size_t size() const {
    std::size_t count = 0;
    for (const auto word : words_) count += static_cast<std::size_t>(std::popcount(word));
    return count;
  }
  constexpr ClauseSet& operator|=(const ClauseSet& other) {
    for (std::size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
    return *this;
  }
  constexpr bool contains_all(const ClauseSet& others) const {
    for (std::size_t i = 0; i < words_.size(); ++i)
      if ((others.words_[i] & ~words_[i]) != 0) return false;
    return true;
  }
  template <class Visit>
  constexpr void for_each(Visit&& visit) const {
    for (const auto& row : clauses)
      if (contains(row.clause)) visit(row.clause);
  }
  /// FNV-1a over the words: the same set, the same number.
  constexpr std::uint64_t hash() const {
    std::uint64_t mixed = 0xcbf29ce484222325;
    for (const auto word : words_) mixed = (mixed ^ word) * 0x100000001b3;
    return mixed;
  }
  friend constexpr bool operator==(const ClauseSet&, const ClauseSet&) = default;

  /// Clause i is bit i % 64 of word i / 64.
  static constexpr std::size_t word_count = (clause_count + 63) / 64;
  constexpr const std::array<std::uint64_t, word_count>& words() const { return words_; }

 private:
  static constexpr std::size_t index(Clause clause) { return static_cast<std::size_t>(clause); }
  std::array<std::uint64_t, word_count> words_{};
};

}  // namespace weir

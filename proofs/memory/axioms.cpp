#include "proofs/memory/axioms.hpp"

#include <algorithm>
#include <cstddef>

namespace weir::proofs::memory {

Relation Relation::identity(std::size_t size, std::uint64_t of) {
  Relation result(size);
  for (std::size_t a = 0; a < size; ++a)
    if ((of >> a & 1) != 0) result.add(a, a);
  return result;
}
Relation Relation::operator|(const Relation& other) const {
  Relation result = *this;
  for (std::size_t a = 0; a < size(); ++a) result.rows_[a] |= other.rows_[a];
  return result;
}
Relation Relation::operator&(const Relation& other) const {
  Relation result = *this;
  for (std::size_t a = 0; a < size(); ++a) result.rows_[a] &= other.rows_[a];
  return result;
}
Relation Relation::operator-(const Relation& other) const {
  Relation result = *this;
  for (std::size_t a = 0; a < size(); ++a) result.rows_[a] &= ~other.rows_[a];
  return result;
}
Relation Relation::then(const Relation& next) const {
  Relation result(size());
  for (std::size_t a = 0; a < size(); ++a)
    for (std::size_t b = 0; b < size(); ++b)
      if (has(a, b)) result.rows_[a] |= next.rows_[b];
  return result;
}
Relation Relation::maybe() const {
  Relation result = *this;
  for (std::size_t a = 0; a < size(); ++a) result.add(a, a);
  return result;
}
Relation Relation::closure() const {
  Relation result = *this;
  for (std::size_t b = 0; b < size(); ++b)
    for (std::size_t a = 0; a < size(); ++a)
      if (result.has(a, b)) result.rows_[a] |= result.rows_[b];
  return result;
}
Relation Relation::inverse() const {
  Relation result(size());
  for (std::size_t a = 0; a < size(); ++a)
    for (std::size_t b = 0; b < size(); ++b)
      if (has(a, b)) result.add(b, a);
  return result;
}
bool Relation::irreflexive() const {
  for (std::size_t a = 0; a < size(); ++a)
    if (has(a, a)) return false;
  return true;
}
bool Relation::empty() const {
  return std::all_of(rows_.begin(), rows_.end(), [](std::uint64_t row) { return row == 0; });
}

namespace {

/// The relations from which the axioms are built, under the names that they have in the paper.
struct Basics {
  explicit Basics(const Candidate& candidate)
      : n(candidate.items.size()), sb(n), rf(n), mo(n), rmw(n), same_location(n), nothing(n) {
    for (std::size_t a = 0; a < n; ++a) {
      const auto& first = candidate.items[a];
      for (std::size_t b = 0; b < n; ++b) {
        const auto& second = candidate.items[b];
        const bool later = first.thread == second.thread ? a < b && first.thread >= 0 : first.thread < 0;
        if (later) sb.add(a, b);
        if (first.location >= 0 && first.location == second.location) same_location.add(a, b);
      }
      if (candidate.source[a] >= 0) rf.add(static_cast<std::size_t>(candidate.source[a]), a);
      if (first.updates >= 0) rmw.add(static_cast<std::size_t>(first.updates), a);
    }
    for (const auto& writes : candidate.order)
      for (std::size_t i = 0; i < writes.size(); ++i)
        for (std::size_t j = i + 1; j < writes.size(); ++j)
          mo.add(static_cast<std::size_t>(writes[i]), static_cast<std::size_t>(writes[j]));
  }

  Relation rb() const { return rf.inverse().then(mo); }
  Relation eco() const { return (rf | mo | rb()).closure(); }

  std::size_t n;
  Relation sb, rf, mo, rmw, same_location, nothing;
};

template <class Which>
Relation those(const Candidate& candidate, Which which) {
  std::uint64_t set = 0;
  for (std::size_t a = 0; a < candidate.items.size(); ++a)
    if (which(candidate.items[a])) set |= std::uint64_t{1} << a;
  return Relation::identity(candidate.items.size(), set);
}

using Item = Candidate::Item;

Relation happens_before(const Candidate& candidate, const Basics& is) {
  const Relation fences = those(candidate, [](const Item& item) { return item.type == Candidate::Type::fence; });
  const Relation writes = those(candidate, [](const Item& item) { return item.type == Candidate::Type::write; });
  const Relation reads = those(candidate, [](const Item& item) { return item.type == Candidate::Type::read; });
  const Relation releasing = those(candidate, [](const Item& item) {
    return item.thread >= 0 && item.type != Candidate::Type::read && releases(item.order);
  });
  const Relation acquiring = those(candidate, [](const Item& item) {
    return item.thread >= 0 && item.type != Candidate::Type::write && acquires(item.order);
  });
  const Relation release_sequence = writes.then(is.rf.then(is.rmw).closure().maybe());
  const Relation from_fence = fences.then(is.sb).maybe();
  const Relation to_fence = is.sb.then(fences).maybe();
  const Relation sw =
      releasing.then(from_fence).then(release_sequence).then(is.rf).then(reads).then(to_fence).then(acquiring);
  return (is.sb | sw).closure();
}

bool psc_acyclic(const Candidate& candidate, const Basics& is, const Relation& hb) {
  const auto strong = [](const Item& item) { return item.thread >= 0 && item.order == Order::seq_cst; };
  const Relation sc = those(candidate, strong);
  const Relation sc_fences =
      those(candidate, [&](const Item& item) { return strong(item) && item.type == Candidate::Type::fence; });
  const Relation elsewhere = is.sb - is.same_location;
  const Relation scb = is.sb | elsewhere.then(hb).then(elsewhere) | (hb & is.same_location) | is.mo | is.rb();
  const Relation begins = sc | sc_fences.then(hb.maybe());
  const Relation ends = sc | hb.maybe().then(sc_fences);
  const Relation base = begins.then(scb).then(ends);
  const Relation between = sc_fences.then(hb | hb.then(is.eco()).then(hb)).then(sc_fences);
  return (base | between).acyclic();
}

}  // namespace

bool allowed_by_rc11(const Candidate& candidate) {
  const Basics is(candidate);
  if (!(is.sb | is.rf).acyclic()) return false;               // no value out of thin air
  if (!(is.rmw & is.rb().then(is.mo)).empty()) return false;  // atomicity
  const Relation hb = happens_before(candidate, is);
  if (!hb.irreflexive() || !hb.then(is.eco().maybe()).irreflexive()) return false;  // coherence
  return psc_acyclic(candidate, is, hb);
}

bool allowed_by_sc(const Candidate& candidate) {
  const Basics is(candidate);
  return (is.sb | is.rf | is.mo | is.rb()).acyclic() && (is.rmw & is.rb().then(is.mo)).empty();
}

}  // namespace weir::proofs::memory

#include "proofs/diff/domain.hpp"

#include <map>

#include "model/sysctl/characters.hpp"

namespace weir::proofs {
namespace {

struct Asked {
  z3::expr byte;  ///< kept, so that no other term takes its number
  Symbolic::Bool answer;
};
using Key = std::tuple<unsigned, unsigned char, unsigned char>;
constexpr unsigned char space_low = 1, space_high = 0;  // the empty range stands for isspace

thread_local std::map<Key, Asked> asked;

template <class Compute>
Symbolic::Bool remembered(const Symbolic::U8& c, unsigned char low, unsigned char high, Compute compute) {
  if (c.known()) return compute();
  const z3::expr byte = c.term();
  const Key key{byte.id(), low, high};
  const auto found = asked.find(key);
  if (found != asked.end()) return found->second.answer;
  return asked.emplace(key, Asked{byte, compute()}).first->second.answer;
}

}  // namespace

Symbolic::Bool SearchedText::between(const U8& c, unsigned char low, unsigned char high) {
  return remembered(c, low, high, [&] { return model::between<Symbolic>(c, low, high); });
}

Symbolic::Bool SearchedText::is_space(const U8& c) {
  return remembered(c, space_low, space_high, [&] { return model::is_space<Symbolic>(c); });
}

void SearchedText::forget() { asked.clear(); }

}  // namespace weir::proofs

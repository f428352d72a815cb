#include "proofs/symbolic/case.hpp"

namespace weir::proofs {

Symbolic::Bool Case<Symbolic>::boolean(std::string_view name) {
  const Symbolic::U8 value = u8(name);
  Explorer::current().assume((value <= Symbolic::U8(1)).term());
  return value != Symbolic::U8(0);
}

std::size_t Case<Symbolic>::below(std::size_t count, std::string_view name) {
  const Symbolic::U32 choice = u32(name);
  Explorer::current().assume((choice < Symbolic::U32(count)).term());
  std::size_t value = 0;
  while (value + 1 < count && choice != Symbolic::U32(value)) ++value;
  return value;
}

void Case<Symbolic>::assume(std::string_view sentence, const Symbolic::Bool& condition) {
  bool& met = progress_.covers[std::string(sentence)];
  if (condition.known() && static_cast<bool>(condition)) return void(met = true);
  Explorer::current().assume(condition.term());
  met = true;
}

void Case<Symbolic>::cover(std::string_view sentence, const Symbolic::Bool& condition) {
  bool& met = progress_.covers[std::string(sentence)];
  if (!met && !Explorer::current().replaying()) met = Explorer::current().possible(condition.term());
}

void Case<Symbolic>::check(Claims kind, std::string_view sentence, const Symbolic::Bool& condition) {
  if (kind != claims_ || Explorer::current().replaying()) return;
  ++progress_.claims;
  if (condition.known() && static_cast<bool>(condition)) return;  // nothing to ask
  try {
    if (const auto model = Explorer::current().refute(condition.term()))
      throw Refuted{std::string(sentence), values(*model)};
  } catch (const RefutedBefore&) {
    throw Refuted{std::string(sentence), {}};
  }
}

std::vector<Input> Case<Symbolic>::values(const z3::model& model) const {
  std::vector<Input> inputs;
  for (const Symbol& symbol : inputs_) {
    std::uint64_t bits = model.eval(symbol.term, true).get_numeral_uint64();
    const unsigned unused = 64 - symbol.term.get_sort().bv_size();
    if (symbol.is_signed) bits = static_cast<std::uint64_t>(static_cast<std::int64_t>(bits << unused) >> unused);
    inputs.push_back({symbol.name, bits, symbol.is_signed});
  }
  return inputs;
}

std::size_t Case<Replay>::below(std::size_t count, std::string_view name) {
  const std::size_t choice = u32(name);
  if (choice >= count) throw PathEnds{};
  return choice;
}

}  // namespace weir::proofs

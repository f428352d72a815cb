#include "proofs/symbolic/digest.hpp"

#include <algorithm>
#include <tuple>
#include <utility>
#include <vector>

namespace weir::proofs {
namespace {

/// The finaliser of MurmurHash3: every bit of the input moves half of those of the output.
std::uint64_t mixed(std::uint64_t x) {
  x = (x ^ x >> 33) * 0xff51afd7ed558ccdULL;
  x = (x ^ x >> 33) * 0xc4ceb9fe1a85ec53ULL;
  return x ^ x >> 33;
}

bool order_does_not_matter(Z3_decl_kind kind) {
  switch (kind) {
    case Z3_OP_AND:
    case Z3_OP_OR:
    case Z3_OP_EQ:
    case Z3_OP_IFF:
    case Z3_OP_XOR:
    case Z3_OP_DISTINCT:
    case Z3_OP_BADD:
    case Z3_OP_BMUL:
    case Z3_OP_BAND:
    case Z3_OP_BOR:
    case Z3_OP_BXOR:
      return true;
    default:
      return false;
  }
}

}  // namespace

void Digest::put(std::uint64_t value) {
  high = mixed(high * 0x9e3779b97f4a7c15ULL + value + 1);
  low = mixed(low * 0xd6e8feb86659fd93ULL + (value ^ 0xa5a5a5a5a5a5a5a5ULL) + 3);
}

void Digest::put(std::string_view text) {
  put(text.size());
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    word = word << 8 | static_cast<unsigned char>(text[i]);
    if (i % 8 == 7) put(std::exchange(word, 0));
  }
  put(word);
}

Digest TermDigests::of(const z3::expr& term) {
  const auto found = known_.find(term.id());
  if (found != known_.end()) return found->second.digest;
  const Digest digest = compute(term);
  known_.emplace(term.id(), Known{term, digest});
  return digest;
}

/// Terms are as deep as the program under exploration makes them, which is not deep.
Digest TermDigests::compute(const z3::expr& term) {
  Digest digest;
  const z3::sort sort = term.get_sort();
  digest.put(sort.is_bv() ? sort.bv_size() : 0);
  std::uint64_t number = 0;
  if (term.is_numeral_u64(number)) {
    digest.put(number);
    return digest;
  }
  const z3::func_decl operation = term.decl();
  digest.put(static_cast<std::uint64_t>(operation.decl_kind()));
  if (operation.decl_kind() == Z3_OP_UNINTERPRETED) digest.put(operation.name().str());
  const unsigned parameters = Z3_get_decl_num_parameters(term.ctx(), operation);
  for (unsigned i = 0; i < parameters; ++i)
    if (Z3_get_decl_parameter_kind(term.ctx(), operation, i) == Z3_PARAMETER_INT)
      digest.put(static_cast<std::uint64_t>(Z3_get_decl_int_parameter(term.ctx(), operation, i)));
  std::vector<Digest> operands;
  for (unsigned i = 0; i < term.num_args(); ++i) operands.push_back(of(term.arg(i)));
  if (order_does_not_matter(operation.decl_kind()))
    std::sort(operands.begin(), operands.end(),
              [](const Digest& a, const Digest& b) { return std::tie(a.high, a.low) < std::tie(b.high, b.low); });
  digest.put(operands.size());
  for (const Digest& each : operands) digest.put(each);
  return digest;
}

}  // namespace weir::proofs

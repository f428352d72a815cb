// The concrete reading that a counterexample is confirmed in: the spec over machine integers, as it runs everywhere
// else. It is a domain of its own only so that queues of any length and scripted clocks can be handed in (window.hpp).
#pragma once
#include "proofs/symbolic/domain.hpp"

namespace weir::proofs {

struct Replay : Concrete {};

template <class D>
concept ProofDomain = Domain<D> &&(std::same_as<D, Symbolic> || std::same_as<D, Replay>);

}  // namespace weir::proofs

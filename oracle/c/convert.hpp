// Operations and outcomes between C and the model.
#pragma once
#include <weir/weir.h>

#include <cstdint>

#include "model/clause.hpp"
#include "model/op.hpp"
#include "model/outcome.hpp"
#include "oracle/json/header.hpp"
#include "oracle/json/observation.hpp"

namespace weir::c {

/// Throws Refused where the struct is no operation, or not one of a host with that many CPUs.
void take_op(const weir_op* from, std::uint32_t cpus, Op& to);

/// What a trace leaves open, for the operation's kind.
void put_defaults(weir_op& into);

/// Fills in the outcome. \throws Refused with WEIR_SHORT_BUFFER where bytes or a list do not fit; all else is filled in
void put_outcome(const Outcome& from, const ClauseSet& clauses, weir_outcome& into);

/// What was seen of the outcome of `operation`; nothing for nullptr. Throws Refused.
oracle::Observation take_observation(const weir_outcome* from, const Op& operation);

/// The first line of a trace, from a profile's name and options; options may be nullptr. Throws Refused.
oracle::Header header_from(const char* profile, const weir_host_options* options);

}  // namespace weir::c

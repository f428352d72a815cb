// Operations and outcomes as trace lines (docs/TRACE.md). What is written reads back as the same value.
#pragma once
#include <string>

#include "model/clause.hpp"
#include "model/op.hpp"
#include "model/outcome.hpp"
#include "oracle/json/header.hpp"
#include "oracle/json/observation.hpp"
#include "oracle/text/malformed.hpp"

namespace weir::oracle {

// The append functions add one line without its newline; reuse one string to avoid allocation.

void append_json(std::string& to, const Header& header);
void append_json(std::string& to, const Op& operation);
void append_json(std::string& to, const Op& operation, const Outcome& outcome);
void append_json(std::string& to, const Op& operation, const Outcome& outcome, const ClauseSet& clauses);
void append_json(std::string& to, const Op& operation, const Observation& seen);

std::string to_json(const Header& header);
std::string to_json(const Op& operation);
std::string to_json(const Op& operation, const Outcome& outcome);

/// {"error":"expected …","line":3,"column":7}: what `weir serve` answers to a line that it cannot read.
std::string error_json(const Malformed& malformed);

/// Only what was observed, as the fields would stand on a line: `"ret":-1,"errno":"EINVAL"`; "" for nothing.
std::string to_text(const Outcome& outcome);
std::string to_text(const Observation& seen);

}  // namespace weir::oracle

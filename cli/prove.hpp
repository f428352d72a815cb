// What `weir prove` writes.
#pragma once
#include <filesystem>

#include "cli/common.hpp"
#include "cli/reports/report.hpp"
#include "proofs/recheck.hpp"

namespace weir::cli {

/// Where verdicts are kept: beside what else this user's programs can make again. Empty where there is no such place.
std::filesystem::path default_proof_cache();

/// "; refuted in 2.6.32 .. 3.10 (C1)", or nothing.
std::string refuted_text(const proofs::Entry& entry);
/// The page docs/VERIFIED.md.
std::string catalogue_page();

std::string proofs_as_table(const proofs::Summary& summary, bool must_fail);
/// A JSON object a line.
std::string proofs_as_json(const proofs::Summary& summary);
std::string recheck_as_text(const proofs::Recheck& recheck, const std::string& solver);

// For CI (cli/prove_formats.cpp).
/// An obligation is a case, a theorem's file a suite, a theorem a rule; what has not the right verdict is a problem,
/// and an expected counterexample one for information.
Report report_of(const proofs::Summary& summary);
/// One page, without anything from elsewhere.
std::string proofs_as_html(const proofs::Summary& summary);
/// The trace of a counterexample as `weir run` reads it; "" where there is none.
std::string trace_of(const proofs::Result& result);

}  // namespace weir::cli

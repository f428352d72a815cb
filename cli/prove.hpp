// What `weir prove` writes.
#pragma once
#include "cli/common.hpp"
#include "proofs/run.hpp"

namespace weir::cli {

/// "; refuted in 2.6.32 .. 3.10 (C1)", or nothing.
std::string refuted_text(const proofs::Entry& entry);
/// The page docs/VERIFIED.md.
std::string catalogue_page();

std::string proofs_as_table(const proofs::Summary& summary, bool must_fail);
/// A JSON object a line.
std::string proofs_as_json(const proofs::Summary& summary);

}  // namespace weir::cli

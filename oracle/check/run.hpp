// Fills in what a trace leaves open: each operation answered by the model.
#pragma once
#include <functional>
#include <string_view>

#include "model/profile.hpp"
#include "oracle/json/reader.hpp"

namespace weir::oracle {

struct RunOptions {
  const Profile* profile = nullptr;  ///< overrides the header's
  bool clauses = false;              ///< name the clauses passed: "clauses":["LISTEN.CLAMP",…]
};

/// The header as it holds, with the overriding profile.
Header header_for(const TraceReader& trace, const RunOptions& options);

/// Calls `write` with the completed line, without its newline, as soon as each operation has been read. Results on the
/// input lines are replaced by the model's, but for the descriptors they name. Returns the number of operations. Throws
/// Malformed.
std::uint64_t run(TraceReader& trace, const RunOptions& options, const std::function<void(std::string_view)>& write);

}  // namespace weir::oracle

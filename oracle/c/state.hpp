// A host's state as JSON.
#pragma once
#include <string>

#include "oracle/check/machine.hpp"
#include "oracle/json/header.hpp"

namespace weir::c {

/// One object: the header's fields, `crashed`, `namespaces` (settings and counters), `sockets`, `cpus`.
std::string state_json(const oracle::Header& header, const oracle::Host& host);

}  // namespace weir::c

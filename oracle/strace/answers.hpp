// An answer of the model beside the result of a system call as text shows it.
#pragma once
#include <string>

#include "model/outcome.hpp"
#include "oracle/strace/call.hpp"

namespace weir::oracle::strace {

/// "3", "-1 EAGAIN", "0, value 1"
std::string text_of(const Outcome& answer);

/// Of calls that answer with a number alone.
bool same(const Outcome& answer, const Result& seen);

}  // namespace weir::oracle::strace

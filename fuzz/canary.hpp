// Deliberately broken variants of lockfree/, each with one token changed when the build is configured (canary.cmake). A
// comparison that does not find them is not to be trusted.
#pragma once
#include "fuzz/engine.hpp"

namespace weir::fuzz {

Target canary_accept_queue();   ///< the accept queue counts as full at its limit, not above it
Target canary_backlog_limit();  ///< so does the receive backlog
Target canary_signed_clamp();   ///< listen(2) compares its backlog with somaxconn as signed numbers
Target canary_decimal();        ///< every sysctl number is read in base ten
Target canary_unix_queue();     ///< the queue of a unix listener counts as full at its limit, not above it

}  // namespace weir::fuzz

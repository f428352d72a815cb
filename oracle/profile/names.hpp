// What a user calls a profile: a release, any release in between, and settings of one's own.
//
//   profile_named("linux-5.10.7")                                    as linux-5.10
//   profile_named("linux-3.10+syn_queue=max_ack_above")              one field as in another release
//   profile_named("linux-5.4+net.core.somaxconn.initial=128")        one property of a sysctl
//
// Kernels of distributions mix behaviours of several releases: that is what the settings are for.
#pragma once
#include <string>
#include <string_view>

#include "model/profile.hpp"

namespace weir::oracle {

struct ProfileChoice {
  const Profile* profile = nullptr;  ///< lives until the program ends; its name is the text that was given
  std::string error;                 ///< why there is none: what was expected, and where
};

/// Thread safety: any thread.
ProfileChoice profile_named(std::string_view text);

/// The shape of such a text as a regular expression, without its anchors: the words are those that exist. Whether a
/// release is known, has that sysctl, and whether a number has 32 bits is not said.
std::string profile_pattern();

/// The names of all releases, for messages.
std::string known_profiles();

}  // namespace weir::oracle

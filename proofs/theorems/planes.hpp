// All theorems, one file a plane.
#pragma once
#include <string_view>
#include <vector>

#include "proofs/symbolic/theorem.hpp"

namespace weir::proofs {

inline const std::vector<const Profile*> every_profile = within({{}});

std::vector<Theorem> sysctl_theorems();
std::vector<Theorem> sysctl_bugs();
std::vector<Theorem> listen_theorems();
std::vector<Theorem> listen_bugs();
std::vector<Theorem> queue_theorems();
std::vector<Theorem> softnet_theorems();
std::vector<Theorem> softnet_bugs();
std::vector<Theorem> steering_theorems();
std::vector<Theorem> number_theorems();
std::vector<Theorem> relation_theorems();
std::vector<Theorem> access_theorems();
std::vector<Theorem> program_theorems();
std::vector<Theorem> refinement_theorems();
std::vector<Theorem> softnet_program_theorems();
std::vector<Theorem> port_theorems();
std::vector<Theorem> connection_theorems();
std::vector<Theorem> segment_theorems();
std::vector<Theorem> schedule_theorems();
std::vector<Theorem> option_theorems();
std::vector<Theorem> life_theorems();
std::vector<Theorem> clock_theorems();
std::vector<Theorem> flow_limit_theorems();
std::vector<Theorem> grammar_theorems();
std::vector<Theorem> apart_refinements();
std::vector<Theorem> socket_refinements();
std::vector<Theorem> time_refinements();
std::vector<Theorem> plane_refinements();

struct Plane {
  std::string_view file;
  std::vector<Theorem> theorems;
};

/// In proofs/theorems/planes.cpp, so that a plane more is no reason to build the others again.
std::vector<Plane> all_planes();

}  // namespace weir::proofs

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
std::vector<Theorem> socket_refinements();
std::vector<Theorem> time_refinements();
std::vector<Theorem> plane_refinements();

struct Plane {
  std::string_view file;
  std::vector<Theorem> theorems;
};

inline std::vector<Plane> all_planes() {
  return {{"proofs/theorems/sysctl.cpp", sysctl_theorems()},
          {"proofs/theorems/sysctl_bugs.cpp", sysctl_bugs()},
          {"proofs/theorems/listen.cpp", listen_theorems()},
          {"proofs/theorems/listen_bugs.cpp", listen_bugs()},
          {"proofs/theorems/queues.cpp", queue_theorems()},
          {"proofs/theorems/softnet.cpp", softnet_theorems()},
          {"proofs/theorems/softnet_bugs.cpp", softnet_bugs()},
          {"proofs/theorems/steering.cpp", steering_theorems()},
          {"proofs/theorems/numbers.cpp", number_theorems()},
          {"proofs/theorems/relations.cpp", relation_theorems()},
          {"proofs/theorems/access.cpp", access_theorems()},
          {"proofs/theorems/programs.cpp", program_theorems()},
          {"proofs/theorems/refinement.cpp", refinement_theorems()},
          {"proofs/theorems/scenes_sockets.cpp", socket_refinements()},
          {"proofs/theorems/scenes_time.cpp", time_refinements()},
          {"proofs/theorems/scenes_planes.cpp", plane_refinements()}};
}

}  // namespace weir::proofs

#include "proofs/theorems/planes.hpp"

namespace weir::proofs {

std::vector<Plane> all_planes() {
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
          {"proofs/theorems/grammar.cpp", grammar_theorems()},
          {"proofs/theorems/programs.cpp", program_theorems()},
          {"proofs/theorems/softnet_programs.cpp", softnet_program_theorems()},
          {"proofs/theorems/flow_limits.cpp", flow_limit_theorems()},
          {"proofs/theorems/ports.cpp", port_theorems()},
          {"proofs/theorems/connections.cpp", connection_theorems()},
          {"proofs/theorems/segments.cpp", segment_theorems()},
          {"proofs/theorems/schedules.cpp", schedule_theorems()},
          {"proofs/theorems/options.cpp", option_theorems()},
          {"proofs/theorems/clocks.cpp", clock_theorems()},
          {"proofs/theorems/lives.cpp", life_theorems()},
          {"proofs/theorems/refinement.cpp", refinement_theorems()},
          {"proofs/theorems/scenes_apart.cpp", apart_refinements()},
          {"proofs/theorems/scenes_sockets.cpp", socket_refinements()},
          {"proofs/theorems/scenes_time.cpp", time_refinements()},
          {"proofs/theorems/scenes_planes.cpp", plane_refinements()}};
}

}  // namespace weir::proofs

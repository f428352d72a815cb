// Jobs in processes of their own, as many at once as there are processors.
//
// Z3 keeps one lock for the memory of all contexts of a process, so threads would wait for each other; and what takes
// down a worker takes down one job, not the run. The caller must have no other threads.
#pragma once
#include <cstddef>
#include <functional>
#include <optional>
#include <string>

namespace weir::proofs {

/// Calls work(job) in a worker for each job below `jobs`, in their order, and done(job, answer) here as each ends. A
/// worker that dies gives its job no answer, and another worker takes its place.
/// \throws std::system_error where the kernel gives no process or no socket
void run_in_processes(std::size_t jobs, unsigned processes, const std::function<std::string(std::size_t)>& work,
                      const std::function<void(std::size_t, std::optional<std::string>)>& done);

}  // namespace weir::proofs

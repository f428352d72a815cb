// Which cores a measurement runs on, and whether it was disturbed there.
#pragma once
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>

#include <vector>

namespace weir::bench {

/// The cores this process may use, in order.
inline std::vector<int> usable_cores() {
  cpu_set_t set;
  CPU_ZERO(&set);
  std::vector<int> cores;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return cores;
  for (int core = 0; core < CPU_SETSIZE; ++core)
    if (CPU_ISSET(core, &set)) cores.push_back(core);
  return cores;
}

/// Binds the calling thread to `core`; where that is refused the scheduler goes on choosing.
inline void pin_to(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(core, &set);
  pthread_setaffinity_np(pthread_self(), sizeof set, &set);
}

/// Asks for real-time priority, so that other work does not take the core away in the middle of a measurement. Threads
/// started later inherit it. Where that is not allowed nothing changes.
inline void ask_for_real_time() {
  sched_param priority{};
  priority.sched_priority = 1;
  pthread_setschedparam(pthread_self(), SCHED_FIFO, &priority);
}

/// For loops that wait: leaves the core's units to others for a moment.
inline void pause() noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
  __builtin_ia32_pause();
#endif
}

/// How often the kernel took the core away from the calling thread. A measurement during which this rose tells how busy
/// the machine was, not how fast the code is.
inline long preemptions() {
  rusage usage{};
  getrusage(RUSAGE_THREAD, &usage);
  return usage.ru_nivcsw;
}

}  // namespace weir::bench

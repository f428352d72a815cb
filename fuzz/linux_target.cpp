#include "fuzz/linux_target.hpp"

#include <chrono>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "fuzz/question.hpp"
#include "oracle/targets/linux.hpp"

namespace weir::fuzz {
namespace {

using oracle::LinuxTarget;

/// Late cases are asked again: a busy machine must not hide a finding.
constexpr int attempts = 3;

/// An answer that differs must come as often again.
constexpr int times_asked_again = 4;

/// Fewer misses than the planes as they are: a miss costs a system call.
constexpr Weights linux_plane =
    weights(Weight<op::Netns>{1}, Weight<op::SysctlWrite>{14}, Weight<op::SysctlRead>{3}, Weight<op::Socket>{24},
            Weight<op::Bind>{16}, Weight<op::Setsockopt>{8}, Weight<op::Getsockopt>{4}, Weight<op::Listen>{20},
            Weight<op::Connect>{28}, Weight<op::Accept>{14}, Weight<op::Shutdown>{8}, Weight<op::Close>{6},
            Weight<op::TcpInfo>{8}, Weight<op::Segment>{24}, Weight<op::Netstat>{2});

std::chrono::nanoseconds time_of_thread() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

std::optional<Difference> compare(const Question& asked, const std::vector<Outcome>& answers, Effort& effort) {
  for (std::size_t i = 0; i < asked.ops.size(); ++i) {
    const bool in_probe = i >= asked.operations;
    ++(in_probe ? effort.probes : effort.operations);
    if (!(asked.expected[i] == answers[i]))
      return Difference{asked.places[i], in_probe, asked.ops[i], asked.expected[i], answers[i]};
  }
  return std::nullopt;
}

/// The kernel's answers; nullopt where the machine was too busy to tell.
std::optional<std::vector<Outcome>> ask(LinuxTarget& kernel, const Question& asked, LinuxEffort& effort) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    LinuxTarget::Run ran = kernel.run(asked.ops);
    if (ran.status == LinuxTarget::Status::failed) throw std::runtime_error("target linux: " + ran.error);
    if (ran.status == LinuxTarget::Status::answered) return std::move(ran.outcomes);
    ++effort.late;
  }
  return std::nullopt;
}

/// Whether the kernel gives the same answers each time it is asked, with pauses in which put off softirqs catch up.
bool insists(LinuxTarget& kernel, const Question& asked, const std::vector<Outcome>& answers, LinuxEffort& effort) {
  for (int time = 0; time < times_asked_again; ++time) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10 * time));
    const auto again = ask(kernel, asked, effort);
    if (!again || *again != answers) return false;
  }
  return true;
}

/// A difference counts if the kernel insists. If not, the operations do not determine the answers: the scheduler does,
/// where it puts off a softirq.
std::optional<Difference> run(LinuxTarget& kernel, const Input& input, Effort& effort, LinuxEffort& linux_effort) {
  const Question asked = question(input, LinuxTarget::supported);
  linux_effort.excluded += asked.excluded ? 1 : 0;
  const auto answers = ask(kernel, asked, linux_effort);
  if (!answers) return std::nullopt;
  linux_effort.covered |= asked.clauses;
  auto difference = compare(asked, *answers, effort);
  if (!difference) return std::nullopt;
  if (insists(kernel, asked, *answers, linux_effort)) return difference;
  ++linux_effort.unsteady;
  return std::nullopt;
}

}  // namespace

GeneratorOptions linux_cases() {
  return {.weights = linux_plane, .length = 32, .namespaces = 3, .allow = LinuxTarget::supported};
}

Target linux_target(LinuxEffort& effort) {
  auto kernel = std::make_shared<LinuxTarget>();
  return {"linux", [kernel, &effort, began = std::optional<std::chrono::nanoseconds>()](const Input& input,
                                                                                        Effort& compared) mutable {
            if (!began) began = time_of_thread() + kernel->driver_time();
            auto difference = run(*kernel, input, compared, effort);
            effort.busy = time_of_thread() + kernel->driver_time() - *began;
            return difference;
          }};
}

}  // namespace weir::fuzz

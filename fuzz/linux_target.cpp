#include "fuzz/linux_target.hpp"

#include <chrono>
#include <ctime>
#include <functional>
#include <memory>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include "fuzz/question.hpp"
#include "oracle/check/machine.hpp"

namespace weir::fuzz {
namespace {

using oracle::LinuxTarget;

/// Late cases are asked again: a busy machine must not hide a finding.
constexpr int attempts = 3;

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
    if (ran.status == LinuxTarget::Status::failed) throw std::runtime_error(ran.error);
    if (ran.status == LinuxTarget::Status::answered) return std::move(ran.outcomes);
    ++effort.late;
  }
  return std::nullopt;
}

/// How sure one has to be that a difference is one. Where the kernel gives other answers when it is asked again, or
/// those of the model, the operations do not determine them: the scheduler does, where it puts off a softirq.
struct Doubt {
  int repetitions;
  std::chrono::milliseconds pause;  ///< before the second; before each next one as much more, for what is put off
  bool jiffies_pass;                ///< a case seldom ends within the jiffy in which it has begun
};
constexpr Doubt here{4, std::chrono::milliseconds{10}, false};
/// Where a system call takes long.
constexpr Doubt in_a_guest{8, std::chrono::milliseconds{2}, true};

/// Whether the kernel gives the same answers each time it is asked.
bool insists(LinuxTarget& kernel, const Question& asked, const std::vector<Outcome>& answers, const Doubt& doubt,
             LinuxEffort& effort) {
  for (int i = 0; i < doubt.repetitions; ++i) {
    std::this_thread::sleep_for(doubt.pause * i);
    const auto again = ask(kernel, asked, effort);
    if (!again || *again != answers) return false;
  }
  return true;
}

/// The model answers for one of several listeners; the kernel may have picked another. Too many picks to tell count as
/// explained: nothing is known against the model.
bool another_pick_explains(const Input& input, const Question& asked, const std::vector<Outcome>& answers) {
  if (!asked.clauses.contains(Clause::LISTENER_PICKED)) return false;
  return oracle::allows({input.profile, input.options}, asked.ops, answers).value_or(true);
}

std::optional<Difference> run(LinuxTarget& kernel, const std::function<bool(const Op&)>& supported, const Doubt& doubt,
                              const Input& input, Effort& effort, LinuxEffort& linux_effort) {
  const Question asked = question(input, supported);
  linux_effort.excluded += asked.excluded ? 1 : 0;
  const auto answers = ask(kernel, asked, linux_effort);
  if (!answers) return std::nullopt;
  linux_effort.covered |= asked.clauses;
  auto difference = compare(asked, *answers, effort);
  if (difference && doubt.jiffies_pass && is_a_jiffy_later(*difference)) {
    ++linux_effort.late;
    return std::nullopt;
  }
  if (difference && another_pick_explains(input, asked, *answers)) return std::nullopt;
  if (!difference || insists(kernel, asked, *answers, doubt, linux_effort)) return difference;
  ++linux_effort.unsteady;
  return std::nullopt;
}

}  // namespace

GeneratorOptions linux_cases() {
  return {.weights = linux_plane, .length = 32, .namespaces = 3, .allow = LinuxTarget::supported};
}

Target linux_target(LinuxEffort& effort) {
  auto kernel = std::make_shared<LinuxTarget>();
  return {"linux", [kernel, &effort](const Input& input, Effort& compared) {
            const auto began = time_of_thread() + kernel->driver_time();
            auto difference = run(*kernel, LinuxTarget::supported, here, input, compared, effort);
            effort.busy += time_of_thread() + kernel->driver_time() - began;
            return difference;
          }};
}

GeneratorOptions guest_cases(const LinuxQuestions& guest) {
  return {.weights = linux_plane, .length = 16, .namespaces = 3, .allow = guest};
}

Target guest_target(const LinuxQuestions& guest, LinuxEffort& effort) {
  return {"guest", [guest, &effort](const Input& input, Effort& compared) {
            return run(guest.kernel(), guest, in_a_guest, input, compared, effort);
          }};
}

}  // namespace weir::fuzz

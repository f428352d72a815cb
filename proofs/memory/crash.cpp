#include "proofs/memory/crash.hpp"

#include <signal.h>

#include <array>
#include <mutex>

#include "proofs/memory/memory.hpp"

namespace weir::proofs::memory {
namespace {

constexpr std::array crashes{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
std::array<struct sigaction, crashes.size()> handled_before;

void crashed(int signal) {
  // Does not come back where the explored program runs.
  if (Memory* const memory = Memory::current()) memory->crashed(signal == SIGABRT ? "it aborts" : "it crashes");
  for (std::size_t i = 0; i < crashes.size(); ++i)
    if (crashes[i] == signal) sigaction(signal, &handled_before[i], nullptr);
}

void install() {
  struct sigaction action {};
  action.sa_handler = crashed;
  // The handler is left without a return, so that nobody would unblock the signal.
  action.sa_flags = SA_ONSTACK | SA_NODEFER;
  for (std::size_t i = 0; i < crashes.size(); ++i) sigaction(crashes[i], &action, &handled_before[i]);
}

void use_stack(std::byte* stack, std::size_t bytes) {
  stack_t alternate{};
  alternate.ss_sp = stack;
  alternate.ss_size = bytes;
  alternate.ss_flags = stack == nullptr ? SS_DISABLE : 0;
  sigaltstack(&alternate, nullptr);
}

}  // namespace

CatchCrashes::CatchCrashes() : stack_(std::make_unique_for_overwrite<std::byte[]>(stack_bytes)) {
  static std::once_flag installed;
  std::call_once(installed, install);
  use_stack(stack_.get(), stack_bytes);
}

CatchCrashes::~CatchCrashes() { use_stack(nullptr, 0); }

}  // namespace weir::proofs::memory

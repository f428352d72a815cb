#include "fuzz/stack_target.hpp"

#include <set>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "fuzz/kind.hpp"
#include "fuzz/question.hpp"

namespace weir::fuzz {
namespace {

using oracle::DriverTarget;

/// How often a stack must give the answer again before it counts.
constexpr int repetitions = 2;

constexpr Weights stack_plane =
    weights(Weight<op::Socket>{24}, Weight<op::Bind>{16}, Weight<op::Setsockopt>{6}, Weight<op::Getsockopt>{4},
            Weight<op::Listen>{20}, Weight<op::Connect>{28}, Weight<op::Accept>{14}, Weight<op::Shutdown>{6},
            Weight<op::Close>{6}, Weight<op::TcpInfo>{8}, Weight<op::SysctlRead>{2}, Weight<op::SysctlWrite>{2});

/// Cases are about backlogs: which of the many other addresses a stack takes for its own is another subject.
bool stays_at_home(const Op& operation) {
  return std::visit(
      [](const auto& each) {
        if constexpr (requires { each.addr; })
          return each.addr.kind != Address::Kind::v4 || each.addr == loopback;
        else
          return true;
      },
      operation);
}

class Stack {
 public:
  Stack(std::shared_ptr<DriverTarget> driver, oracle::Comparison comparison, StackEffort& effort)
      : driver_(std::move(driver)), comparison_(comparison), effort_(effort) {}

  /// What is known already is taken out of the case, so that it does not hide what comes after it.
  std::optional<Difference> run(const Input& input, Effort& compared) {
    Input rest = input;
    std::vector<std::size_t> taken_out;  // each a place in what was left then
    for (std::size_t tries = 0; tries < most_taken_out; ++tries) {
      auto difference = steady_difference(rest, compared);
      if (!difference) return std::nullopt;
      const std::size_t place = difference->index;
      for (auto each = taken_out.rbegin(); each != taken_out.rend(); ++each)
        if (*each <= difference->index) ++difference->index;
      if (difference->in_probe || !known_.contains(kind_of(*difference))) return difference;
      taken_out.push_back(place);
      rest.ops.erase(rest.ops.begin() + static_cast<std::ptrdiff_t>(place));
    }
    return std::nullopt;
  }

  void reported(const Difference& difference) { known_.insert(kind_of(difference)); }
  void forget() { known_.clear(); }

 private:
  static constexpr std::size_t most_taken_out = 8;

  /// The first difference, if the stack gives the same answer each time.
  std::optional<Difference> steady_difference(const Input& input, Effort& compared) {
    const Question asked = question(input, [this](const Op& each) { return driver_->supported(each); });
    effort_.covered |= asked.clauses;
    auto difference = ask(input, asked, compared);
    if (!difference || known_.contains(kind_of(*difference))) return difference;
    Effort repeating;  // not part of the campaign's figures
    for (int i = 0; i < repetitions; ++i) {
      const auto again = ask(input, asked, repeating);
      if (again && again->index == difference->index && again->observed == difference->observed) continue;
      ++effort_.unsteady;
      return std::nullopt;
    }
    return difference;
  }

  std::optional<Difference> ask(const Input& input, const Question& asked, Effort& compared) {
    const DriverTarget::Run ran = driver_->run({input.profile, input.options}, asked.ops);
    if (ran.status == DriverTarget::Status::failed)
      throw std::runtime_error(driver_->hello().name + "'s driver: " + ran.error);
    for (std::size_t i = 0; i < asked.ops.size(); ++i) {
      const bool in_probe = i >= asked.operations;
      ++(in_probe ? compared.probes : compared.operations);
      const Outcome observed = i < ran.outcomes.size() ? ran.outcomes[i] : Outcome(outcome::Oops{});
      if (oracle::same(comparison_, asked.expected[i], observed)) continue;
      Difference difference{asked.places[i],   in_probe, asked.ops[i],
                            asked.expected[i], observed, only_looks(asked.ops[i]) ? 0 : asked.paths[i]};
      if (!only_looks(difference.operation) || !known_.contains(kind_of(difference))) return difference;
    }
    return std::nullopt;
  }

  std::shared_ptr<DriverTarget> driver_;
  oracle::Comparison comparison_;
  StackEffort& effort_;
  std::set<std::string> known_;
};

}  // namespace

GeneratorOptions stack_cases(const std::shared_ptr<DriverTarget>& driver) {
  return {.weights = stack_plane, .length = 16, .namespaces = 1, .allow = [driver](const Op& each) {
            return driver->supported(each) && stays_at_home(each);
          }};
}

Target stack_target(std::shared_ptr<DriverTarget> driver, oracle::Comparison comparison, StackEffort& effort) {
  auto stack = std::make_shared<Stack>(std::move(driver), comparison, effort);
  return {"stack", [stack](const Input& input, Effort& compared) { return stack->run(input, compared); },
          [stack](const Difference& difference) { stack->reported(difference); }, [stack] { stack->forget(); }};
}

}  // namespace weir::fuzz

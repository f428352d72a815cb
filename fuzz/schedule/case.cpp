#include "fuzz/schedule/case.hpp"

#include <algorithm>
#include <utility>

namespace weir::fuzz {
namespace {

constexpr std::size_t longest_plan = 256;
constexpr std::uint8_t places = ScheduleCase::before + 1;

/// Turns are short, as a rule: a race needs that two threads meet within a few accesses.
std::uint8_t draw_turn(Rng& rng) {
  const std::uint32_t length = rng.chance(1, 4) ? rng.below(Scheduler::longest_turn) : rng.below(12);
  return static_cast<std::uint8_t>(length + Scheduler::longest_turn * rng.below(3));
}

void change_plan(Rng& rng, std::vector<std::uint8_t>& plan) {
  const auto at = static_cast<std::ptrdiff_t>(rng.below(plan.size() + 1));
  const auto kind = rng.below(4);
  if (at == std::ssize(plan) || (kind == 0 && plan.size() < longest_plan))
    plan.insert(plan.begin() + at, draw_turn(rng));
  else if (kind == 1)
    plan.erase(plan.begin() + at);
  else
    plan[static_cast<std::size_t>(at)] = draw_turn(rng);
}

}  // namespace

/// What comes before the threads is what a case begins with: sockets, limits.
void ScheduleMutator::draw(Rng& rng, ScheduleCase& into) {
  into.input.profile = rng.pick(releases::all);
  generator_.fill(rng, into.input.ops);
  const auto threads = 2 + rng.below(Scheduler::max_threads - 1);
  const std::size_t alone = rng.below(into.input.ops.size() / 2 + 1);
  into.thread.assign(into.input.ops.size(), ScheduleCase::before);
  for (std::size_t i = alone; i < into.thread.size(); ++i)
    into.thread[i] = static_cast<std::uint8_t>(rng.below(threads));
  into.plan.resize(rng.below(48));
  for (auto& each : into.plan) each = draw_turn(rng);
}

void ScheduleMutator::mutate(Rng& rng, ScheduleCase& each) {
  for (auto changes = 1 + rng.below(4); changes > 0; --changes) {
    const auto kind = rng.below(8);
    if (kind == 0 && !each.thread.empty())
      each.thread[rng.below(each.thread.size())] = static_cast<std::uint8_t>(rng.below(places));
    else if (kind == 1)
      mutator_.mutate(rng, each.input.ops);
    else
      change_plan(rng, each.plan);
  }
  // An operation that has come in between makes the later ones those of other threads, which is as good.
  const std::size_t had = each.thread.size();
  each.thread.resize(each.input.ops.size());
  for (std::size_t i = had; i < each.thread.size(); ++i)
    each.thread[i] = static_cast<std::uint8_t>(rng.below(Scheduler::max_threads));
}

void ScheduleMutator::cross(Rng& rng, ScheduleCase& each, const ScheduleCase& other) {
  if (rng.chance(1, 2)) {
    each.plan = other.plan;
    return;
  }
  const std::size_t keep = rng.below(each.plan.size() + 1);
  each.plan.resize(keep);
  for (std::size_t i = keep; i < other.plan.size(); ++i) each.plan.push_back(other.plan[i]);
}

void decode(const Menu& menu, std::span<const std::uint8_t> bytes, ScheduleCase& into) {
  detail::Reader in(bytes);
  into.input.profile = releases::all[in.byte() % releases::all.size()];
  into.input.options = {};
  const std::size_t count = in.byte() % (max_ops + 1);
  into.input.ops.resize(count);
  into.thread.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    into.thread[i] = in.byte() % places;
    detail::get_op_of[menu.op_of(in.byte())](in, into.input.ops[i]);
  }
  into.plan.clear();
  while (!in.empty() && into.plan.size() < longest_plan) into.plan.push_back(in.byte());
}

std::vector<std::uint8_t> encode(const Menu& menu, const ScheduleCase& each) {
  detail::Writer out;
  const auto profile = std::find(releases::all.begin(), releases::all.end(), each.input.profile);
  out.push_back(static_cast<std::uint8_t>(profile - releases::all.begin()));
  out.push_back(0);
  for (std::size_t i = 0; i < each.input.ops.size() && out[1] < max_ops; ++i) {
    const Op& operation = each.input.ops[i];
    if (!menu.has(operation.index())) continue;
    ++out[1];
    out.push_back(each.thread[i]);
    out.push_back(menu.byte_of(operation.index()));
    std::visit(
        [&]<class T>([[maybe_unused]] const T& one) {
          for_each_field<T>([&](const auto& field) { detail::put(out, one.*field.member); });
        },
        operation);
  }
  out.insert(out.end(), each.plan.begin(), each.plan.end());
  return out;
}

}  // namespace weir::fuzz

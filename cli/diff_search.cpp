#include <fmt/format.h>

#include <chrono>

#include "cli/diff.hpp"

namespace weir::cli {
namespace {

constexpr proofs::diff::Plane plane_of(oracle::Plane plane) {
  switch (plane) {
    case oracle::Plane::sysctl:
      return proofs::diff::Plane::sysctl;
    case oracle::Plane::listen:
      return proofs::diff::Plane::listen;
    case oracle::Plane::softnet:
      break;
  }
  return proofs::diff::Plane::softnet;
}

/// "fd 3 keeps 0, fd 4 keeps 1": sk_max_ack_backlog of the sockets.
std::string kept_by(oracle::Host& host, std::size_t operations) {
  std::string text;
  for (std::int32_t fd = 3; fd < 3 + static_cast<std::int32_t>(operations); ++fd)
    if (const auto backlog = host.stored_backlog(Fd{fd}))
      text += fmt::format("{}fd {} keeps {}", text.empty() ? "" : ", ", fd, *backlog);
  return text;
}

void replay(const Profile& from, const Profile& to, Shown& shown) {
  oracle::Host hosts[] = {oracle::Host(from), oracle::Host(to)};
  ClauseSet passed[2];
  const bool state = shown.witness.kind == proofs::diff::Kind::state;
  for (const Op& operation : shown.witness.ops) {
    Replayed step{operation, {oracle::step(hosts[0], operation), {}}, {oracle::step(hosts[1], operation), {}}};
    if (state && &operation == &shown.witness.ops.back()) {
      step.from.kept = kept_by(hosts[0], shown.witness.ops.size());
      step.to.kept = kept_by(hosts[1], shown.witness.ops.size());
    }
    passed[0] |= step.from.answer.clauses;
    passed[1] |= step.to.answer.clauses;
    shown.steps.push_back(std::move(step));
  }
  for (const auto& each : clauses) {
    if (passed[0].contains(each.clause) && !passed[1].contains(each.clause)) shown.only_from.push_back(each.clause);
    if (passed[1].contains(each.clause) && !passed[0].contains(each.clause)) shown.only_to.push_back(each.clause);
  }
}

constexpr std::size_t longest_looked_at = 64, most_named = 16;

/// Which other bytes would do in a short text: one of several terminators stands for all.
void note_other_bytes(const proofs::diff::Kernels& kernels, Shown& shown) {
  for (std::size_t at = 0; at < shown.witness.ops.size(); ++at) {
    const auto* const write = std::get_if<op::SysctlWrite>(&shown.witness.ops[at]);
    if (write == nullptr || write->data.size() > longest_looked_at) continue;
    for (std::size_t byte = 0; byte < write->data.size(); ++byte) {
      const auto others = proofs::diff::as_good_bytes(kernels, shown.witness, at, byte);
      if (others.empty() || others.size() > most_named || (write->data[byte] >= '0' && write->data[byte] <= '9'))
        continue;
      std::string text = fmt::format("byte {} of the text may as well be", byte + 1);
      for (const unsigned char each : others) text += fmt::format(" 0x{:02x}", each);
      shown.also.push_back(std::move(text));
    }
  }
}

Shown& shown_with(Difference& found, const proofs::diff::Witness& witness) {
  for (Shown& each : found.shown)
    if (each.witness.ops == witness.ops && each.witness.kind == witness.kind) return each;
  Shown& added = found.shown.emplace_back();
  added.witness = witness;
  replay(*found.from, *found.to, added);
  return added;
}

}  // namespace

Difference difference(const Profile& from, const Profile& to, const proofs::diff::Options& options,
                      const std::function<void(std::size_t done, std::size_t all)>& progress) {
  const auto start = std::chrono::steady_clock::now();
  const auto changes = oracle::changes_between(from, to);
  std::vector<proofs::diff::Change> wanted;
  for (const auto& each : changes) wanted.push_back({each.name, plane_of(each.plane), each.sysctl, each.take});
  std::size_t done = 0;
  const auto findings = proofs::diff::search(from, to, wanted, options, [&](const proofs::diff::Finding&) {
    if (progress) progress(++done, changes.size());
  });
  Difference found{&from, &to, {}, {}, 0, 0};
  for (const auto& each : findings) {
    found.refused += each.refused;
    if (each.witness) {
      Shown& shown = shown_with(found, *each.witness);
      shown.changes.push_back(changes[each.change]);
      if (shown.changes.size() == 1) note_other_bytes(proofs::diff::Kernels(from, to, wanted[each.change]), shown);
    } else {
      found.not_shown.push_back({changes[each.change], each.exhausted});
    }
  }
  found.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return found;
}

}  // namespace weir::cli

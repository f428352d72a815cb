#include <array>

#include "model/host.hpp"
#include "proofs/diff/reduce.hpp"

namespace weir::proofs::diff {
namespace {

using Host = model::Host<Concrete>;
using Kept = std::vector<std::optional<std::uint32_t>>;

Kept kept(Host& host, std::int32_t sockets) {
  Kept all;
  for (std::int32_t fd = 3; fd < 3 + sockets; ++fd) all.push_back(host.stored_backlog(Fd{fd}));
  return all;
}

using Four = std::array<Outcome, 4>;

/// Whether the two kernels answer differently because of the change: in some part of the answer in which they differ,
/// the one kernel with the change alone answers as the other. The search asks the solver the same question
/// (differ_by_the_change of host.hpp); what it says is believed only if these outcomes of the oracle's hosts say so
/// too.
bool differ_by_the_change(const Four& answers) {
  const Outcome &from = answers[0], &to = answers[1], &from_changed = answers[2], &to_unchanged = answers[3];
  if (from.index() != to.index()) return from_changed == to || to_unchanged == from;
  return std::visit(
      [&]<class T>(const T& before) {
        const T& after = std::get<T>(to);
        const T* const changed = std::get_if<T>(&from_changed);
        const T* const unchanged = std::get_if<T>(&to_unchanged);
        bool any = false;
        for_each_field<T>([&](const auto& field) {
          const auto part = [&](const T& of) -> const auto& { return of.*field.member; };
          if (part(before) == part(after)) return;
          any = any || (changed != nullptr && part(*changed) == part(after)) ||
                (unchanged != nullptr && part(*unchanged) == part(before));
        });
        return any;
      },
      from);
}

bool differ_by_the_change(const std::array<Kept, 4>& kept) {
  for (std::size_t i = 0; i < kept[0].size(); ++i)
    if (kept[0][i] != kept[1][i] && (kept[2][i] == kept[1][i] || kept[3][i] == kept[0][i])) return true;
  return false;
}

}  // namespace

Kernels::Kernels(const Profile& older, const Profile& newer, const Change& change)
    : from(older), to(newer), from_changed(older), to_unchanged(newer) {
  change.take(from_changed, newer);
  change.take(to_unchanged, older);
}

namespace {

/// The four kernels, running side by side.
class Quartet {
 public:
  explicit Quartet(const Kernels& kernels)
      : hosts_{Host(kernels.from), Host(kernels.to), Host(kernels.from_changed), Host(kernels.to_unchanged)} {}

  void step(const Op& operation) {
    agreed_ = agreed_ && parted() == false;
    read(operation);
    sockets_ += std::holds_alternative<op::Socket>(operation) || std::holds_alternative<op::Accept>(operation) ? 1 : 0;
  }
  /// An operation that changes nothing, so that it may be forgotten again.
  void read(const Op& operation) {
    for (std::size_t i = 0; i < hosts_.size(); ++i) answers_[i] = hosts_[i].step(operation);
  }
  bool parted() const { return answers_[0] != answers_[1]; }
  bool agreed_before() const { return agreed_; }

  /// What the last operation makes of those before it.
  std::optional<Kind> kind_of_answer(bool agreed) const {
    if (!parted() || !differ_by_the_change(answers_)) return std::nullopt;
    return agreed ? Kind::answer : Kind::last_of_many;
  }
  std::optional<Kind> kind_of_state() {
    if (!agreed_ || parted()) return std::nullopt;
    std::array<Kept, 4> state;
    for (std::size_t i = 0; i < hosts_.size(); ++i) state[i] = kept(hosts_[i], sockets_);
    if (!differ_by_the_change(state)) return std::nullopt;
    return Kind::state;
  }

 private:
  std::array<Host, 4> hosts_;
  Four answers_;
  bool agreed_ = true;  ///< before the last step
  std::int32_t sockets_ = 0;
};

}  // namespace

std::optional<Kind> kind_of(const Kernels& kernels, const std::vector<Op>& ops) {
  Quartet quartet(kernels);
  for (const Op& each : ops) quartet.step(each);
  const auto kind = quartet.kind_of_answer(quartet.agreed_before());
  return kind ? kind : quartet.kind_of_state();
}

void witnesses_in(const Kernels& kernels, const std::vector<Op>& ops, const std::vector<Op>& readings,
                  const std::function<void(const Witness&)>& found) {
  Quartet quartet(kernels);
  for (const Op& each : ops) quartet.step(each);
  if (const auto kind = quartet.kind_of_answer(quartet.agreed_before())) found({*kind, ops});
  if (const auto kind = quartet.kind_of_state()) found({*kind, ops});
  const bool agreed = quartet.agreed_before() && !quartet.parted();
  for (const Op& reading : readings) {
    quartet.read(reading);
    const auto kind = quartet.kind_of_answer(agreed);
    if (!kind) continue;
    Witness witness{*kind, ops};
    witness.ops.push_back(reading);
    found(witness);
  }
}

bool replays(const Kernels& kernels, const Witness& witness) { return kind_of(kernels, witness.ops) == witness.kind; }

std::vector<unsigned char> as_good_bytes(const Kernels& kernels, const Witness& witness, std::size_t at,
                                         std::size_t byte) {
  std::vector<unsigned char> found;
  Witness other = witness;
  std::string& text = std::get<op::SysctlWrite>(other.ops[at]).data;
  for (unsigned each = 0; each < 256; ++each) {
    if (each == static_cast<unsigned char>(std::get<op::SysctlWrite>(witness.ops[at]).data[byte])) continue;
    if (each >= '0' && each <= '9') continue;
    text[byte] = static_cast<char>(each);
    if (replays(kernels, other)) found.push_back(static_cast<unsigned char>(each));
  }
  return found;
}

}  // namespace weir::proofs::diff

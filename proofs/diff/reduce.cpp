#include "proofs/diff/reduce.hpp"

#include <algorithm>
#include <utility>

#include "model/op_fd.hpp"

namespace weir::proofs::diff {
namespace {

class Reducer {
 public:
  Reducer(const Kernels& kernels, Witness witness) : kernels_(kernels), best_(std::move(witness)) {}

  Witness run() {
    for (bool helped = true; helped;) {
      helped = leave_out_operations();
      helped = leave_out_sockets() || helped;
      for (std::size_t at = 0; at < best_.ops.size(); ++at)
        helped = std::visit([&](const auto& each) { return simplify(at, each); }, Op(best_.ops[at])) || helped;
    }
    return best_;
  }

 private:
  /// A witness whose answers agree up to the last is the best kind.
  bool accept(std::vector<Op> ops) {
    const auto kind = kind_of(kernels_, ops);
    if (!kind || *kind > best_.kind) return false;
    best_ = {*kind, std::move(ops)};
    return true;
  }

  bool leave_out_operations() {
    bool helped = false;
    for (std::size_t at = best_.ops.size(); at-- > 0;) {
      auto ops = best_.ops;
      ops.erase(ops.begin() + static_cast<std::ptrdiff_t>(at));
      helped = accept(std::move(ops)) || helped;
    }
    return helped;
  }

  /// A socket with all that is done to it; those made later move down by one.
  bool leave_out_sockets() {
    bool helped = false;
    for (std::int32_t gone = 3; gone < 3 + static_cast<std::int32_t>(best_.ops.size()); ++gone) {
      std::vector<Op> ops;
      std::int32_t made = 2;
      for (Op each : best_.ops) {
        if (std::holds_alternative<op::Socket>(each) && ++made == gone) continue;
        if (Fd* const fd = fd_of(each); fd != nullptr) {
          if (fd->label == gone) continue;
          fd->label -= fd->label > gone ? 1 : 0;
        }
        ops.push_back(std::move(each));
      }
      if (ops.size() < best_.ops.size()) helped = accept(std::move(ops)) || helped;
    }
    return helped;
  }

  template <class Operation, class T>
  bool try_value(std::size_t at, T Operation::*member, T value) {
    if (std::get<Operation>(best_.ops[at]).*member == value) return false;
    auto ops = best_.ops;
    std::get<Operation>(ops[at]).*member = std::move(value);
    return accept(std::move(ops));
  }

  /// Numbers that are not negative, towards 0 by halves and by ones.
  template <class Operation, class T>
  bool lower(std::size_t at, T Operation::*member) {
    bool helped = false;
    for (bool again = true; again;) {
      const T value = std::get<Operation>(best_.ops[at]).*member;
      again = value > 0 && (try_value(at, member, T(0)) || try_value(at, member, static_cast<T>(value / 2)) ||
                            try_value(at, member, static_cast<T>(value - 1)));
      helped = helped || again;
    }
    return helped;
  }

  bool simplify(std::size_t at, const op::Listen&) { return lower(at, &op::Listen::backlog); }
  bool simplify(std::size_t at, const op::ProcessBacklog& op) {
    bool helped = lower(at, &op::ProcessBacklog::quota);
    if (op.tick_after) helped = try_value(at, &op::ProcessBacklog::tick_after, TickAfter{}) || helped;
    return helped;
  }
  bool simplify(std::size_t at, const op::NetRxAction& op) {
    return op.tick_after && try_value(at, &op::NetRxAction::tick_after, TickAfter{});
  }
  bool simplify(std::size_t at, const op::SysctlRead& op) {
    const op::SysctlRead whole{op.ns, op.sysctl};
    return try_value(at, &op::SysctlRead::len, whole.len);
  }
  bool simplify(std::size_t at, const op::SysctlWrite&) {
    bool helped = shorten(at);
    helped = try_value(at, &op::SysctlWrite::pos, std::int64_t{0}) || helped;
    const bool empty = std::get<op::SysctlWrite>(best_.ops[at]).data.empty();  // smaller than any number
    return (!empty && try_value(at, &op::SysctlWrite::data, std::string("0"))) || helped;
  }
  template <class Other>
  bool simplify(std::size_t, const Other&) {
    return false;
  }

  bool shorten(std::size_t at) {
    bool helped = false;
    const auto text = [&]() -> const std::string& { return std::get<op::SysctlWrite>(best_.ops[at]).data; };
    for (std::size_t chunk = text().size(); chunk > 0; chunk /= 2)
      for (std::size_t from = 0; from + chunk <= text().size();) {
        const bool shorter = try_value(at, &op::SysctlWrite::data, std::string(text()).erase(from, chunk));
        if (!shorter) from += chunk;
        helped = helped || shorter;
      }
    return helped;
  }

  const Kernels& kernels_;
  Witness best_;
};

}  // namespace

Witness reduce(const Kernels& kernels, Witness witness) { return Reducer(kernels, std::move(witness)).run(); }

}  // namespace weir::proofs::diff

// A case of a whole kind of its own: one flow floods a CPU that has a flow limit. The limit looks back on 128 packets,
// so what it decides takes more of them than a case has operations, and all while the queue is half full.
//
//   draw_flood(rng, ops);   // a whole case, of up to max_flood operations
//
// Deterministic for a seed. No errors.
#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "fuzz/pools.hpp"
#include "fuzz/rng.hpp"
#include "fuzz/sysctl_text.hpp"
#include "model/op.hpp"
#include "model/softnet/flow_limit.hpp"

namespace weir::fuzz {

/// The longest flood: two histories of packets, each of which a queue of length 1 lets in half of the time.
inline constexpr std::size_t max_flood = 4 * std::size_t{model::flow_limit_history};

/// What a flood believes about the queue that it fills. A belief, not a rule: where it is wrong, a packet merely goes
/// uncounted.
class Flood {
 public:
  Flood(Rng& rng, std::vector<Op>& ops) : rng_(rng), ops_(ops) {}

  void draw() {
    ops_.clear();
    draw_settings();
    here_ = rng_.pick(pool<Cpu>);
    if (rng_.chance(1, 4)) to_ = rng_.pick(pool<Cpu>);
    for (auto runs = 1 + rng_.below(3); runs > 0; --runs) draw_run(rng_.pick(pool<FlowHash>), draw_length());
    ops_.emplace_back(op::SoftnetStat{here_});
  }

 private:
  void write(Sysctl knob, std::string text) { ops_.emplace_back(op::SysctlWrite{{}, knob, std::move(text)}); }

  /// The table is made when the mask is written, so its length comes first.
  void draw_settings() {
    static constexpr auto limits = std::to_array<std::uint32_t>({0, 1, 1, 2, 3, 5, 8, 9, 16, 33, 64, 127, 128});
    if (rng_.chance(1, 2)) {
      std::string length;
      draw_table_len_text(rng_, length);
      write(Sysctl::flow_limit_table_len, std::move(length));
    }
    write(Sysctl::flow_limit_cpu_bitmap, "3");
    limit_ = rng_.pick(limits);
    write(Sysctl::netdev_max_backlog, std::to_string(limit_));
  }

  /// Packets that are to be counted: on either side of the share that a flow may have and of what is remembered, or
  /// fewer.
  std::uint32_t draw_length() {
    const auto edge = model::flow_limit_history / (1 + rng_.below(2)) + rng_.below(3) - 1;
    return rng_.chance(3, 4) ? edge : 1 + rng_.below(edge);
  }

  /// Mostly packets of one flow, while a poll makes room as soon as there is none.
  void draw_run(FlowHash flow, std::uint32_t counted) {
    const bool alone = rng_.chance(1, 2);
    while (counted > 0 && ops_.size() < max_flood - 1) {
      if (queued_ > limit_) {
        draw_poll();
        continue;
      }
      counted -= queued_++ >= limit_ / 2 ? 1 : 0;
      const bool another = !alone && rng_.chance(1, 16);
      ops_.emplace_back(op::NetifRx{here_, {next_skb_++}, to_, another ? rng_.pick(pool<FlowHash>) : flow});
    }
  }

  /// Of a full queue, or of just enough to leave half of it.
  void draw_poll() {
    const std::uint32_t quota = rng_.chance(1, 2) ? queued_ : queued_ - limit_ / 2 + rng_.below(3) - 1;
    ops_.emplace_back(op::ProcessBacklog{to_.value_or(here_), static_cast<std::int32_t>(quota), {}});
    queued_ -= std::min(queued_, quota);
  }

  Rng& rng_;
  std::vector<Op>& ops_;
  Cpu here_;
  Steered to_;
  std::uint32_t limit_ = 0;
  std::uint32_t queued_ = 0;
  std::uint32_t next_skb_ = 0;
};

inline void draw_flood(Rng& rng, std::vector<Op>& ops) { Flood(rng, ops).draw(); }

}  // namespace weir::fuzz

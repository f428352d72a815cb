// A processor's row of /proc/net/softnet_stat. Source: net/core/net-procfs.c (softnet_seq_show).
#pragma once
#include <optional>

#include "model/softnet/softnet_data.hpp"

namespace weir::model {

/// The columns; absent where the release's file does not have them.
template <Domain D>
struct SoftnetRow {
  U32<D> processed, dropped, time_squeeze;
  std::optional<U32<D>> cpu_collision, received_rps, flow_limit, backlog_len, cpu_id, input_qlen, process_qlen;
  std::optional<U32<D>> input_queue_head, input_queue_tail;  ///< no columns: what RPS tells flows apart by
};

/// \param flow_limit  packets that the CPU's flow limit has dropped
template <Domain D>
SoftnetRow<D> softnet_row(const Profile& kernel, const SoftnetData<D>& sd, U32<D> flow_limit, std::uint32_t cpu) {
  D::clause(Clause::SOFTNET_STAT_ROW);
  SoftnetRow<D> row{sd.processed, sd.dropped, sd.time_squeeze, {}, {}, {}, {}, {}, {}, {}, {}, {}};
  const std::uint32_t columns = kernel.softnet_columns;
  if (kernel.counts_cpu_collision) row.cpu_collision = U32<D>(0);  // nothing is sent in this model
  if (columns >= 10) row.received_rps = sd.received_rps;
  if (columns >= 11) row.flow_limit = flow_limit;
  if (columns >= 13) {
    row.backlog_len = sd.input_pkt_queue.qlen() + sd.process_queue.qlen();
    row.cpu_id = U32<D>(cpu);
  }
  if (columns >= 15) {
    row.input_qlen = sd.input_pkt_queue.qlen();
    row.process_qlen = sd.process_queue.qlen();
  }
  if (kernel.has_rps) {
    row.input_queue_head = sd.input_queue_head;
    row.input_queue_tail = sd.input_queue_tail;
  }
  return row;
}

}  // namespace weir::model

// What each sysctl was in which releases: handler, scope, range and initial value, a row for each change. Written down
// apart from the history of profiles, which it checks.
#include <gtest/gtest.h>

#include <vector>

#include "model/profile.hpp"

namespace weir {
namespace {

using enum Handler;
using enum Scope;

constexpr std::int32_t lowest = std::numeric_limits<std::int32_t>::min();
constexpr std::int32_t highest = std::numeric_limits<std::int32_t>::max();

struct Row {
  std::string_view since;
  SysctlSpec spec;
};

Row row(std::string_view since, Sysctl id, Handler handler, Scope scope, std::int32_t minimum, std::int32_t maximum,
        std::int32_t initial) {
  return {since,
          {.id = id, .handler = handler, .scope = scope, .minimum = minimum, .maximum = maximum, .initial = initial}};
}

std::vector<Row> core_rows() {
  using enum Sysctl;
  return {
      row("2.6.32", somaxconn, dointvec, per_netns, lowest, highest, 128),
      row("3.11", somaxconn, dointvec_minmax, per_netns, 0, 65535, 128),
      row("4.1", somaxconn, dointvec_minmax, per_netns, 0, highest, 128),
      row("5.4", somaxconn, dointvec_minmax, per_netns, 0, highest, 4096),
      row("2.6.32", netdev_max_backlog, dointvec, global, lowest, highest, 1000),
      row("2.6.32", Sysctl::dev_weight, dointvec, global, lowest, highest, 64),
      row("4.11", Sysctl::dev_weight, Handler::dev_weight, global, lowest, highest, 64),
      row("6.14", Sysctl::dev_weight, Handler::dev_weight, global, 1, highest, 64),
      row("4.11", dev_weight_rx_bias, Handler::dev_weight, global, lowest, highest, 1),
      row("6.14", dev_weight_rx_bias, Handler::dev_weight, global, 1, highest, 1),
      row("4.11", dev_weight_tx_bias, Handler::dev_weight, global, lowest, highest, 1),
      row("6.14", dev_weight_tx_bias, Handler::dev_weight, global, 1, highest, 1),
      row("2.6.32", netdev_budget, dointvec, global, lowest, highest, 300),
      row("4.12", netdev_budget_usecs, dointvec_minmax, global, 0, highest, 2000),
      row("5.7", netdev_budget_usecs, dointvec_minmax, global, 0, highest, 8000),
      row("6.14", netdev_budget_usecs, dointvec_minmax, global, 8000, highest, 8000),
      row("3.16", sysctl_writes_strict, dointvec_minmax, global, -1, 1, 0),
      row("4.5", sysctl_writes_strict, dointvec_minmax, global, -1, 1, 1),
      row("3.11", flow_limit_cpu_bitmap, cpumask, global, lowest, highest, 0),
      row("3.11", flow_limit_table_len, power_of_two, global, lowest, highest, 4096),
  };
}

std::vector<Row> tcp_rows() {
  using enum Sysctl;
  return {
      row("2.6.32", tcp_max_syn_backlog, dointvec, global, lowest, highest, 1024),
      row("4.11", tcp_max_syn_backlog, dointvec, per_netns, lowest, highest, 1024),
      row("5.4", tcp_max_syn_backlog, dointvec, per_netns, lowest, highest, 2048),
      row("2.6.32", tcp_syncookies, dointvec, global, lowest, highest, 0),
      row("2.6.33", tcp_syncookies, dointvec, global, lowest, highest, 1),
      row("4.6", tcp_syncookies, dointvec, per_netns, lowest, highest, 1),
      row("5.13", tcp_syncookies, dou8vec_minmax, per_netns, 0, 255, 1),
      row("2.6.32", tcp_abort_on_overflow, dointvec, global, lowest, highest, 0),
      row("4.15", tcp_abort_on_overflow, dointvec, per_netns, lowest, highest, 0),
      row("5.13", tcp_abort_on_overflow, dou8vec_minmax, per_netns, 0, 255, 0),
      row("2.6.32", tcp_synack_retries, dointvec, global, lowest, highest, 5),
      row("4.6", tcp_synack_retries, dointvec, per_netns, lowest, highest, 5),
      row("5.13", tcp_synack_retries, dou8vec_minmax, per_netns, 0, 255, 5),
      row("3.7", tcp_fastopen, dointvec, global, lowest, highest, 0),
      row("3.13", tcp_fastopen, dointvec, global, lowest, highest, 1),
      row("4.15", tcp_fastopen, dointvec, per_netns, lowest, highest, 1),
      row("6.1", tcp_child_ehash_entries, douintvec_minmax, per_netns, 0, 16777216, 0),
  };
}

/// The one vector: least, first and most bytes of a send buffer.
std::vector<Row> vector_rows() {
  using enum Sysctl;
  std::vector<Row> rows{
      row("2.6.32", tcp_wmem, dointvec, global, lowest, highest, 4096),
      row("3.10", tcp_wmem, dointvec_minmax, global, 1, highest, 4096),
      row("4.15", tcp_wmem, dointvec_minmax, per_netns, 1, highest, 4096),
  };
  for (Row& each : rows) {
    each.spec.elements = 3;
    each.spec.more_initial = {16384, 4194304};
    each.spec.from_first = each.spec.scope == per_netns;
  }
  return rows;
}

/// What the rows say of a sysctl in a release; nullptr where it does not exist.
const SysctlSpec* told(const std::vector<Row>& rows, Sysctl id, const Profile& kernel) {
  const SysctlSpec* spec = nullptr;
  for (const Row& each : rows)
    if (each.spec.id == id && releases::version_from(each.since) <= releases::version_from(kernel.release))
      spec = &each.spec;
  return spec;
}

void expect_history(const std::vector<Row>& rows, Sysctl id) {
  for (const Profile* kernel : releases::all) {
    const SysctlSpec *const expected = told(rows, id, *kernel), *const is = spec_of(*kernel, id);
    ASSERT_EQ(expected == nullptr, is == nullptr) << name_of_enum(id) << " in " << kernel->name;
    EXPECT_TRUE(expected == nullptr || *expected == *is) << name_of_enum(id) << " in " << kernel->name;
  }
}

TEST(SysctlEras, HandlerScopeRangeAndInitialValue) {
  auto rows = core_rows();
  for (const Row& each : tcp_rows()) rows.push_back(each);
  for (const Row& each : vector_rows()) rows.push_back(each);
  for (const auto& each : names<Sysctl>) expect_history(rows, each.value);
}

}  // namespace
}  // namespace weir

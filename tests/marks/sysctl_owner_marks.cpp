// A mark for each clause of owners and credentials, of namespaces that do not begin with the initial values, and of the
// handlers that only one sysctl has: CPU masks, powers of two, unsigned ints.
#include "tests/marks/marks.hpp"

namespace weir::marks {
namespace {

using enum Sysctl;

/// Writes the mask. \return what it then reads as, or the error of the write
std::string mask(Script& host, const std::string& text) {
  const std::string wrote = host.write(flow_limit_cpu_bitmap, text);
  return wrote == std::to_string(text.size()) ? host.read(flow_limit_cpu_bitmap) : wrote;
}

COVERS(NETNS_NO_USERNS, "linux-3.7") {
  EXPECT_EQ(host.netns(Owner::user), "EINVAL");
  EXPECT_EQ(host.netns(), "1") << "the failure made none";
}
COVERS(NETNS_INHERITS, linux_6_18) {
  host.write(tcp_wmem, "11 12 13");
  host.netns();
  EXPECT_EQ(host.read(tcp_wmem, 1), "11\t12\t13\n");
}
COVERS(NETNS_OWN_HASH, linux_6_18) {
  host.write(tcp_child_ehash_entries, "100000");
  host.netns();
  EXPECT_EQ(host.read(tcp_max_syn_backlog, 1), "1024\n");
}

COVERS(SYSCTL_USERNS_HIDDEN, "linux-6.2") {
  host.netns(Owner::user);
  EXPECT_EQ(host.read(somaxconn, 1), "ENOENT");
}
COVERS(SYSCTL_NET_ADMIN, linux_6_18) {
  EXPECT_EQ(host.write(somaxconn, "7", 0, 0, Cred::net_admin), "1");
  EXPECT_EQ(host.read(somaxconn), "7\n");
}
COVERS(SYSCTL_NET_ADMIN_IGNORED, "linux-3.2") {
  EXPECT_EQ(host.write(netdev_max_backlog, "7", 0, 0, Cred::net_admin), "EACCES");
  EXPECT_EQ(host.read(netdev_max_backlog), "1000\n");
}
COVERS(SYSCTL_FOREIGN_ROOT, linux_6_18) {
  host.netns(Owner::user);
  EXPECT_EQ(host.write(sysctl_writes_strict, "0", 0, 1), "EACCES");
  EXPECT_EQ(host.read(sysctl_writes_strict), "1\n");
}

COVERS(TABLE_LEN_POWER_OF_2, linux_6_18) {
  EXPECT_EQ(host.write(flow_limit_table_len, "3"), "EINVAL");
  EXPECT_EQ(host.read(flow_limit_table_len), "4096\n");
}
COVERS(DOUINT_RANGE, linux_6_18) {
  EXPECT_EQ(host.write(tcp_child_ehash_entries, "16777217"), "EINVAL");
  EXPECT_EQ(host.read(tcp_child_ehash_entries), "0\n");
}
COVERS(DOUINT_STORED, linux_6_18) {
  EXPECT_EQ(host.write(tcp_child_ehash_entries, "5 junk"), "6");
  EXPECT_EQ(host.read(tcp_child_ehash_entries), "5\n");
}

COVERS(CPUMASK_STORED, linux_6_18) {
  EXPECT_EQ(host.write(flow_limit_cpu_bitmap, "2", 3), "1") << "at any offset";
  EXPECT_EQ(host.read(flow_limit_cpu_bitmap), "2\n");
}
COVERS(CPUMASK_CHARACTER, linux_6_18) { EXPECT_EQ(mask(host, "0x1"), "EINVAL"); }
COVERS(CPUMASK_GROUPING, "linux-5.5") { EXPECT_EQ(mask(host, ",1"), "EINVAL"); }
COVERS(CPUMASK_GROUP_LONG, linux_6_18) { EXPECT_EQ(mask(host, "000000001"), "EOVERFLOW"); }
COVERS(CPUMASK_TOO_MANY, linux_6_18) { EXPECT_EQ(mask(host, "4"), "EOVERFLOW") << "of two CPUs"; }
COVERS(CPUMASK_NINTH, linux_6_18) { EXPECT_EQ(mask(host, "g00000001"), "1\n"); }
COVERS(CPUMASK_READ, linux_6_18) { EXPECT_EQ(host.read(flow_limit_cpu_bitmap), "0\n"); }
COVERS(CPUMASK_READ_CUT, linux_6_18) { EXPECT_EQ(host.read(flow_limit_cpu_bitmap, 0, 1), ""); }

}  // namespace
}  // namespace weir::marks

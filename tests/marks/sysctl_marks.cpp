// A mark for each clause of the sysctl plane.
#include "tests/marks/marks.hpp"

namespace weir::marks {
namespace {

using enum Sysctl;

/// Leading zeros and a 5: 21 characters.
std::string too_long() { return std::string(20, '0') + "5"; }

COVERS(NETNS_CREATED, linux_6_18) {
  host.write(somaxconn, "33");
  EXPECT_EQ(host.netns(), "1");
  EXPECT_EQ(host.read(somaxconn, 1), "4096\n");
}
COVERS(NETNS_UNKNOWN, linux_6_18) { EXPECT_EQ(host.read(somaxconn, 7), "ENOENT"); }
COVERS(SYSCTL_ABSENT, "linux-4.10") { EXPECT_EQ(host.read(dev_weight_rx_bias), "ENOENT"); }
COVERS(SYSCTL_GLOBAL_HIDDEN, linux_6_18) {
  host.netns();
  EXPECT_EQ(host.read(netdev_max_backlog, 1), "ENOENT");
}
COVERS(SYSCTL_GLOBAL_READONLY, linux_2_6_32) {
  host.netns();
  EXPECT_EQ(host.read(netdev_max_backlog, 1), "1000\n");
  EXPECT_EQ(host.write(netdev_max_backlog, "1", 0, 1), "EACCES");
}
COVERS(SYSCTL_PERMISSION, linux_6_18) { EXPECT_EQ(host.write(somaxconn, "1", 0, 0, Cred::user), "EACCES"); }
COVERS(SYSCTL_OFFSET_INVALID, linux_6_18) { EXPECT_EQ(host.write(somaxconn, "1", -1), "EINVAL"); }
COVERS(SYSCTL_TOO_LARGE, linux_6_18) {
  EXPECT_EQ(host.write(somaxconn, std::string(std::size_t{4} << 20, ' ')), "ENOMEM");
}
COVERS(SYSCTL_NOTHING_ASKED, linux_6_18) { EXPECT_EQ(host.write(somaxconn, ""), "0"); }
COVERS(SYSCTL_READ_AT_OFFSET, linux_6_18) { EXPECT_EQ(host.read(somaxconn, 0, 4096, 1), ""); }
COVERS(SYSCTL_READ, linux_6_18) { EXPECT_EQ(host.read(somaxconn), "4096\n"); }
COVERS(SYSCTL_READ_CUT, linux_6_18) { EXPECT_EQ(host.read(somaxconn, 0, 2), "40"); }
COVERS(DOINTVEC_STRICT_IGNORED, linux_6_18) {
  EXPECT_EQ(host.write(somaxconn, "abc", 1), "3");
  EXPECT_EQ(host.read(somaxconn), "4096\n");
}
COVERS(DOINTVEC_OFFSET_LEGACY, linux_2_6_32) {
  EXPECT_EQ(host.write(somaxconn, "5", 1), "1");
  EXPECT_EQ(host.read(somaxconn), "5\n");
}
COVERS(DOINTVEC_PAGE_CAP, linux_6_18) {
  EXPECT_EQ(host.write(somaxconn, std::string(4093, ' ') + "555"), "4096");
  EXPECT_EQ(host.read(somaxconn), "55\n");
}
COVERS(DOINTVEC_BLANK, linux_6_18) { EXPECT_EQ(host.write(somaxconn, " \n"), "EINVAL"); }
COVERS(DOINTVEC_SIGN, linux_6_18) {
  EXPECT_EQ(host.write(netdev_max_backlog, "-7"), "2");
  EXPECT_EQ(host.read(netdev_max_backlog), "-7\n");
}
COVERS(DOINTVEC_NO_DIGIT, linux_6_18) { EXPECT_EQ(host.write(somaxconn, "+5"), "EINVAL"); }
COVERS(DOINTVEC_HEX, linux_6_18) {
  EXPECT_EQ(host.write(somaxconn, "0x10"), "4");
  EXPECT_EQ(host.read(somaxconn), "16\n");
}
COVERS(DOINTVEC_OCTAL, linux_6_18) {
  EXPECT_EQ(host.write(somaxconn, "010"), "3");
  EXPECT_EQ(host.read(somaxconn), "8\n");
}
COVERS(DOINTVEC_DECIMAL, linux_6_18) {
  EXPECT_EQ(host.write(somaxconn, "10"), "2");
  EXPECT_EQ(host.read(somaxconn), "10\n");
}
COVERS(DOINTVEC_ULONG_OVERFLOW, linux_6_18) { EXPECT_EQ(host.write(somaxconn, "18446744073709551616"), "EINVAL"); }
COVERS(DOINTVEC_ULONG_WRAPS, linux_2_6_32) {
  EXPECT_EQ(host.write(somaxconn, "18446744073709551621"), "20");
  EXPECT_EQ(host.read(somaxconn), "5\n");
}
COVERS(DOINTVEC_TOKEN_SPLIT, linux_2_6_32) {
  EXPECT_EQ(host.write(somaxconn, too_long()), "20");
  EXPECT_EQ(host.read(somaxconn), "0\n");
}
COVERS(DOINTVEC_TOKEN_LONG, linux_6_18) { EXPECT_EQ(host.write(somaxconn, too_long()), "EINVAL"); }
COVERS(DOINTVEC_TRAILING, linux_6_18) { EXPECT_EQ(host.write(somaxconn, "5x"), "EINVAL"); }
COVERS(DOINTVEC_INT_RANGE, linux_6_18) { EXPECT_EQ(host.write(netdev_max_backlog, "2147483648"), "EINVAL"); }
COVERS(DOINTVEC_INT_TRUNCATED, linux_2_6_32) {
  EXPECT_EQ(host.write(somaxconn, "4294967301"), "10");
  EXPECT_EQ(host.read(somaxconn), "5\n");
}
COVERS(DOINTVEC_STORED, linux_6_18) {
  EXPECT_EQ(host.write(somaxconn, "5 junk"), "2");
  EXPECT_EQ(host.read(somaxconn), "5\n");
}

COVERS(DOINTVEC_LATER_ERROR, linux_6_18) {
  EXPECT_EQ(host.write(tcp_wmem, "7 x"), "EINVAL");
  EXPECT_EQ(host.read(tcp_wmem), "7\t16384\t4194304\n") << "what came before the bad value stands";
}
COVERS(DOINTVEC_LATER_SHORT, linux_2_6_32) {
  EXPECT_EQ(host.write(tcp_wmem, "7 x"), "2");
  EXPECT_EQ(host.read(tcp_wmem), "7\t16384\t4194304\n");
}
COVERS(MINMAX_RANGE, linux_6_18) { EXPECT_EQ(host.write(somaxconn, "-1"), "EINVAL"); }
COVERS(DOU8_NEGATIVE, linux_6_18) { EXPECT_EQ(host.write(tcp_syncookies, "-0"), "EINVAL"); }
COVERS(DOU8_RANGE, linux_6_18) { EXPECT_EQ(host.write(tcp_syncookies, "256"), "EINVAL"); }
COVERS(DOU8_STORED, linux_6_18) {
  EXPECT_EQ(host.write(tcp_syncookies, "2 junk"), "6");
  EXPECT_EQ(host.read(tcp_syncookies), "2\n");
}

}  // namespace
}  // namespace weir::marks

// Files, namespaces and permissions of the sysctl plane. The text of writes is covered by tests/external and
// tests/live.
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

TEST(SysctlPlane, NamespacesStartAfreshAndAreIsolated) {
  for (const char* profile : {linux_2_6_32, linux_6_18}) {
    Script host(profile);
    const std::string initial = host.read(Sysctl::somaxconn);
    host.write(Sysctl::somaxconn, "33");
    EXPECT_EQ(host.netns(), "1");
    EXPECT_EQ(host.read(Sysctl::somaxconn, 1), initial) << "nothing is inherited";
    host.write(Sysctl::somaxconn, "44", 0, 1);
    EXPECT_EQ(host.read(Sysctl::somaxconn, 0), "33\n");
    EXPECT_EQ(host.read(Sysctl::somaxconn, 1), "44\n");
  }
}

TEST(SysctlPlane, GlobalKnobsElsewhere) {
  Script old_host(linux_2_6_32), new_host(linux_6_18);
  old_host.netns();
  new_host.netns();
  EXPECT_EQ(old_host.read(Sysctl::netdev_max_backlog, 1), "1000\n");
  EXPECT_EQ(old_host.write(Sysctl::netdev_max_backlog, "5", 0, 1), "EACCES");
  EXPECT_EQ(new_host.read(Sysctl::netdev_max_backlog, 1), "ENOENT");
  EXPECT_EQ(new_host.write(Sysctl::netdev_max_backlog, "5", 0, 1), "ENOENT");
  EXPECT_EQ(old_host.write(Sysctl::tcp_syncookies, "1", 0, 1), "1") << "one global int, writable from everywhere";
  EXPECT_EQ(old_host.read(Sysctl::tcp_syncookies, 0), "1\n");
}

TEST(SysctlPlane, AbsentSysctlsAndNamespaces) {
  Script host(linux_2_6_32);
  EXPECT_EQ(host.read(Sysctl::dev_weight_rx_bias), "ENOENT");
  EXPECT_EQ(host.write(Sysctl::sysctl_writes_strict, "0"), "ENOENT");
  EXPECT_EQ(host.read(Sysctl::somaxconn, 7), "ENOENT");
}

TEST(SysctlPlane, UsersReadOnly) {
  Script host(linux_6_18);
  EXPECT_EQ(host.write(Sysctl::somaxconn, "5", 0, 0, Cred::user), "EACCES");
  EXPECT_EQ(host.read(Sysctl::somaxconn), "4096\n");
}

TEST(SysctlPlane, OffsetsByStrictness) {
  for (const char* strict : {"-1", "0"}) {
    Script host(linux_6_18);
    host.write(Sysctl::sysctl_writes_strict, strict);
    EXPECT_EQ(host.write(Sysctl::somaxconn, "5", 1), "1");
    EXPECT_EQ(host.read(Sysctl::somaxconn), "5\n");
    EXPECT_EQ(host.write(Sysctl::somaxconn, "abc", 1), "EINVAL");
  }
  Script host(linux_6_18);
  EXPECT_EQ(host.write(Sysctl::somaxconn, "abc", 1), "3");
  EXPECT_EQ(host.read(Sysctl::somaxconn), "4096\n");
  EXPECT_EQ(host.write(Sysctl::sysctl_writes_strict, "2"), "EINVAL");
  Script old_host(linux_2_6_32);
  EXPECT_EQ(old_host.write(Sysctl::somaxconn, "5", 100000), "1");
  EXPECT_EQ(old_host.read(Sysctl::somaxconn), "5\n");
}

TEST(SysctlPlane, OffsetsThatTheVfsRefuses) {
  Script host(linux_6_18);
  constexpr auto last = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(host.write(Sysctl::somaxconn, "5", -1), "EINVAL");
  EXPECT_EQ(host.write(Sysctl::somaxconn, "", -1), "EINVAL");
  EXPECT_EQ(host.write(Sysctl::somaxconn, "5", last), "EINVAL");
  EXPECT_EQ(host.write(Sysctl::somaxconn, "5", last - 1), "1");
  EXPECT_EQ(host.read(Sysctl::somaxconn, 0, 10, -1), "EINVAL");
}

TEST(SysctlPlane, HugeTransfers) {
  Script old_host(linux_2_6_32), new_host(linux_6_18);
  const std::string below = "5" + std::string((4U << 20) - 2, ' ');
  EXPECT_EQ(new_host.write(Sysctl::somaxconn, below), std::to_string(below.size()));
  EXPECT_EQ(new_host.write(Sysctl::somaxconn, below + " "), "ENOMEM");
  EXPECT_EQ(old_host.write(Sysctl::somaxconn, below + " "), std::to_string(below.size() + 1));
}

TEST(SysctlPlane, ReadsAreCutAtTheBuffer) {
  Script host(linux_6_18);
  EXPECT_EQ(host.read(Sysctl::somaxconn, 0, 1), "4");
  EXPECT_EQ(host.read(Sysctl::somaxconn, 0, 4), "4096");
  EXPECT_EQ(host.read(Sysctl::somaxconn, 0, 0), "");
  EXPECT_EQ(host.read(Sysctl::somaxconn, 0, 4096, 1), "");
}

TEST(SysctlPlane, ByteWideKnobsReportTheFullCount) {
  Script host(linux_6_18);
  EXPECT_EQ(host.write(Sysctl::tcp_syncookies, "2 junk"), "6");
  EXPECT_EQ(host.read(Sysctl::tcp_syncookies), "2\n");
  EXPECT_EQ(host.write(Sysctl::tcp_syncookies, "1 2"), "3");
  for (const char* text : {"256", "-0", "-1", "  ", "1,"})
    EXPECT_EQ(host.write(Sysctl::tcp_syncookies, text), "EINVAL");
  EXPECT_EQ(host.write(Sysctl::tcp_syncookies, std::string("1\0", 2)), "EINVAL");
  EXPECT_EQ(host.read(Sysctl::tcp_syncookies), "1\n");
}

TEST(SysctlPlane, VectorErrorsAfterAStoredValue) {
  for (const Profile* kernel : releases::all) {
    std::array<std::int32_t, 2> data{1, 2};
    const std::string_view text = "7 x";
    const std::vector<std::uint8_t> bytes(text.begin(), text.end());
    model::Transfer io{bytes.size(), 0};
    const Errno error = model::proc_dointvec_write<Concrete>(*kernel, {}, data, bytes, io, 1);
    EXPECT_EQ(data[0], 7) << "stored all the same";
    EXPECT_EQ(error, kernel->later_token_error_returned ? Errno::einval : Errno::none) << kernel->name;
    EXPECT_EQ(io.count, error == Errno::none ? 2U : 3U);
  }
}

}  // namespace
}  // namespace weir::testing

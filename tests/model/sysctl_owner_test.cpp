// Who has which files of /proc/sys, by release: owners of namespaces, credentials, what a new namespace takes over. The
// column of 6.18 was seen on 6.18.44 with a user namespace of two users, where the kernel could be asked.
#include "tests/model/script.hpp"

namespace weir::testing {
namespace {

/// What a write of "7" answers.
std::string write_7(std::string_view release, Sysctl id, std::uint32_t ns, Cred cred) {
  Script host(release);
  host.netns();
  host.netns(Owner::user);
  return host.write(id, "7", 0, ns, cred);
}

TEST(SysctlOwner, UserNamespacesComeWith38) {
  Script old_host("linux-3.7"), new_host("linux-3.8");
  EXPECT_EQ(old_host.netns(Owner::user), "EINVAL");
  EXPECT_EQ(old_host.netns(), "1") << "the failure made none";
  EXPECT_EQ(new_host.netns(Owner::user), "1");
}

TEST(SysctlOwner, SomaxconnIsHiddenFromOtherUserNamespacesUntil62) {
  for (const char* release : {"linux-3.8", "linux-5.15", "linux-6.2"}) {
    EXPECT_EQ(write_7(release, Sysctl::somaxconn, 2, Cred::root), "ENOENT") << release;
    EXPECT_EQ(write_7(release, Sysctl::somaxconn, 1, Cred::root), "1") << release;
  }
  EXPECT_EQ(write_7("linux-6.3", Sysctl::somaxconn, 2, Cred::root), "1");
  Script host("linux-6.2");
  host.netns(Owner::user);
  EXPECT_EQ(host.read(Sysctl::somaxconn, 1), "ENOENT");
  EXPECT_EQ(host.read(Sysctl::tcp_syncookies, 1), "1\n") << "only the table of net.core was emptied";
  host.socket(Family::inet, SockType::stream, 1);
  host.listen(3, 100000);
  EXPECT_EQ(host.info(3), "LISTEN 0 4096") << "it limits, seen or not";
}

TEST(SysctlOwner, TheFilesOfAForeignNamespaceObeyItsRoot) {
  EXPECT_EQ(write_7("linux-6.18", Sysctl::tcp_syncookies, 2, Cred::root), "1");
  EXPECT_EQ(write_7("linux-6.18", Sysctl::tcp_syncookies, 2, Cred::net_admin), "1");
  EXPECT_EQ(write_7("linux-6.18", Sysctl::tcp_syncookies, 2, Cred::user), "EACCES");
}

TEST(SysctlOwner, OutsideNetAForeignRootIsNobody) {
  Script host("linux-6.18");
  host.netns(Owner::user);
  for (const Cred cred : {Cred::root, Cred::user, Cred::net_admin})
    EXPECT_EQ(host.write(Sysctl::sysctl_writes_strict, "0", 0, 1, cred), "EACCES");
  EXPECT_EQ(host.read(Sysctl::sysctl_writes_strict, 1), "1\n");
  EXPECT_EQ(host.write(Sysctl::sysctl_writes_strict, "0", 0, 0, Cred::net_admin), "EACCES");
  EXPECT_EQ(host.write(Sysctl::sysctl_writes_strict, "0"), "1");
}

TEST(SysctlOwner, GlobalTablesAskForTheCapabilityFrom35) {
  for (const Sysctl id : {Sysctl::netdev_max_backlog, Sysctl::tcp_max_syn_backlog}) {
    EXPECT_EQ(write_7("linux-3.2", id, 0, Cred::net_admin), "EACCES");
    EXPECT_EQ(write_7("linux-3.5", id, 0, Cred::net_admin), "1");
    EXPECT_EQ(write_7("linux-3.5", id, 0, Cred::user), "EACCES");
  }
  EXPECT_EQ(write_7("linux-2.6.32", Sysctl::somaxconn, 0, Cred::net_admin), "1") << "in the namespace's own table";
}

/// net.ipv4 as well as net.core: a container had no tcp_syncookies before 4.6, and none of the rest before their turn.
TEST(SysctlOwner, GlobalKnobsOfBothTreesAreAbsentElsewhereFrom35) {
  EXPECT_EQ(write_7("linux-3.2", Sysctl::tcp_max_syn_backlog, 1, Cred::root), "1") << "one global int for all";
  EXPECT_EQ(write_7("linux-3.2", Sysctl::netdev_max_backlog, 1, Cred::root), "EACCES");
  EXPECT_EQ(write_7("linux-3.5", Sysctl::tcp_max_syn_backlog, 1, Cred::root), "ENOENT");
  EXPECT_EQ(write_7("linux-4.5", Sysctl::tcp_syncookies, 1, Cred::root), "ENOENT");
  EXPECT_EQ(write_7("linux-4.6", Sysctl::tcp_syncookies, 1, Cred::root), "1");
  EXPECT_EQ(write_7("linux-4.14", Sysctl::tcp_fastopen, 1, Cred::root), "ENOENT");
  EXPECT_EQ(write_7("linux-4.15", Sysctl::tcp_fastopen, 1, Cred::root), "1");
}

TEST(SysctlOwner, ANewNamespaceTakesTcpWmemFromTheFirst) {
  Script host("linux-6.18");
  host.write(Sysctl::tcp_wmem, "11 12 13");
  host.netns();
  EXPECT_EQ(host.read(Sysctl::tcp_wmem, 1), "11\t12\t13\n");
  host.write(Sysctl::tcp_wmem, "5", 0, 1);
  host.netns();
  EXPECT_EQ(host.read(Sysctl::tcp_wmem, 2), "11\t12\t13\n");
  Script old_host("linux-4.14");
  old_host.netns();
  EXPECT_EQ(old_host.read(Sysctl::tcp_wmem, 1), "ENOENT");
}

TEST(SysctlOwner, ANamespaceWithItsOwnHashHasItsOwnSynBacklog) {
  for (const auto& [asked, limit] : {std::pair{"1", "128\n"},
                                     {"64", "128\n"},
                                     {"16384", "128\n"},
                                     {"65536", "512\n"},
                                     {"100000", "1024\n"},
                                     {"16777216", "131072\n"},
                                     {"0", "2048\n"}}) {
    Script host("linux-6.18");
    host.write(Sysctl::tcp_child_ehash_entries, asked);
    host.netns();
    EXPECT_EQ(host.read(Sysctl::tcp_max_syn_backlog, 1), limit) << asked;
    EXPECT_EQ(host.read(Sysctl::tcp_child_ehash_entries, 1), "0\n");
    EXPECT_EQ(host.read(Sysctl::tcp_max_syn_backlog), "2048\n");
  }
  EXPECT_EQ(Script("linux-6.0").read(Sysctl::tcp_child_ehash_entries), "ENOENT");
}

}  // namespace
}  // namespace weir::testing

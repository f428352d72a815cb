// What is written to sysctls, and packets on their way through one backlog or two.
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/scenes.hpp"

namespace weir::proofs {
namespace {

Op write(Sysctl id, std::string text, std::int64_t pos = 0, Cred cred = Cred::root, std::uint32_t ns = 0) {
  return op::SysctlWrite{{ns}, id, std::move(text), pos, cred};
}

/// One of each handler.
constexpr Sysctl handlers[] = {
    Sysctl::somaxconn,    Sysctl::netdev_max_backlog,      Sysctl::tcp_syncookies,     Sysctl::flow_limit_table_len,
    Sysctl::tcp_fastopen, Sysctl::tcp_child_ehash_entries, Sysctl::tcp_synack_retries, Sysctl::tcp_wmem};

Ops look_at(Sysctl id) {
  Ops look;
  for (const std::uint32_t len : {0U, 1U, 2U, 3U, 11U, 12U, 13U, 30U, 4096U})
    look.push_back(op::SysctlRead{{}, id, len, 0});
  look.push_back(op::SysctlRead{{}, id, 4096, 1});
  return look;
}

std::string text_of(unsigned char each) { return std::string(1, static_cast<char>(each)); }

std::vector<std::string> texts_of_up_to(std::size_t length, std::string_view characters) {
  std::vector<std::string> texts{""};
  for (std::size_t begin = 0; length > 0; --length) {
    const std::size_t end = texts.size();
    for (; begin < end; ++begin)
      for (const char each : characters) texts.push_back(texts[begin] + each);
  }
  return texts;
}

/// Every text of up to three of the characters that parsers treat each in a way of its own.
std::vector<Scene> short_texts(const Profile&) {
  const auto texts = texts_of_up_to(3, "01-x8aF \n,\t");
  std::vector<Scene> scenes;
  for (const Sysctl id : handlers) {
    Scene scene{{}, {}, 1, look_at(id), {}};
    for (const std::string& each : texts) scene.steps.push_back(write(id, each));
    scenes.push_back(std::move(scene));
  }
  Scene bytes{{}, {}, 1, look_at(Sysctl::netdev_max_backlog), {}};
  for (unsigned each = 0; each < 256; ++each)
    for (const std::string& text :
         {text_of(static_cast<unsigned char>(each)), "7" + text_of(static_cast<unsigned char>(each)),
          text_of(static_cast<unsigned char>(each)) + "7", "0" + text_of(static_cast<unsigned char>(each)) + "7",
          "0x" + text_of(static_cast<unsigned char>(each))})
      bytes.steps.push_back(write(Sysctl::netdev_max_backlog, text));
  scenes.push_back(std::move(bytes));
  return scenes;
}

/// Numbers on both sides of every limit, with and without sign, prefix, blanks, and something behind them.
std::vector<Scene> numbers_at_their_limits(const Profile&) {
  const std::string_view numbers[] = {"0",
                                      "1",
                                      "2",
                                      "3",
                                      "4",
                                      "5",
                                      "127",
                                      "128",
                                      "129",
                                      "255",
                                      "256",
                                      "257",
                                      "4096",
                                      "8192",
                                      "65534",
                                      "65535",
                                      "65536",
                                      "131072",
                                      "16777215",
                                      "16777216",
                                      "16777217",
                                      "2147483646",
                                      "2147483647",
                                      "2147483648",
                                      "2147483649",
                                      "4294967295",
                                      "4294967296",
                                      "4294967301",
                                      "9223372036854775807",
                                      "18446744073709551614",
                                      "18446744073709551615",
                                      "18446744073709551616",
                                      "9999999999999999999",
                                      "10000000000000000000",
                                      "99999999999999999999",
                                      "00000000000000000005",
                                      "000000000000000000005",
                                      "0000000000000000000005",
                                      "00000000000000000000005",
                                      "000000000000000000000005",
                                      "0x7fffffff",
                                      "0x80000000",
                                      "0xffffffff",
                                      "0x100000000",
                                      "0xffffffffffffffff",
                                      "0x10000000000000000",
                                      "0xfffffffffffffffff",
                                      "01777777777777777777777",
                                      "02000000000000000000000",
                                      "0377",
                                      "08",
                                      "0x",
                                      "0xg"};
  std::vector<Scene> scenes;
  for (const Sysctl id : handlers) {
    Scene scene{{}, {}, 1, look_at(id), {}};
    for (const std::string_view number : numbers)
      for (const std::string_view sign : {"", "-", "--", " ", "\v", "+"})
        for (const std::string_view behind :
             {std::string_view(""), std::string_view("\n"), std::string_view(" 6 7"), std::string_view("x"),
              std::string_view("\0", 1), std::string_view("\v"), std::string_view(" -"), std::string_view(" 6\n7 8")})
          scene.steps.push_back(write(id, std::string(sign) + std::string(number) + std::string(behind)));
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

/// Around the end of a page and of the largest transfer, and at offsets.
std::vector<Scene> long_texts_and_offsets(const Profile&) {
  std::vector<Scene> scenes;
  for (const Sysctl id :
       {Sysctl::netdev_max_backlog, Sysctl::tcp_wmem, Sysctl::tcp_fastopen, Sysctl::flow_limit_cpu_bitmap}) {
    for (const std::string_view strict : {"-1", "0", "1"}) {
      Scene scene{{write(Sysctl::sysctl_writes_strict, std::string(strict))}, {}, 1, look_at(id), {}};
      for (const std::size_t length : {18U, 19U, 20U, 21U, 22U, 4092U, 4093U, 4094U, 4095U, 4096U, 4097U})
        for (const char fill : {' ', '0', '\n', '1'})
          for (const std::string_view behind : {"", "5", "56", "5 6", "567 "})
            scene.steps.push_back(write(id, std::string(length, fill) + std::string(behind)));
      for (const std::int64_t pos :
           {std::int64_t{-1}, std::int64_t{1}, std::int64_t{4095}, std::int64_t{4096},
            std::numeric_limits<std::int64_t>::max(), std::numeric_limits<std::int64_t>::max() - 1})
        for (const std::string_view text : {"", "3", "5 6"}) {
          scene.steps.push_back(write(id, std::string(text), pos));
          scene.steps.push_back(op::SysctlRead{{}, id, 10, pos});
        }
      scenes.push_back(std::move(scene));
    }
  }
  Scene huge{{}, {}, 1, look_at(Sysctl::netdev_max_backlog), {}};
  for (const std::size_t length : {(std::size_t{4} << 20) - 1, std::size_t{4} << 20, (std::size_t{4} << 20) + 1})
    huge.steps.push_back(write(Sysctl::netdev_max_backlog, std::string(length, ' ')));
  for (const std::uint32_t length : {(4U << 20) - 1, 4U << 20})
    huge.steps.push_back(op::SysctlRead{{}, Sysctl::somaxconn, length, 0});
  scenes.push_back(std::move(huge));
  return scenes;
}

/// Every file, written and read by everybody in every kind of namespace.
std::vector<Scene> who_may_write_what(const Profile&) {
  std::vector<Scene> scenes;
  for (const Ops& before :
       {Ops{op::Netns{}, op::Netns{Owner::user}},
        Ops{write(Sysctl::tcp_wmem, "5000 6000 7000"), write(Sysctl::tcp_child_ehash_entries, "100000"),
            op::Netns{Owner::user}, op::Netns{}, write(Sysctl::tcp_fastopen, "7", 0, Cred::root, 1)},
        Ops{write(Sysctl::tcp_child_ehash_entries, "1"), write(Sysctl::tcp_fastopen, "9"), op::Netns{}},
        Ops{write(Sysctl::tcp_child_ehash_entries, "16385"), op::Netns{}}}) {
    Scene scene{before, {}, 1, {}, {}};
    for (const auto& file : names<Sysctl>)
      for (std::uint32_t ns = 0; ns < 4; ++ns) {
        for (const auto& cred : names<Cred>) scene.steps.push_back(write(file.value, "3", 0, cred.value, ns));
        scene.steps.push_back(op::SysctlRead{{ns}, file.value, 100, 0});
        scene.look.push_back(op::SysctlRead{{ns}, file.value, 100, 0});
      }
    scenes.push_back(std::move(scene));
  }
  // Given from the beginning, which a release without it must not mind.
  Scene given{{}, {op::Netns{}, op::Netns{Owner::user}}, 1, {}, {}};
  given.options.sysctl = {{Sysctl::tcp_child_ehash_entries, 1000000}};  // 8192, which is nowhere what it is without
  given.look = {op::SysctlRead{{1}, Sysctl::tcp_max_syn_backlog, 100, 0}};
  scenes.push_back(std::move(given));
  return scenes;
}

/// Every text of up to three of the characters that a mask is made of, and long ones.
std::vector<Scene> masks_of_cpus(const Profile&) {
  auto texts = texts_of_up_to(3, "0314, \n");
  for (const std::string_view group :
       {"1", "00000003", "000000002", "ffffffff", "123456789", "0000000001", "A", "g", "80000000", "7"})
    for (const std::string_view end :
         {std::string_view(","), std::string_view(",,"), std::string_view(" "), std::string_view("g"),
          std::string_view("\0", 1), std::string_view("\n"), std::string_view(" ,")})
      for (const std::string_view next : {"", "1", "00000001", "000000001", "g0000001", "3,1", "ffffffff,0"})
        for (const std::string_view begin : {"", " ", ",", "0,"})
          texts.push_back(std::string(begin) + std::string(group) + std::string(end) + std::string(next));
  std::vector<Scene> scenes;
  for (const std::uint32_t cpus : {1U, 5U, 33U, 64U}) {
    Scene scene;
    scene.options.cpus = cpus;
    for (const std::string& each : texts) scene.steps.push_back(write(Sysctl::flow_limit_cpu_bitmap, each));
    for (const std::uint32_t len : {0U, 1U, 2U, 3U, 9U, 10U, 17U, 18U, 19U, 100U})
      scene.look.push_back(op::SysctlRead{{}, Sysctl::flow_limit_cpu_bitmap, len, 0});
    scene.look.push_back(op::SysctlRead{{}, Sysctl::flow_limit_cpu_bitmap, 100, 1});
    scenes.push_back(std::move(scene));
  }
  return scenes;
}

Ops look_at_cpus(std::uint32_t cpus) {
  Ops look;
  for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) look.push_back(op::SoftnetStat{{cpu}});
  for (std::uint32_t cpu = 0; cpu < cpus; ++cpu)
    for (int i = 0; i < 3; ++i) look.push_back(op::NetRxAction{{cpu}, std::nullopt});
  for (std::uint32_t cpu = 0; cpu < cpus; ++cpu) look.push_back(op::SoftnetStat{{cpu}});
  return look;
}

/// One CPU: packets, polls and runs of the softirq, for the smallest limits, weights and budgets, and negative ones.
std::vector<Scene> one_backlog(const Profile&) {
  const Cpu cpu{0};
  std::vector<Scene> scenes;
  for (const std::int32_t limit : {0, 1, 2, -1})
    for (const auto& [weight, bias, budget] :
         {std::tuple{2, 1, 2}, std::tuple{1, 1, 5}, std::tuple{2, 2, 3}, std::tuple{64, 1, 300}, std::tuple{-1, 1, 2},
          std::tuple{0, 1, 1}, std::tuple{3, 1, 0}}) {
      Scene scene;
      scene.options.cpus = 1;
      scene.options.sysctl = {{Sysctl::netdev_max_backlog, limit},
                              {Sysctl::dev_weight, weight},
                              {Sysctl::netdev_budget, budget},
                              {Sysctl::dev_weight_rx_bias, bias}};
      scene.steps = {op::NetifRx{cpu, {1}},
                     op::NetifRx{cpu, {2}, std::nullopt, {}, false},
                     op::NetifRx{cpu, {3}, cpu},
                     op::ProcessBacklog{cpu, 1, std::nullopt},
                     op::ProcessBacklog{cpu, 2, 1},
                     op::ProcessBacklog{cpu, -1, std::nullopt},
                     op::NetRxAction{cpu, std::nullopt},
                     op::NetRxAction{cpu, 1}};
      scene.before = {op::NetifRx{cpu, {7}}};
      scene.length = 3;
      scene.look = look_at_cpus(1);
      scenes.push_back(std::move(scene));
    }
  return scenes;
}

/// The clock: how many ticks a run of the softirq may take, in microseconds and before.
std::vector<Scene> runs_out_of_time(const Profile&) {
  const Cpu cpu{0};
  std::vector<Scene> scenes;
  for (const std::int32_t usecs : {0, 1, 3999, 4000, 4001, 8000, 12000, -1})
    for (const std::int32_t weight : {1, 2, 3, 4, 64}) {
      Scene scene;
      scene.options.cpus = 1;
      scene.options.sysctl = {
          {Sysctl::netdev_budget_usecs, usecs}, {Sysctl::dev_weight, weight}, {Sysctl::netdev_budget, 9}};
      for (std::uint32_t i = 0; i < 14; ++i) scene.before.push_back(op::NetifRx{cpu, {i}});
      for (const std::uint32_t tick : {0U, 1U, 2U, 3U, 4U, 5U}) scene.steps.push_back(op::NetRxAction{cpu, tick});
      scene.steps.push_back(op::Tick{});
      scene.steps.push_back(op::ProcessBacklog{cpu, 5, 2});
      scene.steps.push_back(write(Sysctl::dev_weight, "3"));
      scene.length = 2;
      scene.look = look_at_cpus(1);
      scenes.push_back(std::move(scene));
    }
  return scenes;
}

/// Two CPUs that steer packets to each other, with and without threads.
std::vector<Scene> two_backlogs(const Profile&) {
  const Cpu zero{0}, one{1};
  std::vector<Scene> scenes;
  for (const std::int32_t weight : {2, 0})
    for (const bool threads : {false, true}) {
      Scene scene;
      scene.options.thread_backlog_napi = threads;
      scene.options.sysctl = {{Sysctl::dev_weight, weight}, {Sysctl::netdev_max_backlog, 2}};
      scene.steps = {op::NetifRx{zero, {1}, one},
                     op::NetifRx{one, {2}, zero},
                     op::NetifRx{one, {3}},
                     op::NetRxAction{zero, std::nullopt},
                     op::NetRxAction{one, std::nullopt},
                     op::ProcessBacklog{one, 1, std::nullopt},
                     op::NetifRx{zero, {4}, one, {}, false},
                     op::ProcessBacklog{zero, 2, std::nullopt}};
      scene.length = 4;
      scene.look = look_at_cpus(3);
      scenes.push_back(std::move(scene));
    }
  return scenes;
}

/// A flow that has had its share: tables of several lengths, and limits that make it count at once or never.
std::vector<Scene> flows(const Profile&) {
  std::vector<Scene> scenes;
  for (const std::string_view table : {"1", "4", "131072", "2097152", "4194304", "-2147483648"})
    for (const std::int32_t limit : {1, 3, 1000, -1, 0}) {
      Scene scene;
      scene.options.sysctl = {{Sysctl::netdev_max_backlog, limit}};
      scene.before = {write(Sysctl::flow_limit_table_len, std::string(table)),
                      write(Sysctl::flow_limit_cpu_bitmap, "1")};
      if (limit == 1000)
        for (std::uint32_t i = 0; i < 640; ++i)
          scene.before.push_back(op::NetifRx{{0}, {i}, std::nullopt, {i % 5 == 0 ? i : 7}});
      for (const std::uint32_t flow : {0U, 1U, 7U, 65537U, 0x80000000U, 0xffffffffU})
        scene.steps.push_back(op::NetifRx{{0}, {flow}, std::nullopt, {flow}});
      scene.steps.push_back(op::NetifRx{{0}, {5}, Cpu{1}, {7}});
      scene.steps.push_back(write(Sysctl::flow_limit_cpu_bitmap, "2"));
      scene.steps.push_back(write(Sysctl::flow_limit_cpu_bitmap, "3"));
      scene.length = limit == 1000 ? 1 : 2;
      scene.look = look_at_cpus(2);
      scenes.push_back(std::move(scene));
    }
  Scene from_the_start;
  from_the_start.options.sysctl = {{Sysctl::flow_limit_cpu_bitmap, 1}, {Sysctl::netdev_max_backlog, 200}};
  for (std::uint32_t i = 0; i < 180; ++i) from_the_start.before.push_back(op::NetifRx{{0}, {i}, std::nullopt, {7}});
  from_the_start.steps = {op::NetifRx{{0}, {5}, std::nullopt, {7}}, op::NetifRx{{0}, {6}, std::nullopt, {8}}};
  from_the_start.look = look_at_cpus(2);
  scenes.push_back(std::move(from_the_start));
  return scenes;
}

}  // namespace

std::vector<Theorem> plane_refinements() {
  return {
      refines(
          "refinement.short_texts",
          "Every text of up to 3 of the characters that parsers know, and every byte beside a digit, is taken alike "
          "by each handler.",
          short_texts),
      refines("refinement.numbers_at_their_limits",
              "Numbers on both sides of every limit, with every sign, prefix and ending, are taken alike.",
              numbers_at_their_limits),
      refines("refinement.long_texts_and_offsets",
              "Texts about as long as a page or the largest transfer, and transfers at offsets, are taken alike.",
              long_texts_and_offsets),
      refines("refinement.who_may_write_what",
              "Every file lets itself be written and read alike by everybody in every kind of namespace.",
              who_may_write_what),
      refines("refinement.masks_of_cpus",
              "Every text of up to 3 characters of a CPU mask, and long ones, are taken alike.", masks_of_cpus, "3.11"),
      refines(
          "refinement.one_backlog",
          "Any three packets, polls and runs of the softirq on one CPU, for limits, weights and budgets about 0, are "
          "answered alike.",
          one_backlog),
      refines("refinement.runs_out_of_time", "A run of the softirq ends at the same packet, however the clock moves.",
              runs_out_of_time),
      refines("refinement.two_backlogs",
              "Any four packets and polls on two CPUs that steer packets to each other are answered alike.",
              two_backlogs),
      refines("refinement.flows", "Packets of a flow that has had its share are dropped alike.", flows, "3.11"),
  };
}

}  // namespace weir::proofs

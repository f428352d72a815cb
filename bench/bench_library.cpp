// The same operations as in bench_oracle.cpp across the C ABI of libweir, which is linked as programs link it: shared.
// Clauses are recorded, since a caller always gets them.
#include <benchmark/benchmark.h>
#include <weir/weir.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace weir::bench {
namespace {

class Library {
 public:
  Library() { expect(weir_host_create("linux-6.18", nullptr, &host_)); }
  ~Library() { weir_host_destroy(host_); }
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;

  void apply(const weir_op& op) {
    expect(weir_host_apply(host_, &op, &outcome_));
    benchmark::DoNotOptimize(outcome_);
  }
  const weir_outcome& outcome() const { return outcome_; }

  static weir_op made(std::uint32_t kind) {
    weir_op op{};
    op.size = sizeof op;
    op.kind = kind;
    expect(weir_op_defaults(&op));
    return op;
  }
  static void expect(weir_status status) {
    if (status != WEIR_OK) std::abort();
  }

 private:
  weir_host* host_ = nullptr;
  std::uint64_t room_[64] = {};
  weir_outcome outcome_ = [this] {
    weir_outcome outcome{};
    outcome.size = sizeof outcome;
    outcome.buffer = room_;
    outcome.buffer_size = sizeof room_;
    return outcome;
  }();
};

void listen_plane(benchmark::State& state) {
  Library oracle;
  oracle.apply(Library::made(WEIR_OP_SOCKET));
  weir_op op = Library::made(WEIR_OP_LISTEN);
  op.as.listen.fd = static_cast<std::int32_t>(oracle.outcome().as.returned.ret);
  for (auto _ : state) {
    ++op.as.listen.backlog;
    oracle.apply(op);
  }
  state.SetItemsProcessed(state.iterations());
}

void sysctl_plane(benchmark::State& state) {
  Library oracle;
  weir_op values[] = {Library::made(WEIR_OP_SYSCTL_WRITE), Library::made(WEIR_OP_SYSCTL_WRITE),
                      Library::made(WEIR_OP_SYSCTL_READ)};
  values[0].as.sysctl_write.data = {"4096\n", 5};
  values[1].as.sysctl_write.data = {"128\n", 4};
  for (auto _ : state)
    for (const weir_op& each : values) oracle.apply(each);
  state.SetItemsProcessed(state.iterations() * std::int64_t{3});
}

void softnet_plane(benchmark::State& state) {
  Library oracle;
  constexpr std::uint32_t burst = 15;
  weir_op packet = Library::made(WEIR_OP_NETIF_RX);
  const weir_op action = Library::made(WEIR_OP_NET_RX_ACTION);
  for (auto _ : state) {
    for (std::uint32_t i = 0; i < burst; ++i) {
      packet.as.netif_rx.skb = i;
      oracle.apply(packet);
    }
    oracle.apply(action);
  }
  state.SetItemsProcessed(state.iterations() * std::int64_t{burst + 1});
}

void listen_by_line(benchmark::State& state) {
  weir_host* host = nullptr;
  Library::expect(weir_host_create("linux-6.18", nullptr, &host));
  constexpr std::string_view socket = R"({"op":"socket","family":"inet","type":"stream"})";
  constexpr std::string_view listen = R"({"op":"listen","fd":3,"backlog":5})";
  char answer[512];
  Library::expect(weir_host_apply_json(host, socket.data(), socket.size(), answer, sizeof answer, nullptr));
  for (auto _ : state) {
    Library::expect(weir_host_apply_json(host, listen.data(), listen.size(), answer, sizeof answer, nullptr));
    benchmark::DoNotOptimize(answer);
  }
  state.SetItemsProcessed(state.iterations());
  weir_host_destroy(host);
}

BENCHMARK(listen_plane)->Name("listen by libweir");
BENCHMARK(sysctl_plane)->Name("sysctl by libweir");
BENCHMARK(softnet_plane)->Name("softnet by libweir");
BENCHMARK(listen_by_line)->Name("listen by a line");

}  // namespace
}  // namespace weir::bench

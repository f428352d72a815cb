#include "oracle/softnet/recorder.hpp"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "oracle/softnet/probes.hpp"
#include "oracle/targets/linux_namespaces.hpp"

namespace weir::oracle {
namespace {

constexpr std::uint32_t ring_bytes = 1 << 22;  ///< some twenty-five thousand events
constexpr auto seen_within = std::chrono::seconds(1);

int wanted(int result, const std::string& what) {
  if (result >= 0) return result;
  throw std::runtime_error(what + ": " + std::strerror(errno));
}

int make_map(bpf_map_type type, const char* name, std::uint32_t key, std::uint32_t value, std::uint32_t entries,
             std::uint32_t flags) {
  LIBBPF_OPTS(bpf_map_create_opts, options, .map_flags = flags);
  return wanted(bpf_map_create(type, name, key, value, entries, &options), "making a BPF map");
}

int load(const SoftnetProbe& probe, const std::vector<bpf_insn>& code) {
  std::array<char, 1 << 16> log{};
  LIBBPF_OPTS(bpf_prog_load_opts, options, .log_level = 0);
  const auto try_it = [&] {
    return bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "weir_softnet", "GPL", code.data(), code.size(), &options);
  };
  if (const int program = try_it(); program >= 0) return program;
  const int error = errno;
  if (error == EPERM) return wanted(-1, "loading a BPF program");
  options.log_level = 1;
  options.log_buf = log.data();
  options.log_size = log.size();
  try_it();
  throw std::runtime_error("the kernel refuses the BPF program for " +
                           (probe.tracepoint.empty() ? "looking" : probe.tracepoint) + ": " + std::strerror(error) +
                           "\n" + log.data());
}

/// Whether the kernel takes a loop that it ends itself.
bool takes_bounded_loops() {
  BpfCode code;
  const auto again = code.label(), out = code.label();
  code.bind(again).give_up_at_last(out).jump(again).bind(out).move(r0, 0).exit();
  const std::vector<bpf_insn> program = std::move(code).finish();
  LIBBPF_OPTS(bpf_prog_load_opts, options, .log_level = 0);
  return OwnedFd(
             bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "weir_loop", "GPL", program.data(), program.size(), &options))
             .get() >= 0;
}

}  // namespace

struct SoftnetRecorder::Kernel {
  explicit Kernel(std::uint32_t net) : network_namespace(net) {
    libbpf_set_print(nullptr);
    control_map = OwnedFd(make_map(BPF_MAP_TYPE_ARRAY, "weir_control", 4, sizeof(SoftnetControl), 1, BPF_F_MMAPABLE));
    ring_map = OwnedFd(make_map(BPF_MAP_TYPE_RINGBUF, "weir_events", 0, 0, ring_bytes, 0));
    void* const shared =
        ::mmap(nullptr, sizeof(SoftnetControl), PROT_READ | PROT_WRITE, MAP_SHARED, control_map.get(), 0);
    if (shared == MAP_FAILED) throw std::runtime_error(std::string("mapping a BPF map: ") + std::strerror(errno));
    control = static_cast<volatile SoftnetControl*>(shared);
    const KernelTypes types;
    poll_list = types.field("softnet_data", {"backlog", "poll_list"}).offset;
    backlog = types.field("softnet_data", {"backlog"}).offset;
    cpu_backlog = types.enumerator("skb_drop_reason", "SKB_DROP_REASON_CPU_BACKLOG").value_or(-1);
    dev_ready = types.enumerator("skb_drop_reason", "SKB_DROP_REASON_DEV_READY").value_or(-1);
    attach(SoftnetProbes(types, control_map.get(), ring_map.get(), takes_bounded_loops()));
    ring = ring_buffer__new(ring_map.get(), on_record, this, nullptr);
    if (ring == nullptr) throw std::runtime_error("no ring of events");
  }
  ~Kernel() {
    ring_buffer__free(ring);
    ::munmap(const_cast<SoftnetControl*>(control), sizeof(SoftnetControl));
  }
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  void attach(const SoftnetProbes& probes) {
    for (const SoftnetProbe& each : softnet_probes) {
      OwnedFd program(load(each, probes.program(each.kind)));
      if (each.tracepoint.empty())
        marker = std::move(program);
      else
        attached.emplace_back(wanted(bpf_raw_tracepoint_open(each.tracepoint.c_str(), program.get()),
                                     "attaching to the tracepoint " + each.tracepoint));
    }
  }

  static int on_record(void* self, void* data, std::size_t size) {
    SoftnetRecord record;
    if (size < sizeof record) return 0;
    std::memcpy(&record, data, sizeof record);
    auto& kernel = *static_cast<Kernel*>(self);
    kernel.events.push_back(kernel.event_from(record));
    return 0;
  }

  SoftnetEvent event_from(const SoftnetRecord& record) const {
    SoftnetEvent event;
    event.seq = record.seq;
    event.kind = static_cast<SoftnetEventKind>(record.kind);
    event.cpu = record.cpu;
    event.jiffies = record.jiffies;
    event.nanoseconds = record.nanoseconds;
    event.packet = record.subject;
    event.first = record.first;
    event.second = record.second;
    event.flow = record.flow;
    event.ours = event.kind == SoftnetEventKind::napi_poll
                     ? record.subject == record.sd + backlog
                     : static_cast<std::uint32_t>(record.netns) == network_namespace;
    event.sd = {.known = record.sd != 0,
                .processed = record.processed,
                .dropped = record.dropped + record.dropped_elsewhere,
                .time_squeeze = record.time_squeeze,
                .received_rps = record.received_rps,
                .input_queue_head = record.input_queue_head,
                .input_queue_tail = record.input_queue_tail,
                .input_qlen = record.input_qlen,
                .process_qlen = record.process_qlen,
                .weight = record.weight,
                .sched = (record.napi_state & 1) != 0,
                .listed = record.poll_list_next != record.sd + poll_list};
    return event;
  }

  void consume() {
    const int result = ring_buffer__consume(ring);
    if (result < 0) throw std::runtime_error("reading events: " + std::string(std::strerror(-result)));
  }

  std::uint32_t network_namespace;
  OwnedFd control_map, ring_map, marker;
  std::vector<OwnedFd> attached;
  volatile SoftnetControl* control = nullptr;
  ring_buffer* ring = nullptr;
  std::uint32_t poll_list = 0, backlog = 0;  ///< offsets in softnet_data
  std::int32_t cpu_backlog = -1, dev_ready = -1;
  std::vector<SoftnetEvent> events;
  std::uint64_t looks = 0;  ///< each has its number
};

SoftnetRecorder::SoftnetRecorder(std::uint32_t network_namespace)
    : kernel_(std::make_unique<Kernel>(network_namespace)) {}
SoftnetRecorder::~SoftnetRecorder() = default;
SoftnetRecorder::SoftnetRecorder(SoftnetRecorder&&) noexcept = default;
SoftnetRecorder& SoftnetRecorder::operator=(SoftnetRecorder&&) noexcept = default;

void SoftnetRecorder::start(const SoftnetWatch& watch) {
  take();
  hold_after(watch.hold_after);
  kernel_->control->cpus = watch.cpus;
}

void SoftnetRecorder::hold_after(std::uint32_t packets) { kernel_->control->hold_after = packets; }

void SoftnetRecorder::stop_deliveries(bool stopped) { kernel_->control->stopped = stopped ? 1 : 0; }

void SoftnetRecorder::stop() {
  kernel_->control->cpus = 0;
  kernel_->control->hold_after = 0;
}

/// Records are read in the order in which they were begun: while one is being written, perhaps by a program that this
/// look has interrupted, those behind it have to wait.
SoftnetEvent SoftnetRecorder::look(std::uint32_t cpu) {
  std::uint64_t arguments[1] = {++kernel_->looks};
  LIBBPF_OPTS(bpf_test_run_opts, options, .ctx_in = arguments, .ctx_size_in = sizeof arguments,
              .flags = BPF_F_TEST_RUN_ON_CPU, .cpu = cpu);
  wanted(bpf_prog_test_run_opts(kernel_->marker.get(), &options), "looking at a CPU");
  const auto deadline = std::chrono::steady_clock::now() + seen_within;
  while (std::chrono::steady_clock::now() < deadline) {
    kernel_->consume();
    const auto& events = kernel_->events;
    const auto found = std::find_if(events.rbegin(), events.rend(), [&](const SoftnetEvent& each) {
      return each.kind == SoftnetEventKind::marker && each.packet == kernel_->looks;
    });
    if (found != events.rend()) return *found;
  }
  throw std::runtime_error("what was seen of a CPU does not come: it is not watched, or there is no room");
}

SoftnetRecording SoftnetRecorder::take() {
  kernel_->consume();
  SoftnetRecording recording;
  recording.events = std::exchange(kernel_->events, {});
  std::sort(recording.events.begin(), recording.events.end(),
            [](const SoftnetEvent& a, const SoftnetEvent& b) { return a.seq < b.seq; });
  recording.lost = std::exchange(*const_cast<std::uint64_t*>(&kernel_->control->lost), 0);
  recording.cpu_backlog = kernel_->cpu_backlog;
  recording.dev_ready = kernel_->dev_ready;
  return recording;
}

}  // namespace weir::oracle

// Clients of the backlog's queue: any thread puts packets in, thread 0 owns it.
#include <memory>
#include <span>
#include <utility>

#include "lockfree/backlog.hpp"
#include "proofs/memory/clients/client.hpp"
#include "proofs/memory/clients/queue_history.hpp"

namespace weir::proofs::memory {

/// What a client enqueues. The contents are written before, and read at delivery: were the queue's orders too weak,
/// that would be a race.
struct ModelPacket {
  Plain<int> contents;
  std::uint8_t number = 0;
};

}  // namespace weir::proofs::memory

namespace weir::proofs::memory {
namespace {

using lockfree::Count;
using What = QueueOperation::What;

/// One step of a thread. `own`: the owner's own packet, which goes by the private lane.
struct Step {
  enum class Do : std::uint8_t { put, burst, own, poll, look } what = Do::put;
  std::int32_t amount = 100;  ///< the limit, or the quota
  std::uint8_t packets = 1;   ///< of a burst
};
struct Script {
  Count count = Count::input;
  std::uint32_t first = 0;
  std::vector<std::vector<Step>> threads;
  std::uint32_t waiting_at_first = 0;
};

constexpr unsigned each_has = 4;  // packets, a thread

template <std::uint32_t Slots>
class QueueWorld {
 public:
  QueueWorld(const Script& script, Judgements& judgements)
      : script_(script), judgements_(judgements), queue_(script.count, script.first) {
    for (std::uint8_t i = 0; i < script.waiting_at_first; ++i) put(0, 100, Clocks{}, queue_before_, i);
  }

  void run(unsigned thread) {
    for (const Step& step : script_.threads[thread]) {
      if (step.what == Step::Do::look) {
        require(queue_.counted() <= max_threads * each_has, "what counts is never less than nothing");
        continue;
      }
      const Clocks begin = moment();
      const std::uint8_t done_before = histories_[thread].count;
      const auto number = static_cast<std::uint8_t>(thread * each_has + used_[thread]);
      used_[thread] = static_cast<std::uint8_t>(used_[thread] + step.packets);
      if (step.what == Step::Do::put) put(thread, step.amount, begin, histories_[thread], number);
      if (step.what == Step::Do::burst) put_burst(thread, step, begin, number);
      if (step.what == Step::Do::own) put_own(step.amount, number);
      if (step.what == Step::Do::poll) poll(step.amount, begin);
      for (std::uint8_t i = done_before; i < histories_[thread].count; ++i) {
        QueueOperation& done = histories_[thread].items[i];
        done.end = moment()[thread];
        done.has_ended = true;
      }
    }
  }

  void finish() {
    count_all();
    if (!own_lane_used_ && !burst_cut_)  // else both lanes, or both parts, may have found the backlog asleep
      require(scheduled_ == completed_ + (queue_.scheduled() ? 1U : 0U), "SCHED is set once and cleared once in turn");
    require(queue_.waiting() == 0 || (queue_.scheduled() && scheduled_ > completed_), "no wake-up is lost");
    require(queue_.waiting() == admitted_ - delivered_, "what was admitted waits or was delivered");
    require(queue_.dropped() == refused_, "each refusal is counted");
    require(queue_.admitted() == script_.first + admitted_, "each admission is counted");
    if (!own_lane_used_) judge();
    for (unsigned i = 0; i < 4 && queue_.scheduled(); ++i) poll(100, Clocks{});
    count_all();
    require(!queue_.scheduled() && queue_.waiting() == 0, "the queue can be emptied");
    require(delivered_ == admitted_, "nothing is lost");
    for (const std::uint8_t times : seen_) require(times <= 1, "nothing is delivered twice");
  }

 private:
  struct History {
    std::array<QueueOperation, 8> items;
    std::uint8_t count = 0;
    QueueOperation& next() { return items[count++]; }
  };

  void put(unsigned thread, std::int32_t limit, const Clocks& begin, History& history, std::uint8_t number) {
    ModelPacket& packet = packets_[number];
    packet.number = number;
    packet.contents = number;
    const lockfree::Admission admission = queue_.enqueue(&packet, static_cast<std::uint32_t>(limit));
    history.next() = {.what = What::put,
                      .thread = static_cast<std::uint8_t>(thread),
                      .packet = number,
                      .admitted = admission.admitted,
                      .scheduled = admission.scheduled,
                      .limit = limit,
                      .begin = begin};
  }
  /// As one operation a packet.
  void put_burst(unsigned thread, const Step& step, const Clocks& begin, std::uint8_t number) {
    std::array<ModelPacket*, 8> burst{};
    for (std::uint8_t i = 0; i < step.packets; ++i) {
      burst[i] = &packets_[number + i];
      burst[i]->number = static_cast<std::uint8_t>(number + i);
      burst[i]->contents = number + i;
    }
    const lockfree::BurstAdmission admission =
        queue_.enqueue_burst(std::span(burst.data(), step.packets), static_cast<std::uint32_t>(step.amount));
    burst_cut_ = burst_cut_ || admission.admitted != step.packets;
    const auto name = static_cast<std::uint8_t>(1 + number);
    for (std::uint8_t i = 0; i < step.packets; ++i)
      histories_[thread].next() = {.what = What::put,
                                   .thread = static_cast<std::uint8_t>(thread),
                                   .packet = static_cast<std::uint8_t>(number + i),
                                   .burst = name,
                                   .last_of_burst = i + 1 == step.packets,
                                   .admitted = i < admission.admitted,
                                   .scheduled = i + 1 == step.packets && admission.scheduled,
                                   .limit = step.amount,
                                   .begin = begin};
  }
  void put_own(std::int32_t limit, std::uint8_t number) {
    own_lane_used_ = true;
    ModelPacket& packet = packets_[number];
    packet.number = number;
    packet.contents = number;
    const lockfree::Admission admission = queue_.enqueue_on_owner(&packet, static_cast<std::uint32_t>(limit));
    histories_[0].next() = {.what = What::put,
                            .packet = number,
                            .admitted = admission.admitted,
                            .scheduled = admission.scheduled,
                            .limit = limit};
  }
  void poll(std::int32_t quota, const Clocks& begin) {
    QueueOperation& poll = histories_[0].next();
    poll = {.what = What::idle, .quota = quota, .begin = begin};
    if (!queue_.scheduled()) return;
    poll.what = What::poll;
    const lockfree::PollResult result = queue_.poll(quota, [&](ModelPacket* packet) {
      require(packet->contents == packet->number, "a packet arrives with its contents");
      const std::uint8_t lane = packet->number / each_has;
      require(last_[lane] <= packet->number, "each producer's packets arrive in order");
      last_[lane] = packet->number;
      ++seen_[packet->number];
      if (poll.delivered_count < poll.delivered.size()) poll.delivered[poll.delivered_count++] = packet->number;
      return true;
    });
    poll.complete = result.complete;
  }

  void count_all() {
    scheduled_ = completed_ = admitted_ = refused_ = delivered_ = 0;
    const auto count = [&](const History& history) {
      for (std::uint8_t i = 0; i < history.count; ++i) {
        const QueueOperation& each = history.items[i];
        if (each.what == What::put) (each.admitted ? admitted_ : refused_) += 1;
        scheduled_ += each.scheduled ? 1 : 0;
        completed_ += each.complete ? 1 : 0;
        delivered_ += each.delivered_count;
      }
    };
    count(queue_before_);
    for (const History& each : histories_) count(each);
  }

  /// Against the spec. Outcomes repeat: each is judged once.
  void judge() {
    bool has_order = false;
    {
      const Heap::Use outside(nullptr);
      static thread_local QueueHistory all;  // memory to use again
      static thread_local std::string key;
      all.assign(queue_before_.items.begin(), queue_before_.items.begin() + queue_before_.count);
      for (QueueOperation& each : all) each.has_ended = true;
      for (const History& each : histories_) all.insert(all.end(), each.items.begin(), each.items.begin() + each.count);
      key.clear();
      append_key(key, all);
      const auto [known, fresh] = judgements_.try_emplace(key, false);
      if (fresh) known->second = has_an_order(all, script_.count == Count::waiting);
      has_order = known->second;
    }
    require(has_order, "the spec has an order of these steps with these outcomes");
  }

  const Script& script_;
  Judgements& judgements_;
  std::array<ModelPacket, max_threads * each_has> packets_;
  lockfree::Backlog<ModelPacket*, Modelled, Slots> queue_;
  History queue_before_;
  std::array<History, max_threads> histories_;
  std::array<std::uint8_t, max_threads> used_{};
  std::array<std::uint8_t, max_threads> last_{};
  std::array<std::uint8_t, max_threads * each_has> seen_{};
  bool own_lane_used_ = false, burst_cut_ = false;
  unsigned scheduled_ = 0, completed_ = 0, admitted_ = 0, refused_ = 0, delivered_ = 0;
};

constexpr Step put(std::int32_t limit = 100) { return {Step::Do::put, limit}; }
constexpr Step burst(std::uint8_t packets, std::int32_t limit = 100) { return {Step::Do::burst, limit, packets}; }
constexpr Step own(std::int32_t limit = 100) { return {Step::Do::own, limit}; }
constexpr Step look() { return {Step::Do::look, 0}; }
constexpr Step poll(std::int32_t quota = 100) { return {Step::Do::poll, quota}; }

template <std::uint32_t Slots>
Client client(std::string name, std::string sentence, Script script, unsigned spurious = 0) {
  const auto threads = static_cast<unsigned>(script.threads.size());
  return {std::move(name),
          std::move(sentence),
          threads,
          [=] { return std::make_unique<ClientProgram<QueueWorld<Slots>, Script>>(script, threads); },
          {.spurious = spurious}};
}

}  // namespace

std::vector<Client> queue_clients() {
  std::vector<Client> all;
  const auto add = [&]<std::uint32_t Slots>(std::integral_constant<std::uint32_t, Slots>, const std::string& name,
                                            std::string sentence, Script script, unsigned spurious = 0) {
    all.push_back(client<Slots>("queue." + name, std::move(sentence), std::move(script), spurious));
  };
  constexpr std::integral_constant<std::uint32_t, 2> two{};
  constexpr std::integral_constant<std::uint32_t, 4> four{};
  constexpr std::uint32_t near_the_end = 0xfffffffe;
  add(two, "put_poll", "a packet comes in while the owner polls", {.threads = {{poll(), poll()}, {put()}}}, 1);
  add(four, "put_put_poll", "two packets come in while the owner polls twice",
      {.threads = {{poll(), poll()}, {put(), put()}}}, 1);
  add(four, "two_threads", "the owner polls four times while four packets come in",
      {.threads = {{poll(), poll(), poll(), poll()}, {put(), put(), put(), put()}}});
  add(two, "grows", "two packets wait in a ring of two slots, two more come in",
      {.threads = {{poll(), poll()}, {put(), put()}}, .waiting_at_first = 2});
  add(two, "wrap", "as `grows`, where the positions pass 2^32",
      {.first = near_the_end, .threads = {{poll(), poll()}, {put(), put()}}, .waiting_at_first = 1});
  add(four, "limit", "two producers meet a limit while the owner makes room",
      {.threads = {{poll()}, {put(0)}, {put(0)}}, .waiting_at_first = 1});
  add(four, "refusals", "two producers are refused at once",
      {.threads = {{}, {put(0)}, {put(0)}}, .waiting_at_first = 1});
  add(four, "counted", "a third thread asks how many packets count", {.threads = {{poll()}, {put(), put()}, {look()}}});
  add(four, "limit_changes", "the limit falls between two packets while the owner polls",
      {.threads = {{poll()}, {put(2), put(0)}}, .waiting_at_first = 1}, 1);
  add(four, "limit_one_queue", "as `limit`, in the releases with one queue",
      {.count = Count::waiting, .threads = {{poll()}, {put(0)}, {put(0)}}, .waiting_at_first = 1});
  add(four, "quota", "the owner's quota ends a poll while packets come in",
      {.threads = {{poll(1), poll(1)}, {put()}, {put()}}});
  add(four, "taken_over_at_once", "the limit is met, the owner takes one packet, and others come in",
      {.threads = {{poll(1)}, {put(2), put(2), put(2), put(2)}}, .waiting_at_first = 3});
  add(four, "two_producers", "two producers find the backlog asleep, the owner polls",
      {.threads = {{poll()}, {put()}, {put()}}}, 1);
  add(two, "new_ring", "two producers bring in the same ring", {.threads = {{poll()}, {put()}, {put()}}});
  add(four, "own_lane", "the owner's own packet, and another's, and a poll", {.threads = {{own(), poll()}, {put()}}},
      1);
  add(four, "both_lanes", "own packets between polls, others come in",
      {.threads = {{own(), poll(1), own(), poll()}, {put(), put()}}});
  add(two, "laps", "two packets wait in a ring of two slots, and two producers use the slots again",
      {.threads = {{poll()}, {put()}, {put()}}, .waiting_at_first = 2});
  add(two, "taken", "the owner takes a burst, and another producer uses its slots again",
      {.threads = {{poll(2)}, {burst(2)}, {put()}}});
  add(two, "passed_on", "as `taken`, but it knows of that from a third, whose packet is refused",
      {.count = Count::waiting, .threads = {{poll(1)}, {burst(2)}, {put(0)}, {put()}}});
  add(four, "burst_poll", "a burst comes in while the owner polls twice", {.threads = {{poll(), poll()}, {burst(2)}}},
      1);
  add(four, "burst_quota", "a burst comes in, and the owner's quota cuts it",
      {.threads = {{poll(1), poll(1)}, {burst(3)}}});
  add(four, "two_bursts", "two bursts come in at once while the owner polls",
      {.threads = {{poll()}, {burst(2)}, {burst(2)}}});
  add(four, "burst_and_packet", "a burst finds the backlog awake or asleep, and so does a packet",
      {.threads = {{poll(), poll()}, {burst(2)}, {put()}}});
  add(two, "burst_grows", "a burst needs a larger ring while the owner polls",
      {.threads = {{poll(), poll()}, {burst(3)}}, .waiting_at_first = 1});
  add(two, "burst_laps", "bursts fill the ring again and again", {.threads = {{poll(), poll()}, {burst(2), burst(2)}}});
  add(four, "burst_limit", "the limit cuts a burst while the owner makes room",
      {.threads = {{poll()}, {burst(3, 1)}}, .waiting_at_first = 1});
  add(four, "bursts_limit", "the limit cuts a burst, and refuses a packet",
      {.threads = {{poll()}, {burst(2, 1)}, {put(1)}}, .waiting_at_first = 1});
  add(four, "burst_limit_one_queue", "as `burst_limit`, in the releases with one queue",
      {.count = Count::waiting, .threads = {{poll()}, {burst(3, 1)}}, .waiting_at_first = 1});
  return all;
}

}  // namespace weir::proofs::memory

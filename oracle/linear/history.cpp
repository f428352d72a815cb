#include "oracle/linear/history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "oracle/check/label.hpp"
#include "oracle/check/machine.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/linear/host_spec.hpp"
#include "oracle/text/malformed.hpp"

namespace weir::oracle {
namespace {

/// The CPUs that an operation of the softnet plane touches; for what touches all, nothing.
std::vector<std::uint32_t> cpus_of(const Op& operation) {
  return std::visit(
      []<class T>(const T& each) -> std::vector<std::uint32_t> {
        if constexpr (requires { each.tick_after; }) {
          if (each.tick_after) return {};  // everybody's time passes
        }
        if constexpr (std::is_same_v<T, op::NetifRx>)
          return {each.cpu.index, each.to.value_or(each.cpu).index};
        else if constexpr (requires { each.cpu; })
          return {each.cpu.index};
        else
          return {};
      },
      operation);
}

/// Sets of CPUs that packets have passed between.
class Neighbours {
 public:
  explicit Neighbours(std::uint32_t cpus) : parent_(cpus) { std::iota(parent_.begin(), parent_.end(), 0U); }

  std::uint32_t of(std::uint32_t cpu) const {
    while (parent_[cpu] != cpu) cpu = parent_[cpu];
    return cpu;
  }
  void join(std::uint32_t a, std::uint32_t b) { parent_[of(a)] = of(b); }

 private:
  std::vector<std::uint32_t> parent_;
};

const std::vector<Skb>* delivered_by(const Call& call) {
  if (const auto* const polled = std::get_if<outcome::Polled>(&call.seen.outcome)) return &polled->delivered;
  if (const auto* const ran = std::get_if<outcome::ActionRan>(&call.seen.outcome)) return &ran->delivered;
  return nullptr;
}

std::string times_of(const Call& call) {
  return fmt::format(",\"start\":{}{}}}", call.start,
                     call.end == Call::never ? "" : fmt::format(",\"end\":{}", call.end));
}

std::string text_of(const Call& call) {
  std::string text;
  append_json(text, call.operation, call.seen);
  text.pop_back();
  return text + times_of(call);
}

/// The order once more; \return the rules that it passed.
ClauseSet follow(Host& host, std::span<const Call> calls, const std::vector<std::size_t>& order) {
  ClauseSet clauses;
  for (const std::size_t each : order) clauses |= step(host, calls[each].operation).clauses;
  return clauses;
}

/// Of the calls that could have come next the one that was the first to end is told: it had to.
Divergence divergence_of(const Header& header, std::span<const Call> calls, const Linear& linear) {
  const auto first = std::min_element(linear.refused.begin(), linear.refused.end(), [&](const auto& a, const auto& b) {
    return calls[a.first].end < calls[b.first].end;
  });
  Host host(*header.profile, header.options);
  follow(host, calls, linear.order);
  const Call& call = calls[first->first];
  const std::vector<std::string> before = describe(host, call.operation);
  const Explained answer = step(host, call.operation);
  return {.line = call.line,
          .text = text_of(call),
          .observed = to_text(call.seen),
          .allowed = to_text(answer.outcome),
          .clauses = answer.clauses,
          .before = before,
          .since = {},
          .note = fmt::format("no order explains more than {} of {} calls; this one fits nowhere after them",
                              linear.order.size(), calls.size())};
}

Linear search(const Header& header, std::span<const Call> calls, const LinearOptions& options) {
  const bool known =
      std::all_of(calls.begin(), calls.end(), [](const Call& each) { return SoftnetSpec::knows(each.operation); });
  return known ? linearize(SoftnetSpec(header), calls, options) : linearize(HostSpec(header), calls, options);
}

/// What is illegal is searched once more without the order of the packets, for the call that fits nowhere.
Linear search_part(const Header& header, std::vector<Call> calls, const LinearOptions& options) {
  const std::vector<Call> as_seen = calls;
  order_packets(calls);
  Linear linear = search(header, calls, options);
  if (linear.verdict != Linearizable::illegal) return linear;
  Linear explained = search(header, as_seen, options);
  explained.steps += linear.steps;
  if (explained.verdict == Linearizable::unknown) explained.verdict = Linearizable::illegal;
  return explained;
}

}  // namespace

History read_history(TraceReader& trace, std::optional<TraceLine> first) {
  History history{trace.header(), {}};
  const auto take = [&](TraceLine& line) {
    if (!line.start) throw Malformed(trace.file(), line.number, 1, "expected a start, as the lines before have one");
    if (label_of(line))
      throw Malformed(trace.file(), line.number, 1, "expected no descriptor: which call makes which has no order here");
    history.calls.push_back(
        {std::move(line.operation), std::move(line.seen), *line.start, line.end.value_or(Call::never), line.number});
  };
  if (first) take(*first);
  for (TraceLine line; trace.next(line);) take(line);
  return history;
}

std::vector<std::vector<std::size_t>> parts_of(const History& history) {
  const auto& calls = history.calls;
  std::vector<std::size_t> all(calls.size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  Neighbours neighbours(history.header.options.cpus);
  for (const Call& each : calls) {
    const auto cpus = cpus_of(each.operation);
    if (cpus.empty()) return {all};
    neighbours.join(cpus.front(), cpus.back());
  }
  std::map<std::uint32_t, std::vector<std::size_t>> parts;
  for (const std::size_t each : all) parts[neighbours.of(cpus_of(calls[each].operation).front())].push_back(each);
  std::vector<std::vector<std::size_t>> found;
  for (auto& [cpu, part] : parts) found.push_back(std::move(part));
  return found;
}

void order_packets(std::vector<Call>& calls) {
  std::unordered_map<std::uint32_t, std::size_t> arrivals;
  std::vector<std::size_t> polls;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (const auto* const packet = std::get_if<op::NetifRx>(&calls[i].operation))
      if (!arrivals.emplace(packet->skb.id, i).second) return;  // which of the two was it?
    if (delivered_by(calls[i]) != nullptr) polls.push_back(i);
  }
  std::stable_sort(polls.begin(), polls.end(),
                   [&](std::size_t a, std::size_t b) { return calls[a].start < calls[b].start; });
  std::map<std::uint32_t, std::size_t> last_poll, last_packet;
  for (const std::size_t poll : polls) {
    const std::uint32_t cpu = cpus_of(calls[poll].operation).front();
    const auto before = last_poll.find(cpu);
    if (before != last_poll.end() && calls[poll].after != before->second &&
        calls[before->second].end > calls[poll].start)
      return;  // two owners of one CPU
    last_poll[cpu] = poll;
    for (const Skb each : *delivered_by(calls[poll])) {
      const auto arrival = arrivals.find(each.id);
      if (arrival == arrivals.end()) continue;
      const auto last = last_packet.find(cpu);
      Call& packet = calls[arrival->second];
      if (last != last_packet.end() && packet.after == Call::nothing) packet.after = last->second;
      last_packet[cpu] = arrival->second;
      arrivals.erase(arrival);
    }
  }
  for (const auto& [skb, left] : arrivals) {  // what waits still came after all that does not
    const auto* const received = std::get_if<outcome::Received>(&calls[left].seen.outcome);
    if (received == nullptr || received->ret != NetRx::success || calls[left].after != Call::nothing) continue;
    const auto& packet = std::get<op::NetifRx>(calls[left].operation);
    const auto last = last_packet.find(packet.cpu.index);
    if (!packet.to && last != last_packet.end()) calls[left].after = last->second;
  }
}

HistoryResult check_history(const History& history, const LinearOptions& options) {
  HistoryResult result;
  for (const auto& part : parts_of(history)) {
    std::vector<Call> in_part;
    std::unordered_map<std::size_t, std::size_t> places{{Call::nothing, Call::nothing}};
    for (const std::size_t each : part) {
      places.emplace(each, in_part.size());
      in_part.push_back(history.calls[each]);
    }
    for (Call& each : in_part) {  // one of another part has no influence
      const auto found = places.find(each.after);
      each.after = found == places.end() ? Call::nothing : found->second;
    }
    const Linear linear = search_part(history.header, in_part, options);
    result.steps += linear.steps;
    Host host(*history.header.profile, history.header.options);
    result.clauses |= follow(host, in_part, linear.order);
    if (linear.verdict == Linearizable::unknown && result.verdict == Linearizable::ok)
      result.verdict = Linearizable::unknown;
    if (linear.verdict != Linearizable::illegal) continue;
    result.verdict = Linearizable::illegal;
    result.divergence = divergence_of(history.header, in_part, linear);
    return result;
  }
  return result;
}

std::string to_trace(const History& history) {
  std::string text = to_json(history.header) + "\n";
  for (const Call& each : history.calls) text += text_of(each) + "\n";
  return text;
}

}  // namespace weir::oracle

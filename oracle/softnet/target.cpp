#include "oracle/softnet/target.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "oracle/softnet/knobs.hpp"
#include "oracle/softnet/machine.hpp"
#include "oracle/targets/this_kernel.hpp"

namespace weir::oracle {

Availability SoftnetTarget::probe() {
  try {
    const SoftnetTarget tried;
    return {true, ""};
  } catch (const std::runtime_error& error) {
    return {false, error.what()};
  }
}

bool SoftnetTarget::supported(const Op& operation) {
  if (const auto* const write = std::get_if<op::SysctlWrite>(&operation)) return SoftnetKnobs::is_harmless(*write);
  if (const auto* const read = std::get_if<op::SysctlRead>(&operation))
    return read->ns.id == 0 &&
           std::find(softnet_knobs.begin(), softnet_knobs.end(), read->sysctl) != softnet_knobs.end();
  if (const auto* const packet = std::get_if<op::NetifRx>(&operation)) return packet->running;
  return std::holds_alternative<op::NetRxAction>(operation) || std::holds_alternative<op::SoftnetStat>(operation);
}

SoftnetTarget::SoftnetTarget() : SoftnetTarget(softnet_of_this_machine(false), profile_of_running_kernel()) {}

SoftnetTarget::SoftnetTarget(std::unique_ptr<SoftnetSource> kernel, const Profile& profile)
    : kernel_(std::move(kernel)), place_(kernel_->place()) {
  header_.profile = &profile;
  header_.options.cpus = place_.cpus;
}

SoftnetStory SoftnetTarget::run(std::span<const Op> program) {
  return translate(kernel_->record(program), place_.cpu, header_);
}

SoftnetHistory SoftnetTarget::run_steered(std::span<const std::uint32_t> packets, std::int32_t netdev_max_backlog) {
  Header header = header_;
  header.options.sysctl.emplace_back(Sysctl::netdev_max_backlog, netdev_max_backlog);
  const SteeredBursts bursts{
      .packets = {packets.begin(), packets.end()}, .netdev_max_backlog = netdev_max_backlog, .stopped = false};
  return translate_overlapping(kernel_->record_steered(bursts), place_.cpu, place_.other_cpu(), header);
}

}  // namespace weir::oracle

// The target in a build without libbpf: it is not available.
#include <stdexcept>

#include "oracle/softnet/target.hpp"

namespace weir::oracle {
namespace {

constexpr const char* reason = "this build has no libbpf (on Debian: apt-get install libbpf-dev, then build again)";

}  // namespace

class SoftnetTarget::Machine {};

Availability SoftnetTarget::probe() { return {false, reason}; }
bool SoftnetTarget::supported(const Op&) { return false; }
SoftnetTarget::SoftnetTarget() { throw std::runtime_error(reason); }
SoftnetTarget::~SoftnetTarget() = default;
SoftnetTarget::SoftnetTarget(SoftnetTarget&&) noexcept = default;
SoftnetTarget& SoftnetTarget::operator=(SoftnetTarget&&) noexcept = default;
const Header& SoftnetTarget::header() const { throw std::logic_error(reason); }
std::uint32_t SoftnetTarget::cpu() const { throw std::logic_error(reason); }
SoftnetHistory SoftnetTarget::run_steered(std::span<const std::uint32_t>, std::int32_t) {
  throw std::logic_error(reason);
}
std::string SoftnetTarget::why_not_steered() const { return reason; }
SoftnetStory SoftnetTarget::run(std::span<const Op>) { throw std::logic_error(reason); }

}  // namespace weir::oracle

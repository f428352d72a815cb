#include "oracle/softnet/guest.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>
#include <vector>

#include "oracle/softnet/wire.hpp"
#include "oracle/targets/linux_service.hpp"

namespace weir::oracle {
namespace {

/// Interpreted, a kernel takes its time to tell its types, and to look through the programs.
constexpr std::chrono::seconds ready_within{120};
constexpr std::chrono::seconds recorded_within{60};

class GuestSoftnet final : public SoftnetSource {
 public:
  explicit GuestSoftnet(std::shared_ptr<LinuxTarget> guest) : guest_(std::move(guest)) {
    const std::string reply = guest_->ask(Request::softnet_place, {}, ready_within);
    wire::Reader in(reply);
    in.get(place_);
    if (!in.ok()) throw std::runtime_error("the driver does not make sense");
  }

  SoftnetPlace place() override { return place_; }

  SoftnetRecording record(std::span<const Op> program) override {
    std::string bytes;
    wire::Writer(bytes).put(std::vector<Op>(program.begin(), program.end()));
    return recording_from(guest_->ask(Request::softnet_record, bytes, recorded_within));
  }

  SoftnetRecording record_steered(const SteeredBursts& bursts) override {
    std::string bytes;
    wire::Writer(bytes).put(bursts);
    return recording_from(guest_->ask(Request::softnet_record_steered, bytes, recorded_within));
  }

 private:
  static SoftnetRecording recording_from(const std::string& reply) {
    SoftnetRecording recording;
    wire::Reader in(reply);
    wire::get(in, recording);
    if (!in.ok()) throw std::runtime_error("the driver does not make sense");
    return recording;
  }

  std::shared_ptr<LinuxTarget> guest_;
  SoftnetPlace place_;
};

}  // namespace

std::unique_ptr<SoftnetSource> softnet_of_guest(std::shared_ptr<LinuxTarget> guest) {
  return std::make_unique<GuestSoftnet>(std::move(guest));
}

}  // namespace weir::oracle

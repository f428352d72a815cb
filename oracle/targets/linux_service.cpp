#include "oracle/targets/linux_service.hpp"

#include <chrono>
#include <stdexcept>
#include <vector>

#include "oracle/softnet/wire.hpp"
#include "oracle/targets/linux_driver.hpp"
#include "oracle/targets/wire.hpp"

namespace weir::oracle {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr milliseconds for_ever{0};

class Service {
 public:
  Service(const LinuxAbilities& abilities, const MakeSoftnet& make_softnet)
      : driver_(abilities.machine), make_softnet_(make_softnet) {}

  /// What has nothing to do with a case ends in a reply: the machine is still of use.
  std::string answer(const std::string& message) {
    wire::Reader in(message);
    const auto request = in.get<Request>();
    std::string reply;
    wire::Writer out(reply);
    out.put(Reply::fine);
    if (request == Request::run_case) {
      run_case(in, out);
      return reply;
    }
    try {
      record(request, in, out);
    } catch (const std::runtime_error& error) {
      reply.clear();
      out.put(Reply::trouble);
      out.put(std::string(error.what()));
    }
    return reply;
  }

 private:
  void run_case(wire::Reader& in, wire::Writer& out) {
    std::vector<Op> ops;
    std::vector<Outcome> outcomes;
    in.get(ops);
    const auto began = steady_clock::now();
    driver_.run_case(ops, outcomes);
    const nanoseconds took = steady_clock::now() - began - sleeps_of(ops);
    out.put(took.count());
    out.put(outcomes);
  }

  void record(Request request, wire::Reader& in, wire::Writer& out) {
    if (softnet_ == nullptr) softnet_ = make_softnet_();
    if (request == Request::softnet_place) {
      out.put(softnet_->place());
    } else if (request == Request::softnet_record) {
      std::vector<Op> program;
      in.get(program);
      wire::put(out, softnet_->record(program));
    } else {
      SteeredBursts bursts;
      in.get(bursts);
      wire::put(out, softnet_->record_steered(bursts));
    }
  }

  LinuxDriver driver_;
  const MakeSoftnet& make_softnet_;
  std::unique_ptr<SoftnetSource> softnet_;
};

}  // namespace

milliseconds sleeps_of(std::span<const Op> ops) {
  milliseconds sum{0};
  for (const Op& each : ops)
    if (const auto* const advance = std::get_if<op::Advance>(&each)) sum += milliseconds(advance->ms.count);
  return sum;
}

void serve_cases(ByteStream& channel, const LinuxAbilities& abilities, const MakeSoftnet& softnet) {
  Service service(abilities, softnet);
  std::string message;
  wire::Writer out(message);
  out.put(Reply::fine);
  out.put(abilities);
  for (bool going = send_message(channel, message, for_ever); going;)
    going = receive_message(channel, message, for_ever) && send_message(channel, service.answer(message), for_ever);
}

void send_trouble(ByteStream& channel, const std::exception& error) {
  std::string message;
  wire::Writer out(message);
  out.put(Reply::trouble);
  out.put(std::string(error.what()));
  send_message(channel, message, for_ever);
}

}  // namespace weir::oracle

#include "oracle/targets/linux_service.hpp"

#include <chrono>
#include <vector>

#include "oracle/targets/linux_driver.hpp"
#include "oracle/targets/wire.hpp"

namespace weir::oracle {
namespace {

using std::chrono::milliseconds;
using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr milliseconds for_ever{0};

std::string answer(LinuxDriver& driver, const std::string& request) {
  std::vector<Op> ops;
  std::vector<Outcome> outcomes;
  wire::Reader(request).get(ops);
  const auto began = steady_clock::now();
  driver.run_case(ops, outcomes);
  const nanoseconds took = steady_clock::now() - began - sleeps_of(ops);
  std::string reply;
  wire::Writer out(reply);
  out.put(Reply::fine);
  out.put(took.count());
  out.put(outcomes);
  return reply;
}

}  // namespace

milliseconds sleeps_of(std::span<const Op> ops) {
  milliseconds sum{0};
  for (const Op& each : ops)
    if (const auto* const advance = std::get_if<op::Advance>(&each)) sum += milliseconds(advance->ms.count);
  return sum;
}

void serve_cases(ByteStream& channel, const LinuxAbilities& abilities) {
  LinuxDriver driver(abilities.machine);
  std::string message;
  wire::Writer out(message);
  out.put(Reply::fine);
  out.put(abilities);
  for (bool going = send_message(channel, message, for_ever); going;)
    going = receive_message(channel, message, for_ever) && send_message(channel, answer(driver, message), for_ever);
}

void send_trouble(ByteStream& channel, const std::exception& error) {
  std::string message;
  wire::Writer out(message);
  out.put(Reply::trouble);
  out.put(std::string(error.what()));
  send_message(channel, message, for_ever);
}

}  // namespace weir::oracle

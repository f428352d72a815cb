// usage: model_driver PROFILE [die|hang|babble|relisten]: the model of a release as a driver (docs/driver.md). The
// second word says what becomes of it at the first accept, or that a listener may not be given less room than it needs.
#include <unistd.h>

#include <iostream>
#include <optional>
#include <string>
#include <string_view>

#include "model/host.hpp"
#include "oracle/json/reader.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/profile/names.hpp"

namespace weir {
namespace {

Op operation_in(const std::string& line) {
  oracle::TraceReader reader(oracle::read_text("{\"weir\":1,\"profile\":\"linux-6.18\"}\n" + line + "\n"),
                             "standard input");
  oracle::TraceLine read;
  reader.next(read);
  return read.operation;
}

void misbehave(std::string_view how) {
  if (how == "die") std::abort();
  if (how == "hang") ::sleep(60);
  if (how == "babble") std::cout << "what?" << std::endl;
}

/// More wait than there would be room for: gVisor refuses that.
bool takes_room_away(model::Host<Concrete>& host, const Op& operation) {
  const auto* listen = std::get_if<op::Listen>(&operation);
  if (listen == nullptr) return false;
  const Outcome seen = host.step(op::TcpInfo{listen->fd});
  const auto* now = std::get_if<outcome::Info>(&seen);
  return now != nullptr && now->state == TcpState::listen &&
         now->unacked > std::uint64_t{1} + static_cast<std::uint32_t>(listen->backlog);
}

int drive(const Profile& release, std::string_view end) {
  std::cout << R"({"driver":1,"name":"model","patience_ms":1000,"ops":")"
            << "socket bind listen accept connect setsockopt getsockopt shutdown close tcp_info\"}" << std::endl;
  std::optional<model::Host<Concrete>> host;
  for (std::string line; std::getline(std::cin, line);) {
    if (line.find("\"weir\"") != std::string::npos) {
      host.emplace(release, HostOptions{});
      continue;
    }
    const Op operation = operation_in(line);
    if (std::holds_alternative<op::Accept>(operation)) misbehave(end);
    const bool refused = end == "relisten" && takes_room_away(*host, operation);
    std::cout << oracle::to_json(operation,
                                 refused ? Outcome(outcome::Returned{-1, Errno::einval}) : host->step(operation))
              << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  const auto choice = weir::oracle::profile_named(argc > 1 ? argv[1] : "");
  if (choice.profile == nullptr) {
    std::cerr << "model_driver: " << choice.error << '\n';
    return 2;
  }
  return weir::drive(*choice.profile, argc > 2 ? argv[2] : "");
}

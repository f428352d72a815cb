// usage: model_driver PROFILE [die|hang|babble]: the model of a release as a driver (docs/driver.md). The second word
// says what becomes of it at the first accept.
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
    std::cout << oracle::to_json(operation, host->step(operation)) << std::endl;
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

// Uses the installed weir as a stranger would: one operation on a host of the newest profile.
#include <cstdio>
#include <variant>

#include "model/host.hpp"

int main() {
  weir::model::Host<weir::Concrete> host(*weir::profile_from("linux-6.18"));
  const auto outcome = host.step(weir::op::Socket{{}, weir::Family::inet, weir::SockType::stream});
  const auto* returned = std::get_if<weir::outcome::Returned>(&outcome);
  if (returned == nullptr || returned->ret != 3) return 1;
  std::puts("socket() = 3");
}

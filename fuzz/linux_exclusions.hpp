// What a campaign does not ask a live kernel, and why: situations that the model leaves out, or whose outcome the
// operations do not determine.
#pragma once
#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "model/op.hpp"
#include "model/outcome.hpp"

namespace weir::fuzz {

struct Exclusion {
  std::string_view what;
  std::string_view why;
};

/// The table; docs/live.md shows it to people.
inline constexpr auto linux_exclusions = std::to_array<Exclusion>({
    {"an inet6 stream socket has been connected to an IPv4 address, and is now connected elsewhere or listens",
     "the kernel goes on sending its segments by IPv4, so that SYNs and FINs over IPv6 are lost; the model does not"},
});

/// Follows a case and says which operation must not be asked next.
class LinuxExclusions {
 public:
  bool excludes(const Op& operation) const {
    if (const auto* connect = std::get_if<op::Connect>(&operation))
      return is_mapped(connect->fd) && connect->addr.kind != Address::Kind::v4;
    if (const auto* listen = std::get_if<op::Listen>(&operation)) return is_mapped(listen->fd);
    return false;
  }

  void note(const Op& operation, const Outcome& outcome) {
    if (const auto* connect = std::get_if<op::Connect>(&operation); connect != nullptr && is_dual_stack(connect->fd)) {
      const auto* returned = std::get_if<outcome::Returned>(&outcome);
      if (returned != nullptr && returned->error == Errno::einprogress &&
          connect->addr.kind != Address::Kind::v6_loopback)
        mapped_.push_back(connect->fd);
    } else if (const auto* socket = std::get_if<op::Socket>(&operation)) {
      note_socket(*socket, outcome);
    } else if (const auto* close = std::get_if<op::Close>(&operation)) {
      std::erase(dual_stack_, close->fd);
      std::erase(mapped_, close->fd);
    }
  }

 private:
  void note_socket(const op::Socket& made, const Outcome& outcome) {
    const auto* returned = std::get_if<outcome::Returned>(&outcome);
    if (made.family == Family::inet6 && made.type == SockType::stream && returned != nullptr && returned->ret >= 0)
      dual_stack_.push_back(Fd{static_cast<std::int32_t>(returned->ret)});
  }

  bool is_dual_stack(Fd fd) const { return std::find(dual_stack_.begin(), dual_stack_.end(), fd) != dual_stack_.end(); }
  bool is_mapped(Fd fd) const { return std::find(mapped_.begin(), mapped_.end(), fd) != mapped_.end(); }

  std::vector<Fd> dual_stack_;
  std::vector<Fd> mapped_;
};

}  // namespace weir::fuzz

// The other end of a connection as a script's sequence numbers show it.
#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "model/clause.hpp"
#include "oracle/packetdrill/script.hpp"

namespace weir::oracle::packetdrill {

/// The model's peers always say the right numbers. So a script's numbers are followed here, and a peer that says
/// others, or of whose connection something is done that the model does not know, is left alone from then on.
struct Peer {
  std::optional<std::uint32_t> first;  ///< sequence number of its SYN
  std::uint32_t next = 0;              ///< of what it sends next
  std::uint32_t host_next = 0;         ///< of what the host sends next; the host's SYN has 0
  bool sent_fin = false;
  bool host_sent_fin = false;
  bool reset = false;     ///< a RST went one way or the other
  bool owed_ack = false;  ///< the host may acknowledge late, which no operation shows
  std::string outside;    ///< why it is left alone; "" while it is not

  std::uint64_t line = 0;  ///< of its last segment
  Micros at = 0;           ///< when that was, or when the host last sent something on its own
  ClauseSet clauses;       ///< the rules that decided it

  /// A new SYN with another number begins anew.
  bool over() const { return !first || reset || (sent_fin && host_sent_fin); }

  /// Follows what it sends: its numbers, and how many bytes of data.
  /// \return whether these are the numbers that the model's peer would say
  bool says(std::uint32_t seq, std::uint32_t len, std::optional<std::uint32_t> ack, Flags flags) {
    const bool syn = has_syn(flags), fin = has_fin(flags), rst = has_rst(flags);
    if (syn && !ack) {
      if (first && *first != seq && !over()) return false;
      if (!first || *first != seq) {
        *this = Peer{};
        first = seq;
        next = seq + 1;
      }
      return len == 0;
    }
    if (!first) return true;
    const bool again = fin && sent_fin && seq + 1 == next;
    const bool repeats_syn = syn && seq == *first;
    if (seq != next && !again && !repeats_syn) return false;
    if (ack && *ack != host_next && !rst) return false;
    if (!again && !repeats_syn) next += len + (fin ? 1 : 0);
    sent_fin = sent_fin || fin;
    reset = reset || rst;
    return true;
  }
};

}  // namespace weir::oracle::packetdrill

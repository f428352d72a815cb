// What was recorded of one CPU, told as a trace: netif_rx, net_rx_action, and what the recorder did in between.
//
//   const SoftnetStory story = translate(recording, cpu, header);
//   if (story.disturbance == SoftnetDisturbance::none) check(story.lines);
//
// Pure: events in, lines out. It knows no rule of the backlog; which packet is dropped, how many a run delivers, when
// it is squeezed is all taken from the events, so that the model can be held against it line by line. What it cannot
// tell as a trace, since somebody else had a part in it or the order is not certain, it does not guess: the story then
// says what disturbed it, and has no lines.
//
// Time: jiffies is told only where it moves while a run lasts (tick_after): nothing else of it can be seen.
#pragma once
#include <array>
#include <string>
#include <vector>

#include "model/vocabulary/names.hpp"
#include "oracle/json/header.hpp"
#include "oracle/json/observation.hpp"
#include "oracle/softnet/event.hpp"

namespace weir::oracle {

/// Why a recording says nothing.
enum class SoftnetDisturbance : std::uint8_t {
  none,
  lost,            ///< the recorder missed events: it had no room, or the kernel's counters of packets say so
  unsettled,       ///< the CPU was not idle at the beginning
  foreign_packet,  ///< a packet of another network namespace
  foreign_poll,    ///< another NAPI, which has its part of the budget
  nested,          ///< a packet arrived while others were delivered
  raced,           ///< something happened while the recorder did something
  clock,           ///< jiffies moved at the edge of a run, or in a way that tick_after cannot say
  puzzling,        ///< the events do not fit together
};

inline constexpr std::size_t softnet_disturbances = 9;

struct SoftnetLine {
  Op operation;
  Observation seen;
};

struct SoftnetStory {
  Header header;
  std::vector<SoftnetLine> lines;
  SoftnetDisturbance disturbance = SoftnetDisturbance::none;
};

/// \param header  the profile, and the sysctls as they were at the beginning; the recording begins with a marker of the
///                CPU, whose counters are those of a new host
SoftnetStory translate(const SoftnetRecording& recording, std::uint32_t cpu, const Header& header);

/// As a trace that `weir check` reads.
std::string to_trace(const SoftnetStory& story);

}  // namespace weir::oracle

namespace weir {

template <>
inline constexpr auto names<oracle::SoftnetDisturbance> = std::to_array<Named<oracle::SoftnetDisturbance>>({
    {oracle::SoftnetDisturbance::none, "not disturbed"},
    {oracle::SoftnetDisturbance::lost, "events were lost"},
    {oracle::SoftnetDisturbance::unsettled, "the CPU was not idle"},
    {oracle::SoftnetDisturbance::foreign_packet, "a packet of somebody else"},
    {oracle::SoftnetDisturbance::foreign_poll, "another NAPI was polled"},
    {oracle::SoftnetDisturbance::nested, "a packet arrived during a poll"},
    {oracle::SoftnetDisturbance::raced, "something happened during a write"},
    {oracle::SoftnetDisturbance::clock, "jiffies moved at the edge of a run"},
    {oracle::SoftnetDisturbance::puzzling, "the events do not fit together"},
});

}  // namespace weir

// The receive softirq of a guest, and its timers, held against the model; and what is wrong, held against the guest.
#pragma once
#include <cstdint>
#include <memory>

#include "oracle/targets/guests.hpp"

namespace weir::guests {

/// A campaign of so many cases agrees, and most of them say something; with another profile it diverges. What one CPU
/// is sent by another is explained by some order, but not if two packets change places.
void expect_softirq_agrees(const std::shared_ptr<oracle::LinuxTarget>& guest, std::uint64_t cases);

/// Each wrong rule of tests/live/softnet_wrong.cmake is noticed.
void expect_wrong_softirqs_are_noticed(const std::shared_ptr<oracle::LinuxTarget>& guest);

/// Cases in which minutes pass, and so many drawn ones, agree; timers of another release do not.
void expect_timers_agree(const std::shared_ptr<oracle::LinuxTarget>& guest, std::uint64_t cases);

}  // namespace weir::guests

// The life of a live target's driver: it says what it can be asked, then answers one case after another.
#pragma once
#include <chrono>
#include <cstdint>
#include <exception>
#include <span>
#include <string>

#include "model/op.hpp"
#include "oracle/targets/linux_abilities.hpp"
#include "oracle/targets/linux_channel.hpp"

namespace weir::oracle {

/// What every reply of the driver begins with; text follows `trouble`. Upon `fine` the first message has its abilities,
/// and each other one how many nanoseconds the case took beside its sleeps, and the outcomes.
enum class Reply : std::uint8_t { fine, trouble };

/// How long the case lets time pass.
std::chrono::milliseconds sleeps_of(std::span<const Op> ops);

/// \return when the other end is gone. Throws what LinuxDriver throws.
void serve_cases(ByteStream& channel, const LinuxAbilities& abilities);

/// Says that it is of no use, and why.
void send_trouble(ByteStream& channel, const std::exception& error);

}  // namespace weir::oracle

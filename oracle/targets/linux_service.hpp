// The life of a live target's driver: it says what it can be asked, then answers one case after another.
#pragma once
#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "model/op.hpp"
#include "oracle/softnet/source.hpp"
#include "oracle/targets/linux_abilities.hpp"
#include "oracle/targets/linux_channel.hpp"

namespace weir::oracle {

/// What a message to the driver begins with; behind it stand the operations of a case, or what SoftnetSource wants.
enum class Request : std::uint8_t { run_case, softnet_place, softnet_record, softnet_record_steered };

/// What every reply of the driver begins with; text follows `trouble`. Upon `fine` the first message has its abilities,
/// and that to a case how many nanoseconds it took beside its sleeps, and the outcomes.
enum class Reply : std::uint8_t { fine, trouble };

/// How long the case lets time pass.
std::chrono::milliseconds sleeps_of(std::span<const Op> ops);

/// Throws std::runtime_error where there is none, saying why.
using MakeSoftnet = std::function<std::unique_ptr<SoftnetSource>()>;

/// \param softnet  called when the softirq is asked for the first time
/// \return when the other end is gone. Throws what LinuxDriver throws.
void serve_cases(ByteStream& channel, const LinuxAbilities& abilities, const MakeSoftnet& softnet);

/// Says that it is of no use, and why.
void send_trouble(ByteStream& channel, const std::exception& error);

}  // namespace weir::oracle

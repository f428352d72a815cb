// Recordings as bytes, for the way out of a guest (oracle/targets/wire.hpp: both ends are of one build).
#pragma once
#include "oracle/softnet/event.hpp"
#include "oracle/targets/wire.hpp"

namespace weir::oracle::wire {

inline void put(Writer& out, const SoftnetRecording& recording) {
  out.put(recording.events);
  out.put(static_cast<std::uint32_t>(recording.actions.size()));
  for (const SoftnetAction& each : recording.actions) {
    out.put(each.before);
    out.put(each.after);
    out.put(each.operation);
    out.put(each.seen.outcome);
    out.put(each.seen.fields);
  }
  out.put(recording.lost);
  out.put(recording.steered);
  out.put(recording.cpu_backlog);
  out.put(recording.dev_ready);
}

/// Bytes that no put() has written make in.ok() false.
inline void get(Reader& in, SoftnetRecording& recording) {
  in.get(recording.events);
  recording.actions.clear();
  for (auto count = in.get<std::uint32_t>(); in.ok() && count > 0; --count) {
    SoftnetAction& each = recording.actions.emplace_back();
    in.get(each.before);
    in.get(each.after);
    in.get(each.operation);
    in.get(each.seen.outcome);
    in.get(each.seen.fields);
  }
  in.get(recording.lost);
  in.get(recording.steered);
  in.get(recording.cpu_backlog);
  in.get(recording.dev_ready);
}

}  // namespace weir::oracle::wire

// Which operations a campaign uses and how often: one set of weights a plane, and all of them together.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <variant>

#include "model/op.hpp"

namespace weir::fuzz {

inline constexpr std::size_t op_count = std::variant_size_v<Op>;

/// A case is at most this long: enough to fill and drain every queue, short enough to run 100,000 a second.
inline constexpr std::size_t max_ops = 64;

/// How often each operation is chosen relative to the others, by its place in Op; 0 = never. Their sum is at most 256.
using Weights = std::array<std::uint8_t, op_count>;

/// The place of an operation in Op.
template <class T, std::size_t I = 0>
constexpr std::size_t place() {
  if constexpr (std::is_same_v<T, std::variant_alternative_t<I, Op>>)
    return I;
  else
    return place<T, I + 1>();
}

template <class T>
struct Weight {
  std::uint8_t value;
};

template <class... T>
constexpr Weights weights(Weight<T>... each) {
  Weights all{};
  ((all[place<T>()] = each.value), ...);
  return all;
}

constexpr Weights operator+(const Weights& a, const Weights& b) {
  Weights sum{};
  for (std::size_t i = 0; i < op_count; ++i) sum[i] = static_cast<std::uint8_t>(a[i] + b[i]);
  return sum;
}

/// Setting limits and reading them back.
inline constexpr Weights sysctl_plane =
    weights(Weight<op::Netns>{2}, Weight<op::SysctlWrite>{32}, Weight<op::SysctlRead>{6});

/// Sockets, and the limits that bear on them.
inline constexpr Weights listen_plane =
    weights(Weight<op::Netns>{1}, Weight<op::SysctlWrite>{6}, Weight<op::Socket>{12}, Weight<op::Bind>{10},
            Weight<op::Setsockopt>{5}, Weight<op::Getsockopt>{2}, Weight<op::Listen>{12}, Weight<op::Connect>{16},
            Weight<op::Accept>{8}, Weight<op::Shutdown>{4}, Weight<op::Close>{4}, Weight<op::TcpInfo>{4},
            Weight<op::Segment>{16}, Weight<op::Advance>{2}, Weight<op::Netstat>{2});

/// The receive backlog of each CPU, and the limits that bear on it.
inline constexpr Weights softnet_plane =
    weights(Weight<op::SysctlWrite>{8}, Weight<op::Tick>{2}, Weight<op::NetifRx>{32}, Weight<op::ProcessBacklog>{8},
            Weight<op::NetRxAction>{8}, Weight<op::SoftnetStat>{3});

inline constexpr Weights host_plane = sysctl_plane + listen_plane + softnet_plane;

}  // namespace weir::fuzz

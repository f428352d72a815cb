// The shapes in which the search looks for witnesses, one set a plane, fewest operations first. They come out of the
// operation language and the sysctls that the kernels have, and know nothing of what changed between the kernels.
#pragma once
#include <vector>

#include "proofs/diff/diff.hpp"
#include "proofs/diff/shape.hpp"

namespace weir::proofs::diff {

/// Reads of every length, and writes of texts made of up to four runs, to one sysctl of each sort that the two kernels
/// have; or to the one that the change is about.
std::vector<Shape> sysctl_shapes(const Profile& from, const Profile& to, std::optional<Sysctl> about);

/// Up to four steps of a program with sockets: settings, sockets of all kinds, holders of a port, servers, crowds of
/// clients, and calls on any of them. A step that fails in both kernels is not built upon.
std::vector<Shape> listen_shapes(const Profile& from, const Profile& to);

/// Adds up to four rounds of a server's story with remote peers, in which time passes. They have no holes.
void add_peer_shapes(std::vector<Shape>& shapes);

/// Up to two settings and then up to five rounds of packets, polls and softirqs; packets of all kinds after up to three
/// settings of 1; CPU masks.
std::vector<Shape> softnet_shapes(const Profile& from, const Profile& to);

/// The sysctls that either kernel has.
std::vector<Sysctl> sysctls_of(const Profile& from, const Profile& to);

void smallest_first(std::vector<Shape>& shapes);

}  // namespace weir::proofs::diff

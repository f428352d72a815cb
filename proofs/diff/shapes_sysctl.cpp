#include <algorithm>
#include <numeric>

#include "proofs/diff/shapes.hpp"

namespace weir::proofs::diff {
namespace {

using Runs = std::vector<std::uint32_t>;

/// What one kernel says of a sysctl, but for its initial value; nothing where it has none.
std::optional<SysctlSpec> sort_of(const Profile& kernel, Sysctl id) {
  const SysctlSpec* const spec = spec_of(kernel, id);
  if (spec == nullptr) return std::nullopt;
  SysctlSpec sort = *spec;
  sort.id = {};
  sort.initial = 0;
  return sort;
}

/// One sysctl of each sort. Two are of one sort if each kernel treats them alike.
std::vector<Sysctl> one_of_each_sort(const Profile& from, const Profile& to) {
  std::vector<Sysctl> chosen;
  const auto alike = [&](Sysctl a, Sysctl b) {
    return sort_of(from, a) == sort_of(from, b) && sort_of(to, a) == sort_of(to, b);
  };
  for (const Sysctl id : sysctls_of(from, to))
    if (std::none_of(chosen.begin(), chosen.end(), [&](Sysctl other) { return alike(id, other); }))
      chosen.push_back(id);
  return chosen;
}

constexpr std::size_t longest_asked_at_once = 2;

/// Every text of up to four bytes; long ones of a few runs.
std::vector<Runs> texts() {
  std::vector<Runs> all{{1}, {1, 1}, {1, 1, 1}, {1, 1, 1, 1}};
  for (std::uint32_t length = 4; length <= 32; length *= 2)
    all.insert(all.end(), {{length}, {1, length}, {length, 1}, {1, 1, 1, length}});
  for (std::uint32_t length = 512; length <= 8192; length *= 16) all.insert(all.end(), {{length}, {length, 1}});
  return all;
}

/// The steps of a shape that writes one text: a long one counts as a long story.
std::size_t steps_of(const Runs& text) {
  return std::accumulate(text.begin(), text.end(), std::size_t{0}) <= longest_asked_at_once ? 1 : 3;
}

void add_reads(std::vector<Shape>& shapes, Sysctl id) {
  constexpr std::uint32_t longest = 1U << 24;
  shapes.emplace_back().add(op::SysctlRead{{}, id});
  for (std::uint32_t length = 1; length <= longest; length *= 2)
    shapes.emplace_back().add(op::SysctlRead{{}, id, length});
  shapes.emplace_back().add(op::SysctlRead{{}, id, 4096, 1});
  for (const auto& owner : names<Owner>) {
    Shape& elsewhere = shapes.emplace_back();
    elsewhere.add(op::Netns{owner.value});
    elsewhere.add(op::SysctlRead{NsId{1}, id});
  }
}

void add_writes(std::vector<Shape>& shapes, Sysctl id, const std::vector<Sysctl>& settings) {
  for (const Runs& text : texts()) {
    shapes.emplace_back().add_open(op::SysctlWrite{{}, id, {}}, text);
    shapes.back().steps = steps_of(text);
  }
  shapes.emplace_back().add_open(op::SysctlWrite{{}, id, {}, 1}, {1});
  for (const auto& cred : names<Cred>)
    if (cred.value != Cred::root) shapes.emplace_back().add_open(op::SysctlWrite{{}, id, {}, 0, cred.value}, {1});
  for (const auto& owner : names<Owner>)
    for (const auto& cred : names<Cred>) {
      Shape& elsewhere = shapes.emplace_back();
      elsewhere.add(op::Netns{owner.value});
      elsewhere.add_open(op::SysctlWrite{NsId{1}, id, {}, 0, cred.value}, {1});
    }
  for (const Sysctl before : settings)
    for (const std::int64_t pos : {0, 1}) {
      Shape& two = shapes.emplace_back();
      two.add_open(op::SysctlWrite{{}, before, {}}, {1});
      two.add_open(op::SysctlWrite{{}, id, {}, pos}, {1});
    }
}

}  // namespace

std::vector<Sysctl> sysctls_of(const Profile& from, const Profile& to) {
  std::vector<Sysctl> all;
  for (const auto& [id, name] : names<Sysctl>)
    if (spec_of(from, id) != nullptr || spec_of(to, id) != nullptr) all.push_back(id);
  return all;
}

void smallest_first(std::vector<Shape>& shapes) {
  constexpr std::size_t operation = 8;  // weighs as much as eight bytes of text
  const auto size = [](const Shape& shape) {
    std::size_t bytes = operation * shape.ops.size();
    for (const Hole& hole : shape.holes)
      for (const std::uint32_t run : hole.runs) bytes += run;
    return bytes;
  };
  std::stable_sort(shapes.begin(), shapes.end(), [&](const Shape& a, const Shape& b) {
    return std::pair(a.steps, size(a)) < std::pair(b.steps, size(b));
  });
}

std::vector<Shape> sysctl_shapes(const Profile& from, const Profile& to, std::optional<Sysctl> about) {
  const auto sorts = one_of_each_sort(from, to);
  std::vector<Shape> shapes;
  for (const auto& owner : names<Owner>) shapes.emplace_back().add(op::Netns{owner.value});
  for (const Sysctl id : about ? std::vector{*about} : sorts) {
    add_reads(shapes, id);
    add_writes(shapes, id, sorts);
  }
  smallest_first(shapes);
  return shapes;
}

}  // namespace weir::proofs::diff

#include "oracle/profile/changes.hpp"

#include <fmt/format.h>

#include <array>

namespace weir::oracle {
namespace {

/// The commit that changed a sysctl in a release, where history.hpp names one.
struct Cited {
  std::string_view release;
  Sysctl id;
  std::string_view commit;
};

constexpr auto cited = std::to_array<Cited>({
    {"3.11", Sysctl::somaxconn, "5f671d6b4ec3"},
    {"3.16", Sysctl::sysctl_writes_strict, "f4aacea2f5d1"},
    {"4.1", Sysctl::somaxconn, "becb74f0acca"},
    {"4.5", Sysctl::sysctl_writes_strict, "41662f5cc553"},
    {"4.6", Sysctl::tcp_syncookies, "12ed8244ed8b"},
    {"4.11", Sysctl::dev_weight, "3d48b53fb2ae"},
    {"4.11", Sysctl::dev_weight_rx_bias, "3d48b53fb2ae"},
    {"4.11", Sysctl::dev_weight_tx_bias, "3d48b53fb2ae"},
    {"4.11", Sysctl::tcp_max_syn_backlog, "fee83d097b16"},
    {"4.12", Sysctl::netdev_budget_usecs, "7acf8a1e8a28"},
    {"4.15", Sysctl::tcp_abort_on_overflow, "65c9410cf5d0"},
    {"5.4", Sysctl::somaxconn, "19f92a030ca6"},
    {"5.7", Sysctl::netdev_budget_usecs, "a4837980fd9f"},
    {"5.13", Sysctl::tcp_syncookies, "4ecc1baf362c"},
    {"5.13", Sysctl::tcp_abort_on_overflow, "4ecc1baf362c"},
    {"5.13", Sysctl::tcp_synack_retries, "4ecc1baf362c"},
    {"6.14", Sysctl::dev_weight, "d1f9f79fa2af"},
    {"6.14", Sysctl::dev_weight_rx_bias, "d1f9f79fa2af"},
    {"6.14", Sysctl::dev_weight_tx_bias, "d1f9f79fa2af"},
    {"6.14", Sysctl::netdev_budget_usecs, "c180188ec022"},
});

std::string_view commit_of(std::string_view release, Sysctl id) {
  for (const Cited& each : cited)
    if (each.release == release && each.id == id) return each.commit;
  return {};
}

/// A property of a sysctl as text, of a profile that has it.
using ValueOf = std::string (*)(const SysctlSpec&);

struct Property {
  std::string_view name;
  std::string_view meaning;
  ValueOf value;
  void (*take)(SysctlSpec& into, const SysctlSpec& as);
};

template <auto Member>
std::string text_of(const SysctlSpec& spec) {
  if constexpr (std::is_enum_v<std::remove_cvref_t<decltype(spec.*Member)>>)
    return std::string(name_of_enum(spec.*Member));
  else
    return std::to_string(spec.*Member);
}

template <auto Member>
constexpr Property property(std::string_view name, std::string_view meaning) {
  return {name, meaning, &text_of<Member>, [](SysctlSpec& into, const SysctlSpec& as) { into.*Member = as.*Member; }};
}

constexpr auto properties = std::to_array<Property>({
    property<&SysctlSpec::initial>("initial", "what the kernel, or a new network namespace, starts with"),
    property<&SysctlSpec::minimum>("minimum", "the least value that may be written"),
    property<&SysctlSpec::maximum>("maximum", "the greatest value that may be written"),
    property<&SysctlSpec::handler>("handler", "the function that reads and writes it"),
    property<&SysctlSpec::scope>("scope", "whether every network namespace has its own"),
    property<&SysctlSpec::mode>("mode", "who may open its file"),
});

/// "there" or "not there" for the sysctl itself (`of` is nullptr), or its property.
std::string value_in(const Profile& kernel, Sysctl id, const Property* of) {
  const SysctlSpec* const spec = spec_of(kernel, id);
  if (of == nullptr) return spec != nullptr ? "there" : "not there";
  return spec != nullptr ? of->value(*spec) : "";
}

/// The releases between the two at which it changed, with their commits: "3.11 (5f671d6b4ec3), 4.1 (becb74f0acca)".
std::string releases_of(const Profile& from, const Profile& to, Sysctl id, const Property* property) {
  const auto version = [](const Profile& kernel) { return releases::version_from(kernel.release); };
  const auto first = std::min(version(from), version(to)), last = std::max(version(from), version(to));
  std::string text;
  for (std::size_t i = 1; i < releases::table.size(); ++i) {
    const Profile& before = releases::table[i - 1];
    const Profile& after = releases::table[i];
    if (version(after) <= first || version(after) > last) continue;
    if (value_in(before, id, property) == value_in(after, id, property)) continue;
    const auto commit = commit_of(after.release, id);
    text += fmt::format("{}{}{}", text.empty() ? "" : ", ", after.release,
                        commit.empty() ? "" : fmt::format(" ({})", commit));
  }
  return text;
}

void take_row(Profile& into, const Profile& as, Sysctl id) {
  SysctlTable table;
  for (const SysctlSpec& row : into.sysctls)
    if (row.id != id) table.set(row);
  if (const SysctlSpec* const row = spec_of(as, id)) table.set(*row);
  into.sysctls = table;
}

void add_sysctl(std::vector<ProfileChange>& changes, const Profile& from, const Profile& to, Sysctl id) {
  const auto add = [&](const Property* property, auto take) {
    const std::string before = value_in(from, id, property), after = value_in(to, id, property);
    if (before == after) return;
    const std::string name(name_of_enum(id));
    changes.push_back({property == nullptr ? name : fmt::format("{}.{}", name, property->name), Plane::sysctl, id,
                       std::string(property == nullptr ? "whether the kernel has it" : property->meaning), before,
                       after, releases_of(from, to, id, property), take});
  };
  const bool both = spec_of(from, id) != nullptr && spec_of(to, id) != nullptr;
  if (!both) return add(nullptr, [id](Profile& into, const Profile& as) { take_row(into, as, id); });
  for (const Property& each : properties)
    add(&each, [id, &each](Profile& into, const Profile& as) { each.take(into.sysctls.edit(id), *spec_of(as, id)); });
}

}  // namespace

std::vector<ProfileChange> changes_between(const Profile& from, const Profile& to) {
  std::vector<ProfileChange> changes;
  for (const auto& [id, name] : names<Sysctl>) add_sysctl(changes, from, to, id);
  for (const ProfileField& field : profile_fields) {
    const std::string before = value_text(from, field), after = value_text(to, field);
    if (before == after) continue;
    changes.push_back({std::string(field.name),
                       field.plane,
                       {},
                       std::string(field.meaning),
                       before,
                       after,
                       changes_of(field),
                       [&field](Profile& into, const Profile& as) {
                         std::visit([&](auto member) { into.*member = as.*member; }, field.member);
                       }});
  }
  return changes;
}

}  // namespace weir::oracle

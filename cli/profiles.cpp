// weir profiles: which releases the model knows, and what each is.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "cli/common.hpp"
#include "oracle/profile/fields.hpp"
#include "oracle/profile/names.hpp"

namespace weir::cli {
namespace {

using oracle::value_text;

/// What the release does otherwise than `before`, a word or two each.
std::vector<std::string> changes(const Profile& before, const Profile& after) {
  std::vector<std::string> changed;
  for (const auto& spec : after.sysctls) {
    const SysctlSpec* const old = spec_of(before, spec.id);
    const std::string name(name_of_enum(spec.id).substr(name_of_enum(spec.id).rfind('.') + 1));
    if (old == nullptr)
      changed.push_back("+" + name);
    else if (*old != spec)
      changed.push_back(name);
  }
  for (const auto& field : oracle::profile_fields)
    if (value_text(before, field) != value_text(after, field))
      changed.push_back(fmt::format("{}={}", field.name, value_text(after, field)));
  return changed;
}

void list() {
  print(bold(fmt::format("{:14} {}", "PROFILE", "WHAT CHANGED SINCE THE ONE ABOVE (+: a new sysctl)")) + "\n");
  const Profile* above = nullptr;
  for (const Profile* each : releases::all) {
    const auto changed = above == nullptr ? std::vector<std::string>{} : changes(*above, *each);
    print(fmt::format("{:14} {}\n", each->name, changed.empty() ? "-" : fmt::format("{}", fmt::join(changed, " "))));
    above = each;
  }
}

std::string range_of(const SysctlSpec& spec) {
  using Limits = std::numeric_limits<std::int32_t>;
  if (spec.minimum == Limits::min() && spec.maximum == Limits::max()) return "any int";
  if (spec.maximum == Limits::max()) return fmt::format("{} and more", spec.minimum);
  return fmt::format("{} to {}", spec.minimum, spec.maximum);
}

void describe(const Profile& profile) {
  print(fmt::format("{}: Linux {}\n\n", bold(profile.name), profile.release));
  for (const auto& spec : profile.sysctls)
    print(fmt::format("  {:32} {:>6}  {:13}  {:11}  {}\n", name_of_enum(spec.id), spec.initial,
                      name_of_enum(spec.scope), range_of(spec), name_of_enum(spec.handler)));
  std::optional<oracle::Plane> plane;
  for (const auto& field : oracle::profile_fields) {
    if (plane != field.plane) print("\n" + bold(name_of_enum(field.plane)) + "\n");
    plane = field.plane;
    const std::string changes = oracle::changes_of(field);
    print(fmt::format("  {:32} {:>6}  {}{}\n", field.name, value_text(profile, field), field.meaning,
                      changes.empty() ? "" : fmt::format(" [{}]", changes)));
  }
}

int profiles(const std::string& name) {
  if (name.empty()) {
    list();
    return agreed;
  }
  const oracle::ProfileChoice choice = oracle::profile_named(name);
  if (choice.profile == nullptr) {
    complain(fmt::format("weir: {}\n", choice.error));
    return malformed;
  }
  describe(*choice.profile);
  return agreed;
}

}  // namespace

void add_profiles(CLI::App& app, int& exit_code) {
  const auto name = std::make_shared<std::string>();
  CLI::App* const command = app.add_subcommand("profiles", "List the releases that the model knows, or explain one");
  command->add_option("NAME", *name, "a profile: its settings and every field with its reason");
  command->footer(
      "Examples:\n  weir profiles\n  weir profiles linux-6.18\n"
      "  weir profiles linux-5.4+backlog_is_u16=yes\n");
  command->callback([name, &exit_code] { exit_code = profiles(*name); });
}

}  // namespace weir::cli

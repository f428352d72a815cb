// weir profiles: which releases the model knows, and what each is.
#include <fmt/format.h>

#include <limits>
#include <string>
#include <vector>

#include "cli/common.hpp"
#include "oracle/profile_fields.hpp"
#include "oracle/text/suggest.hpp"

namespace weir::cli {
namespace {

std::vector<std::string_view> differing_fields(const Profile& a, const Profile& b) {
  std::vector<std::string_view> different;
  for (const auto& field : oracle::profile_fields)
    if (oracle::value_text(a, field) != oracle::value_text(b, field)) different.push_back(field.name);
  return different;
}

void list() {
  print(bold(fmt::format("{:14} {:8} {:8} {}", "PROFILE", "RELEASE", "SYSCTLS",
                         "FIELDS THAT CHANGED SINCE THE ONE ABOVE")) +
        "\n");
  const Profile* above = nullptr;
  for (const Profile* each : releases::all) {
    const std::string changed = above == nullptr ? "-"
                                                 : fmt::format("{} of {}", differing_fields(*above, *each).size(),
                                                               oracle::profile_fields.size());
    print(fmt::format("{:14} {:8} {:<8} {}\n", each->name, each->release, each->sysctls.size(), changed));
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
  print("\n");
  for (const auto& field : oracle::profile_fields)
    print(fmt::format("  {:32} {:>6}  {}{}\n", field.name, oracle::value_text(profile, field), field.meaning,
                      field.changed.empty() ? "" : fmt::format(" [{}]", field.changed)));
}

int profiles(const std::string& name) {
  if (name.empty()) {
    list();
    return agreed;
  }
  if (const Profile* const found = profile_from(name)) {
    describe(*found);
    return agreed;
  }
  std::vector<std::string_view> all;
  for (const Profile* each : releases::all) all.push_back(each->name);
  complain(fmt::format("weir: there is no profile {}; known: {}\n", name, oracle::join(all)));
  return malformed;
}

}  // namespace

void add_profiles(CLI::App& app, int& exit_code) {
  const auto name = std::make_shared<std::string>();
  CLI::App* const command = app.add_subcommand("profiles", "List the releases that the model knows, or explain one");
  command->add_option("NAME", *name, "a profile: its settings and every field with its reason");
  command->footer("Examples:\n  weir profiles\n  weir profiles linux-6.18\n");
  command->callback([name, &exit_code] { exit_code = profiles(*name); });
}

}  // namespace weir::cli

// trace_lines write COUNT | read: what the writer writes and what the reader takes, for tests that hold a JSON Schema
// against both.
//
// write: a header for every release, every setting of a profile and every sysctl, then COUNT random operations with
//        outcomes.
// read:  for each line of standard input "header", "operation" or "refused". An operation stands behind the header of a
//        host with all CPUs.
#include <cstdio>
#include <iostream>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>

#include "oracle/json/reader.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/profile/fields.hpp"
#include "oracle/profile/names.hpp"
#include "oracle/text/malformed.hpp"
#include "tests/oracle/random_ops.hpp"

namespace weir::oracle {
namespace {

void write_header(const std::string& profile, const HostOptions& options) {
  const ProfileChoice choice = profile_named(profile);
  if (choice.profile == nullptr) throw std::runtime_error(choice.error);
  std::puts(to_json(Header{choice.profile, options}).c_str());
}

/// What the settings of a sysctl are called, with a value for each.
std::string sysctl_settings(const SysctlSpec& spec) {
  const std::string name = "+" + std::string(name_of_enum(spec.id)) + ".";
  return name + "initial=" + std::to_string(spec.initial) + name + "minimum=" + std::to_string(spec.minimum) + name +
         "maximum=" + std::to_string(spec.maximum) + name + "handler=" + std::string(name_of_enum(spec.handler)) +
         name + "scope=" + std::string(name_of_enum(spec.scope));
}

/// Every release; of the settings of a profile each value that some release has.
void write_headers(RandomOps& random) {
  std::set<std::string> settings;
  for (const Profile* each : releases::all) {
    write_header(std::string(each->name), {.cpus = 1 + static_cast<std::uint32_t>(random.below(max_cpus))});
    for (const auto& field : profile_fields) {
      const std::string setting = "+" + std::string(field.name) + "=" + value_text(*each, field);
      if (settings.insert(setting).second) write_header(std::string(each->name) + setting, {});
    }
  }
  const Profile& latest = *Header{}.profile;
  for (const SysctlSpec& spec : latest.sysctls) {
    const auto value = static_cast<std::int32_t>(random.below(std::uint64_t{1} << 32));
    write_header(std::string(latest.name) + sysctl_settings(spec),
                 {.thread_backlog_napi = true, .sysctl = {{spec.id, value}}});
  }
}

void write_lines(std::uint64_t count) {
  RandomOps random(1);
  write_headers(random);
  for (std::uint64_t i = 0; i < count; ++i) {
    const Op operation = random.operation();
    std::puts(to_json(operation, random.outcome_of(operation)).c_str());
  }
}

bool is_header(const std::string& line) {
  try {
    TraceReader reader(read_text(line + "\n"), "header");
    return true;
  } catch (const Malformed&) {
    return false;
  }
}

bool is_operation(const std::string& line) {
  static const std::string header = to_json(Header{Header{}.profile, {.cpus = max_cpus}}) + "\n";
  TraceReader reader(read_text(header + line + "\n"), "operation");
  try {
    TraceLine read;
    return reader.next(read);
  } catch (const Malformed&) {
    return false;
  }
}

void judge_lines() {
  for (std::string line; std::getline(std::cin, line);)
    std::puts(is_operation(line) ? "operation" : is_header(line) ? "header" : "refused");
}

}  // namespace
}  // namespace weir::oracle

int main(int argc, char** argv) {
  const std::string_view what = argc > 1 ? argv[1] : "";
  if (what == "write" && argc == 3) {
    weir::oracle::write_lines(std::stoull(argv[2]));
  } else if (what == "read" && argc == 2) {
    weir::oracle::judge_lines();
  } else {
    std::fputs("usage: trace_lines write COUNT | trace_lines read\n", stderr);
    return 2;
  }
  return 0;
}

// What was found out about Linux, row by row, and where each row is in weir: the source of docs/COVERAGE-OF-FACTS.md.
//
// A row names clauses (LISTEN.CLAMP), fields of a profile (syn_queue) and sysctls (net.core.somaxconn) that have it,
// and says what of it weir does not have, and why: "outside: …" where that is on purpose, "open: …" where it is
// missing. A test holds that all names exist, that no row is empty and none forgotten, and that every clause, field and
// sysctl belongs to a row.
#pragma once
#include <array>
#include <string>
#include <string_view>

namespace weir::cli {

struct Fact {
  std::string_view id;      ///< "B2.11": the part, and the number in it
  std::string_view title;   ///< in a few words
  std::string_view where;   ///< names, with blanks between
  std::string_view absent;  ///< "", or what is not there and why
};

inline constexpr auto facts = std::to_array<Fact>({
#define FACT(id, title, where, absent) {id, title, where, absent},
#include "cli/facts/bugs.def"
#include "cli/facts/rules.def"
#include "cli/facts/tables.def"
#undef FACT
});

/// What no fact asks for.
struct Beyond {
  std::string_view where;  ///< names, or beginnings of clauses that end with a dot
  std::string_view reason;
};

inline constexpr auto beyond_facts = std::to_array<Beyond>({
#define BEYOND(where, reason) {where, reason},
#include "cli/facts/beyond.def"
#undef BEYOND
});

/// The part that an id belongs to: "A1.1" of "A1.1.5", "B2" of "B2.10b", "C" of "C7".
constexpr std::string_view part_of(std::string_view id) {
  return id[0] == 'C' ? id.substr(0, 1) : id.substr(0, id.rfind('.'));
}

struct Part {
  std::string_view name;
  std::string_view title;
  std::size_t rows;
};

/// How many rows each part has: none may get lost.
inline constexpr auto fact_parts = std::to_array<Part>({
    {"A1.1", "net.core.somaxconn", 5},
    {"A1.2", "The other sysctls", 14},
    {"A1.3", "Sysctls in other namespaces", 4},
    {"A2", "The parser of integers", 24},
    {"A3", "listen(2) and admission", 37},
    {"A4", "The softnet backlog", 23},
    {"B1", "Rules of 2.6.32: sysctls", 17},
    {"B2", "Rules of 2.6.32: listen and its queues", 18},
    {"B3", "Rules of 2.6.32: softnet", 13},
    {"B4", "Rules of 6.12 to 6.18: sysctls", 11},
    {"B5", "Rules of 6.12 to 6.18: listen and its queues", 13},
    {"B6", "Rules of 6.12 to 6.18: softnet", 12},
    {"B7", "Rules of releases in between", 4},
    {"C", "Bugs of the past", 34},
});

/// docs/COVERAGE-OF-FACTS.md
std::string facts_page();

}  // namespace weir::cli

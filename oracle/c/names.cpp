// Names: profiles, clauses, operations, versions.
#include <fmt/format.h>

#include "model/op.hpp"
#include "model/profile.hpp"
#include "oracle/c/call.hpp"
#include "oracle/text/suggest.hpp"

namespace weir::c {
namespace {

// The model's names are literals: a NUL stands behind each.

void put(weir_clause_info& into, const ClauseInfo& clause) {
  into.number = static_cast<std::uint32_t>(clause.clause);
  into.name = clause.name.data();
  into.function = clause.function.data();
  into.since = clause.since.data();
  into.until = clause.until.data();
  into.sentence = clause.sentence.data();
}

[[noreturn]] void no_such_clause(std::string_view name) {
  std::vector<std::string_view> known;
  for (const ClauseInfo& each : clauses) known.push_back(each.name);
  const auto close = oracle::nearest(name, known);
  throw Refused(WEIR_MALFORMED, fmt::format("there is no clause {}{}", name,
                                            close.empty() ? "" : "; did you mean " + oracle::join(close) + "?"));
}

template <class... Each>
constexpr auto names_of(const std::variant<Each...>*) {
  return std::to_array({Each::name.data()...});
}
constexpr auto op_names = names_of(static_cast<const Op*>(nullptr));

}  // namespace
}  // namespace weir::c

using namespace weir;

uint32_t weir_abi(void) { return WEIR_ABI; }
const char* weir_version(void) { return WEIR_VERSION; }

uint32_t weir_profile_count(void) { return static_cast<uint32_t>(releases::all.size()); }
const char* weir_profile_name(uint32_t index) {
  return index < releases::all.size() ? releases::all[index]->name.data() : nullptr;
}

uint32_t weir_clause_count(void) { return static_cast<uint32_t>(clause_count); }

weir_status weir_clause_at(uint32_t number, weir_clause_info* info) {
  return c::guarded("weir_clause_at", [&] {
    weir_clause_info& into = c::given_sized(info, "a weir_clause_info");
    if (number >= clause_count)
      c::refuse(fmt::format("expected the number of a clause, 0 to {}, found {}", clause_count - 1, number));
    c::put(into, clauses[number]);
    return WEIR_OK;
  });
}

weir_status weir_clause_named(const char* name, weir_clause_info* info) {
  return c::guarded("weir_clause_named", [&] {
    const std::string_view wanted = &c::given(name, "a name");
    weir_clause_info& into = c::given_sized(info, "a weir_clause_info");
    const auto found = clause_from(wanted);
    if (!found) c::no_such_clause(wanted);
    c::put(into, weir::info(*found));
    return WEIR_OK;
  });
}

const char* weir_op_name(uint32_t kind) {
  return kind >= 1 && kind <= c::op_names.size() ? c::op_names[kind - 1] : nullptr;
}

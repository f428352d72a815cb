#include "oracle/c/convert.hpp"

#include <array>

#include "oracle/c/put.hpp"
#include "oracle/c/take.hpp"
#include "oracle/profile/names.hpp"

namespace weir::c {
namespace {

struct OpForm {
  std::uint32_t kind;
  void (*take)(const weir_op& from, std::uint32_t cpus, Op& to);
  void (*defaults)(weir_op& into);
};

template <class T>
void take_as(const weir_op& from, std::uint32_t cpus, Op& to) {
  T* kept = std::get_if<T>(&to);  // what it holds of memory serves again
  take_fields(from.as, kept != nullptr ? *kept : to.emplace<T>(), T::name, cpus);
}

template <class T>
void put_defaults_of(weir_op& into) {
  const weir_outcome none{};
  Room no_room(none);
  put_fields(T{}, into.as, no_room);
}

template <class... Each>
constexpr auto forms_of(const std::variant<Each...>*) {
  return std::to_array<OpForm>({{Form<Each>::kind, take_as<Each>, put_defaults_of<Each>}...});
}
constexpr auto op_forms = forms_of(static_cast<const Op*>(nullptr));

const OpForm& form_of(std::uint32_t kind) {
  // The numbers are the places in the list, from 1.
  if (kind == 0 || kind > op_forms.size())
    refuse(fmt::format("op.kind: expected the number of an operation, 1 to {}, found {}", op_forms.size(), kind));
  return op_forms[kind - 1];
}

static_assert([] {
  for (std::size_t i = 0; i < op_forms.size(); ++i)
    if (op_forms[i].kind != i + 1) return false;
  return true;
}());
static_assert(sizeof(weir_op_fields) == 16 * sizeof(std::uint64_t), "an operation has outgrown what is reserved");
static_assert(sizeof(weir_outcome_fields) == 16 * sizeof(std::uint64_t), "an outcome has outgrown what is reserved");

/// As an answer of Operation: its own, a failure, or a crash.
template <class Operation>
oracle::Observation observed_of(const weir_outcome& from) {
  using Answer = AnswerTo<Operation>;
  const auto as = [&]<class T>(T answer) {
    take_fields(from.as, answer, Operation::name, oracle::max_cpus, from.observed);
    constexpr std::uint32_t all = (1U << field_count<T>)-1;
    return oracle::Observation{std::move(answer), from.observed & all};
  };
  if (from.kind == Form<Answer>::kind) return as(Answer{});
  if (from.kind == WEIR_OUTCOME_OOPS) return as(outcome::Oops{});
  if (from.kind == WEIR_OUTCOME_RETURNED && from.as.returned.ret == -1) return as(outcome::Returned{});
  refuse(fmt::format("outcome.kind: expected {} (an answer of {}), {} with ret -1, or {}, found {}", Form<Answer>::kind,
                     Operation::name, std::uint32_t{WEIR_OUTCOME_RETURNED}, std::uint32_t{WEIR_OUTCOME_OOPS},
                     from.kind));
}

}  // namespace

void take_op(const weir_op* from, std::uint32_t cpus, Op& to) {
  const weir_op& op = given_sized(from, "a weir_op");
  form_of(op.kind).take(op, cpus, to);
}

void put_defaults(weir_op& into) { form_of(into.kind).defaults(into); }

void put_outcome(const Outcome& from, const ClauseSet& clauses, weir_outcome& into) {
  Room room(into);
  into.observed = WEIR_ALL_FIELDS;
  into.reserved = 0;
  put_clauses(into.clauses, clauses);
  std::visit(
      [&]<class T>(const T& answer) {
        into.kind = Form<T>::kind;
        put_fields(answer, into.as, room);
      },
      from);
  into.buffer_needed = room.needed();
  if (room.too_small())
    throw Refused(WEIR_SHORT_BUFFER, fmt::format("outcome.buffer: expected at least {} bytes, found {}", room.needed(),
                                                 into.buffer == nullptr ? 0 : into.buffer_size));
}

oracle::Observation take_observation(const weir_outcome* from, const Op& operation) {
  if (from == nullptr) return {};
  const weir_outcome& seen = given_sized(from, "a weir_outcome");
  if (seen.reserved != 0) refuse("outcome.reserved: expected 0");
  if (seen.observed == 0) return {};
  return std::visit([&]<class T>(const T&) { return observed_of<T>(seen); }, operation);
}

oracle::Header header_from(const char* profile, const weir_host_options* options) {
  const oracle::ProfileChoice choice = oracle::profile_named(&given(profile, "the name of a profile"));
  if (choice.profile == nullptr) throw Refused(WEIR_MALFORMED, choice.error);
  oracle::Header header{choice.profile, {}};
  if (options == nullptr) return header;
  given_sized(options, "weir_host_options");
  const auto place = [](std::string_view field) { return Place{"options", field, oracle::max_cpus}; };
  if (options->cpus > oracle::max_cpus) place("cpus").expected("1 to 64, or 0 for 2", options->cpus);
  if (options->cpus != 0) header.options.cpus = options->cpus;
  take(options->thread_backlog_napi, header.options.thread_backlog_napi, place("thread_backlog_napi"));
  if (options->settings == nullptr && options->setting_count != 0)
    place("setting_count").expected("0 where settings is NULL", options->setting_count);
  for (std::uint32_t i = 0; i < options->setting_count; ++i) {
    Sysctl name{};
    take(options->settings[i].name, name, place("settings"));
    for (const auto& [earlier, value] : header.options.sysctl)
      if (earlier == name) place("settings").expected("each name once", options->settings[i].name);
    header.options.sysctl.emplace_back(name, options->settings[i].value);
  }
  return header;
}

}  // namespace weir::c

// Whole traces: run and checked.
#include <fmt/format.h>

#include "oracle/c/call.hpp"
#include "oracle/check/check.hpp"
#include "oracle/check/run.hpp"
#include "oracle/json/writer.hpp"
#include "oracle/profile/names.hpp"
#include "oracle/strace/check.hpp"

namespace weir::c {
namespace {

const weir_trace& checked(const weir_trace* trace) {
  const weir_trace& given = given_sized(trace, "a weir_trace");
  if (given.format > WEIR_FORMAT_STRACE) refuse(fmt::format("trace.format: expected 0 to 2, found {}", given.format));
  constexpr std::uint32_t known = WEIR_TRACE_CLAUSES | WEIR_TRACE_ALL;
  if ((given.flags & ~known) != 0) refuse(fmt::format("trace.flags: expected a sum of 1 and 2, found {}", given.flags));
  if (given.reserved != 0) refuse("trace.reserved: expected 0");
  return given;
}

oracle::Lines lines_of(const weir_trace& trace) {
  return {oracle::read_text(std::string(text_given(trace.text, trace.length, "a trace"))),
          trace.file == nullptr ? "trace" : trace.file};
}

const Profile* profile_of(const weir_trace& trace) {
  if (trace.profile == nullptr) return nullptr;
  const oracle::ProfileChoice choice = oracle::profile_named(trace.profile);
  if (choice.profile == nullptr) throw Refused(WEIR_MALFORMED, choice.error);
  return choice.profile;
}

bool is_json(const weir_trace& trace, oracle::Lines& lines) {
  return trace.format == WEIR_FORMAT_JSON || (trace.format == WEIR_FORMAT_AUTO && oracle::is_json(lines));
}

std::string run(const weir_trace& given) {
  oracle::Lines lines = lines_of(given);
  if (!is_json(given, lines)) throw oracle::Malformed(lines.file(), 1, 1, "expected a trace in JSON, found a log");
  oracle::TraceReader trace(std::move(lines));
  const oracle::RunOptions options{profile_of(given), (given.flags & WEIR_TRACE_CLAUSES) != 0};
  std::string text = oracle::to_json(oracle::header_for(trace, options)) + '\n';
  oracle::run(trace, options, [&](std::string_view line) { text.append(line).append("\n"); });
  return text;
}

/// What a check comes to, and what it says.
struct Verdict {
  weir_status status = WEIR_OK;
  weir_report report{};
  std::string text;
};

Verdict check_trace(const weir_trace& given, oracle::Lines lines) {
  oracle::TraceReader trace(std::move(lines));
  const Profile* const other = profile_of(given);
  const Profile& profile = other == nullptr ? *trace.header().profile : *other;
  Verdict verdict;
  const auto result =
      oracle::check(trace, {.profile = other, .all = (given.flags & WEIR_TRACE_ALL) != 0},
                    [&](const auto& found) { verdict.text += oracle::to_text(found, trace.file(), profile); });
  verdict.status = result.undecided ? WEIR_UNDECIDED : result.agrees() ? WEIR_OK : WEIR_DIVERGED;
  if (result.undecided) verdict.text += fmt::format("{}: undecided: {}\n", trace.file(), *result.undecided);
  verdict.report.stopped = result.stopped ? 1 : 0;
  verdict.report.operations = result.operations;
  verdict.report.compared = result.compared;
  verdict.report.divergences = result.divergences;
  put_clauses(verdict.report.clauses, result.clauses);
  return verdict;
}

Verdict check_strace(const weir_trace& given, oracle::Lines lines) {
  const Profile* const asked = profile_of(given);
  const Profile& profile = asked == nullptr ? *oracle::Header{}.profile : *asked;
  const std::string file = lines.file();
  Verdict verdict;
  ClauseSet named;
  const auto result = oracle::strace::check(std::move(lines), profile, (given.flags & WEIR_TRACE_ALL) != 0,
                                            [&](const oracle::Divergence& found) {
                                              verdict.text += oracle::to_text(found, file, profile);
                                              named |= found.clauses;
                                            });
  verdict.status = result.divergences == 0 ? WEIR_OK : WEIR_DIVERGED;
  verdict.report.stopped = result.stopped ? 1 : 0;
  verdict.report.compared = result.checked.total();
  verdict.report.operations = result.checked.total() + result.unsure.total() + result.without_result.total();
  verdict.report.divergences = result.divergences;
  put_clauses(verdict.report.clauses, named);
  return verdict;
}

Verdict check(const weir_trace& given) {
  oracle::Lines lines = lines_of(given);
  return is_json(given, lines) ? check_trace(given, std::move(lines)) : check_strace(given, std::move(lines));
}

}  // namespace
}  // namespace weir::c

using namespace weir;

weir_status weir_run_trace(const weir_trace* trace, char* buffer, size_t buffer_size, size_t* needed) {
  return c::guarded("weir_run_trace", [&] {
    c::put_text(c::run(c::checked(trace)), {buffer, buffer_size, needed});
    return WEIR_OK;
  });
}

weir_status weir_check_trace(const weir_trace* trace, weir_report* report, char* buffer, size_t buffer_size,
                             size_t* needed) {
  return c::guarded("weir_check_trace", [&] {
    const weir_trace& given = c::checked(trace);
    if (report != nullptr) c::given_sized(report, "a weir_report");
    c::Verdict verdict = c::check(given);
    if (report != nullptr) {
      verdict.report.size = report->size;
      *report = verdict.report;
    }
    c::put_text(verdict.text, {buffer, buffer_size, needed});
    return verdict.status == WEIR_OK ? WEIR_OK : c::note(verdict.status, "weir_check_trace", verdict.text);
  });
}

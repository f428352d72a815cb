// Judges: a real host followed by all states of the model that explain what was seen of it.
#include <fmt/format.h>

#include <memory>

#include "oracle/c/call.hpp"
#include "oracle/c/convert.hpp"
#include "oracle/c/line_reader.hpp"
#include "oracle/c/snapshot.hpp"
#include "oracle/check/divergence.hpp"
#include "oracle/check/label.hpp"
#include "oracle/check/machine.hpp"
#include "oracle/json/writer.hpp"

using namespace weir;

struct weir_judge {
  explicit weir_judge(const oracle::Header& first) : header(first), machine(first) {}

  oracle::Header header;
  oracle::Machine machine;
  oracle::TraceLine line;  ///< what was observed last
  oracle::Judged last;
  std::uint64_t observed = 0;  ///< operations
  std::string why;             ///< of one that was not allowed: the machine has forgotten it
  std::unique_ptr<c::LineReader> lines;

  /// All but the header and the reader.
  void copy_state(const weir_judge& from) {
    machine = from.machine;
    line = from.line;
    last = from.last;
    observed = from.observed;
    why = from.why;
  }
};

namespace weir::c {
namespace {

const weir_judge& asked(const weir_judge* judge) {
  if (given(judge, "a judge").observed == 0) refuse("expected a judge that has observed something");
  return *judge;
}

std::string why(const weir_judge& judge) {
  std::string line;
  oracle::append_json(line, judge.line.operation, judge.line.seen);
  return fmt::format("{} {}\n", judge.header.profile->name,
                     judge.last.explained ? "answers so" : "does not answer so") +
         oracle::explanation({.line = judge.observed,
                              .text = std::move(line),
                              .observed = oracle::to_text(judge.line.seen),
                              .allowed = oracle::allowed_text(judge.last),
                              .clauses = judge.last.answer.clauses,
                              .before = oracle::describe(judge.machine.before(), judge.line.operation),
                              .since = {},
                              .note = {}});
}

weir_status observe(weir_judge& judge, oracle::TraceLine line) {
  judge.line = std::move(line);
  judge.last = judge.machine.step(judge.line.operation, oracle::label_of(judge.line), judge.line.seen);
  ++judge.observed;
  judge.why.clear();
  if (judge.last.explained) return WEIR_OK;
  try {
    judge.why = why(judge);
  } catch (...) {
    judge.machine.undo();  // what was not allowed has not happened, whether or not it can be explained
    throw;
  }
  judge.machine.undo();
  if (judge.machine.gave_up_some())
    throw Refused(WEIR_UNDECIDED, "so many states explain what was seen before that some were given up");
  return note(WEIR_DIVERGED, "weir_judge_observe", judge.why);
}

}  // namespace
}  // namespace weir::c

weir_status weir_judge_create(const char* profile, const weir_host_options* options, weir_judge** judge) {
  return c::guarded("weir_judge_create", [&] {
    c::given(judge, "a place for the judge") = nullptr;
    *judge = new weir_judge(c::header_from(profile, options));
    return WEIR_OK;
  });
}

weir_status weir_judge_create_json(const char* header, size_t length, weir_judge** judge) {
  return c::guarded("weir_judge_create_json", [&] {
    c::given(judge, "a place for the judge") = nullptr;
    *judge = new weir_judge(c::header_from_json(c::text_given(header, length, "a header")));
    return WEIR_OK;
  });
}

void weir_judge_destroy(weir_judge* judge) { delete judge; }

weir_status weir_judge_observe(weir_judge* judge, const weir_op* op, const weir_outcome* seen) {
  return c::guarded("weir_judge_observe", [&] {
    weir_judge& asked = c::given(judge, "a judge");
    oracle::TraceLine line;
    c::take_op(op, asked.header.options.cpus, line.operation);
    line.seen = c::take_observation(seen, line.operation);
    return c::observe(asked, std::move(line));
  });
}

weir_status weir_judge_observe_json(weir_judge* judge, const char* line, size_t length) {
  return c::guarded("weir_judge_observe_json", [&] {
    weir_judge& asked = c::given(judge, "a judge");
    const std::string_view text = c::text_given(line, length, "a line");
    if (!asked.lines) asked.lines = std::make_unique<c::LineReader>(asked.header);
    oracle::TraceLine read;
    asked.lines->read(text, read);
    return c::observe(asked, std::move(read));
  });
}

weir_status weir_judge_answer(const weir_judge* judge, weir_outcome* outcome) {
  return c::guarded("weir_judge_answer", [&] {
    const oracle::Explained& answer = c::asked(judge).last.answer;
    c::put_outcome(answer.outcome, answer.clauses, c::given_sized(outcome, "a weir_outcome"));
    return WEIR_OK;
  });
}

weir_status weir_judge_why(const weir_judge* judge, char* buffer, size_t buffer_size, size_t* needed) {
  return c::guarded("weir_judge_why", [&] {
    const weir_judge& asked = c::asked(judge);
    c::put_text(asked.why.empty() ? c::why(asked) : asked.why, {buffer, buffer_size, needed});
    return WEIR_OK;
  });
}

weir_status weir_judge_snapshot(const weir_judge* judge, weir_judge** snapshot) {
  return c::snapshot("weir_judge_snapshot", judge, snapshot, "a judge");
}

weir_status weir_judge_restore(weir_judge* judge, const weir_judge* snapshot) {
  return c::restore("weir_judge_restore", judge, snapshot, "a judge");
}

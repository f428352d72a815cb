// Hosts: the model across the C ABI.
#include <fmt/format.h>

#include <array>
#include <memory>
#include <optional>

#include "oracle/c/call.hpp"
#include "oracle/c/convert.hpp"
#include "oracle/c/line_reader.hpp"
#include "oracle/c/snapshot.hpp"
#include "oracle/c/state.hpp"
#include "oracle/check/label.hpp"
#include "oracle/check/machine.hpp"
#include "oracle/json/writer.hpp"

using namespace weir;

struct weir_host {
  explicit weir_host(const oracle::Header& first) : header(first), model(*first.profile, first.options) {}

  oracle::Header header;
  oracle::Host model;
  oracle::Explained last;  ///< the outcome of the last operation
  bool asked = false;      ///< there is one
  std::unique_ptr<c::LineReader> lines;

  const Op& operation() const { return operations_[current_]; }
  /// Where the next operation is put; a step makes it the last, and a refusal leaves the last as it was.
  Op& next() { return operations_[1 - current_]; }

  void step(std::optional<std::int32_t> label) {
    if (label) model.name_next_fd(*label);
    current_ = 1 - current_;
    last.clauses.clear();
    const ClauseScope scope(last.clauses);
    last.outcome = model.step(operation());
    asked = true;
  }
  std::string line() const {
    std::string text;
    oracle::append_json(text, operation(), last.outcome, last.clauses);
    return text;
  }

  /// All but the header and the reader.
  void copy_state(const weir_host& from) {
    model = from.model;
    last = from.last;
    asked = from.asked;
    operations_[current_] = from.operation();
  }

 private:
  std::array<Op, 2> operations_;
  std::size_t current_ = 0;
};

namespace weir::c {
namespace {

const weir_host& asked(const weir_host* host) {
  if (!given(host, "a host").asked) refuse("expected a host that has been asked something");
  return *host;
}

weir_status make(const oracle::Header& header, weir_host** into) {
  *into = new weir_host(header);
  return WEIR_OK;
}

}  // namespace
}  // namespace weir::c

weir_status weir_op_defaults(weir_op* op) {
  return c::guarded("weir_op_defaults", [&] {
    c::put_defaults(c::given_sized(op, "a weir_op"));
    return WEIR_OK;
  });
}

weir_status weir_op_to_json(const weir_op* op, char* buffer, size_t buffer_size, size_t* needed) {
  return c::guarded("weir_op_to_json", [&] {
    Op operation;
    c::take_op(op, oracle::max_cpus, operation);
    c::put_text(oracle::to_json(operation), {buffer, buffer_size, needed});
    return WEIR_OK;
  });
}

weir_status weir_host_create(const char* profile, const weir_host_options* options, weir_host** host) {
  return c::guarded("weir_host_create", [&] {
    c::given(host, "a place for the host") = nullptr;
    return c::make(c::header_from(profile, options), host);
  });
}

weir_status weir_host_create_json(const char* header, size_t length, weir_host** host) {
  return c::guarded("weir_host_create_json", [&] {
    c::given(host, "a place for the host") = nullptr;
    return c::make(c::header_from_json(c::text_given(header, length, "a header")), host);
  });
}

void weir_host_destroy(weir_host* host) { delete host; }

weir_status weir_host_apply(weir_host* host, const weir_op* op, weir_outcome* outcome) {
  return c::guarded("weir_host_apply", [&] {
    weir_host& asked = c::given(host, "a host");
    c::expect_room(outcome);
    c::take_op(op, asked.header.options.cpus, asked.next());
    asked.step({});
    if (outcome != nullptr) c::put_outcome(asked.last.outcome, asked.last.clauses, *outcome);
    return WEIR_OK;
  });
}

weir_status weir_host_last(const weir_host* host, weir_outcome* outcome) {
  return c::guarded("weir_host_last", [&] {
    const weir_host& from = c::asked(host);
    c::put_outcome(from.last.outcome, from.last.clauses, c::given_sized(outcome, "a weir_outcome"));
    return WEIR_OK;
  });
}

weir_status weir_host_apply_json(weir_host* host, const char* line, size_t length, char* buffer, size_t buffer_size,
                                 size_t* needed) {
  return c::guarded("weir_host_apply_json", [&] {
    weir_host& asked = c::given(host, "a host");
    const std::string_view text = c::text_given(line, length, "a line");
    c::expect_room({buffer, buffer_size, needed});
    if (!asked.lines) asked.lines = std::make_unique<c::LineReader>(asked.header);
    oracle::TraceLine read;
    asked.lines->read(text, read);
    const auto label = oracle::label_of(read);
    asked.next() = std::move(read.operation);
    asked.step(label);
    c::put_text(asked.line(), {buffer, buffer_size, needed});
    return WEIR_OK;
  });
}

weir_status weir_host_last_json(const weir_host* host, char* buffer, size_t buffer_size, size_t* needed) {
  return c::guarded("weir_host_last_json", [&] {
    c::put_text(c::asked(host).line(), {buffer, buffer_size, needed});
    return WEIR_OK;
  });
}

weir_status weir_host_name_next_fd(weir_host* host, int32_t fd) {
  return c::guarded("weir_host_name_next_fd", [&] {
    weir_host& named = c::given(host, "a host");
    if (fd < 0 || fd >= max_fd) c::refuse(fmt::format("expected a descriptor, 0 to {}, found {}", max_fd - 1, fd));
    named.model.name_next_fd(fd);
    return WEIR_OK;
  });
}

weir_status weir_host_snapshot(const weir_host* host, weir_host** snapshot) {
  return c::snapshot("weir_host_snapshot", host, snapshot, "a host");
}

weir_status weir_host_restore(weir_host* host, const weir_host* snapshot) {
  return c::restore("weir_host_restore", host, snapshot, "a host");
}

weir_status weir_host_state_json(const weir_host* host, char* buffer, size_t buffer_size, size_t* needed) {
  return c::guarded("weir_host_state_json", [&] {
    const weir_host& shown = c::given(host, "a host");
    c::put_text(c::state_json(shown.header, shown.model), {buffer, buffer_size, needed});
    return WEIR_OK;
  });
}

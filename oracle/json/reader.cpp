#include "oracle/json/reader.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <iterator>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include "oracle/json/fields.hpp"
#include "oracle/profile/names.hpp"
#include "oracle/text/malformed.hpp"
#include "oracle/text/suggest.hpp"

namespace weir::oracle {
namespace {

/// What a line says about the outcome, gathered field by field in whatever order they stand.
template <class Operation>
class Observed {
 public:
  bool read(Cursor& cursor, Member& member) {
    if (member.name == "ret") return read_ret(cursor, member);
    if (member.name == "errno") return read_field(cursor, member, plain_, failure_);
    if (member.name == "oops") return read_field(cursor, member, oops_, oops_seen_);
    return read_field(cursor, member, answer_, success_);
  }

  Observation finish(const Cursor& cursor) && {
    constexpr std::uint32_t ret_bit = 1;
    if (oops_seen_ != 0) {
      if (failure_ != 0 || success_ != 0 || !oops_.oops) cursor.expected("\"oops\":true and no other result");
      return {oops_, oops_seen_};
    }
    if (failure_ != 0) {
      if (success_ != 0) cursor.expected("either the error of a call that failed or the results of one that did not");
      plain_.ret = -1;
      return {plain_, failure_ | ret_bit};
    }
    return {std::move(answer_), success_};
  }

 private:
  /// -1 belongs to a failure, any other value to the operation's own answer.
  bool read_ret(Cursor& cursor, Member& member) {
    note_field(cursor, ret_seen_, 1);
    const std::string_view token = member.value.raw_json_token();
    cursor.at = token.data();
    if (token.substr(0, token.find_last_not_of(" \t\r") + 1) == "-1")
      return read_field(cursor, member, plain_, failure_);
    if (!read_field(cursor, member, answer_, success_)) cursor.expected("-1, or no field \"ret\"");
    expect_possible_ret(cursor);
    return true;
  }

  /// Results that no call can have: descriptors outside the table, counts below -1.
  void expect_possible_ret(const Cursor& cursor) const {
    if constexpr (requires {
                    { answer_.ret } -> std::same_as<const std::int64_t&>;
                  }) {
      if (answer_.ret >= 0 && answer_.ret <= largest_ret<Operation>) return;
      cursor.expected(makes_descriptor<Operation> ? "-1 or a descriptor below " + std::to_string(max_fd)
                                                  : "-1 or a result of 0 or more");
    }
  }

  AnswerTo<Operation> answer_;
  outcome::Returned plain_;
  outcome::Oops oops_;
  std::uint32_t success_ = 0;
  std::uint32_t failure_ = 0;
  std::uint32_t oops_seen_ = 0;
  std::uint32_t ret_seen_ = 0;
};

/// What can be observed: how a call failed or crashed, and what else its answer holds.
template <class Operation>
std::string observed_list() {
  std::string list = "ret, errno, oops";
  for_each_field<AnswerTo<Operation>>([&](const auto& field) {
    if (field.name != "ret" && field.name != "errno") list += ", " + std::string(field.name);
  });
  return list;
}

/// "start" and "end". False where the member is neither.
bool read_time(Cursor& cursor, Member& member, TraceLine& line) {
  if (member.name != "start" && member.name != "end") return false;
  auto& time = member.name == "start" ? line.start : line.end;
  if (time) cursor.expected("each field once");
  cursor.at = member.value.raw_json_token().data();
  read_number(cursor, member.value, time.emplace(), std::uint64_t{0}, latest_time);
  return true;
}

void expect_order_of_times(const Cursor& cursor, const TraceLine& line) {
  if (line.end && (!line.start || *line.end < *line.start))
    cursor.fail_at(cursor.text.data(), "expected \"end\" to come with a \"start\", and not before it");
}

template <class Operation>
void read_operation(Cursor& cursor, ondemand::object& object, TraceLine& line) {
  Operation operation;
  Observed<Operation> observed;
  std::uint32_t given = 0;
  bool op_seen = false;
  line.start = line.end = {};
  for (auto field : object) {
    Member member = next_member(cursor, field);
    if (member.name == "op") {
      if (std::exchange(op_seen, true)) cursor.expected("each field once");
      continue;
    }
    if (read_field(cursor, member, operation, given) || observed.read(cursor, member)) continue;
    if (read_time(cursor, member, line)) continue;
    cursor.expected("a field of " + std::string(Operation::name) + " (" + field_list<Operation>() +
                    "; observed: " + observed_list<Operation>() + "; in a history: start, end)");
  }
  expect_required<Operation>(cursor, given);
  expect_order_of_times(cursor, line);
  line.operation = std::move(operation);
  line.seen = std::move(observed).finish(cursor);
}

using ReadOperation = void (*)(Cursor&, ondemand::object&, TraceLine&);
struct Operation {
  std::string_view name;
  ReadOperation read;
};

template <class... Each>
constexpr auto table_of(const std::variant<Each...>*) {
  return std::array<Operation, sizeof...(Each)>{Operation{Each::name, read_operation<Each>}...};
}
constexpr auto operations = table_of(static_cast<const Op*>(nullptr));

[[noreturn]] void unknown_operation(const Cursor& cursor) {
  std::vector<std::string_view> known;
  for (const auto& each : operations) known.push_back(each.name);
  cursor.expected("one of the operations " + join(known));
}

[[noreturn]] void no_operation(Cursor& cursor, ondemand::object& object) {
  object.reset();
  for (auto field : object)
    if (next_member(cursor, field).name == "weir") cursor.expected("an operation: the header stands once");
  cursor.fail_at(cursor.text.data(), "expected the field \"op\", which is missing");
}

const Profile* read_profile(Cursor& cursor, ondemand::value& json) {
  const auto name = read_string(cursor, json, "the name of a profile as a string");
  const ProfileChoice choice = profile_named(name);
  if (choice.profile == nullptr) cursor.expected("a profile; " + choice.error);
  return choice.profile;
}

void read_initial_sysctls(Cursor& cursor, ondemand::value& json, HostOptions& options) {
  ondemand::object object;
  if (json.get_object().get(object)) cursor.expected("an object of names and values");
  std::uint32_t given = 0;
  for (auto field : object) {
    Member member = next_member(cursor, field);
    const auto id = enum_from<Sysctl>(member.name);
    if (!id) cursor.expected("one of " + list_of<Sysctl>());
    note_field(cursor, given, 1U << static_cast<unsigned>(*id));
    cursor.at = member.value.raw_json_token().data();
    read_value(cursor, member.value, options.sysctl.emplace_back(*id, 0).second);
  }
}

constexpr auto header_fields =
    std::to_array<std::string_view>({"weir", "profile", "cpus", "sysctl", "thread_backlog_napi"});

Header read_header(Cursor& cursor, ondemand::object& object) {
  Header header;
  std::uint32_t given = 0;
  for (auto field : object) {
    Member member = next_member(cursor, field);
    if (member.name == "op") cursor.expected("the header {\"weir\":1,\"profile\":…} before the first operation");
    const auto place = std::find(header_fields.begin(), header_fields.end(), member.name) - header_fields.begin();
    if (place == std::ssize(header_fields)) cursor.expected("a field of the header (" + join(header_fields) + ")");
    note_field(cursor, given, 1U << place);
    cursor.at = member.value.raw_json_token().data();
    if (member.name == "weir") {
      std::int64_t version = 0;
      read_number(cursor, member.value, version, trace_version, trace_version);
    } else if (member.name == "profile") {
      header.profile = read_profile(cursor, member.value);
    } else if (member.name == "cpus") {
      read_number(cursor, member.value, header.options.cpus, std::uint32_t{1}, max_cpus);
    } else if (member.name == "sysctl") {
      read_initial_sysctls(cursor, member.value, header.options);
    } else {
      read_value(cursor, member.value, header.options.thread_backlog_napi);
    }
  }
  for (std::size_t i = 0; i < 2; ++i)
    if ((given >> i & 1) == 0)
      cursor.fail_at(cursor.text.data() + cursor.text.size(),
                     "expected the field \"" + std::string(header_fields[i]) + "\" in the header");
  return header;
}

}  // namespace

struct TraceReader::Parser {
  ondemand::parser json;

  /// Calls read(cursor, object) on the object that the line holds.
  template <class Reading>
  void read(const Lines& lines, std::string_view text, std::uint32_t cpus, Reading&& reading) {
    Cursor cursor{lines.file(), lines.number(), text, lines.cut_short(), cpus, text.data(), {}};
    if (const auto error = json.iterate(text.data(), text.size(), text.size() + line_padding).get(cursor.document))
      cursor.broken(error);
    ondemand::object object = open_object(cursor);
    reading(cursor, object);
    expect_end(cursor);
  }
};

TraceReader::TraceReader(Read read, std::string file) : TraceReader(Lines(std::move(read), std::move(file))) {}

TraceReader::TraceReader(Lines lines) : lines_(std::move(lines)), parser_(std::make_unique<Parser>()) {
  if (!lines_.next(text_)) throw Malformed(lines_.file(), 1, 1, "expected the header, found an empty file");
  parser_->read(lines_, text_, max_cpus,
                [&](Cursor& cursor, ondemand::object& object) { header_ = read_header(cursor, object); });
}

TraceReader::~TraceReader() = default;
TraceReader::TraceReader(TraceReader&&) noexcept = default;

bool TraceReader::next(TraceLine& line) {
  if (!lines_.next(text_)) return false;
  line.number = lines_.number();
  parser_->read(lines_, text_, header_.options.cpus, [&](Cursor& cursor, ondemand::object& object) {
    ondemand::value named;
    if (const auto error = object.find_field_unordered("op").get(named)) {
      if (error == simdjson::NO_SUCH_FIELD) no_operation(cursor, object);
      cursor.broken(error);
    }
    cursor.at = named.raw_json_token().data();
    const auto name = read_string(cursor, named, "the name of an operation as a string");
    for (const auto& each : operations) {
      if (each.name != name) continue;
      if (object.reset().error()) cursor.expected("JSON");
      return each.read(cursor, object, line);
    }
    unknown_operation(cursor);
  });
  return true;
}

}  // namespace weir::oracle

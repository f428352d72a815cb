#include "oracle/json/schema.hpp"

#include "oracle/json/header.hpp"
#include "oracle/json/layout.hpp"
#include "oracle/json/observation.hpp"
#include "oracle/json/schema_values.hpp"
#include "oracle/profile/names.hpp"

namespace weir::oracle {
namespace {

/// A regular expression for the whole of a text. Some engines let $ stand before a last newline as well.
std::string text_like(const std::string& pattern) {
  return Object()
      .add("type", R"("string")")
      .add("pattern", json_of("^" + pattern + "$"))
      .add("not", R"({"pattern":"\n"})")
      .text();
}

/// address_from and end_from, as patterns.
const std::string octet = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
const std::string four_octets = octet + "(\\." + octet + "){3}";
const std::string port = "(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}|0)";

std::string errno_schema() {
  List list;
  for (const auto& row : errno_names) list.add(json_of(row.name));
  return Object().add("enum", list.text()).text();
}

/// What the fields of operations refer to.
void define_values(Object& definitions) {
  definitions.add(number_name<std::int32_t>(), whole_number<std::int32_t>())
      .add(number_name<std::int64_t>(), whole_number<std::int64_t>())
      .add(number_name<std::uint16_t>(), whole_number<std::uint16_t>())
      .add(number_name<std::uint32_t>(), whole_number<std::uint32_t>())
      .add(number_name<std::uint64_t>(), whole_number<std::uint64_t>())
      .add("cpu", whole_number<std::uint32_t>(0, max_cpus - 1))
      .add("result", whole_number<std::int64_t>(0, largest_ret<op::Close>))
      .add("descriptor", whole_number<std::int64_t>(0, largest_ret<op::Socket>))
      .add("time", whole_number<std::uint64_t>(0, latest_time))
      .add("errno", errno_schema())
      .add("address", text_like("(|::|::1|@|" + four_octets + ")"))
      .add("end_of_connection", text_like(four_octets + ":" + port))
      .add("bytes", R"({"type":"string","pattern":"^[\u0000-\u00ff]*$"})");
}

std::string header_schema() {
  const std::string initial_values = Object()
                                         .add("type", R"("object")")
                                         .add("propertyNames", schema_of(Tag<Sysctl>{}))
                                         .add("additionalProperties", schema_of(Tag<std::int32_t>{}))
                                         .text();
  const HostOptions defaults;
  const std::string cpus = whole_number<std::uint32_t>(1, max_cpus);
  const std::string properties =
      Object()
          .add("weir", fmt::format(R"({{"const":{}}})", trace_version))
          .add("profile", text_like(profile_pattern()))
          .add("cpus", fmt::format(R"({},"default":{}}})", cpus.substr(0, cpus.size() - 1), defaults.cpus))
          .add("sysctl", initial_values)
          .add("thread_backlog_napi", fmt::format(R"({{"type":"boolean","default":{}}})", defaults.thread_backlog_napi))
          .text();
  return Object()
      .add("type", R"("object")")
      .add("properties", properties)
      .add("required", R"(["weir","profile"])")
      .add("additionalProperties", "false")
      .text();
}

/// What `ret` is where the call did not fail: of a system call a number, of netif_rx a name, of others nothing.
template <class Operation>
std::string schema_of_ret() {
  using Answer = AnswerTo<Operation>;
  if constexpr (!requires { &Answer::ret; })
    return "false";
  else if constexpr (std::is_same_v<decltype(Answer::ret), std::int64_t>)
    return defined_as(makes_descriptor<Operation> ? "descriptor" : "result");
  else
    return schema_of(Tag<decltype(Answer::ret)>{});
}

/// `then` for each field of the answer but the two that failures have as well.
template <class Operation, class Then>
void for_each_result(Then&& then) {
  for_each_field<AnswerTo<Operation>>([&](const auto& field) {
    if (field.name != "ret" && field.name != "errno") then(field);
  });
}

/// Which results go together: those of an answer, of a failure, or of a crash; the others must not be there.
template <class Operation>
std::string kinds_of_outcome() {
  Object answered, failed, crashed;
  answered.add("ret", schema_of_ret<Operation>()).add("errno", "false").add("oops", "false");
  failed.add("ret", R"({"const":-1})").add("oops", "false");
  crashed.add("ret", "false").add("errno", "false");
  for_each_result<Operation>([&](const auto& field) {
    failed.add(field.name, "false");
    crashed.add(field.name, "false");
  });
  const auto kind = [](std::string_view title, const Object& properties) {
    return Object().add("title", json_of(title)).add("properties", properties.text()).text();
  };
  List kinds;
  // Done shows nothing, as a failure of which nothing was seen.
  if (!std::is_same_v<AnswerTo<Operation>, outcome::Done>) kinds.add(kind("answered", answered));
  return kinds.add(kind("failed", failed)).add(kind("crashed", crashed)).text();
}

template <class Operation>
std::string operation_schema() {
  Object properties;
  List required;
  properties.add("op", Object().add("const", json_of(Operation::name)).text());
  required.add(json_of(std::string_view("op")));
  for_each_field<Operation>([&]<class Of, class Value>(const Field<Of, Value>& field) {
    std::string schema = schema_of(Tag<Value>{});
    if (field.required)
      required.add(json_of(field.name));
    else
      schema.insert(schema.size() - 1, ",\"default\":" + json_of(Operation{}.*field.member));
    properties.add(field.name, schema);
  });
  for_each_result<Operation>([&]<class Of, class Value>(const Field<Of, Value>& field) {
    properties.add(field.name, schema_of(Tag<Value>{}));
  });
  properties.add("ret", "true").add("errno", defined_as("errno")).add("oops", R"({"const":true})");
  properties.add("start", defined_as("time")).add("end", defined_as("time"));
  return Object()
      .add("type", R"("object")")
      .add("properties", properties.text())
      .add("required", required.text())
      .add("additionalProperties", "false")
      .add("anyOf", kinds_of_outcome<Operation>())
      .add("if", R"({"required":["end"]})")
      .add("then", R"({"required":["start"]})")
      .text();
}

/// The operations themselves, and `operation`, which is one of them.
template <class... Each>
void define_operations(Object& definitions, const std::variant<Each...>*) {
  List known, choices;
  (known.add(json_of(Each::name)), ...);
  const auto choice = [](std::string_view name) {
    return fmt::format(R"({{"if":{{"properties":{{"op":{{"const":"{}"}}}},"required":["op"]}},"then":{}}})", name,
                       defined_as(name));
  };
  (choices.add(choice(Each::name)), ...);
  definitions.add("operation", Object()
                                   .add("type", R"("object")")
                                   .add("required", R"(["op"])")
                                   .add("properties", fmt::format(R"({{"op":{{"enum":{}}}}})", known.text()))
                                   .add("allOf", choices.text())
                                   .text());
  (definitions.add(Each::name, operation_schema<Each>()), ...);
}

}  // namespace

std::string trace_schema() {
  Object definitions;
  definitions.add("header", header_schema());
  define_operations(definitions, static_cast<const Op*>(nullptr));
  define_values(definitions);
  return over_lines(Object()
                        .add("$schema", R"("https://json-schema.org/draft/2020-12/schema")")
                        .add("title", R"("A line of a weir trace")")
                        .add("description",
                             R"("Generated: `weir explain --schema`. The first line is a header, every other an )"
                             R"(operation; docs/TRACE.md says what they mean.")")
                        .add("if", R"({"required":["op"]})")
                        .add("then", defined_as("operation"))
                        .add("else", defined_as("header"))
                        .add("$defs", definitions.text())
                        .text());
}

}  // namespace weir::oracle

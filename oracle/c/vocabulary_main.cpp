// weir-c-vocabulary: writes include/weir/names.h, include/weir/operations.h and oracle/c/forms.def from the model's own
// lists of operations, outcomes and names, so that libweir has no list of its own. A test holds what is committed
// against it.
#include <fmt/format.h>

#include <cctype>
#include <cstdio>
#include <set>
#include <string>

#include "model/op.hpp"
#include "model/outcome.hpp"

namespace weir::c {
namespace {

template <class T>
struct Tag {};

/// "weir::op::Listen": C++ has no other way to ask for it.
template <class T>
std::string full_name() {
  const std::string_view text = __PRETTY_FUNCTION__;
  const std::size_t begin = text.find("T = ") + 4;
  return std::string(text.substr(begin, text.find_first_of(";]", begin) - begin));
}

/// "SoftnetRow" -> "softnet_row"
template <class T>
std::string snake_name() {
  const std::string full = full_name<T>();
  std::string text;
  for (const char each : full.substr(full.rfind(':') + 1)) {
    const auto byte = static_cast<unsigned char>(each);
    if (std::isupper(byte) != 0 && !text.empty()) text += '_';
    text += static_cast<char>(std::tolower(byte));
  }
  return text;
}

/// "net.core.somaxconn" -> "NET_CORE_SOMAXCONN"; nothing -> "NONE"
std::string constant(std::string_view text) {
  if (text.empty()) return "NONE";
  std::string name;
  for (const char each : text) {
    const auto byte = static_cast<unsigned char>(each);
    name += std::isalnum(byte) != 0 ? static_cast<char>(std::toupper(byte)) : '_';
  }
  return name;
}

/// What a type is called in C.
template <class T>
std::string c_type(Tag<T>) {
  if constexpr (std::is_enum_v<T> || std::is_same_v<T, bool>)
    return "uint32_t";
  else
    return fmt::format("{}int{}_t", std::is_unsigned_v<T> ? "u" : "", 8 * sizeof(T));
}
std::string c_type(Tag<Fd>) { return "int32_t"; }
std::string c_type(Tag<NsId>) { return "uint32_t"; }
std::string c_type(Tag<Cpu>) { return "uint32_t"; }
std::string c_type(Tag<Skb>) { return "uint32_t"; }
std::string c_type(Tag<Millis>) { return "uint32_t"; }
std::string c_type(Tag<FlowHash>) { return "uint32_t"; }
std::string c_type(Tag<std::string>) { return "struct weir_bytes"; }
std::string c_type(Tag<Address>) { return "struct weir_address"; }
std::string c_type(Tag<End>) { return "struct weir_end"; }
std::string c_type(Tag<std::vector<Skb>>) { return "struct weir_packets"; }
std::string c_type(Tag<std::vector<outcome::SentSegment>>) { return "struct weir_sent"; }
template <class T>
std::string c_type(Tag<std::optional<T>>) {
  return c_type(Tag<T>{}) == "uint64_t" ? "struct weir_optional_u64" : "struct weir_optional_u32";
}

/// errno is a macro of C.
std::string member(std::string_view name) { return name == "errno" ? "error" : std::string(name); }

/// The enumerations that fields need, each once.
class Enums {
 public:
  template <class T>
  void need(Tag<T>) {
    if constexpr (std::is_enum_v<T>) add<T>();
  }
  template <class T>
  void need(Tag<std::optional<T>>) {
    need(Tag<T>{});
  }
  const std::string& text() const { return text_; }

 private:
  template <class E>
  void add() {
    const std::string name = snake_name<E>();
    if (!known_.insert(name).second) return;
    text_ += fmt::format("enum weir_{} {{\n", name);
    if constexpr (std::is_same_v<E, Errno>) {
      text_ += "  WEIR_ERRNO_NONE = 0,\n";
      for (const auto& row : errno_names) append(name, row.name, static_cast<unsigned>(row.value));
    } else {
      for (const auto& row : names<E>) append(name, row.text, static_cast<unsigned>(row.value));
    }
    text_ += "};\n\n";
  }

  void append(const std::string& type, std::string_view text, unsigned value) {
    const std::string prefix = constant(type) + '_', name = constant(text);
    text_ += fmt::format("  WEIR_{} = {},\n", name.starts_with(prefix) ? name : prefix + name, value);
  }

  std::string text_;
  std::set<std::string> known_;
};

/// "op_listen", "outcome_info"
template <class T>
std::string form_name() {
  if constexpr (requires { T::name; })
    return "op_" + std::string(T::name);
  else
    return "outcome_" + snake_name<T>();
}

template <class T>
constexpr bool is_empty = std::tuple_size_v<std::remove_cvref_t<decltype(T::fields)>> == 0;

template <class T>
std::string members_of(Enums& enums) {
  std::string text;
  for_each_field<T>([&]<class Of, class Value>(const Field<Of, Value>& field) {
    enums.need(Tag<Value>{});
    text += fmt::format("  {} {};\n", c_type(Tag<Value>{}), member(field.name));
  });
  return text;
}

/// A closed set of alternatives: the kinds, a struct for each that has fields, and the struct that holds one of them.
struct Closed {
  std::string kinds, structs, members, forms;
};

template <class T>
void add_alternative(Closed& closed, Enums& enums, std::string_view prefix, unsigned number) {
  const std::string name = form_name<T>();
  const std::string shorter = name.substr(prefix.size() + 1);
  closed.kinds += fmt::format("  WEIR_{} = {},\n", constant(name), number);
  const std::string type = full_name<T>().substr(std::string_view("weir::").size());
  if (is_empty<T>) {
    closed.forms += fmt::format("WEIR_EMPTY_FORM({}, WEIR_{})\n", type, constant(name));
    return;
  }
  closed.structs += fmt::format("struct weir_{} {{\n{}}};\n\n", name, members_of<T>(enums));
  closed.members += fmt::format("  struct weir_{} {};\n", name, shorter);
  std::string pointers;
  for_each_field<T>([&](const auto& field) { pointers += fmt::format(", &weir_{}::{}", name, member(field.name)); });
  closed.forms += fmt::format("WEIR_FORM({}, weir_{}, WEIR_{}, {}{})\n", type, name, constant(name), shorter, pointers);
}

template <class... Each>
Closed closed_set(const std::variant<Each...>*, Enums& enums, std::string_view prefix) {
  Closed closed;
  unsigned number = 0;
  (add_alternative<Each>(closed, enums, prefix, ++number), ...);
  return closed;
}

constexpr std::string_view head =
    "Generated by weir-c-vocabulary from the lists of model/op.hpp, outcome.hpp and vocabulary/; not written by hand.";

std::string names_header(const Enums& enums, const Closed& ops, const Closed& outcomes) {
  return fmt::format(
      "/* {}\n"
      " * The names of operations, outcomes and of what stands in them. The kinds begin with 1, so that a struct which "
      "is\n"
      " * all zero says nothing. */\n"
      "#pragma once\n\n{}enum weir_op_kind {{\n{}}};\n\nenum weir_outcome_kind {{\n{}}};\n",
      head, enums.text(), ops.kinds, outcomes.kinds);
}

std::string operations_header(const std::string& sent, const Closed& ops, const Closed& outcomes) {
  return fmt::format(
      "/* {}\n"
      " * Operations and outcomes, field by field as the trace format has them (docs/TRACE.md). A uint32_t may be one "
      "of\n"
      " * an enumeration of names.h, or 0 or 1. */\n"
      "#pragma once\n#include <weir/names.h>\n#include <weir/types.h>\n\n{}{}"
      "struct weir_sent_segment {{\n{}}};\n\n"
      "/* The fields of one operation. */\n"
      "union weir_op_fields {{\n{}  uint64_t reserved[16];\n}};\n\n"
      "/* The fields of one outcome. A list or bytes in it lie in memory of the caller. */\n"
      "union weir_outcome_fields {{\n{}  uint64_t reserved[16];\n}};\n",
      head, ops.structs, outcomes.structs, sent, ops.members, outcomes.members);
}

int write(std::string_view what) {
  Enums enums;
  const Closed ops = closed_set(static_cast<const Op*>(nullptr), enums, "op");
  const Closed outcomes = closed_set(static_cast<const Outcome*>(nullptr), enums, "outcome");
  const std::string sent = members_of<outcome::SentSegment>(enums);
  std::string text;
  if (what == "names") text = names_header(enums, ops, outcomes);
  if (what == "operations") text = operations_header(sent, ops, outcomes);
  if (what == "forms") text = fmt::format("// {}\n{}{}", head, ops.forms, outcomes.forms);
  std::fputs(text.c_str(), stdout);
  return text.empty() ? 2 : 0;
}

}  // namespace
}  // namespace weir::c

int main(int argc, char** argv) {
  const int code = weir::c::write(argc == 2 ? argv[1] : "");
  if (code != 0) std::fputs("usage: weir-c-vocabulary names|operations|forms\n", stderr);
  return code;
}

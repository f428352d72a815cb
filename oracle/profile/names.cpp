#include "oracle/profile/names.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "oracle/profile/fields.hpp"
#include "oracle/text/suggest.hpp"

namespace weir::oracle {
namespace {

struct OwnProfile {
  std::string name;
  Profile profile;
};

template <class T>
std::optional<T> number_from(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// Empty if `text` was a value of the field and is set; otherwise what was expected.
std::string set_value(bool& into, std::string_view text) {
  if (text != "yes" && text != "no") return "yes or no";
  into = text == "yes";
  return {};
}
template <std::integral T>
std::string set_value(T& into, std::string_view text) {
  const auto value = number_from<T>(text);
  if (!value) return "a number";
  into = *value;
  return {};
}
template <class E>
requires std::is_enum_v<E> std::string set_value(E& into, std::string_view text) {
  const auto value = enum_from<E>(text);
  if (!value) return "one of " + list_of<E>();
  into = *value;
  return {};
}

std::string set_sysctl(SysctlSpec& spec, std::string_view property, std::string_view text) {
  if (property == "initial") return set_value(spec.initial, text);
  if (property == "minimum") return set_value(spec.minimum, text);
  if (property == "maximum") return set_value(spec.maximum, text);
  if (property == "handler") return set_value(spec.handler, text);
  if (property == "scope") return set_value(spec.scope, text);
  return "one of the properties initial, minimum, maximum, handler, scope";
}

std::string unknown_field(std::string_view name) {
  std::vector<std::string_view> known;
  for (const auto& each : profile_fields) known.push_back(each.name);
  const auto close = nearest(name, known);
  return fmt::format("a profile has no field {}{}", name,
                     close.empty() ? "; `weir profiles NAME` shows them" : "; did you mean " + join(close) + "?");
}

/// Applies "field=value". \return an empty text, or what is wrong
std::string apply(Profile& profile, std::string_view setting) {
  const std::size_t equals = setting.find('=');
  if (equals == std::string_view::npos) return fmt::format("expected field=value, found {}", setting);
  const std::string_view name = setting.substr(0, equals), value = setting.substr(equals + 1);
  std::string expected;
  for (const auto& field : profile_fields) {
    if (field.name != name) continue;
    expected = std::visit([&](auto member) { return set_value(profile.*member, value); }, field.member);
    return expected.empty() ? expected : fmt::format("{} takes {}, found {}", name, expected, value);
  }
  const std::size_t dot = name.rfind('.');
  const auto id = dot == std::string_view::npos ? std::nullopt : enum_from<Sysctl>(name.substr(0, dot));
  if (!id) return unknown_field(name);
  if (spec_of(profile, *id) == nullptr) return fmt::format("{} does not exist in that release", name.substr(0, dot));
  expected = set_sysctl(profile.sysctls.edit(*id), name.substr(dot + 1), value);
  return expected.empty() ? expected : fmt::format("{}: expected {}", setting, expected);
}

/// The names of an enum as alternatives; a dot in one is itself.
template <class E>
std::string one_of() {
  std::string pattern;
  for (const auto& row : names<E>) {
    pattern += pattern.empty() ? '(' : '|';
    for (const char c : row.text) pattern.append(c == '.' ? "\\" : "").append(1, c);
  }
  return pattern + ')';
}

/// What set_value takes.
template <class T>
std::string value_pattern(T Profile::*) {
  if constexpr (std::is_enum_v<T>)
    return one_of<T>();
  else
    return std::is_same_v<T, bool> ? "(yes|no)" : "[0-9]+";
}

/// Profiles that were asked for with settings; kept, since hosts refer to them.
const Profile* keep(std::string_view text, const Profile& profile) {
  static std::mutex lock;
  static std::unordered_map<std::string, std::unique_ptr<OwnProfile>> kept;
  const std::lock_guard guard(lock);
  auto& own = kept[std::string(text)];
  if (!own) {
    own = std::make_unique<OwnProfile>(OwnProfile{std::string(text), profile});
    own->profile.name = own->name;
  }
  return &own->profile;
}

}  // namespace

std::string profile_pattern() {
  std::map<std::string, std::string> by_value;  // the fields that take values of one kind
  for (const auto& field : profile_fields) {
    std::string& same = by_value[std::visit([](auto member) { return value_pattern(member); }, field.member)];
    same.append(same.empty() ? "(" : "|").append(field.name);
  }
  std::string settings = fmt::format(R"({}\.((initial|minimum|maximum)=-?[0-9]+|handler={}|scope={}))",
                                     one_of<Sysctl>(), one_of<Handler>(), one_of<Scope>());
  for (const auto& [value, fields] : by_value) settings += fmt::format("|{})={}", fields, value);
  return fmt::format(R"(linux-[0-9]+(\.[0-9]+){{0,3}}(\+({}))*)", settings);
}

std::string known_profiles() {
  std::vector<std::string_view> all;
  for (const Profile* each : releases::all) all.push_back(each->name);
  return join(all);
}

ProfileChoice profile_named(std::string_view text) {
  const std::string_view release = text.substr(0, text.find('+'));
  const Profile* const base = profile_from(release);
  if (base == nullptr)
    return {nullptr,
            fmt::format("there is no profile {}; known: {} and the releases between", release, known_profiles())};
  if (release.size() == text.size()) return {base, {}};
  Profile profile = *base;
  for (std::size_t at = release.size(); at < text.size();) {
    const std::size_t end = std::min(text.find('+', at + 1), text.size());
    if (std::string wrong = apply(profile, text.substr(at + 1, end - at - 1)); !wrong.empty())
      return {nullptr, std::move(wrong)};
    at = end;
  }
  return {keep(text, profile), {}};
}

}  // namespace weir::oracle

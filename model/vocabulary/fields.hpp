// The description from which every form of an operation or outcome derives: JSON, fuzz bytes, generators, the C ABI.
// A struct lists its members once, in `fields`; everything else walks that list.
#pragma once
#include <string_view>
#include <tuple>
#include <utility>

namespace weir {

/// One member of an operation or outcome. `required` says whether the text form may leave it out (then the value of a
/// default-constructed object holds).
template <class Owner, class T>
struct Field {
  std::string_view name;
  T Owner::*member;
  bool required;
};

template <class Owner, class T>
constexpr Field<Owner, T> field(std::string_view name, T Owner::*member) {
  return {name, member, true};
}

template <class Owner, class T>
constexpr Field<Owner, T> optional_field(std::string_view name, T Owner::*member) {
  return {name, member, false};
}

/// Calls visit(field) for each field of `T`, in order.
template <class T, class Visit>
constexpr void for_each_field(Visit&& visit) {
  std::apply([&](const auto&... each) { (visit(each), ...); }, T::fields);
}

}  // namespace weir

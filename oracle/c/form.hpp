// The C struct of each operation and outcome, paired field by field with the model's: by the generated forms.def.
#pragma once
#include <weir/weir.h>

#include <tuple>

#include "model/op.hpp"
#include "model/outcome.hpp"

namespace weir::c {

/// kind; Struct, members (in the order of T::fields) and in(union) where T has fields.
template <class T>
struct Form;

#define WEIR_FORM(Model, C, Kind, Member, ...)                       \
  template <>                                                        \
  struct Form<Model> {                                               \
    using Struct = C;                                                \
    static constexpr std::uint32_t kind = Kind;                      \
    static constexpr auto members = std::tuple{__VA_ARGS__};         \
    static C& in(auto& fields) { return fields.Member; }             \
    static const C& in(const auto& fields) { return fields.Member; } \
  };
#define WEIR_EMPTY_FORM(Model, Kind)            \
  template <>                                   \
  struct Form<Model> {                          \
    static constexpr std::uint32_t kind = Kind; \
    static constexpr std::tuple<> members{};    \
  };
#include "oracle/c/forms.def"
#undef WEIR_FORM
#undef WEIR_EMPTY_FORM

template <class T>
inline constexpr std::size_t field_count = std::tuple_size_v<std::remove_cvref_t<decltype(T::fields)>>;

/// Calls visit(field of the model, member of the C struct) for each pair.
template <class T, class Visit>
constexpr void for_each_pair(Visit&& visit) {
  static_assert(std::tuple_size_v<std::remove_cvref_t<decltype(Form<T>::members)>> == field_count<T>);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (visit(std::get<I>(T::fields), std::get<I>(Form<T>::members)), ...);
  }
  (std::make_index_sequence<std::tuple_size_v<std::remove_cvref_t<decltype(T::fields)>>>{});
}

}  // namespace weir::c

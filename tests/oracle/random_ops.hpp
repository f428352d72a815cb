// Random operations and outcomes, field by field, over the whole range of each type.
#pragma once
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "model/op.hpp"
#include "model/outcome.hpp"
#include "oracle/json/header.hpp"
#include "oracle/json/observation.hpp"

namespace weir::oracle {

class RandomOps {
 public:
  explicit RandomOps(std::uint64_t seed) : engine_(seed) {}

  Op operation() { return any_of(static_cast<const Op*>(nullptr)); }

  /// One that the operation can have: its own answer, a failure, or a crash.
  Outcome outcome_of(const Op& operation) {
    if (below(4) == 0) return failed(errno_names[below(errno_names.size())].value);
    if (below(16) == 0) return outcome::Oops{};
    return std::visit([this]<class T>(const T&) { return Outcome(success<T>()); }, operation);
  }

  std::uint64_t below(std::uint64_t limit) { return engine_() % limit; }

 private:
  template <class... Each>
  Op any_of(const std::variant<Each...>*) {
    Op made;
    std::uint64_t chosen = below(sizeof...(Each));
    ((chosen-- == 0 ? void(made = filled<Each>()) : void()), ...);
    return made;
  }

  template <class T>
  T filled() {
    T object;
    for_each_field<T>([&](const auto& field) { fill(object.*field.member); });
    return object;
  }

  template <class T>
  AnswerTo<T> success() {
    auto answer = filled<AnswerTo<T>>();
    if constexpr (std::is_same_v<AnswerTo<T>, outcome::Returned>)
      answer = returned(static_cast<std::int64_t>(below(max_fd)));
    else if constexpr (requires {
                         { answer.ret } -> std::same_as<std::int64_t&>;
                       })
      answer.ret &= 0xffff;
    return answer;
  }

  template <std::integral T>
  void fill(T& into) {
    // Small numbers and the ends of the range are as likely as all others together.
    const std::uint64_t bits = engine_() >> below(64);
    into = static_cast<T>(below(8) == 0 ? ~bits : bits);
  }
  void fill(bool& into) { into = below(2) == 0; }
  void fill(Fd& into) { fill(into.label); }
  void fill(NsId& into) { fill(into.id); }
  void fill(Skb& into) { fill(into.id); }
  void fill(FlowHash& into) { fill(into.value); }
  void fill(Cpu& into) { into.index = static_cast<std::uint32_t>(below(max_cpus)); }
  void fill(Millis& into) { fill(into.count); }
  void fill(End& into) { into = {static_cast<std::uint32_t>(engine_()), static_cast<std::uint16_t>(engine_())}; }
  void fill(Errno& into) { into = errno_names[below(errno_names.size())].value; }
  void fill(Address& into) {
    const std::uint64_t kind = below(3);
    into = kind == 0 ? any_address : kind == 1 ? loopback6 : v4_address(static_cast<std::uint32_t>(engine_()));
  }
  void fill(std::string& into) {
    into.resize(below(40));
    for (char& each : into) each = static_cast<char>(engine_());
  }
  void fill(std::vector<Skb>& into) {
    into.resize(below(5));
    for (Skb& each : into) fill(each);
  }
  void fill(std::vector<outcome::SentSegment>& into) {
    into.resize(below(3));
    for (auto& each : into) {
      fill(each.to);
      fill(each.flags);
    }
  }
  template <class E>
  requires std::is_enum_v<E>
  void fill(E& into) { into = names<E>[below(names<E>.size())].value; }
  template <class T>
  void fill(std::optional<T>& into) {
    if (below(2) == 0)
      into.reset();
    else
      fill(into.emplace());
  }

  std::mt19937_64 engine_;
};

}  // namespace weir::oracle

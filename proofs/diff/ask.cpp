#include "proofs/diff/ask.hpp"

#include <algorithm>
#include <array>
#include <deque>

#include "proofs/diff/host.hpp"
#include "proofs/diff/readings.hpp"

namespace weir::proofs::diff {
namespace {

/// The open arguments of a shape as symbols.
class Symbols {
 public:
  explicit Symbols(const Shape& shape) : shape_(shape) {
    z3::context& context = Explorer::current().context();
    for (const Hole& hole : shape.holes) {
      Filling& filling = fillings_.emplace_back();
      const std::string name = std::to_string(hole.at);
      if (hole.runs.empty()) filling.number = Symbolic::I32(context.bv_const(name.c_str(), Symbolic::I32::width));
      for (std::size_t run = 0; run < hole.runs.size(); ++run) {
        filling.bytes.emplace_back(context.bv_const((name + "." + std::to_string(run)).c_str(), Symbolic::U8::width));
        filling.text.insert(filling.text.end(), hole.runs[run], filling.bytes.back());
      }
    }
  }

  Open of(std::size_t op) const {
    for (std::size_t i = 0; i < fillings_.size(); ++i) {
      if (shape_.holes[i].at != op) continue;
      if (shape_.holes[i].runs.empty()) return {&fillings_[i].number, {}};
      return {nullptr, fillings_[i].text};
    }
    return {};
  }

  /// The smallest values, hole by hole, for which `wanted` holds on this path. \pre it can hold
  Values smallest(SymbolicBool wanted) const {
    Values values;
    for (const Filling& each : fillings_) {
      if (each.bytes.empty()) values.push_back(smallest_of(each.number, wanted));
      for (const Symbolic::U8& byte : each.bytes) values.push_back(smallest_of(byte, wanted));
    }
    return values;
  }

 private:
  struct Filling {
    Symbolic::I32 number;
    std::vector<Symbolic::U8> bytes;
    std::vector<Symbolic::U8> text;
  };

  static bool possible(const SymbolicBool& condition) {
    if (condition.known()) return static_cast<bool>(condition);
    return Explorer::current().find(condition.term()).has_value();
  }

  /// Fixes a number in `wanted`: nearest to 0, and not negative if it need not be.
  static std::int64_t smallest_of(const Symbolic::I32& number, SymbolicBool& wanted) {
    using I32 = Symbolic::I32;
    const bool negative = !possible(wanted && number >= I32(0));
    std::int64_t low = 0, high = std::int64_t{1} << 31;  // the magnitude lies within
    while (low < high) {
      const std::int64_t middle = (low + high) / 2;
      const auto within = negative ? number >= I32(-middle) : number <= I32(std::min<std::int64_t>(middle, 0x7fffffff));
      if (possible(wanted && within))
        high = middle;
      else
        low = middle + 1;
    }
    const std::int64_t value = negative ? -low : low;
    wanted = wanted && number == I32(value);
    return value;
  }

  /// Fixes a byte in `wanted`: '0' or '1' if that will do, otherwise the smallest.
  static std::int64_t smallest_of(const Symbolic::U8& byte, SymbolicBool& wanted) {
    using U8 = Symbolic::U8;
    std::int64_t value = 0;
    for (const unsigned char preferred : std::initializer_list<unsigned char>{'0', '1', ' '})
      if (value == 0 && possible(wanted && byte == U8(preferred))) value = preferred;
    if (value == 0) {
      std::int64_t high = 255;
      while (value < high) {
        const std::int64_t middle = (value + high) / 2;
        if (possible(wanted && byte <= U8(middle)))
          high = middle;
        else
          value = middle + 1;
      }
    }
    wanted = wanted && byte == U8(value);
    return value;
  }

  const Shape& shape_;
  std::deque<Filling> fillings_;
};

/// The shape running on the four kernels at once.
class Question {
 public:
  Question(const Kernels& kernels, const Shape& shape, const Options& options, Answers& answers)
      : kernels_(kernels), shape_(shape), options_(options), answers_(answers) {}

  /// One path.
  void run() {
    const Symbols symbols(shape_);
    std::array<SearchHost, 4> hosts{SearchHost(kernels_.from), SearchHost(kernels_.to),
                                    SearchHost(kernels_.from_changed), SearchHost(kernels_.to_unchanged)};
    SymbolicBool agreed(true);
    for (std::size_t i = 0; i < shape_.ops.size(); ++i) {
      const bool last = i + 1 == shape_.ops.size();
      const auto parted = step(hosts, shape_.ops[i], symbols.of(i));
      if (last) consider(symbols, agreed, parted, i + 1, nullptr);
      agreed = agreed && !parted.at_all;
    }
    for (const Op& reading : readings_after(shape_.ops))
      consider(symbols, agreed, step(hosts, reading, {}), shape_.ops.size(), &reading);
    consider_state(symbols, agreed, hosts);
  }

 private:
  struct Parted {
    SymbolicBool at_all;   ///< the two kernels answer differently
    SymbolicBool by_this;  ///< because of the change
  };
  using Hosts = std::array<SearchHost, 4>;

  static Parted parted(const Four& answers) {
    const SymbolicBool at_all = differ(answers[0], answers[1]);
    if (at_all.known() && !static_cast<bool>(at_all)) return {at_all, at_all};
    return {at_all, differ_by_the_change(answers)};
  }

  static Parted step(Hosts& hosts, const Op& operation, const Open& open) {
    Four answers;
    for (std::size_t i = 0; i < hosts.size(); ++i) answers[i] = hosts[i].step(operation, open);
    return parted(answers);
  }

  bool is_wanted(const Op& last) const {
    return options_.op.empty() || std::find(options_.op.begin(), options_.op.end(), name_of(last)) != options_.op.end();
  }

  void consider(const Symbols& symbols, const SymbolicBool& agreed, const Parted& last, std::size_t count,
                const Op* reading) {
    if (!is_wanted(reading != nullptr ? *reading : shape_.ops.back())) return;
    if (!answers_.strict) settle(symbols, last.by_this && agreed, Kind::answer, count, reading, answers_.strict);
    if (!answers_.strict && !answers_.loose)
      settle(symbols, last.by_this, Kind::last_of_many, count, reading, answers_.loose);
  }

  void consider_state(const Symbols& symbols, const SymbolicBool& agreed, const Hosts& hosts) {
    if (answers_.strict || answers_.loose || answers_.state) return;
    const auto kept = parted({hosts[0].kept(), hosts[1].kept(), hosts[2].kept(), hosts[3].kept()});
    if (is_wanted(shape_.ops.back()))
      settle(symbols, kept.by_this && agreed, Kind::state, shape_.ops.size(), nullptr, answers_.state);
  }

  void settle(const Symbols& symbols, const SymbolicBool& wanted, Kind kind, std::size_t count, const Op* reading,
              std::optional<Witness>& into) const {
    if (wanted.known() && !static_cast<bool>(wanted)) return;
    if (Explorer::current().replaying()) return;
    if (!wanted.known() && !Explorer::current().find(wanted.term())) return;
    into = Witness{kind, filled(shape_, count, symbols.smallest(wanted))};
    if (reading != nullptr) into->ops.push_back(*reading);
  }

  const Kernels& kernels_;
  const Shape& shape_;
  const Options& options_;
  Answers& answers_;
};

Budget budget_of(const Options& options) {
  Budget budget;
  budget.rlimit = options.rlimit;
  budget.queries = 20'000;
  budget.wall = std::chrono::duration_cast<std::chrono::seconds>(options.each) + std::chrono::seconds(1);
  return budget;
}
}  // namespace

Asker::Asker(const Kernels& kernels, const Options& options)
    : kernels_(kernels), options_(options), explorer_(budget_of(options)) {
  explorer_.skip_hard_questions();
}

Answers Asker::ask(const Shape& shape) {
  Answers answers;
  SearchedText::forget();
  try {
    explorer_.explore([&] {
      if (answers.strict) throw PathEnds{};
      Question(kernels_, shape, options_, answers).run();
    });
    answers.decided = explorer_.skipped() == 0;
  } catch (const Undecided&) {
    answers.decided = false;
  } catch (const z3::exception&) {
    answers.decided = false;
  }
  return answers;
}

}  // namespace weir::proofs::diff

// Bugs of the sysctl plane that kernels have had, or still have: each theorem fails for exactly the releases that had
// the bug, and the solver's counterexample is shown on a host.
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/stories.hpp"
#include "proofs/theorems/sysctl_state.hpp"

namespace weir::proofs {
namespace {

/// A write of a text that is one number.
template <class C>
struct NumberWrite : AnyWrite<C> {
  using D = DomainOf<C>;
  U64<D> denoted{0};  ///< what the text says

  NumberWrite(C& c, const Profile& kernel, Sysctl knob) : AnyWrite<C>(c, kernel, knob, 0) {}

  /// Appends that many decimal digits; a number does not begin with 0.
  void add_digits(C& c, std::size_t count) {
    for (; count > 0; --count) {
      const U8<D> digit = c.u8("digit");
      const unsigned char least = this->text.empty() ? '1' : '0';
      c.assume("a digit", model::between<D>(digit, least, '9'));
      this->text.push_back(digit);
      denoted = wrapping_add(wrapping_mul(denoted, U64<D>(10)), model::digit_value<D>(digit));
    }
  }
  /// Whether the value is the number that was written.
  Bool<D> stored_as_written() const {
    const U32<D> low = as<U32<D>>(this->value());
    return as<U64<D>>(low) == denoted && this->value() >= I32<D>(0);
  }
};

/// A number out of a text, as a table with one handler takes it.
template <class C>
void no_number_is_cut(C& c, const Profile& kernel, Sysctl knob) {
  using D = DomainOf<C>;
  constexpr std::uint64_t shown = 1'000'000'000'000'000'000;  // 18 digits and a sign are read whole by every parser
  const SysctlSpec& spec = *spec_of(kernel, knob);
  const model::IntRange range{spec.minimum, spec.maximum, spec.handler == Handler::dointvec_minmax};
  const model::Number<D> number{c.u64("magnitude"), c.below(2, "negative") == 1, 0};
  c.assume("it has up to 18 digits", number.magnitude < U64<D>(shown));
  I32<D> value(0);
  if (!model::store_int<D>(kernel, range, number, value)) return;
  const U64<D> denoted = number.negative ? wrapping_sub(U64<D>(0), number.magnitude) : number.magnitude;
  c.goal("an accepted number is stored as it is", as<U64<D>>(value) == denoted);
  c.twin("every accepted number is above 1", value > I32<D>(1));
}

const auto no_int_is_cut = [](auto& c, const Profile& kernel) { no_number_is_cut(c, kernel, Sysctl::netdev_budget); };

/// One with proc_dointvec_minmax: somaxconn, or before that had limits tcp_wmem.
Sysctl knob_with_limits(const Profile& kernel) {
  const bool somaxconn = spec_of(kernel, Sysctl::somaxconn)->handler == Handler::dointvec_minmax;
  return somaxconn ? Sysctl::somaxconn : Sysctl::tcp_wmem;
}

const auto no_int_with_limits_is_cut = [](auto& c, const Profile& kernel) {
  no_number_is_cut(c, kernel, knob_with_limits(kernel));
};

const auto one_number_is_one_value = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyWrite write(c, kernel, Sysctl::tcp_wmem, 0);
  write.text.assign(model::token_characters, U8<D>('1'));
  const U8<D> last = c.u8("digit");
  c.assume("a digit", model::between<D>(last, '0', '9'));
  write.text.push_back(last);
  write.write(0);
  const auto same = [&](std::size_t i) {
    return write.after.cell(0, Sysctl::tcp_wmem, i) == write.before.cell(0, Sysctl::tcp_wmem, i);
  };
  c.goal("a number of 21 digits is at most one value", same(1) && same(2));
  c.twin("and none that ends with 9 is written", last != U8<D>('9'));
};

const auto a_write_at_an_offset_stores_nothing = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyWrite write(c, kernel, Sysctl::somaxconn, any_fate);
  if (const SysctlSpec* const spec = spec_of(kernel, Sysctl::sysctl_writes_strict))
    write.strict() = I32<D>(spec->initial);
  write.write(0, 2);
  c.goal("the value is as before", write.unchanged(0, write.written));
  c.twin("the write fails", write.rejected());
};

const auto a_write_that_reports_success_has_stored = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  NumberWrite write(c, kernel, Sysctl::netdev_budget);
  c.assume("where there is a strict mode, it is on", write.strict() == I32<D>(1));
  write.add_digits(c, 1);
  write.write(0, 1);
  c.goal("what is reported as written is stored", write.rejected() || static_cast<bool>(write.stored_as_written()));
  c.twin("nothing is reported as written", write.rejected());
};

constexpr std::size_t blanks_before_the_cut = model::page_size - 3;

const auto no_number_is_cut_at_the_page = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  NumberWrite write(c, kernel, Sysctl::netdev_budget);
  write.add_digits(c, 3);
  write.text.insert(write.text.begin(), blanks_before_the_cut, U8<D>(' '));
  write.write(0);
  c.goal("an accepted number is stored as it is", write.rejected() || static_cast<bool>(write.stored_as_written()));
  c.twin("it is refused", write.rejected());
};

// --- the same on a host ---------------------------------------------------------------------------------------------

/// The text that the solver chose, by the names of its bytes.
std::string text_of(const InputValues& inputs, const std::string& name, std::size_t count) {
  std::string text;
  for (std::size_t i = 1; i <= count; ++i)
    text += static_cast<char>(inputs[i == 1 ? name : name + " " + std::to_string(i)]);
  return text;
}

/// One write, and a look at the value.
Story written_and_read(std::vector<Op> settings, op::SysctlWrite write,
                       bool (*shows)(const std::string& text, std::int64_t stored, std::int64_t initial)) {
  Story told{std::move(settings), {}};
  told.ops.emplace_back(write);
  told.ops.emplace_back(op::SysctlRead{{}, write.sysctl});
  told.shows = [write, shows](model::Host<Concrete>& host, const Outcome& last) {
    const std::int32_t initial = spec_of(host.kernel(), write.sysctl)->initial;
    return story::answered<outcome::ReadBack>(
        last, [&](const auto& read) { return shows(write.data, std::stoll(read.data), initial); });
  };
  return told;
}

bool is_another_number(const std::string& text, std::int64_t stored, std::int64_t initial) {
  return stored != initial && stored != std::stoll(text);
}

Story a_cut_number(Sysctl knob, const InputValues& inputs) {
  const std::string sign = inputs["negative"] != 0 ? "-" : "";
  return written_and_read({}, {{}, knob, sign + std::to_string(inputs["magnitude"])}, is_another_number);
}

Story an_int_is_cut(const Profile&, const InputValues& inputs) { return a_cut_number(Sysctl::netdev_budget, inputs); }

Story an_int_with_limits_is_cut(const Profile& kernel, const InputValues& inputs) {
  return a_cut_number(knob_with_limits(kernel), inputs);
}

Story two_values_are_stored(const Profile&, const InputValues& inputs) {
  Story told;
  const std::string text = std::string(model::token_characters, '1') + text_of(inputs, "digit", 1);
  told.ops.emplace_back(op::SysctlWrite{{}, Sysctl::tcp_wmem, text});
  told.ops.emplace_back(op::SysctlRead{{}, Sysctl::tcp_wmem});
  told.shows = [](model::Host<Concrete>& host, const Outcome&) {
    const auto& kernel = host.kernel();
    return host.sysctls().cell(0, Sysctl::tcp_wmem, 1) != spec_of(kernel, Sysctl::tcp_wmem)->more_initial[0];
  };
  return told;
}

Story a_tail_is_a_value(const Profile&, const InputValues& inputs) {
  const auto length = static_cast<std::size_t>(inputs["length"]);
  return written_and_read(
      {}, {{}, Sysctl::somaxconn, text_of(inputs, "byte", length), 2},
      [](const std::string&, std::int64_t stored, std::int64_t initial) { return stored != initial; });
}

Story nothing_is_stored(const Profile&, const InputValues& inputs) {
  return written_and_read({story::write(Sysctl::sysctl_writes_strict, 1)},
                          {{}, Sysctl::netdev_budget, text_of(inputs, "digit", 1), 1},
                          [](const std::string& text, std::int64_t stored, std::int64_t initial) {
                            return stored == initial && stored != std::stoll(text);
                          });
}

Story a_number_is_cut_at_the_page(const Profile&, const InputValues& inputs) {
  const std::string text = std::string(blanks_before_the_cut, ' ') + text_of(inputs, "digit", 3);
  return written_and_read({}, {{}, Sysctl::netdev_budget, text}, is_another_number);
}

}  // namespace

std::vector<Theorem> sysctl_bugs() {
  return {
      historic(
          "C13", {{"", "4.0"}},
          theorem("sysctl.no_int_is_cut",
                  "A number of up to 18 digits that proc_dointvec accepts is stored as it is. Until 4.0 one outside "
                  "int was cut to its low 32 bits.",
                  every_profile, no_int_is_cut),
          an_int_is_cut),
      historic(
          "C13", {{"", "5.0"}},
          theorem("sysctl.no_int_with_limits_is_cut",
                  "A number of up to 18 digits that proc_dointvec_minmax accepts is stored as it is. Until 5.0 one "
                  "outside int was cut to its low 32 bits before it was compared.",
                  within({{"3.10", ""}}), no_int_with_limits_is_cut),
          an_int_with_limits_is_cut),
      historic(
          "C14", {{"", "2.6.34"}},
          theorem("sysctl.one_number_is_one_value",
                  "A number of 21 digits, here twenty times 1 and any digit, is stored as one value of a vector or "
                  "not at all. Until 2.6.34 it was split into two.",
                  every_profile, one_number_is_one_value),
          two_values_are_stored),
      historic(
          "C16", {{"", "4.4"}},
          theorem("sysctl.a_write_at_an_offset_stores_nothing",
                  "With the release's own setting, a write at a non-zero offset stores nothing, for every text of up "
                  "to 2 bytes. Until 4.4 the tail of a text was taken for a value.",
                  every_profile, a_write_at_an_offset_stores_nothing),
          a_tail_is_a_value),
      historic(
          "C17", {{"3.16", ""}},
          theorem("sysctl.a_write_that_reports_success_has_stored",
                  "A digit that a write at a non-zero offset reports as written is stored. From 3.16 on, in strict "
                  "mode, it is dropped.",
                  every_profile, a_write_that_reports_success_has_stored),
          nothing_is_stored),
      historic(
          "C18", {{"2.6.35", ""}},
          theorem("sysctl.no_number_is_cut_at_the_page",
                  "A number that lies across the end of a page is stored as it is, or refused. From 2.6.35 on it is "
                  "cut, without an error.",
                  every_profile, no_number_is_cut_at_the_page),
          a_number_is_cut_at_the_page),
  };
}

}  // namespace weir::proofs

// Numbers and their texts: what is printed is read back, for all 2^32 values, and seconds against retransmissions.
//
// That print-then-parse is the identity is an induction over digits in three theorems, each about one step of the code:
// the text of n is that of n / 10 and a digit; what a text with one more digit denotes is ten times that without it,
// and the digit; and n is ten times n / 10, and n % 10. A text of one digit is the beginning.
#include "model/listen/defer_accept.hpp"
#include "model/sysctl/proc_dointvec.hpp"
#include "proofs/theorems/planes.hpp"

namespace weir::proofs {
namespace {

constexpr std::size_t most_digits = 10;  ///< of 32 bits

template <Domain D>
Bool<D> same_text(const std::vector<U8<D>>& a, const std::vector<U8<D>>& b) {
  Bool<D> same(a.size() == b.size());
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) same = same && a[i] == b[i];
  return same;
}

const auto printing_appends_a_digit = [](auto& c, const Profile&) {
  using D = DomainOf<decltype(c)>;
  const U32<D> number = c.u32("number"), ten(10);
  std::vector<U8<D>> text, front;
  model::put_digits<D>(number, text);
  const U8<D> digit = as<U8<D>>(number % ten + U32<D>('0'));
  c.cover("ten digits", text.size() == most_digits);
  c.goal("the last character is the last digit", text.back() == digit);
  text.pop_back();
  if (!text.empty()) model::put_digits<D>(number / ten, front);
  c.goal("those before it are the text of the rest", same_text<D>(text, front));
  c.goal("nothing is left of a single digit", !text.empty() || static_cast<bool>(number < ten));
  c.twin("no text has ten digits", text.size() + 1 < most_digits);
};

const auto parsing_appends_a_digit = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  std::vector<U8<D>> text;
  const std::size_t length = 1 + c.below(most_digits, "length");
  for (std::size_t i = 0; i < length; ++i) {
    text.push_back(c.u8("digit"));
    c.assume("a digit, the first not 0", model::between<D>(text[i], i == 0 ? '1' : '0', '9'));
  }
  const auto number = model::proc_get_long<D>(kernel, Bytes<D>(text));
  c.goal("the whole text is a number", number && number->length == length && !number->negative);
  const U64<D> digit = as<U64<D>>(text.back()) - U64<D>('0');
  text.pop_back();
  const auto front = text.empty() ? std::nullopt : model::proc_get_long<D>(kernel, Bytes<D>(text));
  const U64<D> before = front ? front->magnitude : U64<D>(0);
  if (number)
    c.goal("it is ten times the number before it, and the digit",
           number->magnitude == wrapping_add(wrapping_mul(before, U64<D>(10)), digit));
  c.twin("no number has ten digits", length < most_digits);
};

const auto a_number_is_its_tens_and_its_digit = [](auto& c, const Profile&) {
  using D = DomainOf<decltype(c)>;
  const U32<D> number = c.u32("number"), ten(10);
  c.goal("ten times the rest, and the digit", wrapping_add(wrapping_mul(number / ten, ten), number % ten) == number);
  c.goal("a digit is below ten", number % ten < ten);
  c.twin("a digit is below nine", number % ten < U32<D>(9));
};

const auto sign_is_printed_and_read = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  const I32<D> value = c.i32("value");
  std::vector<U8<D>> text;
  c.assume("it has one digit", value >= I32<D>(-9) && value <= I32<D>(9));
  model::put_int<D>(value, text);
  const auto number = model::proc_get_long<D>(kernel, Bytes<D>(text));
  c.goal("it is a number", number && number->length == text.size());
  if (!number) return;
  const U64<D> magnitude = number->negative ? wrapping_sub(U64<D>(0), number->magnitude) : number->magnitude;
  c.goal("and the value", as<I32<D>>(magnitude) == value);
  c.twin("it is never negative", !number->negative);
};

const auto every_int_can_be_stored = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  const I32<D> value = c.i32("value");
  const bool negative = static_cast<bool>(value < I32<D>(0));
  const I32<D> magnitude = negative ? wrapping_sub(I32<D>(0), value) : value;
  const model::Number<D> number{as<U64<D>>(as<U32<D>>(magnitude)), negative, 0};
  const bool minmax = c.below(2, "with limits") == 1;
  I32<D> stored(0);
  c.goal("it is accepted", model::store_int<D>(kernel, {.minmax = minmax}, number, stored));
  c.goal("as it is", stored == value);
  c.twin("only if it is not negative", value >= I32<D>(0));
};

const auto seconds_become_the_least_retransmissions = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  constexpr std::uint32_t most = 255;
  const I32<D> seconds = c.i32("seconds");
  const U32<D> retrans = model::secs_to_retrans<D>(kernel, seconds);
  const I32<D> spanned = model::retrans_to_secs<D>(kernel, retrans);
  c.cover("as many as there can be", retrans == U32<D>(most));
  c.goal("none exactly for 0 or less", (retrans == U32<D>(0)) == (seconds <= I32<D>(0)));
  c.goal("at most 255", retrans <= U32<D>(most));
  c.goal("they span the seconds, or are as many as there can be", spanned >= seconds || retrans == U32<D>(most));
  if (retrans != U32<D>(0)) {
    const I32<D> with_one_less = model::retrans_to_secs<D>(kernel, retrans - U32<D>(1));
    c.goal("one less would not", with_one_less < seconds);
  }
  c.twin("they span no more than the seconds", spanned <= seconds || seconds < I32<D>(0));
};

const auto retransmissions_read_back_as_they_were = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  const auto back = [&](std::uint32_t retrans) {
    return model::secs_to_retrans<D>(kernel, model::retrans_to_secs<D>(kernel, U32<D>(retrans)));
  };
  for (std::uint32_t retrans = 0; retrans < 256; ++retrans)
    c.goal("their seconds are as many again", back(retrans) == U32<D>(retrans));
  c.twin("255 are one fewer", back(255) == U32<D>(254));
};

struct Digits {
  std::string_view text;
  std::uint64_t value;  ///< modulo 2^64
  bool fits;
};

constexpr auto longest_numbers = std::to_array<Digits>({{"18446744073709551614", ~0ULL - 1, true},
                                                        {"18446744073709551615", ~0ULL, true},
                                                        {"18446744073709551616", 0, false},
                                                        {"18446744073709551619", 3, false},
                                                        {"0xffffffffffffffff", ~0ULL, true},
                                                        {"0xfffffffffffffff0", ~0ULL - 15, true},
                                                        {"0x10000000000000000", 0, false},
                                                        {"01777777777777777777777", ~0ULL, true},
                                                        {"02000000000000000000000", 0, false}});

const auto what_fits_unsigned_long_is_read = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  for (const Digits& each : longest_numbers) {
    std::vector<U8<D>> text;
    for (const char digit : each.text) text.push_back(U8<D>(static_cast<std::uint8_t>(digit)));
    const auto number = model::strtoul<D>(kernel, Bytes<D>(text));
    const bool minds = contains({"5.1", ""}, kernel);
    c.goal("it is refused exactly if it does not fit, from 5.1 on", !number == (minds && !each.fits));
    if (number)
      c.goal("otherwise it is read, modulo 2^64",
             number->magnitude == U64<D>(each.value) && number->length == text.size() && !number->negative);
    c.twin("every one is refused", !number);
  }
};

}  // namespace

std::vector<Theorem> number_theorems() {
  return {
      theorem("numbers.printing_appends_a_digit",
              "The text of an unsigned 32-bit number is that of a tenth of it and its last digit; of one digit, that "
              "digit.",
              every_profile, printing_appends_a_digit),
      theorem("numbers.parsing_appends_a_digit",
              "A text of up to ten digits that does not begin with 0 denotes ten times what the text without its last "
              "digit does, and that digit.",
              every_profile, parsing_appends_a_digit),
      theorem("numbers.a_number_is_its_tens_and_its_digit",
              "Every unsigned 32-bit number is ten times a tenth of it and its last digit; so with the two theorems "
              "before, what is printed is read back, for all 2^32.",
              every_profile, a_number_is_its_tens_and_its_digit),
      theorem("numbers.sign_is_printed_and_read",
              "A number of one digit and any sign is read back from its text as it was printed.", every_profile,
              sign_is_printed_and_read),
      theorem("numbers.every_int_can_be_stored", "Every int is accepted by a table that has no narrower limits.",
              every_profile, every_int_can_be_stored),
      theorem("numbers.seconds_become_the_least_retransmissions",
              "TCP_DEFER_ACCEPT of any value becomes the least number of retransmissions that spans it, so a greater "
              "value never fewer; at most 255, and none for 0 or less.",
              every_profile, seconds_become_the_least_retransmissions),
      theorem("numbers.retransmissions_read_back_as_they_were",
              "The seconds that a number of retransmissions reads back as become that number again.", every_profile,
              retransmissions_read_back_as_they_were),
      theorem("numbers.what_fits_unsigned_long_is_read",
              "The largest numbers of each base that fit unsigned long are read, and from 5.1 on the next refused.",
              every_profile, what_fits_unsigned_long_is_read),
  };
}

}  // namespace weir::proofs

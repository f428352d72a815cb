// Which texts a sysctl takes, and what they say: an automaton, given as a table, and the C library's own reading of a
// number. The theorems of the sysctl plane say what a write does for every byte; this one, what it means.
#include <cstdlib>

#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/programs.hpp"

namespace weir::proofs {
namespace {

using namespace program;

enum Class : std::size_t { blank, feed, nul, minus, zero, octal, decimal, hex_mark, hex, other };

struct Character {
  char byte;
  Class is;
};

// Blanks that end a number in every release, one that does until 2.6.34 only, and NUL, which does so, too.
constexpr auto characters = std::to_array<Character>({{' ', blank},
                                                      {'\n', blank},
                                                      {'\v', feed},
                                                      {'\0', nul},
                                                      {'-', minus},
                                                      {'0', zero},
                                                      {'7', octal},
                                                      {'9', decimal},
                                                      {'x', hex_mark},
                                                      {'a', hex},
                                                      {'+', other}});
constexpr std::size_t longest = 5;  ///< holds a sign, "0x", a digit and what ends it

/// S: before, M: behind a sign, Z: 0, O: octal, D: decimal, P: 0x, H: hexadecimal, E: the number has ended, .: refused.
struct StateRow {
  char state;
  std::string_view next;  ///< blank, feed, NUL, minus, 0, 7, 9, x, a, other; e: E until 2.6.34, refused later
  bool accepts;
};

constexpr auto automaton = std::to_array<StateRow>({
    {'S', "SS.MZDD...", false},
    {'M', "....ZDD...", false},
    {'Z', "Eee.OO.P..", true},
    {'O', "Eee.OO....", true},
    {'D', "Eee.DDD...", true},
    {'P', "....HHH.H.", false},
    {'H', "Eee.HHH.H.", true},
    {'E', "EEEEEEEEEE", true},
});

/// Whether the release takes the text.
class Automaton {
 public:
  explicit Automaton(const Profile& kernel) : early_(contains({"", "2.6.34"}, kernel)) {}

  char step(char state, Class next) const {
    for (const StateRow& row : automaton)
      if (row.state == state) return row.next[next] != 'e' ? row.next[next] : early_ ? 'E' : '.';
    return '.';
  }
  static bool accepts(char state) {
    for (const StateRow& row : automaton)
      if (row.state == state) return row.accepts;
    return false;
  }

 private:
  bool early_;
};

/// Bytes that are reported as written: up to the end of the number and of the blanks behind it.
std::size_t taken(const std::string& text, std::size_t number_end) {
  while (number_end < text.size() && (text[number_end] == ' ' || text[number_end] == '\n' || text[number_end] == '\v'))
    ++number_end;
  return number_end;
}

struct Text {
  std::string bytes;
  char state = 'S';
  std::size_t number_end = 0;
};

const auto texts_are_taken_by_the_grammar = [](auto& c, const Profile& kernel) {
  const Automaton grammar(kernel);
  auto plane = model::initial_sysctls<Noted>(kernel, HostOptions{});
  const std::int32_t before = plane.global_cell(Sysctl::netdev_max_backlog);
  std::vector<Text> shorter{Text{}};
  for (std::size_t length = 1; length <= longest; ++length) {
    std::vector<Text> longer;
    for (const Text& each : shorter)
      for (const Character& next : characters) {
        Text text{each.bytes + next.byte, grammar.step(each.state, next.is), each.number_end};
        if (text.state != 'E') text.number_end = length;
        plane.global[static_cast<std::size_t>(Sysctl::netdev_max_backlog)] = before;
        const Bytes<Noted> bytes(reinterpret_cast<const std::uint8_t*>(text.bytes.data()), length);
        const auto answer = model::sysctl_write<Noted>(plane, 0, Sysctl::netdev_max_backlog, bytes, 0, Cred::root);
        const bool accepted = Automaton::accepts(text.state);
        c.goal("it is taken exactly if the automaton accepts it, otherwise EINVAL",
               answer.error == (accepted ? Errno::none : Errno::einval));
        const auto value = static_cast<std::int32_t>(std::strtol(text.bytes.c_str(), nullptr, 0));
        const std::int32_t stored = plane.global_cell(Sysctl::netdev_max_backlog);
        c.goal("the value is what strtol reads, or as it was", stored == (accepted ? value : before));
        c.goal("all up to the next that is no blank is reported",
               !accepted || answer.ret == static_cast<std::int64_t>(taken(text.bytes, text.number_end)));
        c.twin("every text that has a digit is taken", accepted || text.state == 'S' || text.state == '.');
        longer.push_back(std::move(text));
      }
    shorter = std::move(longer);
  }
};

const auto numbers_at_the_edges_are_stored_or_refused = [](auto& c, const Profile& kernel) {
  struct Edge {
    std::string_view text;
    std::int64_t whole;  ///< what it says, modulo 2^64
    bool fits_long;
  };
  constexpr auto edges = std::to_array<Edge>({{"2147483647", 2147483647, true},
                                              {"2147483648", 2147483648, true},
                                              {"-2147483648", -2147483648, true},
                                              {"-2147483649", -2147483649, true},
                                              {"4294967295", 4294967295, true},
                                              {"4294967296", 4294967296, true},
                                              {"4294967301", 4294967301, true},
                                              {"0x7fffffff", 2147483647, true},
                                              {"0x80000000", 2147483648, true},
                                              {"18446744073709551615", -1, true},
                                              {"18446744073709551616", 0, false},
                                              {"18446744073709551621", 5, false}});
  for (const Edge& edge : edges) {
    Host host(kernel);
    const Program program{write(Sysctl::netdev_max_backlog, 77),
                          write(Sysctl::netdev_max_backlog, std::string(edge.text))};
    c.running(program);
    host.step(program[0]);
    const Errno error = error_of(host.step(program[1]));
    const bool is_int =
        edge.fits_long && edge.whole >= -2147483648 && edge.whole <= 2147483647 && edge.text != "18446744073709551615";
    const bool minds = contains({"4.1", ""}, kernel);
    const bool minds_long = contains({"5.1", ""}, kernel);
    const bool refused = (minds && edge.fits_long && !is_int) || (minds_long && !edge.fits_long) ||
                         (minds && !edge.fits_long && (edge.whole > 2147483647 || edge.whole < 0));
    c.goal("beyond int EINVAL from 4.1 on, beyond unsigned long from 5.1 on", (error == Errno::einval) == refused);
    const std::int32_t stored = host.sysctls().global_cell(Sysctl::netdev_max_backlog);
    c.goal("before, the low 32 bits", stored == (refused ? 77 : static_cast<std::int32_t>(edge.whole)));
    c.twin("no number is stored", stored == 77);
  }
};

}  // namespace

std::vector<Theorem> grammar_theorems() {
  return {
      theorem("grammar.texts_are_taken_by_the_automaton",
              "A sysctl of any int takes exactly the texts that an automaton of eight states accepts, and stores what "
              "strtol reads, for all texts of up to 5 of eleven characters.",
              every_profile, texts_are_taken_by_the_grammar),
      theorem(
          "grammar.numbers_at_the_edges_are_stored_or_refused",
          "Numbers beyond int are refused from 4.1 on and those beyond unsigned long from 5.1 on, and are cut to 32 "
          "bits before.",
          every_profile, numbers_at_the_edges_are_stored_or_refused),
  };
}

}  // namespace weir::proofs

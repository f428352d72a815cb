// Ports and names: who may hold one beside whom, and whom a SYN reaches. Two holders of a port are compared by what
// they take: the packets that come to an address.
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/programs.hpp"

namespace weir::proofs {
namespace {

using namespace program;

constexpr Address second_loopback{Address::Kind::v4, 0x7f000002};
constexpr auto destinations =
    std::to_array({loopback, second_loopback, Address{Address::Kind::v4, 0x7f000003}, loopback6});

/// A socket that is bound to port 80.
struct Holder {
  Family family;
  Address address;
  bool reuseaddr, reuseport;
  bool only_v6 = false;  ///< it was bound to an IPv6 address before, which it is marked by

  /// Whether a packet to that address is for it. An IPv6 socket takes IPv4 unless it is bound to an IPv6 address.
  bool takes(Address destination) const {
    const bool v6 = destination.kind == Address::Kind::v6_loopback;
    if (only_v6) return v6;
    if (address.kind == Address::Kind::any) return family == Family::inet6 || !v6;
    return address == destination;
  }
  bool exactly() const { return address.kind != Address::Kind::any; }

  Program bound(std::int32_t fd, SockType type) const {
    Program program{socket(family, type), set(fd, SockOpt::so_reuseaddr, reuseaddr ? 1 : 0),
                    set(fd, SockOpt::so_reuseport, reuseport ? 1 : 0)};
    if (only_v6) program = then(program, {bind(fd, loopback6, 0), listen(fd), shutdown(fd, How::rd)});
    program.push_back(bind(fd, address));
    return program;
  }
  /// Only TCP gives a port back without closing.
  bool may_be(SockType type) const { return !only_v6 || type == SockType::stream; }
};

bool meet(const Holder& a, const Holder& b) {
  for (const Address each : destinations)
    if (a.takes(each) && b.takes(each)) return true;
  return false;
}

std::vector<Holder> holders(const Profile& kernel) {
  std::vector<Holder> all;
  for (const Family family : {Family::inet, Family::inet6})
    for (const Address address : {any_address, loopback, second_loopback, loopback6})
      for (const bool reuseaddr : {false, true})
        for (const bool reuseport : {false, true})
          if ((family == Family::inet6 || address.kind != Address::Kind::v6_loopback) &&
              (kernel.has_reuseport || !reuseport))
            all.push_back({family, address, reuseaddr, reuseport});
  for (const bool reuseaddr : {false, true}) all.push_back({Family::inet6, any_address, reuseaddr, false, true});
  return all;
}

template <class Visit>
void for_each_pair(const Profile& kernel, Visit visit) {
  const std::vector<Holder> all = holders(kernel);
  for (const Holder& a : all)
    for (const Holder& b : all) visit(a, b);
}

/// Runs the program. \return whether its last operation succeeded
template <class C>
bool succeeds(C& c, const Profile& kernel, const Program& program) {
  c.running(program);
  Host host(kernel);
  Errno last = Errno::none;
  for (const Op& each : program) last = error_of(host.step(each));
  return last == Errno::none;
}

/// Until 4.10 a listener with both options lets in who has SO_REUSEADDR: the bucket remembers what it had before it
/// listened.
bool lets_in_unchecked(const Profile& kernel, const Holder& listener, const Holder& other) {
  return contains({"3.9", "4.10"}, kernel) && listener.reuseaddr && listener.reuseport && other.reuseaddr;
}

const auto holders_of_a_port_share_it_or_do_not_meet = [](auto& c, const Profile& kernel) {
  for_each_pair(kernel, [&](const Holder& a, const Holder& b) {
    for (const SockType type : {SockType::stream, SockType::dgram}) {
      if (!a.may_be(type) || !b.may_be(type)) continue;
      const bool may = !meet(a, b) || (a.reuseaddr && b.reuseaddr) || (a.reuseport && b.reuseport);
      const bool joins = succeeds(c, kernel, then(a.bound(3, type), b.bound(4, type)));
      c.goal("the second is let in exactly if no packet is for both, or both have the same one of the options",
             joins == may);
      c.twin("exactly if no packet is for both", joins == !meet(a, b));
    }
    const bool may = !meet(a, b) || (a.reuseport && b.reuseport);
    const Program listens = then(a.bound(3, SockType::stream), {listen(3)});
    c.goal(
        "beside one that listens only SO_REUSEPORT helps",
        succeeds(c, kernel, then(listens, b.bound(4, SockType::stream))) == (may || lets_in_unchecked(kernel, a, b)));
    c.goal("a TCP socket and a UDP socket never disturb each other",
           !b.may_be(SockType::dgram) || succeeds(c, kernel, then(listens, b.bound(4, SockType::dgram))));
  });
};

/// Whether both may hold the port, as far as their options go.
bool agree(const Holder& a, const Holder& b) {
  return !meet(a, b) || (a.reuseaddr && b.reuseaddr) || (a.reuseport && b.reuseport);
}

/// What the port remembers of its holders may let in a third that does not agree with both: from 4.11 on one that the
/// second takes in, where both have SO_REUSEPORT; before, one that has an option of the first, which has both and has
/// let in the second for one of them.
bool remembers(const Profile& kernel, const Holder& a, const Holder& b, const Holder& third) {
  const auto share = [](const Holder& x, const Holder& y) {
    return (x.reuseaddr && y.reuseaddr) || (x.reuseport && y.reuseport);
  };
  if (contains({"4.11", ""}, kernel))
    return b.reuseport && third.reuseport && (!b.exactly() || b.address == third.address);
  return a.reuseaddr && a.reuseport && share(a, b) && share(a, third);
}

const auto a_third_agrees_with_both = [](auto& c, const Profile& kernel) {
  std::vector<Holder> all = holders(kernel);
  std::erase_if(all, [](const Holder& each) { return each.family != Family::inet; });
  const auto bound = [](std::int32_t fd, const Holder& each) { return each.bound(fd, SockType::stream); };
  for (const Holder& a : all)
    for (const Holder& b : all) {
      const Host before = after(kernel, then(bound(3, a), bound(4, b)));
      if (sock_of(before, 4)->binding.port == 0) continue;
      for (const Holder& third : all) {
        Host host = before;
        for (const Op& each : bound(5, third)) host.step(each);
        c.running(then(then(bound(3, a), bound(4, b)), bound(5, third)));
        const bool may = agree(a, third) && agree(b, third);
        const bool joins = sock_of(host, 5)->binding.port != 0;
        c.goal("it is let in exactly if it agrees with each, or the port remembers only one of them",
               joins == (may || remembers(kernel, a, b, third)));
        c.twin("exactly if it agrees with the second", joins == agree(b, third));
      }
    }
};

const auto a_child_holds_the_port = [](auto& c, const Profile& kernel) {
  for_each_pair(kernel, [&](const Holder& a, const Holder& b) {
    for (const Address to : {loopback, loopback6}) {
      if (!a.takes(to)) continue;
      const Program left =
          then(a.bound(3, SockType::stream), {listen(3), socket(Family::inet6), connect(4, to), accept(3), close(3)});
      const Holder child{a.family, to, a.reuseaddr, a.reuseport};
      const bool both_families = to == loopback6 && a.takes(loopback), any_v4 = b.takes(loopback) && !b.exactly();
      const bool options = (a.reuseaddr && b.reuseaddr) || (a.reuseport && b.reuseport);
      const bool joins = succeeds(c, kernel, then(left, b.bound(3, SockType::stream)));
      c.goal("at its own address with its listener's options, of a listener of both families beside no wildcard",
             joins == (options || (!meet(child, b) && !(both_families && any_v4))));
      c.twin("at every address", joins == options);
    }
  });
};

const auto every_port_that_can_be_named_is_held = [](auto& c, const Profile& kernel) {
  for (const std::uint16_t number : {std::uint16_t{1}, std::uint16_t{0x8000}, std::uint16_t{0xffff}}) {
    const Program program{socket(), bind(3, any_address, number), socket(), bind(4, any_address, number)};
    const bool both = succeeds(c, kernel, program);
    c.goal("it has one holder", !both);
    Host host =
        after(kernel, {socket(), bind(3, any_address, number), listen(3), socket(), connect(4, loopback, number)});
    c.goal("who is reached there", sock_of(host, 3)->listener.sk_ack_backlog == 1);
    c.goal("also when that has listened and does not any more",
           !succeeds(c, kernel,
                     {socket(), bind(3, any_address, number), listen(3), shutdown(3, How::rd), socket(),
                      bind(4, any_address, number)}));
    c.twin("it has two", both);
  }
};

const auto who_listens_first_listens_alone = [](auto& c, const Profile& kernel) {
  for_each_pair(kernel, [&](const Holder& a, const Holder& b) {
    const Program both = then(a.bound(3, SockType::stream), b.bound(4, SockType::stream));
    if (!succeeds(c, kernel, both)) return;
    c.goal("of two that are bound each may listen", succeeds(c, kernel, then(both, {listen(3)})));
    c.goal("and so may the other", succeeds(c, kernel, then(both, {listen(4)})));
    const bool may = !meet(a, b) || (a.reuseport && b.reuseport);
    c.goal("both only if no packet is for both, or both have SO_REUSEPORT",
           succeeds(c, kernel, then(both, {listen(3), listen(4)})) == may);
    c.goal("once the first listens no more the second may",
           succeeds(c, kernel, then(both, {listen(3), close(3), listen(4)})));
    c.twin("both may listen", succeeds(c, kernel, then(both, {listen(3), listen(4)})));
  });
};

/// Which of two listeners a SYN to that address is for; 0: neither. The second only if it fits better: by its very
/// address, or as well by address and as the only one of IPv4.
std::int32_t reached(const Holder& a, const Holder& b, Address destination) {
  if (!a.takes(destination)) return b.takes(destination) ? 4 : 0;
  if (!b.takes(destination)) return 3;
  if (a.exactly() != b.exactly()) return a.exactly() ? 3 : 4;
  return a.family == Family::inet6 && b.family == Family::inet ? 4 : 3;
}

const auto a_syn_reaches_the_listener_that_fits_best = [](auto& c, const Profile& kernel) {
  for_each_pair(kernel, [&](const Holder& a, const Holder& b) {
    const Program first = then(a.bound(3, SockType::stream), {listen(3)});
    const Program second = then(first, b.bound(4, SockType::stream)), both = then(second, {listen(4)});
    if (!succeeds(c, kernel, second) || !succeeds(c, kernel, both)) return;
    for (const Address destination : destinations) {
      const Program program = then(both, {socket(Family::inet6), connect(5, destination)});
      c.running(program);
      const Host host = after(kernel, program);
      const std::int32_t expected = reached(a, b, destination);
      for (const std::int32_t fd : {3, 4})
        c.goal("it has the connection, and the other has none",
               sock_of(host, fd)->listener.sk_ack_backlog == (fd == expected ? 1U : 0U));
      c.goal("where neither takes it the client is refused",
             (expected == 0) == (sock_of(host, 5)->sk_err == Errno::econnrefused));
      c.twin("it is never the second", sock_of(host, 4)->listener.sk_ack_backlog == 0);
    }
  });
};

const auto equal_listeners_may_each_be_picked = [](auto& c, const Profile& kernel) {
  for (const std::int32_t count : {2, 3}) {
    Program program;
    for (std::int32_t fd = 3; fd < 3 + count; ++fd) program = then(program, {socket(), set(fd, SockOpt::so_reuseport)});
    for (std::int32_t fd = 2 + count; fd >= 3; --fd)  // the youngest first
      program = then(program, {bind(fd), listen(fd)});
    program = then(program, client(3 + count));
    Picks picks;
    std::vector<unsigned> had(static_cast<std::size_t>(count), 0);
    do {
      const PickScope scope(picks);
      const Host host = after(kernel, program);
      for (std::size_t i = 0; i < had.size(); ++i)
        had[i] += sock_of(host, 3 + static_cast<std::int32_t>(i))->listener.sk_ack_backlog;
    } while (picks.next());
    c.goal("each of two or three once", had == std::vector<unsigned>(had.size(), 1));
    c.twin("always the oldest", had[0] == static_cast<unsigned>(count));
  }
};

/// What bind answers to a socket that is not bound, and to one that is, for each address. Letters: see `answer`.
struct BindRow {
  Family family;
  Address first;  ///< bound to before; abstract: not bound
  std::string_view answers;
};

constexpr auto bind_addresses = std::to_array(
    {any_address, loopback, Address{Address::Kind::v4, 0x7fffffff}, Address{Address::Kind::v4, 0xe0000001},
     Address{Address::Kind::v4, 0xffffffff}, loopback6, Address{Address::Kind::v4, server_v4}, abstract_names});

// any, 127.0.0.1, 127.255.255.255, 224.0.0.1, 255.255.255.255, ::1, 192.0.2.1, an abstract name
// .: success, I: EINVAL, A: EADDRNOTAVAIL, F: EAFNOSUPPORT
constexpr auto bind_table = std::to_array<BindRow>({
    {Family::inet, abstract_names, ".....FAI"},
    {Family::inet, any_address, "IIIIIFAI"},
    {Family::inet, loopback, "IIIIIFAI"},
    {Family::inet6, abstract_names, "......AI"},
    {Family::inet6, any_address, "IIIIIIII"},
    {Family::inet6, loopback, "IIIIIIII"},
    {Family::inet6, loopback6, "IIIIIIII"},
    {Family::unix_, any_address, "IIIIIII."},
    {Family::netlink, abstract_names, "........"},
    {Family::netlink, any_address, "IIIIIIII"},
});

const auto bind_answers_by_the_table = [](auto& c, const Profile& kernel) {
  for (const BindRow& row : bind_table)
    for (std::size_t i = 0; i < bind_addresses.size(); ++i)
      for (const std::uint16_t number : {std::uint16_t{0}, other_port}) {
        Program program{socket(row.family, row.family == Family::netlink ? SockType::dgram : SockType::stream)};
        if (row.first.kind != Address::Kind::abstract) program.push_back(bind(3, row.first));
        program.push_back(bind(3, bind_addresses[i], number));
        c.running(program);
        Host host = after(kernel, Program(program.begin(), program.end() - 1));
        const Errno error = error_of(host.step(program.back()));
        c.goal("the answer is that of the table", letter(error) == row.answers[i]);
        c.twin("all may be bound", error == Errno::none);
      }
};

const auto ports_that_are_chosen_are_nobody_elses = [](auto& c, const Profile& kernel) {
  const Program program{socket(),
                        bind(3, loopback, 0),
                        socket(),
                        bind(4, loopback, 0),
                        socket(),
                        listen(5),
                        socket(),
                        bind(6),
                        shutdown(5, How::rd),
                        close(6),
                        socket(),
                        bind(6)};
  c.running(program);
  Host host(kernel);
  std::vector<Outcome> answers;
  for (const Op& each : program) answers.push_back(host.step(each));
  const auto number = [&](std::int32_t fd) { return sock_of(host, fd)->binding.port; };
  c.goal("who asks for none has one", number(3) != 0 && number(4) != 0);
  c.goal("of its own", number(3) != number(4));
  c.goal("a listener that was shut down has given back what was chosen for it", number(5) == 0);
  c.goal("and one that is closed what it had named", error_of(answers.back()) == Errno::none);
  c.twin("all ports are the same", number(3) == number(4));
};

const auto a_name_is_held_until_it_is_closed = [](auto& c, const Profile& kernel) {
  constexpr auto types = std::to_array({SockType::stream, SockType::dgram, SockType::seqpacket});
  for (const SockType first : types)
    for (const SockType second : types) {
      const auto named = [](std::int32_t fd, SockType type) {
        return Program{socket(Family::unix_, type), bind(fd, abstract_names)};
      };
      const Program both = then(named(3, first), named(4, second));
      c.goal("one of each type may have it", succeeds(c, kernel, both) == (first != second));
      c.goal("when it is closed the name is free",
             succeeds(c, kernel, then(then(named(3, first), {close(3)}), named(3, second))));
      c.goal("a socket has one name",
             !succeeds(c, kernel, then(named(3, first), {bind(3, abstract_names, other_port)})));
      c.goal("asking for any name is no error then",
             succeeds(c, kernel, then(named(3, first), {bind(3, abstract_names, 0)})));
      if (first == SockType::seqpacket) continue;
      const Program number{socket(Family::inet, first), bind(3, any_address, port)};
      c.goal("a port of that number is another thing", succeeds(c, kernel, then(number, named(4, first))));
      c.twin("two may have it", succeeds(c, kernel, both));
    }
};

}  // namespace

std::vector<Theorem> port_theorems() {
  return {
      theorem("ports.holders_share_or_do_not_meet",
              "A second socket is let in to a port exactly if no packet is for both, or both have SO_REUSEADDR (while "
              "the first does not listen, or in 3.9 .. 4.10 has both) or SO_REUSEPORT, for every pair of families, "
              "addresses and options.",
              every_profile, holders_of_a_port_share_it_or_do_not_meet),
      theorem("ports.a_third_agrees_with_both",
              "A third socket is let in to a port that two share exactly if it would be beside each, but for what the "
              "port remembers instead of asking both, for every three addresses and options of IPv4.",
              every_profile, a_third_agrees_with_both),
      theorem(
          "ports.a_child_holds_the_port",
          "An accepted connection holds the port when its listener is closed: at its own address, with the listener's "
          "options, and after a listener of both families beside no IPv4 wildcard.",
          every_profile, a_child_holds_the_port),
      theorem("ports.every_port_that_can_be_named_is_held", "Ports 1, 32768 and 65535 have one holder each.",
              every_profile, every_port_that_can_be_named_is_held),
      theorem("ports.who_listens_first_listens_alone",
              "Of two sockets that share a port either may listen, but both only if no packet is for both or both have "
              "SO_REUSEPORT.",
              every_profile, who_listens_first_listens_alone),
      theorem("ports.a_syn_reaches_the_listener_that_fits_best",
              "A SYN reaches the listener of that very address before one of all, of equals that of IPv4, then the "
              "older; the other has nothing of it, and where there is none the client is refused.",
              every_profile, a_syn_reaches_the_listener_that_fits_best),
      theorem("ports.equal_listeners_may_each_be_picked",
              "Of listeners that share a port by SO_REUSEPORT each may have the connection, and one has it.",
              within({{"3.9", ""}}), equal_listeners_may_each_be_picked),
      theorem("ports.bind_answers_by_the_table",
              "bind answers by a table of families, addresses and what was bound before.", every_profile,
              bind_answers_by_the_table),
      theorem("ports.chosen_ones_are_nobody_elses",
              "Ports that the kernel chooses are apart, and given back when the socket goes to CLOSE; those that bind "
              "names when it is closed.",
              every_profile, ports_that_are_chosen_are_nobody_elses),
      theorem("ports.a_name_is_held_until_it_is_closed",
              "An abstract name has one holder of each type of socket until that is closed.", every_profile,
              a_name_is_held_until_it_is_closed),
  };
}

}  // namespace weir::proofs

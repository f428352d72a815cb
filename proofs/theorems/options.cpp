// Options, descriptors, and queues whose numbers are any: what a socket answers about itself.
#include <algorithm>

#include "model/listen/sockopt.hpp"
#include "model/listen/unix.hpp"
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/programs.hpp"

namespace weir::proofs {
namespace {

using namespace program;

struct SocketKind {
  Family family;
  SockType type;
  bool there;                 ///< socket(2) makes one
  std::string_view set, get;  ///< what each option answers; see option_table
};

// TCP_DEFER_ACCEPT, SO_REUSEADDR, SO_REUSEPORT, SO_ACCEPTCONN, TCP_FASTOPEN, of a release that knows them all.
// .: success, P: ENOPROTOOPT, N: EOPNOTSUPP, U: EOPNOTSUPP from 6.13 on
constexpr auto option_table = std::to_array<SocketKind>({
    {Family::inet, SockType::stream, true, "...P.", "....."},
    {Family::inet6, SockType::stream, true, "...P.", "....."},
    {Family::inet, SockType::dgram, true, "P..PP", "N...N"},
    {Family::inet6, SockType::dgram, true, "P..PP", "P...P"},
    {Family::unix_, SockType::stream, true, "N.UPN", "N...N"},
    {Family::unix_, SockType::dgram, true, "N.UPN", "N...N"},
    {Family::unix_, SockType::seqpacket, true, "N.UPN", "N...N"},
    {Family::netlink, SockType::dgram, true, "P.UPP", "P...P"},
    {Family::inet, SockType::seqpacket, false, "", ""},
    {Family::inet6, SockType::seqpacket, false, "", ""},
    {Family::netlink, SockType::stream, false, "", ""},
    {Family::netlink, SockType::seqpacket, false, "", ""},
});

/// The answer that the table means in this release.
Errno expected(const Profile& kernel, const SocketKind& kind, SockOpt option, bool setting) {
  if (option == SockOpt::so_reuseport && contains({"", "3.8"}, kernel)) return Errno::enoprotoopt;
  const bool tcp = kind.type == SockType::stream && kind.family != Family::unix_;
  if (option == SockOpt::tcp_fastopen && contains({"", "3.6"}, kernel) && tcp) return Errno::enoprotoopt;
  switch ((setting ? kind.set : kind.get)[static_cast<std::size_t>(option)]) {
    case 'P':
      return Errno::enoprotoopt;
    case 'N':
      return Errno::eopnotsupp;
    case 'U':
      return contains({"6.13", ""}, kernel) ? Errno::eopnotsupp : Errno::none;
    default:
      return Errno::none;
  }
}

const auto options_answer_by_the_table = [](auto& c, const Profile& kernel) {
  for (const SocketKind& kind : option_table) {
    Host host(kernel);
    const Errno made = error_of(host.step(socket(kind.family, kind.type)));
    c.goal("each family makes the types that it has", made == (kind.there ? Errno::none : Errno::esocktnosupport));
    if (!kind.there) continue;
    for (const auto& option : names<SockOpt>) {
      const Program program{socket(kind.family, kind.type), set(3, option.value), get(3, option.value)};
      c.running(program);
      const Errno set_error = error_of(host.step(program[1]));
      c.goal("setting", set_error == expected(kernel, kind, option.value, true));
      c.goal("and asking", error_of(host.step(program[2])) == expected(kernel, kind, option.value, false));
      c.twin("all can be set", set_error == Errno::none);
    }
  }
};

std::int32_t value_of(Host& host, std::int32_t fd, SockOpt option) {
  const Outcome answer = host.step(get(fd, option));
  const auto* const value = std::get_if<outcome::OptionValue>(&answer);
  return value == nullptr ? -1 : value->value;
}

const auto options_are_read_back = [](auto& c, const Profile& kernel) {
  for (const std::int32_t value : {-2, -1, 0, 1, 2}) {
    Host host(kernel);
    host.step(socket());
    for (const SockOpt option : {SockOpt::so_reuseaddr, SockOpt::so_reuseport}) {
      const bool known = option == SockOpt::so_reuseaddr || kernel.has_reuseport;
      host.step(set(3, option, value));
      c.goal("0 or 1", !known || value_of(host, 3, option) == (value != 0 ? 1 : 0));
    }
    c.twin("always 1", value_of(host, 3, SockOpt::so_reuseaddr) == 1);
  }
  Host host = after(kernel, {socket(), socket()});
  host.step(set(3, SockOpt::so_reuseaddr));
  c.goal("the other socket has its own", value_of(host, 4, SockOpt::so_reuseaddr) == 0);
  c.goal("SO_ACCEPTCONN is 0 before listen", value_of(host, 3, SockOpt::so_acceptconn) == 0);
  host.step(listen(3));
  c.goal("and 1 after it", value_of(host, 3, SockOpt::so_acceptconn) == 1);
  host.step(shutdown(3, How::rd));
  c.goal("and 0 after shutdown", value_of(host, 3, SockOpt::so_acceptconn) == 0);
};

const auto descriptors_are_the_lowest_free = [](auto& c, const Profile& kernel) {
  const Program program{socket(), socket(), socket(), close(4), socket(), close(3), close(5), socket(), socket()};
  const std::vector<std::int64_t> expected{3, 4, 5, 0, 4, 0, 0, 3, 5};
  c.running(program);
  Host host(kernel);
  for (std::size_t i = 0; i < program.size(); ++i)
    c.goal("each is", std::get<outcome::Returned>(host.step(program[i])).ret == expected[i]);
  c.twin("closed ones are not used again", value_of(host, 5, SockOpt::so_acceptconn) != 0);
};

const auto without_a_descriptor_nothing_is_made = [](auto& c, const Profile& kernel) {
  // Made anew each time: a table that is kept would be that of whichever mutant of its rules was active first.
  struct Full : model::SocketPlane<Noted> {
    Full(const Profile& release, const model::SysctlPlane<Noted>& sysctls) : SocketPlane(release, sysctls) {
      for (std::int32_t fd = 3; fd < max_fd; ++fd) {
        files_.name_next(fd);  // otherwise each looks for the lowest that is free
        files_.install(model::no_sock);
      }
    }
    bool holds_nothing() const { return net_.socks.size() == 1 && net_.free_slots == 0; }
  };
  const auto sysctls = model::initial_sysctls<Noted>(kernel, HostOptions{});
  Full plane(kernel, sysctls);
  const Errno error = error_of(plane.perform(op::Socket{{}, Family::inet, SockType::stream}));
  c.goal("EMFILE", error == Errno::emfile);
  c.goal("and the socket is gone", plane.holds_nothing());
  c.twin("it is made", error == Errno::none);
};

const auto a_failed_listen_keeps_the_limit = [](auto& c, const Profile& kernel) {
  for (const std::int32_t backlog : {-1, 0, 1, 7}) {
    const Program program{socket(),
                          set(3, SockOpt::so_reuseaddr),
                          bind(3),
                          socket(),
                          set(4, SockOpt::so_reuseaddr),
                          bind(4),
                          listen(4, 3),
                          listen(3, backlog)};
    c.running(program);
    Host host(kernel);
    Errno last = Errno::none;
    for (const Op& each : program) last = error_of(host.step(each));
    const bool kept = *host.stored_backlog(Fd{3}) == 0;
    c.goal("the port is taken", last == Errno::eaddrinuse);
    c.goal("until 4.3 the limit is as before; from 4.4 on it is overwritten",
           backlog == 0 || kept == contains({"", "4.3"}, kernel));
    c.goal("the other listener keeps its own", *host.stored_backlog(Fd{4}) == 3);
    c.twin("it is the other way round", backlog == 0 || kept != contains({"", "4.3"}, kernel));
  }
};

const auto any_backlog_is_clamped_as_unsigned = [](auto& c, const Profile& kernel) {
  for (const std::int64_t limit : {0, 1, 128})
    for (const std::int32_t backlog : {-2147483647, -1, 0, 1, 127, 128, 129, 65536, 2147483647}) {
      const Program program{write(Sysctl::somaxconn, limit), socket(), listen(3, backlog), info(3)};
      c.running(program);
      Host host = after(kernel, Program(program.begin(), program.end() - 1));
      const Outcome answer = host.step(program.back());
      const std::int64_t clamped = backlog < 0 ? limit : std::min<std::int64_t>(backlog, limit);
      c.goal(
          "tcp_info shows the smaller of the two, and somaxconn for a negative backlog",
          std::get<outcome::Info>(answer) == outcome::Info{TcpState::listen, 0, static_cast<std::uint32_t>(clamped)});
      c.twin("always somaxconn", std::get<outcome::Info>(answer).sacked == static_cast<std::uint32_t>(limit));
    }
};

/// A unix listener with any counts, and a socket in any state that connects to it.
template <class C>
struct AnyUnixConnect {
  using D = DomainOf<C>;
  model::Net<D> net;
  model::Net<D> before;
  U32<D> waiting, limit;
  I32<D> state;
  Errno error{};

  AnyUnixConnect(C& c, const Profile& kernel)
      : net{&kernel},
        before{&kernel},
        waiting(c.u32("waiting")),
        limit(c.u32("limit")),
        state(c.i32("state of the client")) {
    net.socks.resize(3);
    for (auto& sk : net.socks) sk.family = Family::unix_;
    net[0].binding.port = net[2].binding.port = port;
    net[2].netns = 1;  // the same name in another namespace
    net[2].sk_state = net[0].sk_state = model::tcp<D>(TcpState::listen);
    net[0].listener.sk_max_ack_backlog = limit;
    net[0].listener.sk_ack_backlog = waiting;
    net[0].receive_shutdown = c.below(2, "the listener is shut down") == 1;
    net[1].sk_state = state;
    before = net;
    error = model::unix_connect<D>(net, 1, abstract_names, port);
  }
  const model::Listener<D>& queue() const { return net[0].listener; }
};

const auto a_unix_queue_has_room_for_one_more_than_its_limit = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyUnixConnect any(c, kernel);
  const auto full = any.waiting > any.limit;
  const auto connected = any.state == model::tcp<D>(TcpState::established);
  const auto listens = any.state == model::tcp<D>(TcpState::listen);
  const bool open = !any.before[0].receive_shutdown;
  const auto is = [&](Errno error) { return Bool<D>(any.error == error); };
  c.cover("a connection is made", is(Errno::none));
  c.goal("ECONNREFUSED exactly from a listener that is shut down", is(Errno::econnrefused) == Bool<D>(!open));
  c.goal("EAGAIN exactly where more wait than the limit", is(Errno::eagain) == (Bool<D>(open) && full));
  c.goal("EISCONN of one that is connected, EINVAL of a listener",
         is(Errno::eisconn) == (Bool<D>(open) && !full && connected) &&
             is(Errno::einval) == (Bool<D>(open) && !full && listens));
  const bool made = any.error == Errno::none;
  c.goal("one more waits, or none", any.queue().sk_ack_backlog == wrapping_add(any.waiting, U32<D>(made ? 1 : 0)));
  c.goal("the limit stays", any.queue().sk_max_ack_backlog == any.limit);
  c.goal("the child is there, or nothing", any.net.socks.size() == (made ? 4U : 3U));
  c.goal("who holds the name elsewhere is left alone", any.net[2].listener.sk_ack_backlog == U32<D>(0));
  c.goal("never more than limit + 1", any.waiting > any.limit || any.limit == U32<D>(0xffffffffU) ||
                                          any.queue().sk_ack_backlog <= any.limit + U32<D>(1));
  c.twin("never more than the limit", any.waiting > any.limit || any.queue().sk_ack_backlog <= any.limit);
};

const auto a_unix_listener_has_the_limit_of_its_last_listen = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  model::Sock<D> sk;
  sk.family = Family::unix_;
  sk.binding.port = c.below(2, "it has a name") == 1 ? port : 0;
  sk.sk_state = c.i32("state");
  const auto before = sk;
  const I32<D> backlog = c.i32("backlog"), result = model::unix_listen<D>(kernel, sk, backlog);
  const auto may =
      before.sk_state == model::tcp<D>(TcpState::close) || before.sk_state == model::tcp<D>(TcpState::listen);
  const auto named = Bool<D>(sk.binding.port != 0);
  const auto ok = result == I32<D>(0);
  c.cover("it listens", ok);
  c.goal("success exactly with a name, and in CLOSE or LISTEN", ok == (named && may));
  c.goal("otherwise EINVAL, and it is as it was",
         ok || (result == model::error<D>(Errno::einval) && sk.sk_state == before.sk_state &&
                sk.listener.sk_max_ack_backlog == before.listener.sk_max_ack_backlog));
  const U32<D> field(kernel.backlog_is_u16 ? 0xffffU : 0xffffffffU);
  c.goal("it listens with that limit", !ok || (sk.sk_state == model::tcp<D>(TcpState::listen) &&
                                               sk.listener.sk_max_ack_backlog == (as<U32<D>>(backlog) & field)));
  c.twin("any may listen", ok);
};

const auto a_fastopen_queue_is_as_long_as_asked = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  model::Sock<D> sk;
  sk.sk_state = c.i32("state");
  sk.listener.fastopen_max_qlen = c.i32("length before");
  const auto before = sk;
  const I32<D> value = c.i32("value"), somaxconn = c.i32("somaxconn");
  const Errno error = model::set_fastopen<D>(kernel, sk, value, somaxconn);
  const auto may = value >= I32<D>(0) &&
                   (sk.sk_state == model::tcp<D>(TcpState::close) || sk.sk_state == model::tcp<D>(TcpState::listen));
  const auto length = as<U32<D>>(sk.listener.fastopen_max_qlen), asked = as<U32<D>>(value);
  const U32<D> limit = as<U32<D>>(somaxconn);
  c.goal("EINVAL exactly for a negative length, or outside CLOSE and LISTEN", Bool<D>(error == Errno::einval) == !may);
  c.goal("then it is as it was", may || sk.listener.fastopen_max_qlen == before.listener.fastopen_max_qlen);
  c.goal("from 4.4 on the smaller of that and somaxconn, as unsigned; before, that",
         !may || length == (contains({"", "4.3"}, kernel) ? asked : choose(asked < limit, asked, limit)));
  c.goal("nothing else is changed", sk.sk_state == before.sk_state && sk.listener.sk_max_ack_backlog == U32<D>(0));
  c.twin("never more than somaxconn", !may || length <= U32<D>(128));
};

const auto listen_makes_the_queue_of_fast_open = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  model::Listener<D> queue;
  queue.fastopen_max_qlen = c.i32("length before");
  queue.fastopen_made = c.below(2, "it has been made") == 1;
  const I32<D> before = queue.fastopen_max_qlen, flags = c.i32("tcp_fastopen"), backlog = c.i32("backlog");
  const I32<D> somaxconn = c.i32("somaxconn");
  const bool early = contains({"", "4.3"}, kernel), made = early && queue.fastopen_made;
  const bool by_length = kernel.listen_fastopen != ListenFastopen::one_flag;
  const auto flag = [&](std::uint32_t bit) { return (as<U32<D>>(flags) & U32<D>(bit)) != U32<D>(0); };
  const auto free = early ? Bool<D>(!made) : before == I32<D>(0);
  const auto by_backlog = free && flag(2) && flag(0x400);
  const auto by_setting = free && flag(2) && !flag(0x400) && flag(0x800) && Bool<D>(by_length);
  const U32<D> asked = choose(by_backlog, as<U32<D>>(backlog), as<U32<D>>(flags) >> U32<D>(16));
  const U32<D> limit = as<U32<D>>(somaxconn);
  const U32<D> length = choose(Bool<D>(early) || asked < limit, asked, limit);
  model::listen_sets_fastopen<D>(kernel, queue, flags, backlog, somaxconn);
  c.cover("it is as long as the backlog", by_backlog);
  c.goal("as long as the backlog, or as the upper half of tcp_fastopen, from 4.4 on at most somaxconn; else as it was",
         as<U32<D>>(queue.fastopen_max_qlen) == choose(by_backlog || by_setting, length, as<U32<D>>(before)));
  c.twin("it is as it was", queue.fastopen_max_qlen == before);
};

const auto only_tcp_sockets_keep_a_backlog = [](auto& c, const Profile& kernel) {
  for (const auto& family : names<Family>)
    for (const auto& type : names<SockType>) {
      const Program program{socket(family.value, type.value), bind(3, abstract_names), listen(3)};
      c.running(program);
      Host host = after(kernel, program);
      const bool tcp =
          (family.value == Family::inet || family.value == Family::inet6) && type.value == SockType::stream;
      c.goal("that of TCP is told, and no other", host.stored_backlog(Fd{3}).has_value() == tcp);
      c.goal("nothing of what is no socket, or not open",
             !host.stored_backlog(Fd{0}) && !host.stored_backlog(Fd{9}) && !host.stored_backlog(Fd{-1}));
      c.twin("it is told of each", host.stored_backlog(Fd{3}).has_value());
    }
};

}  // namespace

std::vector<Theorem> option_theorems() {
  return {
      theorem("options.answer_by_the_table",
              "setsockopt and getsockopt answer by a table of families, types and options, and socket makes the types "
              "that a family has.",
              every_profile, options_answer_by_the_table),
      theorem("options.are_read_back",
              "SO_REUSEADDR and SO_REUSEPORT read back 0 or 1, of that socket only; SO_ACCEPTCONN says whether it "
              "listens.",
              every_profile, options_are_read_back),
      theorem("options.descriptors_are_the_lowest_free", "A new descriptor is the lowest that is free.", every_profile,
              descriptors_are_the_lowest_free),
      theorem("options.without_a_descriptor_nothing_is_made",
              "Where all descriptors are in use socket fails with EMFILE, and leaves nothing behind.", every_profile,
              without_a_descriptor_nothing_is_made),
      theorem("options.a_failed_listen_keeps_the_limit",
              "A listen that finds its port taken leaves the limit of the last until 4.3, and its own from 4.4 on; the "
              "holder of the port has no part in it.",
              every_profile, a_failed_listen_keeps_the_limit),
      theorem("options.any_backlog_is_clamped_as_unsigned",
              "tcp_info of a listener shows the smaller of backlog and somaxconn, and somaxconn for a negative "
              "backlog.",
              every_profile, any_backlog_is_clamped_as_unsigned),
      theorem("options.a_unix_queue_has_room_for_one_more_than_its_limit",
              "A connect to a unix listener, for all counts and states: EAGAIN exactly where more wait than the limit, "
              "otherwise at most limit + 1 wait afterwards; the same name in another namespace has no part in it.",
              every_profile, a_unix_queue_has_room_for_one_more_than_its_limit),
      theorem("options.a_unix_listener_has_the_limit_of_its_last_listen",
              "A unix socket listens exactly if it has a name and is in CLOSE or LISTEN, for all backlogs and states; "
              "its limit is the backlog in the width of the field.",
              every_profile, a_unix_listener_has_the_limit_of_its_last_listen),
      theorem("options.a_fastopen_queue_is_as_long_as_asked",
              "TCP_FASTOPEN of any value makes the queue that long, from 4.4 on at most somaxconn, and fails exactly "
              "for a negative one or outside CLOSE and LISTEN.",
              within({{"3.7", ""}}), a_fastopen_queue_is_as_long_as_asked),
      theorem(
          "options.listen_makes_the_queue_of_fast_open",
          "listen makes the queue for Fast Open that tcp_fastopen says, of any value and for any backlog: unless "
          "there is one, as long as the backlog or as the upper half of the setting, from 4.4 on at most somaxconn.",
          within({{"3.7", ""}}), listen_makes_the_queue_of_fast_open),
      theorem("options.only_tcp_sockets_keep_a_backlog",
              "The backlog that a socket keeps is told of TCP sockets, and of nothing else.", every_profile,
              only_tcp_sockets_keep_a_backlog),
  };
}

}  // namespace weir::proofs

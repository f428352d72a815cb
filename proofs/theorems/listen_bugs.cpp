// Bugs of the listen plane that kernels have had: each theorem fails for exactly the releases that had the bug, and
// the solver's counterexample is shown on a host.
#include "model/listen/conn_request.hpp"
#include "proofs/theorems/listen_state.hpp"
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/stories.hpp"

namespace weir::proofs {
namespace {

const auto stored_value_never_wraps = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("somaxconn is in the range of its table", listen.somaxconn_is_in_range(kernel));
  c.assume("the backlog is within 0..somaxconn", listen.backlog >= I32<D>(0) && listen.backlog <= listen.world.limit);
  listen.call(kernel);
  c.assume("listen succeeds", listen.succeeded());
  c.goal("stored is the backlog", as<I32<D>>(listen.stored()) == listen.backlog);
  c.twin("stored is below somaxconn", as<I32<D>>(listen.stored()) < listen.world.limit);
};

const auto somaxconn_65536_is_stored_as_0 = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("somaxconn is in the range of its table", listen.somaxconn_is_in_range(kernel));
  c.assume("somaxconn is within 1..65536", listen.world.limit >= I32<D>(1) && listen.world.limit <= I32<D>(65536));
  c.assume("the backlog is at least 1", listen.backlog >= I32<D>(1));
  listen.call(kernel);
  c.assume("listen succeeds", listen.succeeded());
  c.goal("stored is not 0", listen.stored() != U32<D>(0));
  c.twin("stored is more than 1", listen.stored() > U32<D>(1));
};

const auto negative_somaxconn_disables_the_clamp = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("somaxconn is in the range of its table", listen.somaxconn_is_in_range(kernel));
  c.assume("the backlog is within 0..65535", listen.backlog >= I32<D>(0) && listen.backlog <= I32<D>(65535));
  listen.call(kernel);
  c.assume("listen succeeds", listen.succeeded());
  c.goal("stored <= somaxconn", as<I32<D>>(listen.stored()) <= listen.world.limit);
  c.twin("stored < backlog", as<I32<D>>(listen.stored()) < listen.backlog);
};

const auto ulp_without_clone_never_begins_to_listen = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("the socket is in CLOSE", listen.before.sk_state == model::tcp<D>(TcpState::close));
  c.assume("its upper layer protocol cannot be cloned", listen.world.ulp != I32<D>(0));
  c.assume("everything else allows it", listen.world.refusal == I32<D>(0) && listen.world.port == I32<D>(0) &&
                                            listen.before.state == I32<D>(model::SS_UNCONNECTED));
  listen.call(kernel);
  c.goal("EINVAL", listen.result == model::error<D>(Errno::einval));
  c.goal("still CLOSE, and both queues as before", same_but_for_the_limit<D>(listen.after(), listen.before));
  c.twin("the limit is as before", listen.stored() == listen.before.listener.sk_max_ack_backlog);
};

const auto limit_is_stored_before_a_syn_can_come = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("the socket is in CLOSE", listen.before.sk_state == model::tcp<D>(TcpState::close));
  listen.call(kernel);
  c.assume("listen succeeds", listen.succeeded());
  c.goal("who finds the socket finds its limit", listen.world.limit_when_found == listen.stored());
  c.twin("the limit is above 0", listen.stored() > U32<D>(0));
};

const auto failure_changes_nothing = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  listen.call(kernel);
  c.assume("listen fails", !listen.succeeded());
  c.assume("for want of a port",
           listen.result == model::error<D>(Errno::eaddrinuse) && listen.world.refusal == I32<D>(0));
  c.goal("the limit is as before", listen.stored() == listen.before.listener.sk_max_ack_backlog);
  c.twin("the limit is 0", listen.stored() == U32<D>(0));
};

const auto syn_table_has_entries = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  const I32<D> backlog = c.i32("backlog"), somaxconn = c.i32("somaxconn"), max_syn = c.i32("tcp_max_syn_backlog");
  const SysctlSpec& spec = *spec_of(kernel, Sysctl::somaxconn);
  c.assume("somaxconn is in the range of its table",
           somaxconn >= I32<D>(spec.minimum) && somaxconn <= I32<D>(spec.maximum));
  const I32<D> clamped = model::clamp_backlog<D>(backlog, somaxconn);
  const U32<D> entries = model::syn_table_entries<D>(clamped, max_syn);
  c.cover("more than the least", entries > U32<D>(16));
  c.goal("there are entries", entries != U32<D>(0));
  c.twin("there are more than 16", entries > U32<D>(16));
};

/// A SYN that reaches a listener.
template <class C>
struct AnySyn {
  using D = DomainOf<C>;
  model::Listener<D> listener;
  model::RequestSettings<D> net;
  model::SynVerdict verdict{};

  AnySyn(C& c, const Profile& kernel)
      : listener(any_listener(c, kernel)),
        net{c.i32("tcp_syncookies"), c.i32("tcp_max_syn_backlog"), c.i32("tcp_abort_on_overflow")} {
    c.assume("the SYN table has at least 16 entries", listener.syn_table >= U32<D>(16));
    c.assume("young requests are requests, and few", listener.young <= listener.qlen && listener.qlen < U32<D>(1000));
  }
  Bool<D> accept_queue_is_full() const { return model::sk_acceptq_is_full<D>(listener); }
  Bool<D> syn_queue_is_full(const Profile& kernel) const { return model::reqsk_queue_is_full<D>(kernel, listener); }
  void arrive(const Profile& kernel) {
    model::Mib<D> mib;
    verdict = model::tcp_conn_request<D>(kernel, listener, net, mib);
  }
};

const auto an_idle_listener_takes_a_syn = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnySyn syn(c, kernel);
  c.assume("nothing waits", syn.listener.qlen == U32<D>(0) && syn.listener.sk_ack_backlog == U32<D>(0));
  c.assume("cookies are off", syn.net.tcp_syncookies == I32<D>(0));
  c.assume("tcp_max_syn_backlog is not negative", syn.net.tcp_max_syn_backlog >= I32<D>(0));
  syn.arrive(kernel);
  c.goal("the SYN is queued", syn.verdict == model::SynVerdict::queued);
  c.twin("a cookie is sent", syn.verdict == model::SynVerdict::cookie);
};

const auto a_full_accept_queue_takes_no_syn = [](auto& c, const Profile& kernel) {
  AnySyn syn(c, kernel);
  c.assume("the accept queue is full", syn.accept_queue_is_full());
  c.assume("the SYN queue is not", !syn.syn_queue_is_full(kernel));
  syn.arrive(kernel);
  c.goal("the SYN is dropped", syn.verdict == model::SynVerdict::dropped);
  c.twin("the SYN is queued", syn.verdict == model::SynVerdict::queued);
};

const auto room_in_both_queues_takes_a_syn = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnySyn syn(c, kernel);
  c.assume("neither queue is full", !syn.accept_queue_is_full() && !syn.syn_queue_is_full(kernel));
  c.assume("at most one request waits", syn.listener.qlen <= U32<D>(1));
  c.assume("cookies are off", syn.net.tcp_syncookies == I32<D>(0));
  syn.arrive(kernel);
  c.goal("the SYN is queued", syn.verdict == model::SynVerdict::queued);
  c.twin("the SYN is dropped", syn.verdict == model::SynVerdict::dropped);
};

// --- the same on a host ---------------------------------------------------------------------------------------------

/// One socket listens, and is asked for its limit.
Story one_listens(const InputValues& inputs, bool (*shows)(std::uint32_t stored, const InputValues& inputs)) {
  Story told;
  told.ops.emplace_back(story::write(Sysctl::somaxconn, inputs["somaxconn"]));
  story::add_listener(told.ops, 3, inputs["backlog"]);
  told.ops.emplace_back(op::TcpInfo{Fd{3}});
  told.shows = [shows, inputs](auto&, const Outcome& last) {
    return story::answered<outcome::Info>(last, [&](const auto& info) { return shows(info.sacked, inputs); });
  };
  return told;
}

Story another_value_is_stored(const Profile&, const InputValues& inputs) {
  return one_listens(inputs, [](std::uint32_t stored, const InputValues& asked) { return stored != asked["backlog"]; });
}

Story zero_is_stored(const Profile&, const InputValues& inputs) {
  return one_listens(inputs, [](std::uint32_t stored, const InputValues&) { return stored == 0; });
}

Story more_than_somaxconn_is_stored(const Profile&, const InputValues& inputs) {
  return one_listens(inputs,
                     [](std::uint32_t stored, const InputValues& asked) { return stored > asked["somaxconn"]; });
}

/// Two sockets share a port that only one of them can listen on. Nothing but the model's own view shows what is left.
Story the_second_keeps_its_backlog(const Profile&, const InputValues&) {
  static constexpr std::int32_t backlog = 5;
  Story told;
  for (const Fd fd : {Fd{3}, Fd{4}}) {
    told.ops.emplace_back(op::Socket{{}, Family::inet, SockType::stream});
    told.ops.emplace_back(op::Setsockopt{fd, SockOpt::so_reuseaddr, 1});
    told.ops.emplace_back(op::Bind{fd, any_address, story::port});
  }
  told.ops.emplace_back(op::Listen{Fd{3}, 1});
  told.ops.emplace_back(op::Listen{Fd{4}, backlog});
  told.shows = [](model::Host<Concrete>& host, const Outcome& last) {
    return last == Outcome(failed(Errno::eaddrinuse)) && host.stored_backlog(Fd{4}) == backlog;
  };
  return told;
}

Story no_syn_is_answered(std::vector<Op> settings, std::int64_t backlog, std::uint16_t syns) {
  Story told{std::move(settings), {}};
  told.ops.emplace_back(story::write(Sysctl::tcp_syncookies, 0));
  story::add_listener(told.ops, 3, backlog);
  for (std::uint16_t n = 0; n < syns; ++n) told.ops.emplace_back(story::syn(n));
  told.shows = [](auto&, const Outcome& last) { return story::unanswered(last); };
  return told;
}

Story a_table_without_entries(const Profile&, const InputValues& inputs) {
  return no_syn_is_answered({story::write(Sysctl::somaxconn, inputs["somaxconn"]),
                             story::write(Sysctl::tcp_max_syn_backlog, inputs["tcp_max_syn_backlog"])},
                            inputs["backlog"], 1);
}

Story nobody_gets_in(const Profile&, const InputValues& inputs) {
  return no_syn_is_answered({}, inputs["sk_max_ack_backlog"], 1);
}

Story the_last_quarter_is_all(const Profile&, const InputValues& inputs) {
  const auto waiting = static_cast<std::uint16_t>(inputs["qlen"]);
  return no_syn_is_answered({story::write(Sysctl::tcp_max_syn_backlog, inputs["tcp_max_syn_backlog"])}, 100,
                            static_cast<std::uint16_t>(waiting + 1));
}

Story a_syn_is_answered_in_vain(const Profile&, const InputValues&) {
  Story told;
  story::add_listener(told.ops, 3, 1);
  story::add_client(told.ops, 4);
  story::add_client(told.ops, 5);  // two wait: one more than the backlog
  told.ops.emplace_back(story::syn(0));
  told.shows = [](auto&, const Outcome& last) {
    return story::answered<outcome::Replied>(last, [](const auto& each) { return each.reply != Flags::none; });
  };
  return told;
}

}  // namespace

std::vector<Theorem> listen_bugs() {
  return {
      historic(
          "C1", {{"", "3.10"}},
          theorem("listen.stored_value_never_wraps",
                  "Any backlog that somaxconn allows, with any somaxconn that its table allows, is stored as it is. "
                  "Until 3.10 somaxconn could be more than an unsigned short holds.",
                  every_profile, stored_value_never_wraps),
          another_value_is_stored),
      historic("C1", {{"", "3.10"}},
               theorem("listen.somaxconn_65536_is_stored_as_0",
                       "A backlog of at least 1 is never stored as 0. Until 3.10 somaxconn 65536 passed the clamp, and "
                       "the field is an unsigned short.",
                       every_profile, somaxconn_65536_is_stored_as_0),
               zero_is_stored),
      historic("C2", {{"", "3.10"}},
               theorem("listen.negative_somaxconn_disables_the_clamp",
                       "No listen stores a backlog above somaxconn. Until 3.10 somaxconn could be negative, and it is "
                       "compared as unsigned.",
                       every_profile, negative_somaxconn_disables_the_clamp),
               more_than_somaxconn_is_stored),
      historic("C4", {{"", "3.10"}},
               theorem("listen.syn_table_has_entries",
                       "With every somaxconn that its table allows, and any tcp_max_syn_backlog, the SYN table has "
                       "entries. Until 3.10 both could be negative, and the size overflowed.",
                       within({{"", "4.3"}}), syn_table_has_entries),
               a_table_without_entries),
      historic(
          "C6", {{"4.4", "6.12"}},
          theorem("listen.an_idle_listener_takes_a_syn",
                  "A listener with nothing in either queue takes a SYN, whatever its backlog. From 4.4 to 6.12 one "
                  "with backlog 0 took none without cookies.",
                  every_profile, an_idle_listener_takes_a_syn),
          nobody_gets_in),
      historic(
          "C7", {{"", "4.9"}},
          theorem("listen.a_full_accept_queue_takes_no_syn",
                  "A SYN that comes while the accept queue is full is dropped. Until 4.9 it was taken while at most "
                  "one request was young, and could not be completed.",
                  every_profile, a_full_accept_queue_takes_no_syn),
          a_syn_is_answered_in_vain),
      historic("C8", {{"", "4.3"}},
               theorem("listen.limit_is_stored_before_a_syn_can_come",
                       "A SYN that comes while a socket begins to listen finds its limit. Until 4.3 it could find 0.",
                       every_profile, limit_is_stored_before_a_syn_can_come),
               "nothing happens within an operation, and listen is one"),
      historic("C9", {{"4.4", ""}},
               theorem("listen.failure_changes_nothing",
                       "A listen that finds no port leaves the limit as it was. From 4.4 on it is overwritten.",
                       every_profile, failure_changes_nothing),
               the_second_keeps_its_backlog),
      historic(
          "C12", {{"", "6.1"}},
          theorem("listen.ulp_without_clone_never_begins_to_listen",
                  "A socket whose upper layer protocol cannot be cloned does not get to LISTEN, and nothing but "
                  "the limit changes. Until 6.1 it listened, and its children shared the protocol (CVE-2023-0461).",
                  within({{"4.14", ""}}), ulp_without_clone_never_begins_to_listen),
          "no operation gives a socket an upper layer protocol"),
      historic(
          "C33", {{}},
          theorem("listen.room_in_both_queues_takes_a_syn",
                  "While neither queue is full a SYN is taken. It is not, in any release, where tcp_max_syn_backlog "
                  "is 0 or negative: its last quarter is then all of it.",
                  every_profile, room_in_both_queues_takes_a_syn),
          the_last_quarter_is_all),
  };
}

}  // namespace weir::proofs

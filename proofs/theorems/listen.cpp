// The listen plane: listen(2) from the descriptor to the stored backlog.
#include "proofs/theorems/listen_state.hpp"
#include "proofs/theorems/planes.hpp"

namespace weir::proofs {
namespace {

/// Implication, as a term.
template <class B>
B implies(const B& premise, const B& conclusion) {
  return !premise || conclusion;
}

const auto clamp = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  const U32<D> asked = as<U32<D>>(listen.backlog), limit = as<U32<D>>(listen.world.limit);
  c.assume("somaxconn is not negative", listen.world.limit >= I32<D>(0));
  listen.call(kernel);
  c.assume("listen succeeds", listen.succeeded());
  c.cover("the clamp acts", asked > limit);
  c.cover("the clamp lets a backlog pass", asked < limit);
  const U32<D> smaller = choose(asked < limit, asked, limit);
  const U32<D> field(kernel.backlog_is_u16 ? 0xffffU : 0xffffffffU);
  c.goal("stored == min(backlog, somaxconn), in the width of the field", listen.stored() == (smaller & field));
  c.twin("stored == backlog", listen.stored() == (asked & field));
};

const auto negative_backlog_gives_somaxconn = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("somaxconn is within 0..65535", listen.world.limit >= I32<D>(0) && listen.world.limit <= I32<D>(65535));
  c.assume("the backlog is negative", listen.backlog < I32<D>(0));
  listen.call(kernel);
  c.assume("listen succeeds", listen.succeeded());
  c.goal("stored == somaxconn", listen.stored() == as<U32<D>>(listen.world.limit));
  c.twin("stored == 0", listen.stored() == U32<D>(0));
};

const auto failure_leaves_the_socket = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  listen.call(kernel);
  c.assume("listen fails", !listen.succeeded());
  c.cover("for want of a port", listen.result == listen.world.port && listen.world.refusal == I32<D>(0));
  c.goal("all but the limit is as before", same_but_for_the_limit<D>(listen.after(), listen.before));
  const auto same_limit = listen.stored() == listen.before.listener.sk_max_ack_backlog;
  const U32<D> clamped = as<U32<D>>(model::clamp_backlog<D>(listen.backlog, listen.world.limit));
  if (kernel.backlog_stored != BacklogStored::last)
    c.goal("the limit is as before, or overwritten", same_limit || listen.stored() == clamped);
  else
    c.goal("the limit is as before", same_limit);
  c.twin("the limit is overwritten", listen.stored() == clamped);
};

const auto only_from_close_or_listen = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  listen.call(kernel);
  const auto was = [&](TcpState state) { return listen.before.sk_state == model::tcp<D>(state); };
  const auto listens = listen.after().sk_state == model::tcp<D>(TcpState::listen);
  c.cover("a socket begins to listen", listens && was(TcpState::close));
  c.goal("success means LISTEN", implies(listen.succeeded(), listens));
  c.goal("who listens was in CLOSE or LISTEN", implies(listens, was(TcpState::close) || was(TcpState::listen)));
  c.goal("who begins to listen was SS_UNCONNECTED",
         implies(listens && was(TcpState::close), listen.before.state == I32<D>(model::SS_UNCONNECTED)));
  c.twin("who listens was in CLOSE", implies(listens, was(TcpState::close)));
};

const auto relisten_keeps_the_queue = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyListen listen(c, kernel);
  c.assume("the socket listens", listen.before.sk_state == model::tcp<D>(TcpState::listen));
  c.cover("connections wait", listen.before.listener.sk_ack_backlog > U32<D>(0));
  listen.call(kernel);
  c.goal("both queues are as before", same_but_for_the_limit<D>(listen.after(), listen.before));
  c.twin("so is the limit", listen.stored() == listen.before.listener.sk_max_ack_backlog);
};

const auto descriptor_is_put_exactly_once = [](auto& c, const Profile& kernel) {
  AnyListen listen(c, kernel);
  listen.world.descriptor = static_cast<Descriptor>(c.below(3, "descriptor"));
  listen.world.sock.family = names<Family>[c.below(names<Family>.size(), "family")].value;
  listen.world.sock.type = names<SockType>[c.below(names<SockType>.size(), "type")].value;
  listen.call(kernel);
  const bool opened = listen.world.descriptor != Descriptor::closed;
  c.cover("a descriptor that is open", opened);
  c.cover("a call that succeeds", listen.succeeded());
  c.goal("one put for a descriptor that was found, none otherwise", listen.world.puts == (opened ? 1U : 0U));
  c.goal("the file has the references that it had", listen.world.file.references == 1);
  c.twin("one put always", listen.world.puts == 1);
};

const auto syn_table_is_a_power_of_two_above_both = [](auto& c, const Profile&) {
  using D = DomainOf<decltype(c)>;
  const I32<D> backlog = c.i32("backlog"), max_syn = c.i32("tcp_max_syn_backlog");
  const U32<D> limit = as<U32<D>>(max_syn), asked = as<U32<D>>(backlog), zero(0), one(1);
  const U32<D> wanted = choose(asked < limit, asked, limit);
  c.assume("the smaller of the limits is below 2^31 - 1", wanted < U32<D>(0x7fffffffU));
  const U32<D> entries = model::syn_table_entries<D>(backlog, max_syn);
  c.goal("a power of two", entries != zero && (entries & (entries - one)) == zero);
  c.goal("above 8 and above the smaller of the limits", entries > U32<D>(8) && entries > wanted);
  c.goal("not twice as large as needed", entries == U32<D>(16) || entries <= (wanted << one));
  c.twin("at most 256", entries <= U32<D>(256));
};

}  // namespace

std::vector<Theorem> listen_theorems() {
  return {
      theorem(
          "listen.clamp",
          "While somaxconn is not negative, a successful listen stores the smaller of backlog and somaxconn, compared "
          "as unsigned, cut to the width of the field.",
          every_profile, clamp),
      theorem("listen.negative_backlog_gives_somaxconn",
              "While somaxconn is within 0..65535, a negative backlog is stored as somaxconn.", every_profile,
              negative_backlog_gives_somaxconn),
      theorem("listen.failure_leaves_the_socket",
              "A listen that fails leaves the socket as it was; from 4.4 all but the limit, which it may overwrite.",
              every_profile, failure_leaves_the_socket),
      theorem("listen.only_from_close_or_listen",
              "A socket gets to LISTEN from CLOSE only, unconnected, and stays there from LISTEN.", every_profile,
              only_from_close_or_listen),
      theorem("listen.relisten_keeps_the_queue",
              "Listening again changes the limit and nothing else: both queues stay.", every_profile,
              relisten_keeps_the_queue),
      theorem("listen.descriptor_is_put_exactly_once",
              "On every path of listen(2) the file that was looked up is put exactly once.", every_profile,
              descriptor_is_put_exactly_once),
      theorem("listen.syn_table_is_a_power_of_two_above_both",
              "The SYN table has the least power of two of entries that is above both 8 and the smaller of backlog and "
              "tcp_max_syn_backlog.",
              within({{"", "4.3"}}), syn_table_is_a_power_of_two_above_both),
  };
}

}  // namespace weir::proofs

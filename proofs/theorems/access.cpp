// Who may open which file, what a read gives, and what new namespaces begin with. What is a plain choice, not a number,
// is gone through one by one: there is nothing for a solver in it.
#include "model/softnet/enqueue.hpp"
#include "model/softnet/softnet_stat.hpp"
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/softnet_state.hpp"
#include "proofs/theorems/sysctl_state.hpp"

namespace weir::proofs {
namespace {

/// Calls visit(file, namespace, credentials) for every file, the first namespace, one of root, one of a user's root,
/// and one that does not exist.
template <Domain D, class Visit>
void for_each_opening(const Profile& kernel, Visit visit) {
  auto plane = model::initial_sysctls<D>(kernel, HostOptions{});
  std::size_t made = 0;
  model::add_namespace(plane, Owner::init, made);
  plane.owners.push_back(Owner::user);
  plane.namespaces.push_back(plane.initial);
  for (const auto& file : names<Sysctl>)
    for (std::size_t ns = 0; ns < 4; ++ns)
      for (const auto& cred : names<Cred>) visit(plane, file.value, ns, cred.value);
}

const auto only_those_with_the_right_open_for_writing = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  for_each_opening<D>(kernel, [&](const auto& plane, Sysctl file, std::size_t ns, Cred cred) {
    const Errno error = model::open_sysctl(plane, ns, file, cred, true);
    const SysctlSpec* const spec = spec_of(kernel, file);
    c.goal("ENOENT, EACCES or success", error == Errno::none || error == Errno::enoent || error == Errno::eacces);
    c.goal("a user writes nothing", cred != Cred::user || error != Errno::none);
    c.goal("root writes every file of the first namespace",
           cred != Cred::root || ns != 0 || (error == Errno::none) == (spec != nullptr));
    c.goal("what is global is written in the first namespace only, if it is of net.core",
           error != Errno::none || ns == 0 || spec->scope == Scope::per_netns || !model::is_net_core(file));
    c.goal("there is nothing in a namespace that does not exist", ns != 3 || error == Errno::enoent);
    c.twin("only root writes", cred == Cred::root || error != Errno::none);
  });
};

const auto everybody_may_read_what_is_there = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  for_each_opening<D>(kernel, [&](const auto& plane, Sysctl file, std::size_t ns, Cred cred) {
    const Errno reading = model::open_sysctl(plane, ns, file, cred, false);
    const Errno writing = model::open_sysctl(plane, ns, file, cred, true);
    c.goal("reading succeeds, or there is no such file", reading == Errno::none || reading == Errno::enoent);
    c.goal("who may write may read", writing != Errno::none || reading == Errno::none);
    c.goal("what is hidden is hidden from writers", reading != Errno::enoent || writing == Errno::enoent);
    c.twin("who may read may write", reading != Errno::none || writing == Errno::none);
  });
};

const auto transfers_out_of_bounds_fail = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  constexpr std::int64_t last = std::numeric_limits<std::int64_t>::max();
  for (const std::size_t count : {std::size_t{0}, std::size_t{1}, model::kmalloc_max_size - 1, model::kmalloc_max_size})
    for (const std::int64_t pos : {std::int64_t{-1}, std::int64_t{0}, std::int64_t{1}, last - 1, last}) {
      const Errno error = model::check_transfer<D>(kernel, count, pos);
      const bool beyond = pos < 0 || pos > last - static_cast<std::int64_t>(count);
      const bool large = kernel.write_copied_first && count >= model::kmalloc_max_size;
      c.goal("EINVAL exactly where offset and count leave the file", (error == Errno::einval) == beyond);
      c.goal("ENOMEM exactly where, from 5.8, it is too large", (error == Errno::enomem) == (large && !beyond));
      c.twin("none fails", error == Errno::none);
    }
};

const auto a_read_gives_no_more_than_was_asked = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  auto plane = model::initial_sysctls<D>(kernel, HostOptions{});
  const I32<D> value = c.i32("value");
  plane.cell(0, Sysctl::somaxconn) = value;
  const std::size_t longest = sizeof("-2147483648\n") - 1;
  for (std::size_t len = 0; len <= longest + 1; ++len) {
    std::vector<U8<D>> text, later;
    const Errno error = model::sysctl_read<D>(plane, 0, Sysctl::somaxconn, len, 0, text);
    c.goal("it succeeds", error == Errno::none);
    c.goal("with no more than was asked for, or than there is", text.size() <= std::min(len, longest));
    model::sysctl_read<D>(plane, 0, Sysctl::somaxconn, len, 1, later);
    c.goal("there is nothing at another offset", later.empty());
    if (len > longest) c.goal("the whole ends with a newline", text.back() == U8<D>('\n'));
    c.twin("it is always cut", text.size() == len);
  }
};

const auto a_transfer_says_how_far_it_came = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  const std::array<I32<D>, 2> values{I32<D>(5), I32<D>(60)};
  for (const std::size_t asked : {std::size_t{0}, std::size_t{3}, std::size_t{100}})
    for (const std::int64_t pos : {std::int64_t{0}, std::int64_t{1}})
      for (const std::size_t elements : {std::size_t{0}, std::size_t{1}, std::size_t{2}}) {
        model::Transfer read{asked, pos}, write{asked, pos};
        const auto text = model::proc_dointvec_read<D>(std::span(values).first(elements), read);
        const std::size_t whole = elements == 0 ? 0 : elements == 1 ? 2 : 5;  // "5\n", "5\t60\n"
        const std::size_t expected = pos == 0 ? std::min(asked, whole) : 0;
        c.goal("a read gives what there is, up to what was asked for, from offset 0 on",
               text.size() == expected && read.count == expected);
        c.goal("and moves the offset by that", read.pos == pos + static_cast<std::int64_t>(expected));
        const Errno error = model::proc_dointvec_write<D>(kernel, {}, {}, {}, write, I32<D>(0));
        c.goal("a write into nothing, of nothing, is over at once",
               error == Errno::none && write.count == 0 && write.pos == pos);
        std::vector<U8<D>> digit{U8<D>('7')};
        model::Transfer some{1, pos};
        c.goal("so is a write into nothing",
               model::proc_dointvec_write<D>(kernel, {}, {}, Bytes<D>(digit), some, I32<D>(0)) == Errno::none &&
                   some.count == 0);
        c.twin("a read gives all", text.size() == whole);
      }
};

const auto a_later_error_leaves_what_was_stored = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyWrite write(c, kernel, Sysctl::tcp_wmem, 0);
  const U8<D> digit = c.u8("digit"), junk = c.u8("junk");
  c.assume("a digit", model::between<D>(digit, '1', '9'));
  c.assume("and something that begins no number",
           !model::between<D>(junk, '0', '9') && !model::is_space<D>(junk) && junk != U8<D>('-'));
  write.text = {digit, U8<D>(' '), junk};
  write.write(0);
  const I32<D> expected = as<I32<D>>(model::digit_value<D>(digit));
  c.goal("the first value is stored", write.value() == expected);
  c.goal("the call fails from 2.6.35 on", write.rejected() == kernel.later_token_error_returned);
  c.goal("before, it is short", write.rejected() || write.returned.ret == 2);
  c.twin("the value is not stored", write.value() == write.value_before() && write.value() != expected);
};

const auto a_table_length_is_a_power_of_two = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyWrite write(c, kernel, Sysctl::flow_limit_table_len, any_number - 1);
  c.assume("it was a power of two", model::is_power_of_2<D>(write.value_before()));
  write.write(0);
  c.goal("it is a power of two", model::is_power_of_2<D>(write.value()));
  c.twin("it is as it was", write.unchanged(0, write.written));
};

const auto a_namespace_of_its_own_hash_has_room = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  auto plane = model::initial_sysctls<D>(kernel, HostOptions{});
  const I32<D> asked = c.i32("tcp_child_ehash_entries"), most(16 * 1024 * 1024), none(0);
  c.assume("it is in the range of its table", asked >= none && asked <= most);
  plane.cell(0, Sysctl::tcp_child_ehash_entries) = asked;
  std::size_t ns = 0;
  model::add_namespace(plane, Owner::user, ns);
  const I32<D> room = plane.cell(ns, Sysctl::tcp_max_syn_backlog);
  c.goal("tcp_max_syn_backlog is at least 128", room >= I32<D>(128));
  c.goal("and a 128th of a power of two that is not below what was asked",
         asked == none || room == I32<D>(128) || wrapping_mul(room, I32<D>(128)) >= asked);
  c.twin("it is the default", room == plane.cell(0, Sysctl::tcp_max_syn_backlog));
};

const auto user_namespaces_come_with_3_8 = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  auto plane = model::initial_sysctls<D>(kernel, HostOptions{});
  std::size_t ns = 0;
  const Errno error = model::add_namespace(plane, Owner::user, ns);
  c.goal("before, EINVAL", (error == Errno::einval) == !kernel.has_user_netns);
  c.goal("and nothing is made", plane.namespaces.size() == (error == Errno::none ? 2U : 1U));
  c.goal("as many owners as namespaces", plane.owners.size() == plane.namespaces.size());
  c.twin("there is always one more", plane.namespaces.size() == 3);
};

const auto a_device_that_is_down_changes_no_queue = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyCpu cpu(c, kernel);
  const model::SoftnetData<D> before = cpu.sd;
  const bool refused = model::refused_as_not_running<D>(kernel, cpu.sd);
  c.goal("refused from 4.2 on", refused == kernel.drops_if_not_running);
  c.goal("counted until 6.9 if refused",
         cpu.sd.dropped == before.dropped + U32<D>(refused && kernel.not_running_is_overload ? 1 : 0));
  c.goal("no queue is changed", waiting<D>(cpu.sd) == waiting<D>(before) && cpu.sd.sched == before.sched);
  for (const auto how : {model::Enqueued::dropped, model::Enqueued::device_down})
    c.goal("a reason from 5.17 on", model::drop_reason<D>(kernel, how).has_value() == kernel.has_drop_reasons);
  c.twin("something is refused and nothing counted",
         refused && static_cast<bool>(cpu.sd.dropped != before.dropped + U32<D>(refused ? 1 : 0)) &&
             !kernel.drops_if_not_running);
};

const auto the_row_has_the_columns_of_its_release = [](auto& c, const Profile& kernel) {
  using D = DomainOf<decltype(c)>;
  AnyCpu cpu(c, kernel);
  const auto row = model::softnet_row<D>(kernel, cpu.sd, U32<D>(0), 1);
  c.goal("counts as they are", row.dropped == cpu.sd.dropped && row.processed == cpu.sd.processed);
  c.goal("the length of both queues, from 5.10", row.backlog_len.has_value() == (kernel.softnet_columns >= 13));
  if (row.backlog_len) c.goal("together", *row.backlog_len == as<U32<D>>(waiting<D>(cpu.sd)));
  if (row.input_qlen)
    c.goal("and apart, from 6.4", wrapping_add(*row.input_qlen, *row.process_qlen) == *row.backlog_len);
  c.twin("nothing was dropped", row.dropped == U32<D>(0));
};

}  // namespace

std::vector<Theorem> access_theorems() {
  return {
      theorem("access.only_those_with_the_right_open_for_writing",
              "Opening a sysctl for writing succeeds for root in the first namespace, never for an ordinary user, and "
              "for what is global in net.core in no other namespace.",
              every_profile, only_those_with_the_right_open_for_writing),
      theorem("access.everybody_may_read_what_is_there",
              "Every sysctl that is there may be read by everybody, and who may write may read.", every_profile,
              everybody_may_read_what_is_there),
      theorem(
          "access.transfers_out_of_bounds_fail",
          "A transfer fails with EINVAL exactly where offset and count leave the file, and from 5.8 with ENOMEM from "
          "4 MiB on.",
          every_profile, transfers_out_of_bounds_fail),
      theorem("access.a_read_gives_no_more_than_was_asked",
              "A read gives no more bytes than were asked for, and none at another offset than 0, for every value.",
              every_profile, a_read_gives_no_more_than_was_asked),
      theorem("access.a_transfer_says_how_far_it_came",
              "A transfer reports the bytes that it gave, and the offset behind them; none where there is no value.",
              every_profile, a_transfer_says_how_far_it_came),
      theorem("access.a_later_error_leaves_what_was_stored",
              "A value of a vector that is followed by junk is stored; the write fails from 2.6.35 on, and is short "
              "before.",
              every_profile, a_later_error_leaves_what_was_stored),
      theorem("access.a_table_length_is_a_power_of_two",
              "No write makes flow_limit_table_len anything but a power of two, for every text of up to 3 bytes.",
              within({{"3.11", ""}}), a_table_length_is_a_power_of_two),
      theorem(
          "access.a_namespace_of_its_own_hash_has_room",
          "A namespace that gets a hash of its own has a tcp_max_syn_backlog of at least 128, and of a 128th of the "
          "hash.",
          within({{"6.1", ""}}), a_namespace_of_its_own_hash_has_room),
      theorem("access.user_namespaces_come_with_3_8",
              "Until 3.7 no namespace is made that another user namespace owns.", every_profile,
              user_namespaces_come_with_3_8),
      theorem(
          "access.a_device_that_is_down_changes_no_queue",
          "A packet whose device is down is refused from 4.2 on, counted as a drop until 6.9, and changes no queue.",
          every_profile, a_device_that_is_down_changes_no_queue),
      theorem("access.the_row_has_the_columns_of_its_release",
              "softnet_stat shows the counts as they are, and lengths of queues that add up.", every_profile,
              the_row_has_the_columns_of_its_release),
  };
}

}  // namespace weir::proofs

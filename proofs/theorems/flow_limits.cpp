// The flow limit, and the mask of CPUs that have one.
#include "proofs/theorems/planes.hpp"
#include "proofs/theorems/programs.hpp"
#include "proofs/theorems/softnet_state.hpp"

namespace weir::proofs {
namespace {

using namespace program;

const auto it_sleeps_until_half_of_the_limit = [](auto& c, const Profile&) {
  using D = DomainOf<decltype(c)>;
  const U32<D> qlen = c.u32("qlen");
  const I32<D> limit = c.i32("netdev_max_backlog");
  const auto sleeps = model::flow_limit_sleeps<D>(qlen, limit);
  const U64<D> twice = as<U64<D>>(qlen) + as<U64<D>>(qlen);
  const U64<D> whole = as<U64<D>>(as<U32<D>>(limit) & U32<D>(0xfffffffeU));
  const U32<D> lowest_half(0xc0000000U);
  c.cover("it is awake", !sleeps);
  if (limit >= I32<D>(0))
    c.goal("it sleeps exactly while fewer than half of the limit wait", sleeps == (twice < whole));
  else
    c.goal("under a negative limit it sleeps while fewer than 3 * 2^30 wait", sleeps || qlen >= lowest_half);
  c.twin("it sleeps while no more than half wait", sleeps == (twice <= whole));
};

/// Packets of one flow, each taken away before the next comes, after `others` of as many other flows.
struct Shares {
  model::FlowLimit limit{.num_buckets = 4096, .history = {}, .buckets = {}};
  const Profile& kernel;
  model::FlowVerdict packet(std::uint32_t flow) { return model::count_flow<Noted>(kernel, limit, FlowHash{flow}); }
};

const auto half_of_the_last_128_is_the_share = [](auto& c, const Profile& kernel) {
  for (std::uint32_t others = 0; others < model::flow_limit_history; ++others) {
    Shares shares{.kernel = kernel};
    for (std::uint32_t n = 0; n < others; ++n) shares.packet(2 + n % 60);
    const std::uint32_t same_bucket = model::bucket_of(kernel, FlowHash{1}, 4096);
    bool apart = true;
    for (std::uint32_t n = 0; n < 60; ++n)
      apart = apart && model::bucket_of(kernel, FlowHash{2 + n}, 4096) != same_bucket;
    c.goal("the flows have buckets of their own", apart);
    const auto counted_before = shares.limit.count;
    unsigned drops = 0;
    for (std::uint32_t n = 1; n <= 200; ++n) {
      const bool limited = shares.packet(1) == model::FlowVerdict::limited;
      c.goal("64 of a flow are within its share, the 65th of the last 128 and those after it are not",
             limited == (n > 64));
      c.twin("so is the 65th", limited == (n > 65));
      drops += limited;
    }
    c.goal("drops are counted", shares.limit.count - counted_before == drops);
  }
};

const auto buckets_beyond_16_bits_are_never_counted_out = [](auto& c, const Profile& kernel) {
  Shares shares{.kernel = kernel};
  shares.limit.num_buckets = 1U << 17;
  std::uint32_t flow = 0;
  while (model::bucket_of(kernel, FlowHash{flow}, 1U << 17) < (1U << 16)) ++flow;
  const std::uint32_t bucket = model::bucket_of(kernel, FlowHash{flow}, 1U << 17);
  for (std::uint32_t n = 1; n <= 300; ++n) {
    const bool limited = shares.packet(flow) == model::FlowVerdict::limited;
    c.goal("the count of 8 bits goes on, and begins again after 255", limited == (n % 256 > 64));
    c.goal("a bucket of 0 is not kept", shares.limit.buckets.count(bucket) == (n % 256 == 0 ? 0U : 1U));
    c.twin("it stops at 128", limited == (n > 64));
  }
};

const auto a_bucket_is_in_its_table = [](auto& c, const Profile& kernel) {
  for (std::uint32_t bits = 0; bits <= 12; ++bits) {
    const std::uint32_t buckets = 1U << bits;
    for (std::uint32_t n = 0; n < 4096; ++n) {
      const std::uint32_t flow = n * 0x9e3779b9U;
      const std::uint32_t bucket = model::bucket_of(kernel, FlowHash{flow}, buckets);
      c.goal("in a table of two buckets and more, whatever the hash", buckets < 2 || bucket < buckets);
      c.goal("before 6.16 in that of one, too", kernel.flow_limit_hash_32 || bucket < buckets);
      c.twin("it is always the first", bucket == 0);
    }
  }
};

/// The CPUs that have a flow limit, as a read shows them; nothing where it fails.
std::optional<std::string> read_mask(Host& host, std::uint32_t len = 4096) {
  const Outcome answer = host.step(op::SysctlRead{{}, Sysctl::flow_limit_cpu_bitmap, len});
  const auto* const read = std::get_if<outcome::ReadBack>(&answer);
  return read == nullptr ? std::nullopt : std::optional(read->data);
}

/// `cpus` bits as the file shows them: a digit for four, groups of eight with commas, a newline.
std::string shown(std::uint64_t mask, std::uint32_t cpus) {
  std::string text;
  for (std::uint32_t digit = 0; digit < (cpus + 3) / 4; ++digit) {
    if (digit != 0 && digit % 8 == 0) text.insert(text.begin(), ',');
    text.insert(text.begin(), "0123456789abcdef"[mask >> 4 * digit & 0xf]);
  }
  return text + "\n";
}

const auto a_mask_is_read_back = [](auto& c, const Profile& kernel) {
  for (const std::uint32_t cpus : {1U, 2U, 4U, 5U, 32U, 33U, 64U}) {
    const std::uint64_t all = cpus == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << cpus) - 1;
    Host host(kernel, HostOptions{.cpus = cpus});
    for (std::uint64_t n = 0; n < 64; ++n) {
      const std::uint64_t mask = (n < 16 ? n : n * 0x9e3779b97f4a7c15U) & all;
      const std::string text = shown(mask, cpus);
      const Outcome answer = host.step(write(Sysctl::flow_limit_cpu_bitmap, text));
      c.goal("what a read shows may be written", answer == Outcome(returned(static_cast<std::int64_t>(text.size()))));
      c.goal("and is shown again", read_mask(host) == text);
      for (std::uint32_t len = 0; len <= text.size(); ++len) {
        const auto cut = read_mask(host, len);
        const std::string digits = text.substr(0, len < 2 ? 0 : len - 1);
        const std::string expected = len >= text.size() ? text : digits.empty() ? "" : digits + "\n";
        c.goal("a buffer that is too small loses the last digits, never the newline", cut == expected);
      }
      c.twin("no mask is shown with a comma", read_mask(host)->find(',') == text.npos);
    }
  }
};

/// What one to eight hexadecimal digits say; nothing for another text.
std::optional<std::uint64_t> digits_of(const std::string& text) {
  std::uint64_t value = 0;
  for (const char each : text) {
    const std::size_t digit = std::string_view("0123456789abcdef").find(each);
    if (digit == std::string_view::npos) return std::nullopt;
    value = value << 4 | digit;
  }
  return text.empty() || text.size() > 8 ? std::nullopt : std::optional(value);
}

constexpr std::string_view mask_alphabet = "01f,x \n";
constexpr std::size_t longest_mask = 5;

/// Calls visit(text) with every text of up to `longest_mask` of these characters, and some that are long.
template <class Visit>
void for_each_mask(Visit visit) {
  std::vector<std::string> texts{"", "00000000,00000001", "000000001", "123456789", "x00000001", "1,00000000", "1,1"};
  for (const std::string& each : texts) visit(each);
  std::vector<std::string> shorter{""};
  for (std::size_t length = 1; length <= longest_mask; ++length) {
    std::vector<std::string> longer;
    for (const std::string& each : shorter)
      for (const char next : mask_alphabet) longer.push_back(each + next);
    for (const std::string& each : longer) visit(each);
    shorter = std::move(longer);
  }
}

const auto a_mask_is_stored_or_refused = [](auto& c, const Profile& kernel) {
  const Host before = after(kernel, {write(Sysctl::flow_limit_cpu_bitmap, "2")});
  Host first = before;
  const auto old = read_mask(first);
  Host host = before;
  for_each_mask([&](const std::string& text) {
    host.step(write(Sysctl::flow_limit_cpu_bitmap, "2"));
    const auto answer = std::get<outcome::Returned>(host.step(write(Sysctl::flow_limit_cpu_bitmap, text)));
    const bool stored = answer.error == Errno::none;
    c.goal("all of it is reported, or EINVAL or EOVERFLOW",
           stored ? answer.ret == static_cast<std::int64_t>(text.size())
                  : answer.error == Errno::einval || answer.error == Errno::eoverflow);
    c.goal("what is refused changes nothing", stored || read_mask(host) == old);
    if (const auto mask = digits_of(text)) {
      c.goal("digits are taken exactly if no CPU is beyond the last", stored == (*mask < 4));
      c.goal("and mean what they say", !stored || read_mask(host) == shown(*mask, 2));
    }
    c.goal("no text with a letter that is no digit is taken, but for the ninth from the end, from 5.6",
           text.find('x') == text.npos || !stored || text.find('\n') != text.npos || text.size() == 9);
    c.twin("every text is refused", !stored);
  });
  for (const std::string_view text : {std::string_view("2"), std::string_view("0"), std::string_view("1\n")}) {
    model::CpuMask read = 0xf0;
    const Bytes<Noted> bytes(reinterpret_cast<const std::uint8_t*>(text.data()), text.size());
    const Errno error = model::cpumask_parse<Noted>(kernel, bytes, 2, read);
    c.goal("nothing is left of what was there", error == Errno::none && read == static_cast<unsigned>(text[0] - '0'));
  }
};

const auto tables_come_and_go_with_the_mask = [](auto& c, const Profile& kernel) {
  for (const std::int64_t length : {1, 4096, 2'097'152, 4'194'304})
    for (std::uint64_t then_mask = 0; then_mask < 4; ++then_mask)
      for (std::uint64_t mask = 0; mask < 4; ++mask) {
        const Program program{write(Sysctl::flow_limit_cpu_bitmap, std::to_string(then_mask)),
                              write(Sysctl::flow_limit_table_len, length),
                              write(Sysctl::flow_limit_cpu_bitmap, std::to_string(mask))};
        c.running(program);
        Host host(kernel);
        host.step(program[0]);
        host.step(program[1]);
        const Errno error = error_of(host.step(program[2]));
        const bool fits = length < 4'194'304, asks = (mask & ~then_mask) != 0;
        c.goal("ENOMEM exactly for a table of 4 MiB", (error == Errno::enomem) == (!fits && asks));
        c.goal("otherwise the mask is what was asked for", error != Errno::none || read_mask(host) == shown(mask, 2));
        c.twin("there is always memory", error == Errno::none);
      }
};

}  // namespace

std::vector<Theorem> flow_limit_theorems() {
  const auto has_it = within({{"3.11", ""}});
  return {
      theorem("flow_limits.it_sleeps_until_half_of_the_limit",
              "The flow limit is asked about nothing exactly while fewer than half of netdev_max_backlog wait, and "
              "under a negative limit while fewer than 3 * 2^30 do.",
              has_it, it_sleeps_until_half_of_the_limit),
      theorem("flow_limits.half_of_the_last_128_is_the_share",
              "64 packets of a flow are within its share, and as long as nothing else comes the 65th and all after it "
              "are dropped, whatever came before.",
              has_it, half_of_the_last_128_is_the_share),
      theorem(
          "flow_limits.buckets_beyond_16_bits_are_never_counted_out",
          "The history keeps 16 bits of a bucket: in a table of 2^17, one beyond them counts its packets modulo 256.",
          has_it, buckets_beyond_16_bits_are_never_counted_out),
      theorem("flow_limits.a_bucket_is_in_its_table",
              "A flow's bucket is in its table of 2 .. 4096 buckets, for 4096 hashes; until 6.15 in one of 1, too.",
              has_it, a_bucket_is_in_its_table),
      theorem(
          "flow_limits.a_mask_is_read_back",
          "What a read of flow_limit_cpu_bitmap shows may be written and is shown again, for hosts of 1 .. 64 CPUs; "
          "a small buffer loses digits, never the newline.",
          has_it, a_mask_is_read_back),
      theorem("flow_limits.a_mask_is_stored_or_refused",
              "A write of a mask reports all of its bytes or fails and changes nothing, and digits mean what they say, "
              "for all texts of up to 5 of seven characters.",
              has_it, a_mask_is_stored_or_refused),
      theorem("flow_limits.tables_come_and_go_with_the_mask",
              "A mask gives tables to the CPUs that have none, and fails with ENOMEM exactly where one of 4 MiB would "
              "be made.",
              has_it, tables_come_and_go_with_the_mask),
  };
}

}  // namespace weir::proofs

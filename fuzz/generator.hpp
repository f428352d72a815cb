// The one generator of operations: properties, campaigns and live targets all draw from it.
//
//   Generator generate(GeneratorOptions{.weights = listen_plane});
//   Rng rng(seed);
//   generate.fill(rng, ops);                       // a whole case
//   generate.follow(op); generate.next(rng, op);   // or one operation after those already chosen
//
// It knows which sockets a case has opened so far, and aims at those; fields are drawn by their type. Deterministic for
// a seed. Reuse a Generator: a warm one does not allocate. Not thread-safe.
#pragma once
#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "fuzz/crowd.hpp"
#include "fuzz/flood.hpp"
#include "fuzz/known_sockets.hpp"
#include "fuzz/late_answer.hpp"
#include "fuzz/parting.hpp"
#include "fuzz/planes.hpp"
#include "fuzz/pools.hpp"
#include "fuzz/rng.hpp"
#include "fuzz/sysctl_text.hpp"

namespace weir::fuzz {

struct GeneratorOptions {
  Weights weights = host_plane;  ///< at least one other than netns is not 0
  std::uint32_t length = 32;     ///< operations in a case; one in sixteen has twice as many, to fill larger queues
  std::uint32_t namespaces = 3;  ///< at most, counting namespace 0
  /// What the target can do; an operation it refuses is drawn again. It must accept some operation of non-zero weight.
  std::function<bool(const Op&)> allow = {};
  std::function<void(Rng&, std::vector<Op>&)> draw_case = {};  ///< draws whole cases in this generator's place
  bool floods = false;  ///< one case in 128 is a flood (fuzz/flood.hpp), far longer than others
};

/// One value by its type, without regard to a case: from the pool, for numbers sometimes a small one.
template <class T>
void draw(Rng& rng, T& value) {
  value = rng.pick(pool<T>);
}
inline void draw(Rng& rng, std::int32_t& value) {
  value = rng.chance(1, 3) ? static_cast<std::int32_t>(rng.below(9)) : rng.pick(pool<std::int32_t>);
}
inline void draw(Rng& rng, std::string& value) { draw_sysctl_text(rng, value); }

class Generator {
 public:
  explicit Generator(GeneratorOptions options) : options_(std::move(options)) { use(options_.weights); }

  /// Forgets the case so far.
  void restart() {
    known_.clear();
    next_skb_ = 0;
    opening_.restart();
    crowd_.restart();
    habit_.reset();
    fresh_ = false;
    patient_ = wait_ = false;
    late_.restart();
    parting_.restart();
    just_bound_.reset();
    rival_of_.reset();
    rival_made_ = false;
  }

  /// Takes note of an operation that another has chosen.
  void follow(const Op& operation) { known_.follow(operation); }

  /// The next operation of the case.
  void next(Rng& rng, Op& into) {
    if (!draw_opening(rng, into) && !draw_habit(rng, into) && !draw_rival(into) && !draw_wait(rng, into) &&
        !draw_late(rng, into) && !draw_parting(rng, into) && !draw_crowd(rng, into))
      for (std::uint32_t refused = 0; !draw_one(rng, into); ++refused)
        if (refused == max_refused) use(options_.weights);  // this case's kinds have run out of what is allowed
    follow(into);
    fresh_ = std::holds_alternative<op::Socket>(into);
    wait_ = patient_ && leaves_a_timer(into) && rng.chance(1, 4);
    if (const auto* const segment = std::get_if<op::Segment>(&into); segment != nullptr && patient_ && !crowd_.coming())
      late_.begin(rng, *segment);
    if (const auto* const accept = std::get_if<op::Accept>(&into); accept != nullptr && patient_)
      parting_.begin(rng, *accept, known_);
    const auto* const bind = std::get_if<op::Bind>(&into);
    just_bound_ = bind == nullptr ? std::nullopt : std::optional(bind->fd);
    if (const auto* const listen = std::get_if<op::Listen>(&into)) crowd_.gather(rng, *listen);
  }

  /// A whole case. Half the cases keep to one plane, and a quarter of the kinds of operation are
  /// left out of each (swarm testing: Groce et al., 2012), so that what remains gets further than an even mixture
  /// would.
  void fill(Rng& rng, std::vector<Op>& ops) {
    restart();
    if (options_.draw_case) return options_.draw_case(rng, ops);
    if (options_.floods && rng.chance(1, 128)) return fill_by_flood(rng, ops);
    if (rng.chance(1, 3)) habit_ = rng.pick(pool<SockOpt>);
    patient_ = rng.chance(1, 4);
    Weights some = options_.weights;
    if (rng.chance(1, 2)) keep_to(*rng.pick(planes), some);
    for (auto& weight : some)
      if (rng.chance(1, 4)) weight = 0;
    if (rng.chance(1, 8)) {
      opening_.begin(rng);
      Opening::keep(options_.weights, some);
    }
    use(some);
    ops.resize(std::min<std::size_t>(options_.length * (rng.chance(1, 16) ? 2 : 1), max_ops));
    for (auto& each : ops) next(rng, each);
    use(options_.weights);
  }

  /// Draws one field again, leaving the rest of the operation as it is.
  void redraw_field(Rng& rng, Op& operation) {
    std::visit(
        [&]<class T>(T& each) {
          constexpr std::size_t count = std::tuple_size_v<std::remove_cvref_t<decltype(T::fields)>>;
          if constexpr (count > 0) {
            std::size_t skip = rng.below(count);
            for_each_field<T>([&](const auto& field) {
              if (skip-- == 0) draw_field<T>(rng, each.*field.member);
            });
          }
        },
        operation);
  }

 private:
  static constexpr std::uint32_t max_refused = 64;

  void fill_by_flood(Rng& rng, std::vector<Op>& ops) const {
    draw_flood(rng, ops);
    std::erase_if(ops, [this](const Op& each) { return !allowed(each); });
  }
  static constexpr auto planes = std::to_array<const Weights*>({&sysctl_plane, &listen_plane, &softnet_plane});

  static void keep_to(const Weights& plane, Weights& weights) {
    for (std::size_t op = 0; op < op_count; ++op)
      if (weights[op] != 0) weights[op] = plane[op];
  }

  void use(const Weights& weights) {
    std::uint32_t total = 0;
    for (const auto weight : weights) total += weight;
    if (total == 0) return use(options_.weights);
    weights_ = weights;
    total_ = total;
  }

  /// False if the target cannot do what was drawn.
  bool draw_one(Rng& rng, Op& into) {
    std::size_t op = 0;
    for (std::uint32_t ticket = rng.below(total_); ticket >= weights_[op]; ++op) ticket -= weights_[op];
    if (op == place<op::Netns>() && known_.namespaces() >= options_.namespaces) return false;
    draw_op_of[op](*this, rng, into);
    return !options_.allow || options_.allow(into);
  }

  /// The option that this case is in the habit of setting on a new socket: what it decides takes two that have it.
  /// Some socket lays it down once it is bound, and has a rival: what the port remembers is not what the socket has.
  bool draw_habit(Rng& rng, Op& into) {
    const auto* bound = just_bound_ && habit_ && rng.chance(1, 6) ? known_.find(just_bound_->label) : nullptr;
    if (bound != nullptr) {
      into = op::Setsockopt{*just_bound_, *habit_, 0};
      rival_of_ = *bound;
      return allowed(into);
    }
    if (!fresh_ || !habit_ || known_.empty() || rng.chance(1, 4)) return false;
    into = op::Setsockopt{{known_.newest().label}, *habit_, 1};
    return allowed(into);
  }

  /// A socket that is to be bound where another is, then its bind.
  bool draw_rival(Op& into) {
    if (!rival_of_ || known_.empty()) return false;
    if (!rival_made_) {
      into = op::Socket{rival_of_->ns, rival_of_->family, rival_of_->type};
    } else {
      into = op::Bind{{known_.newest().label}, rival_of_->addr, rival_of_->port};
      rival_of_.reset();
    }
    rival_made_ = !rival_made_;
    return allowed(into);
  }

  bool draw_opening(Rng& rng, Op& into) { return opening_.draw(rng, known_, into) && allowed(into); }
  bool draw_crowd(Rng& rng, Op& into) { return crowd_.draw(rng, known_, into) && allowed(into); }

  bool draw_parting(Rng& rng, Op& into) { return parting_.draw(rng, into) && allowed(into); }
  bool draw_late(Rng& rng, Op& into) { return late_.draw(rng, into) && allowed(into); }

  bool allowed(const Op& operation) const {
    return weights_[operation.index()] != 0 && (!options_.allow || options_.allow(operation));
  }

  static bool leaves_a_timer(const Op& operation) {
    return std::holds_alternative<op::Connect>(operation) || std::holds_alternative<op::Accept>(operation) ||
           std::holds_alternative<op::Shutdown>(operation) || std::holds_alternative<op::Close>(operation);
  }

  /// Time passes after what a connection waits to see the end of.
  bool draw_wait(Rng& rng, Op& into) {
    if (!wait_) return false;
    wait_ = false;
    into = op::Advance{rng.pick(pool<Millis>)};
    return allowed(into);
  }

  template <std::size_t I>
  static void draw_op(Generator& self, Rng& rng, Op& into) {
    using T = std::variant_alternative_t<I, Op>;
    auto* operation = std::get_if<I>(&into);  // the same kind as last time: keeps the string's memory
    if (operation == nullptr) operation = &into.emplace<I>();
    [[maybe_unused]] static const T standard{};
    for_each_field<T>([&](const auto& field) {
      if (!field.required && !rng.chance(1, 6))
        operation->*field.member = standard.*field.member;
      else
        self.draw_field<T>(rng, operation->*field.member);
    });
    if constexpr (std::is_same_v<T, op::Bind>) self.aim(rng, *operation);
    if constexpr (std::is_same_v<T, op::Connect>) self.aim(rng, *operation);
    if constexpr (std::is_same_v<T, op::SysctlWrite>) self.aim(rng, *operation);
    if constexpr (std::is_same_v<T, op::Segment>) self.aim(rng, *operation);
  }

  template <class Owner, class T>
  void draw_field(Rng& rng, T& value) {
    if constexpr (std::is_same_v<T, Fd>)
      value = choose_fd<Owner>(rng);
    else if constexpr (std::is_same_v<T, Skb>)
      value.id = next_skb_++;
    else if constexpr (std::is_same_v<T, NsId>)
      value.id = rng.chance(1, 32) ? known_.namespaces() : rng.below(known_.namespaces());
    else
      draw(rng, value);
  }

  static constexpr auto stages_with_options = std::to_array<KnownSocket::Stage>(
      {KnownSocket::Stage::fresh, KnownSocket::Stage::bound, KnownSocket::Stage::listening});

  /// Mostly a socket at the stage at which the operation does most; sometimes any; rarely one that is not there.
  template <class Owner>
  Fd choose_fd(Rng& rng) {
    using Stage = KnownSocket::Stage;
    if (known_.empty() || rng.chance(1, 24)) return rng.pick(pool<Fd>);
    const KnownSocket* found = nullptr;
    if (rng.chance(3, 4)) {
      if constexpr (std::is_same_v<Owner, op::Accept>)
        found = known_.any_at(Stage::listening, rng);
      else if constexpr (std::is_same_v<Owner, op::Listen>)
        found = known_.any_at(rng.chance(3, 4) ? Stage::bound : Stage::listening, rng);
      else if constexpr (std::is_same_v<Owner, op::Bind>)
        found = known_.any_at(Stage::fresh, rng);
      else if constexpr (std::is_same_v<Owner, op::Connect>)
        found = known_.any_at(rng.chance(2, 3) ? Stage::fresh : Stage::bound, rng);
      else if constexpr (std::is_same_v<Owner, op::Setsockopt>)
        found = known_.any_at(rng.pick(stages_with_options), rng);
    }
    return {found == nullptr ? known_.any(rng).label : found->label};
  }

  /// Mostly by an address of the socket's family.
  void aim(Rng& rng, op::Bind& bind) const {
    const auto* socket = known_.find(bind.fd.label);
    if (socket == nullptr || rng.chance(1, 8)) return;
    if (socket->is_unix())
      bind.addr = abstract_names;
    else if (bind.addr == abstract_names)
      bind.addr = loopback;
  }

  /// Mostly to where something listens, or to a datagram socket that has a name.
  void aim(Rng& rng, op::Connect& connect) {
    const auto* client = known_.find(connect.fd.label);
    const bool by_name = client != nullptr && client->is_unix() && client->type == SockType::dgram;
    const auto stage = by_name ? KnownSocket::Stage::bound : KnownSocket::Stage::listening;
    const auto* listener = known_.any_at(stage, rng, [&](const KnownSocket& each) {
      return client == nullptr || rng.chance(1, 8) || each.speaks_to(*client);
    });
    if (listener == nullptr || listener->port == 0 || rng.chance(1, 8)) return;
    connect.port = listener->port;
    connect.addr = listener->addr;
    known_.reach(connect);
  }

  /// Mostly one of few peers says to a listener, or to where one was, what comes next in its conversation.
  void aim(Rng& rng, op::Segment& segment) const {
    const KnownService service = known_.service(rng);
    if (service.port == 0 || rng.chance(1, 12)) return;
    segment.ns = service.ns;
    segment.from = {0xc000020a, static_cast<std::uint16_t>(1000 + rng.below(4))};
    segment.to = {0xc0000201, service.port};
    if (rng.chance(7, 8)) segment.flags = next_of(rng, known_.peer(segment.from.port));
    segment.len = segment.flags == Flags::pa ? 1 + rng.below(2) : segment.len != 0 ? rng.below(4) : 0;
  }

  static Flags next_of(Rng& rng, KnownPeer peer) {
    static constexpr auto answers =
        std::to_array<Flags>({Flags::a, Flags::a, Flags::a, Flags::pa, Flags::fa, Flags::s});
    static constexpr auto anything =
        std::to_array<Flags>({Flags::a, Flags::a, Flags::fa, Flags::fa, Flags::pa, Flags::s, Flags::sa, Flags::r});
    if (peer == KnownPeer::unknown) return Flags::s;
    return peer == KnownPeer::asked ? rng.pick(answers) : rng.pick(anything);
  }

  /// A switch is mostly set to one of its positions, and what is no plain number is mostly written as what it is.
  void aim(Rng& rng, op::SysctlWrite& write) const {
    if (write.sysctl == Sysctl::flow_limit_cpu_bitmap && rng.chance(7, 8)) draw_mask_text(rng, write.data);
    if (write.sysctl == Sysctl::flow_limit_table_len && rng.chance(3, 4)) draw_table_len_text(rng, write.data);
    if (write.sysctl == Sysctl::tcp_fastopen && rng.chance(3, 4)) return draw_fastopen_text(rng, write.data);
    const bool is_switch = write.sysctl == Sysctl::tcp_syncookies || write.sysctl == Sysctl::tcp_abort_on_overflow;
    if (is_switch && rng.chance(3, 4)) write.data.assign(1, static_cast<char>('0' + rng.below(3)));
  }

  static constexpr auto draw_op_of = []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<void (*)(Generator&, Rng&, Op&), op_count>{&draw_op<I>...};
  }
  (std::make_index_sequence<op_count>{});

  GeneratorOptions options_;
  Weights weights_{};        ///< of this case
  std::uint32_t total_ = 0;  ///< of weights_; at least 1
  KnownSockets known_;
  Opening opening_;
  Crowd crowd_;
  LateAnswer late_;
  Parting parting_;
  std::uint32_t next_skb_ = 0;
  std::optional<SockOpt> habit_;
  bool fresh_ = false;  ///< the last operation made a socket
  std::optional<KnownSocket> rival_of_;
  bool rival_made_ = false;
  std::optional<Fd> just_bound_;  ///< by the last operation
  bool patient_ = false;          ///< this case lets time pass after what leaves a timer
  bool wait_ = false;             ///< the last operation left one
};

}  // namespace weir::fuzz

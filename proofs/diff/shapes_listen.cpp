#include <algorithm>

#include "model/host.hpp"
#include "proofs/diff/shapes.hpp"

namespace weir::proofs::diff {
namespace {

constexpr std::size_t most_steps = 4, most_settings = 2;
constexpr std::uint16_t port = 8080;

/// What a story knows of a socket that it made.
struct Actor {
  bool client = false, bound = false, listens = false;
  std::vector<SockOpt> set{};  ///< options that were turned on
};

/// A program so far, and the two kernels after it, with 1 in every hole.
class Story {
 public:
  Story(const Profile& from, const Profile& to) : from_(from), to_(to) {}

  Shape shape;
  std::vector<Actor> actors;
  bool builds = true;  ///< no operation but perhaps the last has failed in both kernels

  /// Fd of the actor that is made next.
  Fd next_fd() const { return Fd{3 + static_cast<std::int32_t>(actors.size())}; }

  void add(const Op& operation) {
    shape.add(operation);
    run(operation);
  }
  void add_open(const Op& operation) {
    shape.add_open(operation);
    run(filled({{operation}, {{0, {}}}}, 1, {1}).front());
  }
  bool last_failed() const { return last_failed_; }

 private:
  static bool failed(const Outcome& outcome) {
    const auto* const plain = std::get_if<outcome::Returned>(&outcome);
    return plain != nullptr && plain->ret < 0 && plain->error != Errno::einprogress;
  }
  void run(const Op& operation) {
    builds = builds && !last_failed_;
    const bool from_failed = failed(from_.step(operation)), to_failed = failed(to_.step(operation));
    last_failed_ = from_failed && to_failed;
  }

  model::Host<Concrete> from_, to_;
  bool last_failed_ = false;
};

using Next = std::function<void(const Story&)>;

void make_socket(Story& story, Family family = Family::inet, SockType type = SockType::stream) {
  story.add(op::Socket{{}, family, type});
  story.actors.emplace_back();
}

void sockets_of_all_kinds(const Story& story, const Next& next) {
  for (const auto& family : names<Family>)
    for (const auto& type : names<SockType>) {
      Story with = story;
      make_socket(with, family.value, type.value);
      next(with);
    }
}

void turn_on(Story& story, SockOpt option) {
  story.add(op::Setsockopt{Fd{2 + static_cast<std::int32_t>(story.actors.size())}, option, 1});
  story.actors.back().set.push_back(option);
}

/// A socket that holds the port, with one option or none; listening or not.
void holders(const Story& story, bool listening, const Next& next) {
  const auto hold = [&](Address address, std::optional<SockOpt> option) {
    Story with = story;
    const Fd fd = with.next_fd();
    make_socket(with);
    if (option) turn_on(with, *option);
    with.add(op::Bind{fd, address, port});
    with.actors.back().bound = true;
    if (listening) with.add_open(op::Listen{fd, 0});
    with.actors.back().listens = listening;
    next(with);
  };
  for (const Address address : {loopback, any_address}) {
    if (listening && address == any_address) continue;  // clients reach both alike
    hold(address, std::nullopt);
    for (const auto& option : names<SockOpt>) hold(address, option.value);
  }
}

/// Crowds of every size in a short story, small ones in a long one.
void clients(const Story& story, bool is_short, const Next& next) {
  const bool served = std::any_of(story.actors.begin(), story.actors.end(), [](auto& each) { return each.listens; });
  const bool came = std::any_of(story.actors.begin(), story.actors.end(), [](auto& each) { return each.client; });
  if (!served || came) return;
  for (std::size_t crowd : {1U, 2U, 4U, 8U, 16U, 32U}) {
    if (crowd > 4 && !is_short) return;
    Story with = story;
    for (; crowd > 0; --crowd) {
      const Fd fd = with.next_fd();
      make_socket(with);
      with.add(op::Connect{fd, loopback, port});
      with.actors.back().client = true;
    }
    next(with);
  }
}

void options(const Story& story, std::size_t actor, const Next& next) {
  const Fd fd{3 + static_cast<std::int32_t>(actor)};
  for (const auto& option : names<SockOpt>) {
    Story with = story;
    auto& set = with.actors[actor].set;
    const auto found = std::find(set.begin(), set.end(), option.value);
    const bool was_on = found != set.end();
    with.add(op::Setsockopt{fd, option.value, was_on ? 0 : 1});
    was_on ? void(set.erase(found)) : set.push_back(option.value);
    next(with);
  }
}

void calls(const Story& story, std::size_t actor, const Next& next) {
  const Fd fd{3 + static_cast<std::int32_t>(actor)};
  const auto call = [&](const Op& operation) {
    Story with = story;
    with.add(operation);
    next(with);
  };
  if (!story.actors[actor].client) {
    Story with = story;
    with.add_open(op::Listen{fd, 0});
    with.actors[actor].listens = true;
    next(with);
    call(op::Bind{fd, loopback, port});
  }
  for (const auto& how : names<How>) call(op::Shutdown{fd, how.value});
  call(op::Close{fd});
  if (!story.actors[actor].listens) return;
  Story with = story;
  with.add(op::Accept{fd});
  with.actors.emplace_back().client = true;
  next(with);
}

void continue_story(const Story& story, std::size_t steps, std::vector<Shape>& shapes) {
  if (steps == 0) return;
  const Next next = [&](const Story& with) {
    if (!with.builds) return;
    shapes.push_back(with.shape);
    shapes.back().steps = most_steps - steps + 1;
    if (!with.last_failed()) continue_story(with, steps - 1, shapes);
  };
  if (story.actors.empty()) sockets_of_all_kinds(story, next);
  holders(story, false, next);
  holders(story, true, next);
  clients(story, most_steps - steps < 2, next);
  for (std::size_t actor = 0; actor < story.actors.size(); ++actor) {
    if (actor > 0 && story.actors[actor].client && story.actors[actor - 1].client) continue;  // as the one before it
    if (!story.actors[actor].client) options(story, actor, next);
    calls(story, actor, next);
  }
}

/// Settings that a namespace's sockets obey: those that are per namespace in some release, and TCP's.
std::vector<Sysctl> settings(const Profile& from, const Profile& to) {
  std::vector<Sysctl> found;
  for (const Sysctl id : sysctls_of(from, to))
    if (!model::is_net_core(id) || spec_of(releases::table.back(), id)->scope == Scope::per_netns)
      if (name_of_enum(id).starts_with("net.")) found.push_back(id);
  return found;
}

}  // namespace

std::vector<Shape> listen_shapes(const Profile& from, const Profile& to) {
  std::vector<Shape> shapes;
  const Story empty(from, to);
  continue_story(empty, most_steps, shapes);
  const auto all = settings(from, to);
  for (std::size_t first = 0; first < all.size(); ++first) {
    Story one = empty;
    one.add_open(op::SysctlWrite{{}, all[first], {}});
    continue_story(one, most_steps - 1, shapes);
    for (std::size_t second = first + 1; second < all.size(); ++second) {
      Story two = one;
      two.add_open(op::SysctlWrite{{}, all[second], {}});
      continue_story(two, most_steps - most_settings, shapes);
    }
  }
  add_peer_shapes(shapes);
  smallest_first(shapes);
  return shapes;
}

}  // namespace weir::proofs::diff

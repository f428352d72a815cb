#include <ctime>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "proofs/diff/ask.hpp"
#include "proofs/diff/readings.hpp"
#include "proofs/diff/reduce.hpp"
#include "proofs/diff/shapes.hpp"

namespace weir::proofs::diff {
namespace {

/// Processor time of this thread.
double seconds_spent() {
  std::timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

/// The shapes for two kernels, made when they are first asked for.
class Shapes {
 public:
  Shapes(const Profile& from, const Profile& to) : from_(from), to_(to) {}

  const std::vector<Shape>& of(const Change& change) {
    if (change.plane == Plane::softnet) return made(softnet_, [&] { return softnet_shapes(from_, to_); });
    if (change.plane == Plane::listen) return made(listen_, [&] { return listen_shapes(from_, to_); });
    return made(sysctl_of(change.sysctl), [&] { return sysctl_shapes(from_, to_, change.sysctl); });
  }

 private:
  struct Made {
    std::once_flag once;
    std::vector<Shape> shapes;
  };
  template <class Make>
  static const std::vector<Shape>& made(Made& kept, Make make) {
    std::call_once(kept.once, [&] { kept.shapes = make(); });
    return kept.shapes;
  }
  Made& sysctl_of(std::optional<Sysctl> id) {
    const std::lock_guard lock(mutex_);
    return sysctl_[id];
  }

  const Profile& from_;
  const Profile& to_;
  std::mutex mutex_;
  Made softnet_, listen_;
  std::map<std::optional<Sysctl>, Made> sysctl_;
};

/// Shapes of more steps are many. Those that part with simple values in their holes are asked about first.
constexpr std::size_t steps_asked_at_once = 2;

/// The search for a witness of one change.
class Search {
 public:
  Search(const Profile& from, const Profile& to, const Change& change, const Options& options, Shapes& shapes)
      : shapes_(shapes),
        change_(change),
        options_(options),
        kernels_(from, to, change),
        asker_(kernels_, options_),
        start_(seconds_spent()) {}

  /// The solver is asked about short shapes, for a part of the time; then all longer ones are run with simple values,
  /// which is quick, and it is asked about those that part; then about what is left.
  /// \param time  processor time
  Finding run(std::chrono::duration<double> time) {
    const auto& shapes = shapes_.of(change_);
    const auto is_short = [](const Shape& shape) { return shape.steps <= steps_asked_at_once; };
    std::size_t asked = 0;  ///< of the short shapes
    bool finished = each(shapes, asked, time * 0.2, [&](const Shape& shape) {
      if (is_short(shape)) consider(shape, {});
    });
    std::size_t screened = 0;
    finished &= each(shapes, screened, time * 0.7, [&](const Shape& shape) {
      if (is_short(shape)) return;
      if (const Answers simple = with_simple_values(shape); simple.any()) consider(shape, simple);
    });
    if (!found_.any()) {
      finished = each(shapes, asked, time, [&](const Shape& shape) {
        if (is_short(shape)) consider(shape, {});
      });
      std::size_t rest = 0;
      finished &= each(shapes, rest, time, [&](const Shape& shape) {
        if (!is_short(shape)) consider(shape, {});
      });
    }
    finding_.exhausted = finished && finding_.undecided == 0;
    for (auto* const found : {&found_.strict, &found_.loose, &found_.state})
      if (!finding_.witness && *found) finding_.witness = reduce(kernels_, **found);
    finding_.seconds = time_spent().count();
    return finding_;
  }

 private:
  std::chrono::duration<double> time_spent() const { return std::chrono::duration<double>(seconds_spent() - start_); }

  /// Calls `look` with each shape within the bound, from `next` on, until one is a witness of the best kind.
  /// \return false where the time was over before
  template <class Look>
  bool each(const std::vector<Shape>& shapes, std::size_t& next, std::chrono::duration<double> limit, Look look) {
    for (; next < shapes.size(); ++next) {
      if (found_.strict) return true;
      if (time_spent() > limit) return false;
      if (shapes[next].ops.size() <= options_.bound) look(shapes[next]);
    }
    return true;
  }

  /// \param simple  witnesses that are known already, should the solver find no smaller values in time
  void consider(const Shape& shape, const Answers& simple) {
    ++finding_.shapes;
    const Answers answers = shape.holes.empty() ? run_with(shape, {}) : asker_.ask(shape);
    finding_.undecided += answers.decided ? 0 : 1;
    for (const Answers& each : {answers, simple}) {
      keep(each.strict, found_.strict);
      keep(each.loose, found_.loose);
      keep(each.state, found_.state);
    }
  }

  /// Keeps the first of its kind, if running confirms it.
  void keep(const std::optional<Witness>& answer, std::optional<Witness>& into) {
    if (!answer || into || answer->ops.size() > options_.bound) return;
    if (replays(kernels_, *answer))
      into = answer;
    else
      ++finding_.refused;
  }

  /// What the shape is with these values in its holes.
  Answers run_with(const Shape& shape, const Values& values) const {
    Answers answers;
    const auto ops = filled(shape, shape.ops.size(), values);
    witnesses_in(kernels_, ops, readings_after(shape.ops), [&](const Witness& witness) {
      if (!is_wanted(witness.ops.back())) return;
      auto& into = witness.kind == Kind::answer  ? answers.strict
                   : witness.kind == Kind::state ? answers.state
                                                 : answers.loose;
      if (!into) into = witness;
    });
    return answers;
  }

  bool is_wanted(const Op& last) const {
    return options_.op.empty() || std::find(options_.op.begin(), options_.op.end(), name_of(last)) != options_.op.end();
  }

  /// What the shape is with simple values in its holes: 0, 1 or 2 in each number, and in the runs of a text every
  /// choice among bytes that parsers care for.
  Answers with_simple_values(const Shape& shape) const {
    Answers answers;
    for_each_simple(shape, [&](const Values& values) {
      if (!answers.any()) answers = run_with(shape, values);
    });
    return answers;
  }

  template <class Visit>
  static void for_each_simple(const Shape& shape, Visit visit) {
    constexpr std::string_view bytes = "019 x-";
    const bool text =
        std::any_of(shape.holes.begin(), shape.holes.end(), [](auto& hole) { return !hole.runs.empty(); });
    if (shape.holes.empty()) return visit(Values{});
    if (!text)
      for (const std::int64_t number : {0, 1, 2}) visit(Values(shape.holes.size(), number));
    if (!text || shape.holes.size() != 1) return;
    const std::size_t runs = shape.holes.front().runs.size();
    std::size_t choices = 1;
    for (std::size_t i = 0; i < runs; ++i) choices *= bytes.size();
    for (std::size_t choice = 0; choice < choices; ++choice) {
      Values values;
      for (std::size_t rest = choice; values.size() < runs; rest /= bytes.size())
        values.push_back(bytes[rest % bytes.size()]);
      visit(values);
    }
  }

  Shapes& shapes_;
  const Change& change_;
  const Options& options_;
  const Kernels kernels_;
  Asker asker_;
  const double start_;
  Answers found_;
  Finding finding_;
};

/// Deals out the processor time: what one change leaves over is for the others.
class Purse {
 public:
  Purse(std::chrono::duration<double> all, std::size_t changes, std::chrono::duration<double> most)
      : left_(all), changes_(changes), most_(most) {}

  std::chrono::duration<double> take() {
    const std::lock_guard lock(guard_);
    const auto share = std::min(left_ / static_cast<double>(changes_--), most_);
    left_ -= share;
    return share;
  }
  void give_back(std::chrono::duration<double> unspent) {
    const std::lock_guard lock(guard_);
    left_ += std::max(unspent, std::chrono::duration<double>(0));
  }

 private:
  std::mutex guard_;
  std::chrono::duration<double> left_;
  std::size_t changes_;
  const std::chrono::duration<double> most_;
};

}  // namespace

std::vector<Finding> search(const Profile& from, const Profile& to, const std::vector<Change>& changes,
                            const Options& options, const std::function<void(const Finding&)>& on_found) {
  std::vector<Finding> findings(changes.size());
  std::atomic<std::size_t> next = 0;
  std::mutex reporting;
  Shapes shapes(from, to);
  const unsigned threads = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  Purse purse(options.time * threads, changes.size(), options.each);
  const auto work = [&] {
    for (std::size_t index; (index = next.fetch_add(1, std::memory_order_relaxed)) < changes.size();) {
      const auto share = purse.take();
      findings[index] = Search(from, to, changes[index], options, shapes).run(share);
      findings[index].change = index;
      purse.give_back(share - std::chrono::duration<double>(findings[index].seconds));
      const std::lock_guard lock(reporting);
      if (on_found) on_found(findings[index]);
    }
  };
  std::vector<std::jthread> helpers;
  for (unsigned i = 1; i < threads; ++i) helpers.emplace_back(work);
  work();
  helpers.clear();  // joins
  return findings;
}

}  // namespace weir::proofs::diff

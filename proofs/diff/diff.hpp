// What two kernels answer differently: small sequences of operations on which they part, one for each change between
// them. No solver type in sight.
//
//   const auto findings = weir::proofs::diff::search(from, to, changes, {}, on_found);
//
// A change is one thing by which the profiles differ. A witness of it is a sequence of operations whose last answer
// differs between the two kernels because of that change: in some part of the answer in which they differ, the older
// kernel with that change alone answers as the newer one, or the newer without it as the older.
#pragma once
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "model/op.hpp"
#include "model/profile.hpp"

namespace weir::proofs::diff {

/// Which operations can show a change.
enum class Plane { sysctl, listen, softnet };

struct Change {
  std::string name;  ///< "backlog_is_u16", "net.core.somaxconn.maximum"
  Plane plane{};
  std::optional<Sysctl> sysctl;                        ///< the one it is about, if it is about one
  std::function<void(Profile&, const Profile&)> take;  ///< the first profile becomes, in this, as the second
};

/// The two kernels, and each with the one change of the other.
struct Kernels {
  Profile from, to, from_changed, to_unchanged;
  Kernels(const Profile& older, const Profile& newer, const Change& change);
};

enum class Kind {
  answer,        ///< only the last answer differs
  last_of_many,  ///< answers before it differ as well
  state,         ///< all answers agree; what a socket keeps of its last listen does not
};

struct Witness {
  Kind kind = Kind::answer;
  std::vector<Op> ops;
};

/// Whether the operations, run on the four kernels by model::Host, are a witness of that kind.
bool replays(const Kernels& kernels, const Witness& witness);

/// Bytes, digits apart, with which the text of operation `at` would do as well in the place `byte`.
std::vector<unsigned char> as_good_bytes(const Kernels& kernels, const Witness& witness, std::size_t at,
                                         std::size_t byte);

struct Options {
  std::size_t bound = 40;       ///< operations in a witness
  std::vector<std::string> op;  ///< the names of operations whose answer shall differ; empty: any
  /// For all changes together: each gets its share of the processor time that is left, at most `each`.
  std::chrono::duration<double> time{45};
  std::chrono::duration<double> each{13};
  unsigned rlimit = 200'000;  ///< Z3 resource units, each query
  unsigned threads = 0;       ///< 0: one for each CPU
};

struct Finding {
  std::size_t change = 0;  ///< which of those asked for
  std::optional<Witness> witness;
  bool exhausted = false;     ///< without a witness: every shape within the bound was decided; otherwise time ran out
  std::size_t shapes = 0;     ///< asked about
  std::size_t undecided = 0;  ///< shapes about which the solver gave up
  std::size_t refused = 0;    ///< answers of the solver that did not replay; each is a defect of weir
  double seconds = 0;
};

/// One finding for each change, in their order. on_found is called as each is done, never twice at once.
std::vector<Finding> search(const Profile& from, const Profile& to, const std::vector<Change>& changes,
                            const Options& options, const std::function<void(const Finding&)>& on_found);

}  // namespace weir::proofs::diff

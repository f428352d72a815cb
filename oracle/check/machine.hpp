// The model with a memory: the states that explain what was seen, and what they were before the last operation.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/host.hpp"
#include "oracle/json/header.hpp"
#include "oracle/json/observation.hpp"

namespace weir::oracle {

using Host = model::Host<Recorded>;

/// The model's answer and the rules it followed to it.
struct Explained {
  Outcome outcome;
  ClauseSet clauses;
};

/// Runs the operation; the next descriptor that `host` makes gets the label, if there is one.
Explained step(Host& host, const Op& operation, std::optional<std::int32_t> label = {});

/// An operation as the model sees it after all that was seen before.
struct Judged {
  Explained answer;                ///< that explains what was seen; the first, where none does
  bool explained = false;          ///< one does
  std::vector<Outcome> also = {};  ///< what else the model allows, where none does
};

/// What the model allows, as it would stand on a line: `"ret":3 or "ret":4`.
std::string allowed_text(const Judged& judged);

/// There is one state unless the kernel has picked something by what no operation shows (Domain's pick). Then there is
/// one for each pick that what was seen allows.
class Machine {
 public:
  explicit Machine(const Header& header) : now_{Host(*header.profile, header.options)}, snapshot_(now_.front()) {}

  /// Where no state explains what was seen, all go on.
  Judged step(const Op& operation, std::optional<std::int32_t> label, const Observation& seen);

  /// The state before the last step, one of them if there were several. Undefined before the first.
  Host before() const;

  /// Takes the last step back; not twice in a row.
  void undo();

  /// States were left out because there were too many: what those that are left do not explain may be right.
  bool gave_up_some() const { return gave_up_some_; }

 private:
  static constexpr std::size_t most_kept = 1024;  ///< operations since the snapshot
  static constexpr std::size_t most_states = 256;
  struct Kept {
    Op operation;
    std::optional<std::int32_t> label;
  };

  std::optional<Explained> step_the_one(const Op& operation, std::optional<std::int32_t> label);
  Judged step_all(const Op& operation, std::optional<std::int32_t> label, const Observation& seen);
  void begin_from_the_one();

  std::vector<Host> now_;
  // With one state snapshots are taken now and then and operations kept since, so that a step costs no copy.
  Host snapshot_;
  std::vector<Kept> since_;   ///< \invariant with one state: snapshot_ after these is now_.front()
  std::vector<Host> before_;  ///< the last step, where since_ does not say it
  bool gave_up_some_ = false;
};

/// Whether the model allows all the answers at once; nothing where there are too many states to tell.
std::optional<bool> allows(const Header& header, std::span<const Op> operations, std::span<const Outcome> answers);

/// The part of the state that the operation is about, one fact a string, found out by asking a copy of the host.
/// `called` is the number by which the reader knows the operation's descriptor, where that is another.
std::vector<std::string> describe(const Host& host, const Op& about, std::optional<std::int32_t> called = {});

}  // namespace weir::oracle

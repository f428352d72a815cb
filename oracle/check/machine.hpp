// The model with a memory: a host that can be asked what it was before its last operation.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/host.hpp"
#include "oracle/json/header.hpp"

namespace weir::oracle {

using Host = model::Host<Recorded>;

/// The model's answer and the rules it followed to it.
struct Explained {
  Outcome outcome;
  ClauseSet clauses;
};

/// Runs the operation; the next descriptor that `host` makes gets the label, if there is one.
Explained step(Host& host, const Op& operation, std::optional<std::int32_t> label = {});

/// Snapshots are taken now and then and operations kept since, so that a step costs no copy of the host.
class Machine {
 public:
  explicit Machine(const Header& header) : now_(*header.profile, header.options), snapshot_(now_) {}

  Explained step(const Op& operation, std::optional<std::int32_t> label = {});

  /// The state before the last step. Undefined before the first.
  Host before() const;

  /// Takes the last step back.
  void undo();

  const Host& now() const { return now_; }

 private:
  static constexpr std::size_t most_kept = 1024;
  struct Kept {
    Op operation;
    std::optional<std::int32_t> label;
  };

  Host now_;
  Host snapshot_;
  std::vector<Kept> since_;  ///< \invariant snapshot_ after these is now_
};

/// The part of the state that the operation is about, one fact a string, found out by asking a copy of the host.
/// `called` is the number by which the reader knows the operation's descriptor, where that is another.
std::vector<std::string> describe(const Host& host, const Op& about, std::optional<std::int32_t> called = {});

}  // namespace weir::oracle

// Another stack as a target: a program that speaks the driver protocol (docs/driver.md), held against the model.
//
//   DriverTarget stack({"./weir-driver", "sockets"});
//   const DriverTarget::Run ran = stack.run(header, ops);
//
// Errors: the constructor throws std::runtime_error, with the reason for people, where the program cannot be run or
// does not speak the protocol; run() reports everything else in its status. Thread safety: one object, one thread.
#pragma once
#include <bitset>
#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "model/op.hpp"
#include "model/outcome.hpp"
#include "oracle/json/header.hpp"
#include "oracle/targets/program.hpp"

namespace weir::oracle {

/// What a driver says of itself in its first line.
struct Hello {
  std::string name;                            ///< of the stack, for people
  std::bitset<std::variant_size_v<Op>> ops;    ///< that it can carry out
  std::vector<Family> families{Family::inet};  ///< of sockets
  std::vector<SockType> types{SockType::stream};
  std::chrono::milliseconds patience{2000};  ///< silent for longer it hangs
  bool one_case = false;  ///< it is started anew for every case: what a case breaks, it breaks for itself
};

/// Throws std::runtime_error saying what was expected.
Hello hello_from(const std::string& line);

class DriverTarget {
 public:
  explicit DriverTarget(std::vector<std::string> command);

  const Hello& hello() const { return hello_; }

  /// Whether the driver can be asked this at all: an operation, a family (of a socket or an address) or a type of
  /// socket that it has named, in namespace 0, and not one of the labels 0, 1 and 2, which it has for itself.
  bool supported(const Op& operation) const;

  enum class Status : std::uint8_t {
    answered,
    ended,   ///< it died or hung on the operation after those that it has answered; `error` says which
    failed,  ///< it makes no sense; `error` says how. Never a pass.
  };

  struct Run {
    Status status = Status::failed;
    std::vector<Outcome> outcomes;
    std::string error;
  };

  /// Runs a case, which begins from a clean host. A driver that has ended or failed is started anew by the next call.
  Run run(const Header& header, std::span<const Op> ops);

  /// A stack that takes longer to start cannot be used.
  static constexpr std::chrono::seconds started_within{10};

 private:
  void start();

  std::vector<std::string> command_;
  std::unique_ptr<Program> program_;
  Hello hello_;
};

}  // namespace weir::oracle

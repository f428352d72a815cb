// One system call as an strace log shows it.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace weir::oracle::strace {

using Pid = std::int64_t;

/// What stands behind the equals sign. `known` is false for "= ?": the call was interrupted or the process ended.
struct Result {
  bool known = false;
  std::int64_t ret = 0;
  std::string error;  ///< "EAGAIN" where ret is -1

  bool failed() const { return ret == -1; }
};

struct Call {
  Pid pid = 0;             ///< 0 where the log shows none
  std::uint64_t line = 0;  ///< where its result stands
  std::string name;
  std::vector<std::string> arguments;  ///< as they stand, without blanks around; empty for calls of other planes
  Result result;
  std::string text;  ///< the call as one line: an interrupted one is put together again

  /// CLONE_FILES stands among the flags of a clone or unshare.
  bool shares_files() const;
};

/// The system calls that concern the listen plane or the descriptors it uses.
bool is_followed(std::string_view name);

/// Splits `text`, which begins behind the opening parenthesis, at its top-level commas.
/// \return how many characters were read including the closing parenthesis; 0 where there is none
std::size_t split_arguments(std::string_view text, std::vector<std::string>& arguments);

/// Reads what follows the closing parenthesis: blanks, "=", the result. False where that is not there.
bool read_result(std::string_view text, Result& result);

}  // namespace weir::oracle::strace

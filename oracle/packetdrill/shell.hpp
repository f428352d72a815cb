// The shell lines of a script, as far as they set sysctls.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace weir::oracle::packetdrill {

/// `sysctl -q NAME=VALUE` or `echo VALUE > /proc/sys/…`.
struct Setting {
  std::string name;  ///< with dots: "net.core.somaxconn"
  std::string data;  ///< what is written, with its newline
};

struct Shell {
  std::vector<Setting> settings;
  std::vector<std::string> other;  ///< the programs of all other commands
  bool may_fail = false;           ///< the line says what to do if a command fails, or to pass over what is not there
};

/// Understands commands behind one another (`;`, `&&`, `||`, new lines), words in quotes, and redirection.
Shell read_shell(std::string_view line);

}  // namespace weir::oracle::packetdrill

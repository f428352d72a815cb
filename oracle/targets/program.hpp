// Another program, spoken to line by line or byte by byte over its standard input and output.
#pragma once
#include <sys/types.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/targets/linux_channel.hpp"
#include "oracle/targets/linux_namespaces.hpp"

namespace weir::oracle {

/// Runs until the object goes, or this process does; then it and what it has started are killed. Not thread-safe; the
/// thread that makes it must outlive it.
class Program final : public ByteStream {
 public:
  /// \param command  a path or a name that PATH knows, and its arguments. A program that cannot be run ends at once
  /// with
  ///                 status 127. Throws std::system_error where no process can be made.
  explicit Program(const std::vector<std::string>& command);
  ~Program() override;
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  /// False if it reads no more.
  bool send(std::string_view bytes) override;

  std::string receive(std::size_t most, std::chrono::milliseconds patience) override;

  /// Readable where it has written something that was not received.
  int descriptor() const { return out_.get(); }

  enum class Answer : std::uint8_t { line, ended, silent };
  /// The next line of its output without the newline. `ended` for one without, too: it was cut off.
  Answer receive(std::string& line, std::chrono::milliseconds patience);

  /// How it ended, for people: "ended with status 2: usage: …", "was killed by signal 11"; waits for it.
  std::string end();

  /// The same of one that has just ended by itself; one that has not is killed, and "is silent: …".
  std::string end_or_kill();

 private:
  std::string last_complaint() const;
  Answer receive_more(std::chrono::milliseconds patience);

  OwnedFd in_, out_, complaints_;  ///< the last is where its standard error goes
  pid_t process_ = -1;
  std::string received_;
};

}  // namespace weir::oracle

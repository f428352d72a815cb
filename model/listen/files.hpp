// The descriptor table of a host: which label refers to which socket.
#pragma once
#include <optional>
#include <utility>
#include <vector>

#include "model/listen/sock.hpp"

namespace weir::model {

/// 0, 1 and 2 are open from the start and are not sockets.
struct File {
  bool open = true;
  SockId sock = no_sock;
  friend bool operator==(const File&, const File&) = default;
};

class Files {
 public:
  friend bool operator==(const Files&, const Files&) = default;
  /// nullptr where the label is not open.
  File* at(std::int32_t label) {
    if (static_cast<std::size_t>(label) >= files_.size()) return nullptr;  // a negative one is beyond all
    File& entry = files_[static_cast<std::size_t>(label)];
    return entry.open ? &entry : nullptr;
  }

  /// Calls visit(label, sock) for each open socket, in the order of the labels.
  template <class Visit>
  void for_each_socket(Visit&& visit) const {
    for (std::size_t label = 0; label < files_.size(); ++label)
      if (files_[label].open && files_[label].sock != no_sock)
        visit(static_cast<std::int32_t>(label), files_[label].sock);
  }

  /// The label that the next install takes, if it is free then. \pre 0 <= label < max_fd
  void name_next(std::int32_t label) { wished_ = label; }

  /// \return the label, or nothing where all max_fd are in use
  std::optional<std::int32_t> install(SockId sock) {
    const auto wished = std::exchange(wished_, std::nullopt);
    std::size_t label = 3;
    if (wished && at(*wished) == nullptr)
      label = static_cast<std::size_t>(*wished);
    else
      while (label < files_.size() && files_[label].open) ++label;
    if (label >= max_fd) return std::nullopt;
    if (label >= files_.size()) files_.resize(label + 1, File{.open = false, .sock = no_sock});
    files_[label] = {true, sock};
    return static_cast<std::int32_t>(label);
  }

  /// \pre the label is open
  void remove(std::int32_t label) { files_[static_cast<std::size_t>(label)] = {false, no_sock}; }

 private:
  std::vector<File> files_{3};
  std::optional<std::int32_t> wished_;
};

}  // namespace weir::model

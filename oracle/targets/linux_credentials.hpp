// Whose credentials a live target's driver opens sysctl files with.
#pragma once
#include <sys/types.h>

#include "model/vocabulary/names.hpp"

namespace weir::oracle {

/// The ordinary user of the driver's user namespace.
inline constexpr uid_t other_user = 1;

/// Makes the calling thread, root of its user namespace, act as that for as long as the object lives. The process has
/// no other thread. Throws std::system_error where the namespace has no `other_user`.
class ActingAs {
 public:
  explicit ActingAs(Cred cred);
  ~ActingAs();
  ActingAs(const ActingAs&) = delete;
  ActingAs& operator=(const ActingAs&) = delete;

 private:
  bool changed_;
};

/// Whether this machine lets a driver act as somebody else than root: where the caller is root. Tried once, in a
/// process of its own.
bool can_act_as_others();

}  // namespace weir::oracle

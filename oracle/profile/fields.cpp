#include "oracle/profile/fields.hpp"

#include <fmt/format.h>

#include <sstream>

namespace weir::oracle {
namespace {

/// "from 4.1" for a behaviour that begins, "before 4.1" for one that ends, "1 from 3.1" for a value.
std::string words_of(const ProfileField& field, const Profile& after) {
  if (!std::holds_alternative<bool Profile::*>(field.member))
    return fmt::format("{} from {}", value_text(after, field), after.release);
  return fmt::format("{} {}", value_text(after, field) == "yes" ? "from" : "before", after.release);
}

}  // namespace

std::string changes_of(const ProfileField& field) {
  std::istringstream commits{std::string(field.commits)};
  std::string text;
  const Profile* before = releases::all.front();
  for (const Profile* each : releases::all) {
    if (value_text(*before, field) == value_text(*each, field)) continue;
    if (text.empty() && !std::holds_alternative<bool Profile::*>(field.member))
      text = value_text(*before, field) + " at first";
    text += (text.empty() ? "" : ", ") + words_of(field, *each);
    if (std::string commit; commits >> commit && commit != "-") text += fmt::format(" ({})", commit);
    before = each;
  }
  return text;
}

}  // namespace weir::oracle

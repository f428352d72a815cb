#include "tests/marks/marks.hpp"

namespace weir::marks {

std::vector<Mark>& all_marks() {
  static std::vector<Mark> marks;  // built on first use: registrations run before main, in no order
  return marks;
}

Registration::Registration(Clause clause, std::string_view release, std::string_view file, int line) {
  const std::string_view root = WEIR_SOURCE_DIR "/";
  if (file.starts_with(root)) file.remove_prefix(root.size());
  all_marks().push_back({clause, release, file, line});
}

void run(Clause clause, std::string_view release, void (*body)(Script&)) {
  Script host(release);
  ClauseSet direct;
  {
    const ClauseScope scope(direct);
    body(host);
  }
  EXPECT_TRUE(host.passed(clause) || direct.contains(clause)) << info(clause).name << " is not reached in " << release;
}

}  // namespace weir::marks
